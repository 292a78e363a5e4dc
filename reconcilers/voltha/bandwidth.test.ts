import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bandwidth, profileId, RATES } from "./bandwidth.ts";

const speed = { downKbps: 100_000, upKbps: 50_000 };
const burst = { ...speed, burstDownKbps: 120_000, burstUpKbps: 60_000 };

describe("a speed becomes", () => {
  test.each([
    [
      "best effort, with a tenth of a second of burst",
      { speed, pbit: 0 },
      "down",
      { eir: 100_000, ebs: 10_000, pir: 100_000, pbs: 10_000 },
    ],
    ["the rate of its direction", { speed, pbit: 0 }, "up", { eir: 50_000, ebs: 5_000, pir: 50_000, pbs: 5_000 }],
    [
      "a second of what a declared burst has above the rate",
      { speed: burst, pbit: 0 },
      "down",
      { eir: 100_000, ebs: 20_000, pir: 100_000, pbs: 20_000 },
    ],
    [
      "committed where its priority is above best effort",
      { speed, pbit: 4 },
      "down",
      { cir: 100_000, cbs: 10_000, pir: 100_000, pbs: 10_000 },
    ],
    [
      "guaranteed for voice: no burst, so that the OLT makes it a fixed grant",
      { speed, pbit: 7 },
      "up",
      { gir: 50_000, pir: 50_000 },
    ],
  ] as const)("%s", (_, service, direction, rates) => {
    const all = Object.fromEntries(RATES.map((r) => [r, 0]));
    expect(bandwidth(service, direction)).toEqual({ ...all, ...rates });
  });

  const anySpeed = fc.record(
    {
      downKbps: fc.nat(400_000_000),
      upKbps: fc.nat(400_000_000),
      burstDownKbps: fc.nat(4_000_000_000),
      burstUpKbps: fc.nat(4_000_000_000),
    },
    { requiredKeys: ["downKbps", "upKbps"] },
  );
  test("what fits into VGC's 32 bits, with a peak of exactly the rate; never assured beside guaranteed, which VGC drops", () => {
    fc.assert(
      fc.property(anySpeed, fc.nat(7), (one, pbit) => {
        const b = bandwidth({ speed: one, pbit }, "down");
        expect(RATES.every((r) => Number.isInteger(b[r]) && b[r] >= 0 && b[r] < 2 ** 32)).toBe(true);
        expect(b.pir).toBe(one.downKbps);
        expect(b.cir + b.eir + b.gir).toBe(one.downKbps);
        expect(b.air === 0 || b.gir === 0).toBe(true);
      }),
    );
  });
});

test("other content has another name: a profile that is there takes no second POST", () => {
  const slow = bandwidth({ speed, pbit: 0 }, "down");
  const fast = bandwidth({ speed: { ...speed, downKbps: 200_000 }, pbit: 0 }, "down");
  const id = (b: typeof slow) => profileId("acme", "res", "internet", "down", b);
  expect(id(slow)).toMatch(/^acme_res_internet_down_[0-9a-f]{8}$/);
  expect(id(fast)).not.toBe(id(slow));
  expect(id({ ...slow })).toBe(id(slow));
});
