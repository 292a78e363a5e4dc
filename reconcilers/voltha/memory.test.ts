import { beforeEach, describe, expect, test } from "vitest";
import type { Device } from "./device.ts";
import { type Memory, memory } from "./memory.ts";
import { plantOf } from "./plant.ts";

const ref = { system: "v", resource: "uni", key: "ALCL00000001-1" };
const how = { olt: "olt1", kept: ["internet"] };
const device: Device = {
  id: "1",
  root: false,
  parentId: "0",
  serialNumber: "ALCL00000001",
  adminState: "ENABLED",
  operStatus: "ACTIVE",
  connectStatus: "REACHABLE",
  parentPortNo: 0,
  reason: "omci-flows-pushed",
};
let at = 0;
let m: Memory;
beforeEach(() => {
  at = 0;
  m = memory(() => at);
});

describe("what is wanted on a port", () => {
  const spec = { services: ["a", "b"], suspended: true };
  test("is what was declared last", () => {
    expect(m.want({ ref, spec, how })).toEqual({ services: ["a", "b"], suspended: true, how });
    expect(m.want({ ref, spec: { services: ["a"] } })).toEqual({
      services: ["a"],
      suspended: false,
      how,
    });
  });
  test("stays for one who does not say it, or says only what changes", () => {
    m.want({ ref, spec, how });
    expect(m.want({ ref })).toEqual({ services: ["a", "b"], suspended: true, how });
    expect(m.want({ ref, patch: { suspended: null } })).toMatchObject({
      services: ["a", "b"],
      suspended: false,
    });
  });
  test("is nothing where nobody ever said", () => {
    expect(m.want({ ref })).toBeUndefined();
    expect(m.want({ ref, patch: { suspended: true } })).toBeUndefined();
    expect(m.portsOf("ALCL00000001")).toEqual([]);
  });
  test("is found by its ONU until it is forgotten", () => {
    m.want({ ref, spec, how });
    m.want({ ref: { ...ref, key: "ALCL00000001-2" }, spec, how });
    expect(m.portsOf("ALCL00000001")).toEqual(["ALCL00000001-1", "ALCL00000001-2"]);
    m.forget(ref.key);
    expect(m.portsOf("ALCL00000001")).toEqual(["ALCL00000001-2"]);
  });
});

describe("what is awaited", () => {
  const seen = (operStatus: Device["operStatus"]) => m.see(plantOf([{ ...device, operStatus }], []));
  test("ends with the port", () => {
    m.landings.arriving.add(ref.key);
    m.forget(ref.key);
    expect(m.landings.arriving.has(ref.key)).toBe(false);
  });
  test("an ONU that was deleted once may be deleted again when it has worked since", () => {
    m.displaced.set(device.serialNumber, 3);
    seen("ACTIVATING");
    expect(m.displaced.has(device.serialNumber)).toBe(true);
    seen("ACTIVE");
    expect(m.displaced.has(device.serialNumber)).toBe(false);
  });
});

describe("since when an ONU is as it is", () => {
  const see = (more: Partial<Device> = {}) => m.see(plantOf([{ ...device, ...more }], []));
  const since = () => m.steadySince(ref.key, device.serialNumber);
  test("seen for the first time it may always have been so: it is judged at once", () => {
    see({ reason: "initial-mib-downloaded" });
    expect(since()).toBe(Number.NEGATIVE_INFINITY);
  });
  test("unless it is on its way", () => {
    at = 5;
    see({ reason: "tech-profile-config-download-success" });
    expect(since()).toBe(5);
  });
  test("from the reading that shows it otherwise", () => {
    see();
    at = 7;
    see({ reason: "stopping-openomci" });
    at = 9;
    see({ reason: "stopping-openomci" });
    expect(since()).toBe(7);
  });
  test("or from the last write to its port", () => {
    see();
    at = 11;
    m.landings.wrote(ref.key);
    expect(since()).toBe(11);
  });
});
