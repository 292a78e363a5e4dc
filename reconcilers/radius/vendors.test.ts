import { describe, expect, test } from "vitest";
import type { EffectivePlan, Speed } from "../../controller/core/resolved.ts";
import type { Vendor } from "./config.ts";
import { rates } from "./vendors.ts";

const plan = (speed: Speed, profiles: Record<string, string> = {}): EffectivePlan => ({
  namespace: "isp",
  name: "p",
  speed,
  sessionTimeout: undefined,
  idleTimeout: undefined,
  interimInterval: undefined,
  simultaneousUse: undefined,
  profiles,
  attributes: [],
});
const s100 = { downKbps: 100_000, upKbps: 50_000 };
const s10g = { downKbps: 10_000_000, upKbps: 10_000_000 };
/** The greatest whole rate that 32 bits of bit/s hold, in kbit/s. */
const MAX = 4_294_967;

describe("a speed in the words of a vendor", () => {
  test.each<[Vendor, Speed, Record<string, string>, unknown, string]>([
    ["MikroTik", s100, {}, { mikrotikRate: "50M/100M" }, "the router receives the upload: it comes first"],
    ["MikroTik", { downKbps: 1500, upKbps: 512 }, {}, { mikrotikRate: "512k/1500k" }, "not whole Mbit/s"],
    [
      "MikroTik",
      s100,
      { mikrotik: "home" },
      { mikrotikRate: "50M/100M", mikrotikProfile: "home" },
      "a PPP profile too",
    ],
    ["MikroTik", s10g, {}, { mikrotikRate: "10000M/10000M" }, "a text has no 32 bits"],
    [
      "MikroTik",
      { ...s100, burstDownKbps: 120_000, burstUpKbps: 60_000 },
      {},
      { mikrotikRate: "50M/100M 60M/120M 40M/80M 10/10" },
      "burst, threshold of 80 %, 10 s",
    ],
    [
      "MikroTik",
      { ...s100, burstDownKbps: 120_000 },
      {},
      { mikrotikRate: "50M/100M 50M/120M 40M/80M 10/10" },
      "burst in one direction",
    ],
    ["Generic", s100, {}, { wisprUp: "50000000", wisprDown: "100000000" }, "bit/s"],
    ["Generic", { downKbps: MAX, upKbps: MAX }, {}, { wisprUp: "4294967000", wisprDown: "4294967000" }, "just fits"],
    ["Generic", s10g, { generic: "gold" }, { filter: "gold" }, "a profile has no limit"],
    ["Huawei", s100, {}, { huaweiUp: "50000000", huaweiDown: "100000000" }, "input is the upload"],
    [
      "Huawei",
      { ...s100, burstDownKbps: 120_000, burstUpKbps: 60_000 },
      {},
      { huaweiUp: "50000000", huaweiDown: "100000000", huaweiPeakUp: "60000000", huaweiPeakDown: "120000000" },
      "burst is the peak",
    ],
    ["Huawei", s10g, { huawei: "10g" }, { huaweiProfile: "10g" }, "a profile instead of rates"],
    ["Juniper", s100, { juniper: "svc-inet(100m,50m)" }, { juniperService: "svc-inet(100m,50m)" }, "a service"],
    [
      "Cisco",
      s100,
      { cisco: "UP50/DOWN100" },
      { ciscoPairs: ["subscriber:sub-qos-policy-in=UP50", "subscriber:sub-qos-policy-out=DOWN100"] },
      "a policy for each direction",
    ],
    [
      "Cisco",
      s100,
      { cisco: "P100" },
      { ciscoPairs: ["subscriber:sub-qos-policy-in=P100", "subscriber:sub-qos-policy-out=P100"] },
      "one policy for both",
    ],
    ["Juniper", s100, { juniper: "a\\b" }, { juniperService: "a\\\\b" }, "a backslash stays one"],
  ])("%s %j %j: %j (%s)", (vendor, speed, profiles, fields) => {
    expect(rates(vendor, plan(speed, profiles))).toEqual(fields);
  });
});

describe("a vendor that needs a profile says so, and where", () => {
  test.each<[Vendor, Speed, string]>([
    ["Generic", { downKbps: MAX + 1, upKbps: 1000 }, "one kbit/s too fast"],
    ["Generic", { downKbps: 1000, upKbps: MAX + 1 }, "the upload counts too"],
    ["Huawei", s10g, "32 bits"],
    ["Huawei", { ...s100, burstDownKbps: MAX + 1 }, "a peak has 32 bits too"],
    ["Juniper", s100, "has no attribute for a rate"],
    ["Cisco", s100, "has no attribute for a rate"],
  ])("%s %j: %s", (vendor, speed) => {
    const message = expect.stringMatching(
      new RegExp(`plan p.*${vendor}.*spec\\.radius\\.profiles\\.${vendor.toLowerCase()}`),
    );
    expect(() => rates(vendor, plan(speed))).toThrow(expect.objectContaining({ code: "BadValue", message }));
  });
  test.each(["UP/DOWN/MORE", "/DOWN", "UP/"])("Cisco: %s is no name of one policy or of two", (cisco) => {
    expect(() => rates("Cisco", plan(s100, { cisco }))).toThrow(expect.objectContaining({ code: "BadValue" }));
  });
  test("MikroTik: a group of those who administer the router is no PPP profile", () => {
    expect(() => rates("MikroTik", plan(s100, { mikrotik: "full" }))).toThrow(/PPP profile/);
  });
  test("a profile that FreeRADIUS would run is refused", () => {
    expect(() => rates("Juniper", plan(s100, { juniper: "`id`" }))).toThrow(
      expect.objectContaining({ code: "BadValue" }),
    );
  });
});
