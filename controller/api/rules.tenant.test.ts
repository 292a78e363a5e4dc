import { describeRules } from "./testing/rules.ts";

const canonical = "must be written without host bits and in lower case, such as 203.0.113.0/29 or 2001:db8::/56";
const v4 = { name: "v4", use: "IPv4", prefixes: ["10.0.0.0/24"] };
const pd = { name: "pd", use: "PD", prefixes: ["2001:db8::/40"], prefixLength: 56 };
const pools = (...addressPools: readonly object[]) => ({ addressPools });
const tags = (serviceVlan: string, innerVlan: string) => ({
  vlanPools: [{ name: "res", vlanDomain: "mitte", serviceVlans: [serviceVlan], innerVlans: [innerVlan] }],
});

describeRules("Tenant", { namespace: "isp-acme", realms: ["acme.example"] }, [
  {
    at: "spec.namespace",
    says: "the namespace of a tenant cannot be changed: make a new Tenant and move its objects",
    old: {},
    bad: { namespace: "isp-other" },
    good: { timeZone: "Europe/Berlin" },
  },
  {
    at: "spec.userNameTemplate",
    says: "the template needs {name} or {number}, otherwise every subscriber gets the same user name",
    bad: { userNameTemplate: "user@{realm}" },
    good: { userNameTemplate: "user-{number}@{realm}" },
  },
  {
    at: "spec.systems.radius",
    says: "a RADIUS binding names a realm that is not in realms",
    bad: { systems: { radius: [{ name: "radius-1", realms: ["other.example"] }] } },
    good: { systems: { radius: [{ name: "radius-1", realms: ["acme.example"] }] } },
  },
  {
    at: "spec.addressPools",
    says: "an address pool names a serving area that is not declared in servingAreas",
    bad: pools({ ...v4, servingAreas: ["mitte"] }),
    good: { ...pools({ ...v4, servingAreas: ["mitte"] }), servingAreas: [{ name: "mitte" }] },
  },
  {
    at: "spec.addressPools[].prefixes",
    says: "a pool for IPv4 holds IPv4 prefixes",
    bad: pools({ ...v4, prefixes: ["10.0.0.0/24", "2001:db8::/64"] }),
    good: pools(v4),
  },
  {
    at: "spec.addressPools[].prefixes",
    says: "a pool for IPv6Address, WANPrefix or PD holds IPv6 prefixes",
    bad: pools({ name: "v6", use: "IPv6Address", prefixes: ["10.0.0.0/24"] }),
    good: pools({ name: "v6", use: "IPv6Address", prefixes: ["2001:db8::/64"] }),
  },
  {
    at: "spec.addressPools[].prefixes[]",
    says: "must be a prefix, such as 203.0.113.0/29 or 2001:db8::/56",
    bad: pools({ ...v4, prefixes: ["10.0.0.0"] }),
    good: pools({ name: "routed", use: "Routed", prefixes: ["203.0.113.0/24", "2001:db8:f::/48"] }),
  },
  {
    at: "spec.addressPools[].prefixes[]",
    says: canonical,
    bad: pools({ ...v4, prefixes: ["10.0.0.1/24"] }),
    good: pools(v4),
  },
  {
    at: "spec.addressPools[].prefixLength",
    says: "a pool for PD needs a prefixLength of 48 to 64",
    bad: pools({ ...pd, prefixLength: 44 }),
    good: pools(pd),
  },
  {
    at: "spec.addressPools[].prefixLength",
    says: "a WAN prefix is a /64",
    bad: pools({ ...pd, use: "WANPrefix" }),
    good: pools({ ...pd, use: "WANPrefix", prefixLength: 64 }),
  },
  {
    at: "spec.addressPools[].prefixLength",
    says: "prefixLength belongs to pools of prefixes (WANPrefix, PD, Routed)",
    bad: pools({ ...v4, prefixLength: 32 }),
    good: pools({ ...v4, use: "Routed", prefixLength: 29 }),
  },
  {
    at: "spec.addressPools[].prefixLength",
    says: "prefixLength is shorter than a prefix of the pool",
    bad: pools({ ...pd, prefixes: ["2001:db8::/60"] }),
    good: pools(pd),
  },
  {
    at: "spec.addressPools[].reserve",
    says: "what is reserved must lie inside a prefix of the pool",
    bad: pools({ ...v4, reserve: ["10.0.1.0/28"] }),
    good: pools({ ...v4, reserve: ["10.0.0.240/28"] }),
  },
  {
    at: "spec.addressPools[].reserve[]",
    says: "must be a prefix, such as 203.0.113.0/29 or 2001:db8::/56",
    bad: pools({ ...v4, reserve: ["10.0.0.9"] }),
    good: pools({ ...v4, reserve: ["10.0.0.9/32"] }),
  },
  {
    at: "spec.addressPools[].reserve[]",
    says: canonical,
    bad: pools({ ...v4, reserve: ["10.0.0.241/28"] }),
    good: pools({ ...v4, reserve: ["10.0.0.240/28"] }),
  },
  {
    at: "spec.addressPools[].fallback",
    says: "a fallback exists for pools of use IPv4 only",
    bad: pools({ ...pd, fallback: "10.100.0.0/16" }),
    good: pools({ ...v4, fallback: "10.100.0.0/16" }),
  },
  {
    at: "spec.addressPools[].fallback",
    says: "the fallback overlaps a prefix of the pool",
    bad: pools({ ...v4, fallback: "10.0.0.0/16" }),
    good: pools({ ...v4, fallback: "10.100.0.0/16" }),
  },
  {
    at: "spec.addressPools[].fallback",
    says: "must be an IPv4 prefix, such as 203.0.113.0/29",
    bad: pools({ ...v4, fallback: "2001:db8::/48" }),
    good: pools({ ...v4, fallback: "10.100.0.0/16" }),
  },
  {
    at: "spec.addressPools[].fallback",
    says: canonical,
    bad: pools({ ...v4, fallback: "10.100.7.0/16" }),
    good: pools({ ...v4, fallback: "10.100.0.0/16" }),
  },
  {
    at: "spec.vlanPools[].serviceVlans[]",
    says: "VLANs lie between 1 and 4094",
    bad: tags("4000-4095", "1000"),
    good: tags("4000-4094", "1000"),
  },
  {
    at: "spec.vlanPools[].serviceVlans[]",
    says: "the range ends before it begins",
    bad: tags("109-100", "1000"),
    good: tags("100-109", "1000"),
  },
  {
    at: "spec.vlanPools[].innerVlans[]",
    says: "VLANs lie between 1 and 4094",
    bad: tags("100", "4095"),
    good: tags("100", "4094"),
  },
  {
    at: "spec.vlanPools[].innerVlans[]",
    says: "the range ends before it begins",
    bad: tags("100", "1001-1000"),
    good: tags("100", "1000-1000"),
  },
  {
    at: "spec.policies.budgets.window",
    says: "the window is at least 1m long",
    bad: { policies: { budgets: { window: "30s" } } },
    good: { policies: { budgets: { window: "1h" } } },
  },
  {
    at: "spec.policies.rollout.pause",
    says: "the pause is at least 1s long",
    bad: { policies: { rollout: { pause: "0s" } } },
    good: { policies: { rollout: { pause: "1s" } } },
  },
]);
