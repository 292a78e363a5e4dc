import { fc, test as property } from "@fast-check/vitest";
import ipaddr from "ipaddr.js";
import { describe, expect, test } from "vitest";
import { Ip, isGlobalUnicast, parseCidr, parseIp } from "./netip.ts";

describe("ip() of CEL", () => {
  test.each([
    ["10.0.0.1", "10.0.0.1"],
    ["::", "::"],
    ["2001:DB8::1", "2001:db8::1"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:0:0:2:0:0:3:4", "1::2:0:0:3:4"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
    ["1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"],
  ])("%s is %s", (text, canonical) => expect(String(parseIp(text))).toBe(canonical));

  test.each([
    ["010.0.0.1", "a leading zero, which some read as octal"],
    ["10.0.0", "three parts"],
    ["10.0.0.256", "beyond a byte"],
    ["1", "one number"],
    ["1.2.3.4 ", "a blank"],
    ["::ffff:1.2.3.4", "IPv4 inside IPv6"],
    ["fe80::1%eth0", "a zone"],
    ["1::2::3", "two gaps"],
    ["1:2:3:4:5:6:7:8:9", "nine groups"],
    ["1:2:3:4:5:6:7:8::", "a gap of nothing"],
    [":1", "half a gap"],
    ["1:", "half a gap"],
    [":::", "more than a gap"],
    ["12345::", "five digits"],
    ["1.2.3.4::", "IPv4 at the front"],
  ])("%s is none: %s", (text) => expect(parseIp(text)).toBeUndefined());

  property.prop([fc.ipV4()])("agrees with ipaddr.js on IPv4", (text) => {
    expect(String(parseIp(text))).toBe(ipaddr.parse(text).toString());
  });
  property.prop([fc.bigInt({ min: 0n, max: (1n << 128n) - 1n })])("reads what it writes", (bits) => {
    const text = String(new Ip(6, bits));
    const mapped = bits >> 32n === 0xffffn;
    expect(parseIp(text)).toEqual(mapped ? undefined : new Ip(6, bits));
    expect(ipaddr.parse(text).toByteArray()).toEqual(
      Array.from({ length: 16 }, (_, i) => Number((bits >> BigInt(120 - 8 * i)) & 255n)),
    );
  });
});

describe("isGlobalUnicast", () => {
  test.each([
    ["10.0.0.1", true, "private is fine"],
    ["100.64.0.1", true, "shared address space is fine"],
    ["0.0.0.0", false, "unspecified"],
    ["255.255.255.255", false, "broadcast"],
    ["127.9.9.9", false, "loopback"],
    ["169.254.1.1", false, "link-local"],
    ["239.255.255.255", false, "multicast"],
    ["fd00::1", true, "unique local is fine"],
    ["::", false, "unspecified"],
    ["::1", false, "loopback"],
    ["febf::1", false, "link-local"],
    ["fec0::1", true, "site-local is not link-local"],
    ["ff02::1", false, "multicast"],
  ])("%s: %s, %s", (text, expected) => expect(isGlobalUnicast(parseIp(text)!)).toBe(expected));
});

describe("cidr() of CEL", () => {
  test.each([
    ["10.0.0.1/24", "10.0.0.0/24"],
    ["2001:db8::1/56", "2001:db8::/56"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["10.0.0.1/32", "10.0.0.1/32"],
  ])("%s masked is %s", (text, masked) => expect(String(parseCidr(text)!.masked())).toBe(masked));

  test.each([
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0.0/08",
    "10.0.0.0/+8",
    "2001:db8::/129",
    "/24",
    "10.0.0.0/",
    "::ffff:10.0.0.0/104",
  ])("%s is none", (text) => expect(parseCidr(text)).toBeUndefined());

  test.each([
    ["10.0.0.0/8", "10.255.0.0/16", true],
    ["10.0.0.0/16", "10.0.0.0/8", false],
    ["10.0.0.0/8", "2001:db8::/64", false],
    ["2001:db8::/48", "2001:db8:0:ff::/64", true],
  ])("%s contains %s: %s", (outer, inner, expected) => {
    expect(parseCidr(outer)!.containsCidr(parseCidr(inner)!)).toBe(expected);
  });
});
