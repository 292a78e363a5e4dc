import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressValue, ipv4, ipv6, overlaps, parsePrefix, within } from "./address.ts";

const prefixArb = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([a, length]) => {
  const size = 2n ** BigInt(32 - length);
  const first = ((addressValue(a)?.value ?? 0n) / size) * size;
  return parsePrefix(`${[24n, 16n, 8n, 0n].map((s) => (first >> s) & 255n).join(".")}/${length}`)!;
});

describe("addresses", () => {
  it.each(["010.0.0.1", "1", "1.2.3", "1.2.3.256", "1.2.3.4 ", "0x1.2.3.4", "::1"])("%j is no IPv4", (t) =>
    expect(ipv4(t)).toBeUndefined(),
  );
  it.each(["1.2.3.4", "fe80::1%eth0", "::ffff:1.2.3.4", "2001:db8::g", ":::", "2001:db8::1 "])("%j is no IPv6", (t) =>
    expect(ipv6(t)).toBeUndefined(),
  );
  it.each([
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8::0:1", "2001:db8::1"],
  ])("%s is written %s (RFC 5952)", (text, canonical) => expect(ipv6(text)).toBe(canonical));
  it("keeps the spelling of any IPv6 address stable", () =>
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const once = ipv6(text);
        return once === undefined || (ipv6(once) === once && addressValue(once)?.value === addressValue(text)?.value);
      }),
    ));
});

describe("prefixes", () => {
  it.each([
    ["203.0.113.9/29", "host bits"],
    ["203.0.113.8/33", "too long"],
    ["203.0.113.8", "no length"],
    ["203.0.113.8/08", "leading zero"],
    ["2001:db8::1/64", "host bits"],
    ["203.0.113.8/29/1", "two lengths"],
  ])("%s is refused: %s", (text) => expect(parsePrefix(text)).toBeUndefined());
  it("spells IPv6 in one way", () => expect(parsePrefix("2001:0DB8:0001:0::/56")?.text).toBe("2001:db8:1::/56"));
  it("nests or is apart: two prefixes overlap exactly when one lies within the other", () =>
    fc.assert(fc.property(prefixArb, prefixArb, (a, b) => overlaps(a, b) === (within(a, b) || within(b, a)))));
  it("never mixes families", () => expect(within(parsePrefix("::/0")!, "10.0.0.1")).toBe(false));
});
