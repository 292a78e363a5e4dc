/** Pure: what takes the place of older inputs, so that exactly the same counts as before. */
import type { NetworkProfileSpec, ServicePlan, Subscriber, Tenant } from "../../api/types.generated.ts";
import { type Catalog, namespaceOf } from "../catalog.ts";
import { customerName, emailAsName } from "./older.ts";
import { planOf } from "./plan-choice.ts";
import { type EffectiveProfile, effectiveProfile } from "./profile.ts";

/** A value with its place in `spec`. */
export interface Setting {
  readonly path: readonly (string | number)[];
  readonly value: string | number;
}
export type Conversion = {
  /** Older fields, as paths in the subscriber's `spec`. What is merely named anew has none. */
  readonly older: readonly string[];
} & (
  | { readonly is: "moved"; readonly into: "Subscriber" | "NetworkProfile"; readonly setting: Setting }
  /** Something else wins already. */
  | { readonly is: "idle"; readonly because: string }
  | { readonly is: "left"; readonly problem: string; readonly remedy: string }
);

interface Case {
  readonly catalog: Catalog;
  readonly subscriber: Subscriber;
  readonly spec: Subscriber["spec"];
  readonly tenant: Tenant;
  readonly effective: EffectiveProfile;
  readonly profile: NetworkProfileSpec;
  readonly plan: ServicePlan | undefined;
  /** Names of pools by the id of their prefix in NetBox. */
  readonly pools: ReadonlyMap<number, string>;
}

/** @param pools what nobody but NetBox knows: which pool a prefix id means. */
export function conversionsOf(
  catalog: Catalog,
  subscriber: Subscriber,
  pools: ReadonlyMap<number, string>,
): readonly Conversion[] {
  const tenant = catalog.tenant(namespaceOf(subscriber));
  if (!tenant) return [];
  const { spec } = subscriber;
  const effective = effectiveProfile(catalog, subscriber);
  const { plan } = planOf(catalog, subscriber);
  const c: Case = { catalog, subscriber, spec, tenant, effective, profile: effective.profile, plan, pools };
  return [...name(c), ...speed(c), ...aliases(c), ...vlan(c), ...address(c), ...prefixes(c), ...userName(c)];
}

function name({ spec: { customer } }: Case): readonly Conversion[] {
  const older = (["firstName", "lastName"] as const).filter((f) => customer[f] !== undefined);
  if (older.length === 0) return [];
  const at = { older: older.map((f) => `customer.${f}`) };
  if (customer.name !== undefined) return [{ ...at, is: "idle", because: "customer.name wins" }];
  const value = customerName(customer) ?? "";
  return [{ ...at, is: "moved", into: "Subscriber", setting: { path: ["customer", "name"], value } }];
}

function speed({ catalog, subscriber, spec }: Case): readonly Conversion[] {
  if (spec.bandwidth_mbps === undefined) return [];
  const at = { older: ["bandwidth_mbps"] };
  if (spec.planRef) return [{ ...at, is: "idle", because: "planRef wins" }];
  const choice = planOf(catalog, subscriber);
  if (choice.plan) return [{ ...at, is: "moved", into: "Subscriber", setting: plan(["planRef"], choice.plan) }];
  const [problem = "", ...remedy] = choice.problem.split("; ");
  return [{ ...at, is: "left", problem, remedy: remedy.join("; ") }];
}
const plan = (path: Setting["path"], { metadata }: ServicePlan): Setting => ({
  path: [...path, "name"],
  value: metadata.name,
});

/** Names that no object may have, such as `fiber_1gbps`; also those that are scheduled. */
function aliases({ catalog, subscriber, spec }: Case): readonly Conversion[] {
  const places = [
    { path: ["planRef"], ref: spec.planRef },
    ...(spec.schedule ?? []).map(({ set }, n) => ({ path: ["schedule", n, "set", "planRef"], ref: set.planRef })),
  ];
  return places.flatMap(({ path, ref }): readonly Conversion[] => {
    const named = ref && catalog.plan(namespaceOf(subscriber), ref.name);
    if (!named || named.metadata.name === ref.name) return [];
    return [{ older: [], is: "moved", into: "Subscriber", setting: plan(path, named) }];
  });
}

function vlan(c: Case): readonly Conversion[] {
  const { vlanId } = c.spec;
  if (vlanId === undefined) return [];
  const listed = c.profile.services?.find((s) => s.name === "internet");
  if ((c.profile.serviceVlan ?? listed?.serviceVlan) !== undefined) return [wins("vlanId", c, "serviceVlan")];
  if (!listed) return [intoProfile("vlanId", c, { path: ["serviceVlan"], value: vlanId })];
  const remedy = `write serviceVlan: ${vlanId} there, and remove vlanId`;
  return [{ older: ["vlanId"], is: "left", problem: "the profile lists the service internet in services", remedy }];
}

function address(c: Case): readonly Conversion[] {
  const { ipv4Address } = c.spec;
  if (ipv4Address === undefined) return [];
  const { staticIPv4, ipv4Assignment = "Static" } = c.profile;
  if (staticIPv4 !== undefined) return [wins("ipv4Address", c, "staticIPv4")];
  if (ipv4Assignment !== "Static") return [wins("ipv4Address", c, "ipv4Assignment")];
  return [intoProfile("ipv4Address", c, { path: ["staticIPv4"], value: ipv4Address })];
}

const POOLS = { IPv4: "ipv4", IPv6Address: "ipv6", WANPrefix: "wan", PD: "pd", Routed: "routed" } as const;
const FIELDS = { ipv4PrefixId: ["IPv4"], ipv6PrefixId: ["IPv6Address", "WANPrefix", "PD"] } as const;
function prefixes(c: Case): readonly Conversion[] {
  return (["ipv4PrefixId", "ipv6PrefixId"] as const).flatMap((field): readonly Conversion[] => {
    const id = c.spec[field];
    return id === undefined ? [] : [prefix(field, id, c)];
  });
}
function prefix(field: keyof typeof FIELDS, id: number, c: Case): Conversion {
  const uses: readonly string[] = FIELDS[field];
  const keys = FIELDS[field].map((use) => POOLS[use]);
  const named = (p: NetworkProfileSpec["pools"]) => keys.find((key) => p?.[key] !== undefined);
  const own = named(c.profile.pools);
  if (own) return wins(field, c, `pools.${own}`);
  const planned = named(c.plan?.spec.pools);
  if (planned) return { older: [field], is: "idle", because: `pools.${planned} of the plan wins` };
  const fitting = c.tenant.spec.addressPools.filter((p) => uses.includes(p.use));
  const pool = fitting.find((p) => p.name === c.pools.get(id));
  if (pool) return intoProfile(field, c, { path: ["pools", POOLS[pool.use]], value: pool.name });
  const names = fitting.map((p) => p.name).join(", ");
  const problem = `which pool the prefix ${id} of NetBox is, is not written here`;
  const remedy =
    names === "" ? `remove ${field}: the tenant has no such pool` : `add --pool ${id}=NAME with one of ${names}`;
  return { older: [field], is: "left", problem, remedy };
}

/** Whoever dials with it would be locked out by another one. */
function userName({ subscriber, tenant }: Case): readonly Conversion[] {
  if (!emailAsName(subscriber, tenant)) return [];
  const problem = "the customer's e-mail address is the user name, and the router dials with it";
  const remedy = `set radius.username to a name with a realm of the tenant (${tenant.spec.realms.join(", ")}); rotation: WithDevice tells the router first`;
  return [{ older: ["radius.username"], is: "left", problem, remedy }];
}

const wins = (field: string, { effective }: Case, what: string): Conversion => ({
  older: [field],
  is: "idle",
  because: `${what} of ${effective.source === "Declared" ? "the NetworkProfile" : "networkProfile"} wins`,
});

function intoProfile(field: string, { spec, tenant, effective }: Case, setting: Setting): Conversion {
  const older = [field];
  if (!tenant.spec.features.networkProfiles) {
    const problem = `tenant ${tenant.metadata.name} does not use network profiles yet, so there is no other place for it`;
    return { older, is: "left", problem, remedy: "set features.networkProfiles of the tenant first" };
  }
  if (effective.missing !== undefined) {
    const problem = `NetworkProfile ${effective.missing} does not exist`;
    return { older, is: "left", problem, remedy: "declare it, or remove networkProfileRef" };
  }
  if (spec.networkProfileRef) return { older, is: "moved", into: "NetworkProfile", setting };
  return { older, is: "moved", into: "Subscriber", setting: { ...setting, path: ["networkProfile", ...setting.path] } };
}
