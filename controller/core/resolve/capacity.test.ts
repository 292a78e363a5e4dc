import { describe, expect, test } from "vitest";
import type { AddressPool } from "../resolved.ts";
import { parsePrefix } from "./address.ts";
import { fallbackFill, sizeOf, vlanFill } from "./capacity.ts";

const v4: AddressPool = {
  name: "v4",
  use: "IPv4",
  vrf: undefined,
  prefixes: [],
  gateway: "FirstHost",
  reserve: [],
  prefixLength: undefined,
};
const v6: AddressPool = { ...v4, use: "IPv6Address" };
const pd: AddressPool = { ...v4, use: "PD", gateway: "None", prefixLength: 56 };

describe("what a prefix of a pool can give out", () => {
  const rows: readonly (readonly [string, AddressPool, string, number | undefined])[] = [
    ["neither network address nor broadcast", v4, "10.0.0.0/24", 254],
    ["both, where nobody is the gateway", { ...v4, gateway: "None" }, "10.0.0.0/24", 256],
    ["both of two (RFC 3021)", v4, "10.0.0.0/31", 2],
    ["nothing that is reserved", { ...v4, reserve: ["10.0.0.64/26"] }, "10.0.0.0/24", 190],
    ["the network address is not taken off twice", { ...v4, reserve: ["10.0.0.0/25"] }, "10.0.0.0/24", 127],
    [
      "what is reserved twice is taken off once",
      { ...v4, reserve: ["10.0.0.64/26", "10.0.0.64/27", "10.0.0.64/26"] },
      "10.0.0.0/24",
      190,
    ],
    ["what is reserved in another prefix stays there", { ...v4, reserve: ["10.9.0.0/26"] }, "10.0.0.0/24", 254],
    ["nothing, where all is reserved", { ...v4, reserve: ["10.0.0.0/29"] }, "10.0.0.0/29", 0],
    ["all but the routers' address (RFC 4291)", v6, "2001:db8::/120", 255],
    ["as many as no counter holds", v6, "2001:db8::/64", 2 ** 64],
    ["prefixes of its length", pd, "2001:db8::/48", 256],
    ["those but the reserved", { ...pd, reserve: ["2001:db8::/52"] }, "2001:db8::/48", 240],
    ["those but the one that a smaller reserve lies in", { ...pd, reserve: ["2001:db8::/64"] }, "2001:db8::/48", 255],
    [
      "nobody knows, where each is as long as its customer says",
      { ...pd, prefixLength: undefined },
      "10.0.0.0/24",
      undefined,
    ],
  ];
  test.each(rows)("%s", (_what, pool, prefix, size) => expect(sizeOf(pool, parsePrefix(prefix)!)).toBe(size));
});

test("VLAN tags: of all that are claimed in the domain those of the pool", () => {
  const pool = { name: "qinq", vlanDomain: "west", serviceVlans: ["100-109"], innerVlans: ["1000-1099", "2000"] };
  const taken = ["100.1000", "109.2000", "110.1000", "100.1100", "100", "elsewhere"];
  expect(vlanFill(pool, taken)).toEqual({ pool: "qinq", use: "VLAN", used: 2, size: 1010 });
  const { innerVlans: _, ...single } = pool;
  expect(vlanFill(single, taken)).toMatchObject({ used: 1, size: 10 });
});

test("a fallback: of all that are claimed in the VRF those of its network, without the gateway", () => {
  const pool = { name: "v4", use: "IPv4", prefixes: ["10.0.0.0/24"], vrf: "global", gateway: "FirstHost" } as const;
  const taken = ["10.100.0.2", "10.100.0.3", "10.0.0.9"];
  const fill = { pool: "v4", use: "Fallback", used: 2, size: 5 };
  expect(fallbackFill({ ...pool, fallback: "10.100.0.0/29" }, taken)).toEqual(fill);
  expect(fallbackFill(pool, taken)).toBeUndefined();
});
