import { expect, it } from "vitest";
import type { AddressesStatus } from "../../api/types.generated.ts";
import { withAllocatedAt } from "./allocated.ts";

const OLD = "2026-01-01T00:00:00Z";
const NEW = "2026-11-20T12:00:00Z";
const now = Date.parse(NEW);
const had: AddressesStatus = { source: "Fallback", ipv4: "10.0.1.4", routes: ["10.7.0.0/29", "10.8.0.0/29"] };

it.each<[string, AddressesStatus, AddressesStatus | undefined, string | undefined]>([
  ["they are new", had, undefined, NEW],
  ["they stay", had, had, OLD],
  ["only their source changes", { ...had, source: "NetBoxDynamic" }, had, OLD],
  ["only what describes them changes", { ...had, dnsName: "a.example", netboxIds: { ipv4: 7 } }, had, OLD],
  ["networks are listed in another order", { ...had, routes: ["10.8.0.0/29", "10.7.0.0/29"] }, had, OLD],
  ["another address is given", { ...had, ipv4: "10.0.1.5" }, had, NEW],
  ["one more is given", { ...had, ipv6: "2001:db8::2" }, had, NEW],
  ["a network goes", { source: "Fallback", ipv4: "10.0.1.4" }, had, NEW],
  ["the same value moves to another place", { delegatedPrefix: "2001:db8::/64" }, { wanPrefix: "2001:db8::/64" }, NEW],
  ["the BNG chooses: there is nothing to date", { source: "Pool", pool: "cgn" }, had, undefined],
])("when %s", (_why, section, before, expected) => {
  const previous = before && { addresses: { ...before, allocatedAt: OLD } };
  expect(withAllocatedAt(section, { now, previous }).allocatedAt).toBe(expected);
});
it("when an older version told no time", () =>
  expect(withAllocatedAt(had, { now, previous: { addresses: had } }).allocatedAt).toBe(NEW));
