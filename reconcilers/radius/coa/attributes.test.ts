import { describe, expect, test } from "vitest";
import { naming, told } from "./attributes.ts";
import { isGone, isUnsupported, wordsOf } from "./causes.ts";

const rows = (...pairs: readonly (readonly [string, string])[]) =>
  pairs.map(([attribute, value]) => ({ attribute, value }));
const shown = (all: ReturnType<typeof told>) =>
  all.map((a) => `${a.vendor ?? 0}/${a.type} ${a.value.toString("latin1")}`);

describe("what a session is told, by vendor", () => {
  const all = rows(
    ["Mikrotik-Rate-Limit", "50M/100M"],
    ["WISPr-Bandwidth-Max-Up", "1000"],
    ["Huawei-Qos-Profile-Name", "gold"],
    ["Cisco-AVPair", "subscriber:sub-qos-policy-in=UP"],
    ["Cisco-AVPair", "subscriber:sub-qos-policy-out=DOWN"],
    ["ERX-Service-Activate:1", "inet"],
    ["Framed-IP-Address", "10.0.0.1"],
    ["Session-Timeout", "86400"],
  );
  test.each([
    ["MikroTik", ["14988/8 50M/100M"]],
    ["Generic", ["14122/7 \u0000\u0000\u0003\u00e8"]],
    ["Huawei", ["2011/31 gold"]],
    ["Cisco", ["9/1 subscriber:sub-qos-policy-in=UP", "9/1 subscriber:sub-qos-policy-out=DOWN"]],
    ["Juniper", []],
  ] as const)("%s: its own, and never an address", (vendor, expected) => {
    expect(shown(told(vendor, all))).toEqual(expected);
  });
  test("names are read without regard to case, as FreeRADIUS does", () => {
    expect(shown(told("MikroTik", rows(["mikrotik-rate-limit", "1M/1M"])))).toEqual(["14988/8 1M/1M"]);
  });
  test("a PPP profile is taken at a login only, so nothing is told", () => {
    expect(told("MikroTik", rows(["Mikrotik-Rate-Limit", "1M/1M"], ["Mikrotik-Group", "office"]))).toEqual([]);
  });
  test("a walled garden", () => {
    expect(shown(told("MikroTik", rows(["Mikrotik-Address-List", "unpaid"])))).toEqual(["14988/19 unpaid"]);
    expect(shown(told("Generic", rows(["Filter-Id", "unpaid"])))).toEqual(["0/11 unpaid"]);
  });
  test("what stands escaped in a row is sent as it is meant", () => {
    expect(shown(told("Generic", rows(["Filter-Id", "a\\\\b"])))).toEqual(["0/11 a\\b"]);
  });
  test("a row that somebody spoiled is not sent", () => {
    expect(told("Generic", rows(["WISPr-Bandwidth-Max-Up", "fast"]))).toEqual([]);
  });
});

test.each([
  ["IPv4", "192.0.2.1", "10.0.0.1", [1, 4, 8, 44, 55]],
  ["IPv6 NAS, and no address of the session", "2001:db8::1", undefined, [1, 95, 44, 55]],
])("the session is named: %s", (_, nas, address, types) => {
  const all = naming({ user: "ann@acme.example", id: "81a0", nas, address }, 1_700_000_000_000);
  expect(all.map((a) => a.type)).toEqual(types);
  expect(all.at(-1)?.value.readUInt32BE()).toBe(1_700_000_000);
});

test("causes in words, and what follows from them", () => {
  expect(wordsOf(503)).toBe("503 session context not found");
  expect(wordsOf(999)).toBe("999 unknown cause");
  expect(wordsOf(undefined)).toBe("no cause given");
  expect([503, 504, undefined].map(isGone)).toEqual([true, false, false]);
  expect([401, 407, 503, 506, undefined].map(isUnsupported)).toEqual([true, true, false, false, false]);
});
