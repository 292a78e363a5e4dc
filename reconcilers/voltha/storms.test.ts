import { beforeEach, describe, expect, test } from "vitest";
import type { Device } from "./device.ts";
import { plantOf } from "./plant.ts";
import { BLINK_MS, type Storms, storms } from "./storms.ts";

const olt = { name: "olt1", serial: "OLT1", address: "a:1", uplinkPort: 1, nniPorts: [1] };
const other = { ...olt, name: "olt2", serial: "OLT2", address: "a:2" };
const up: Device = {
  id: "root-1",
  root: true,
  parentId: "logical",
  serialNumber: "OLT1",
  adminState: "ENABLED",
  operStatus: "ACTIVE",
  connectStatus: "REACHABLE",
  parentPortNo: 0,
  reason: "",
};
const down = { ...up, operStatus: "UNKNOWN", connectStatus: "UNREACHABLE" } as const;
const onu = (n: number): Device => ({
  ...up,
  id: `onu-${n}`,
  root: false,
  parentId: "root-1",
  serialNumber: `ONU${n}`,
});
const plant = (root: Device) => plantOf([root, onu(1), onu(2)], [olt, other]);

let at = 0;
let s: Storms;
const see = (root: Device): string => {
  s.see(plant(root));
  return s.of("olt1");
};
beforeEach(() => {
  at = 0;
  s = storms([olt, other], 600_000, () => at);
});

test("an OLT that was always there needs no rest", () => expect(see(up)).toBe("Up"));
test("one that was down does, for its whole window", () => {
  expect(see(down)).toBe("Down");
  at = 5_000;
  expect(see(up)).toBe("Settling");
  expect(s.calmAt).toBe(605_000);
  at = 604_999;
  expect(see(up)).toBe("Settling");
  at = 605_000;
  expect(see(up)).toBe("Up");
  expect(s.calmAt).toBeUndefined();
});
test("one that goes down again begins anew", () => {
  see(down);
  see(up);
  at = 300_000;
  see(down);
  at = 400_000;
  see(up);
  at = 999_999;
  expect(see(up)).toBe("Settling");
});
test("one that is reached for the first time has no outage behind it", () => {
  expect(see({ ...up, operStatus: "ACTIVATING", connectStatus: "UNKNOWN" })).toBe("Unreached");
  expect(see(up)).toBe("Up");
});
test.each([
  ["nobody has met it again since", { ...down, connectStatus: "UNKNOWN" } as const],
  [
    "it is being made anew",
    { ...up, adminState: "PREPROVISIONED", operStatus: "UNKNOWN", connectStatus: "UNKNOWN" } as const,
  ],
])("one that was there is down, and no new one, while %s", (_, unmet) => {
  see(up);
  see(down);
  expect(see(unmet)).toBe("Down");
  at = 5_000;
  expect(see(up)).toBe("Settling");
  expect(s.calmAt, "from its return on").toBe(605_000);
});
describe("readings failed", () => {
  const blindFor = (ms: number): void => {
    s.blind();
    at += ms / 2;
    s.blind();
    at += ms / 2;
  };
  test("what happened meanwhile nobody saw: all that were there rest", () => {
    see(up);
    blindFor(BLINK_MS);
    expect(s.of("olt1")).toBe("Down");
    expect(see(up)).toBe("Settling");
    expect(s.calmAt).toBe(BLINK_MS + 600_000);
    at += 600_000;
    expect(see(up), "once").toBe("Up");
  });
  test("one call was lost, and the next was answered", () => {
    see(up);
    blindFor(BLINK_MS - 2);
    expect(see(up)).toBe("Up");
  });
  test("there was no reading before", () => {
    blindFor(BLINK_MS);
    expect(see(up)).toBe("Up");
  });
});
test("one whose uplink went and came between two readings rests too", () => {
  see(up);
  s.disturbed("olt1");
  expect(see(up)).toBe("Settling");
});
test("what is under another OLT is not concerned", () => {
  see(down);
  expect(s.of("olt2")).toBe("Unreached");
  expect(s.of(undefined)).toBe("Up");
});
test("it is told once for all ONUs: what is down, how many, what happens next", () => {
  see(down);
  expect(s.troubles(plant(down))).toEqual([
    {
      reason: "OLTDown",
      message: "olt1 is down: its 2 ONUs are neither judged nor repaired until it is back and 600 s have passed",
    },
  ]);
  see(up);
  expect(s.troubles(plant(up))).toMatchObject([
    { reason: "Settling", message: expect.stringContaining("2 ONUs get 600 s") },
  ]);
  at = 600_000;
  see(up);
  expect(s.troubles(plant(up))).toEqual([]);
});
