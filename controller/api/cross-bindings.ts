/** Systems, NAS, OLTs and pools that are named must exist, and be of the tenant's own. */
import { isClusterScoped, keyOf, namespaceOf } from "../core/catalog.ts";
import { type Declared, type Finding, finding, oneOf, type World } from "./cross-world.ts";
import type { NetworkProfile, ServicePlan, SystemBinding, Tenant } from "./types.generated.ts";

const TYPES = {
  radius: "RADIUS",
  netbox: "NetBox",
  genieacs: "GenieACS",
  voltha: "VOLTHA",
  billing: "Billing",
  tickets: "Tickets",
  mail: "Mail",
} as const;

/** A tenant binds systems that exist and are of the type. */
export function* bindings(world: World): Generator<Finding> {
  for (const of of world.declared) {
    if (of.object.kind !== "Tenant") continue;
    for (const field of Object.keys(TYPES) as (keyof typeof TYPES)[]) {
      const bound: readonly SystemBinding[] = of.object.spec.systems[field] ?? [];
      for (const [i, { name }] of bound.entries())
        yield* binding(world, of, { name, path: `spec.systems.${field}[${i}].name`, type: TYPES[field] });
    }
  }
}
interface Bound {
  readonly name: string;
  readonly path: string;
  readonly type: string;
}
function* binding({ catalog, refused }: World, of: Declared, { name, path, type }: Bound): Generator<Finding> {
  const system = catalog.system(name);
  if (!system && !refused.has(keyOf("ExternalSystem", undefined, name)))
    yield finding(of, path, `ExternalSystem ${name} does not exist`, "declare it, or correct the name");
  else if (system && system.spec.type !== type)
    yield finding(
      of,
      path,
      `ExternalSystem ${name} is of type ${system.spec.type}, not ${type}`,
      `name one of type ${type}`,
    );
}

/** The NAS and OLTs of a serving area belong to systems that the tenant binds. */
export function* sites(world: World): Generator<Finding> {
  if ([...world.refused].some((key) => key.startsWith("ExternalSystem/"))) return;
  for (const of of world.declared) if (of.object.kind === "Tenant") yield* sitesOf(world, of, of.object);
}
function* sitesOf({ catalog }: World, of: Declared, tenant: Tenant): Generator<Finding> {
  const known = equipmentOf(tenant, (name) => catalog.system(name));
  for (const [i, area] of tenant.spec.servingAreas.entries()) {
    yield* unknownSites(
      of,
      `spec.servingAreas[${i}].nas`,
      area.nas,
      known.nas,
      "RADIUS system of the tenant has a NAS",
    );
    // Without a VOLTHA the names of OLTs only tell areas apart.
    if (tenant.spec.systems.voltha?.length)
      yield* unknownSites(
        of,
        `spec.servingAreas[${i}].olts`,
        area.olts,
        known.olts,
        "VOLTHA system of the tenant has an OLT",
      );
  }
}
function* unknownSites(
  of: Declared,
  at: string,
  names: readonly string[],
  known: ReadonlySet<string>,
  what: string,
): Generator<Finding> {
  for (const [i, name] of names.entries())
    if (!known.has(name))
      yield finding(of, `${at}[${i}]`, `no ${what} ${name}`, oneOf(known, "add it to a bound ExternalSystem"));
}

function equipmentOf(tenant: Tenant, system: (name: string) => ReturnType<World["catalog"]["system"]>) {
  const { radius = [], voltha = [] } = tenant.spec.systems;
  return {
    nas: new Set(radius.flatMap((b) => system(b.name)?.spec.radius?.nas.map((n) => n.name) ?? [])),
    olts: new Set(
      voltha.flatMap((b) =>
        (system(b.name)?.spec.voltha?.olts ?? []).map((o) => o.name).filter((o) => b.olts?.includes(o) ?? true),
      ),
    ),
  };
}
const USES = { ipv4: "IPv4", ipv6: "IPv6Address", wan: "WANPrefix", pd: "PD", routed: "Routed" } as const;

/** Pools that plans and profiles name are pools of their own tenant, for that use. */
export function* poolNames({ declared, catalog }: World): Generator<Finding> {
  for (const of of declared) {
    const { object } = of;
    const tenant = "spec" in object && !isClusterScoped(object.kind) ? catalog.tenant(namespaceOf(object)) : undefined;
    if (!tenant) continue;
    if (object.kind === "ServicePlan" || object.kind === "NetworkProfile")
      yield* poolsNamed(of, object, tenant, "spec");
    else if (object.kind === "Subscriber" && object.spec.networkProfile)
      yield* poolsNamed(
        of,
        { kind: "NetworkProfile", spec: object.spec.networkProfile },
        tenant,
        "spec.networkProfile",
      );
  }
}
type Naming = Pick<ServicePlan, "kind" | "spec"> | Pick<NetworkProfile, "kind" | "spec">;
function* poolsNamed(of: Declared, object: Naming, tenant: Tenant, at: string): Generator<Finding> {
  for (const [field, use] of Object.entries(USES)) {
    const name = object.spec.pools?.[field as keyof typeof USES];
    if (name === undefined) continue;
    const pool = tenant.spec.addressPools.find((p) => p.name === name);
    if (pool?.use === use) continue;
    const fitting = new Set(tenant.spec.addressPools.filter((p) => p.use === use).map((p) => p.name));
    const problem = pool ? `is for ${pool.use}, not for ${use}` : "does not exist";
    yield finding(
      of,
      `${at}.pools.${field}`,
      `address pool ${name} of tenant ${tenant.metadata.name} ${problem}`,
      oneOf(fitting, "declare it in spec.addressPools of the tenant"),
    );
  }
  const named = [
    ...(object.kind === "NetworkProfile" && object.spec.vlanPool
      ? [{ name: object.spec.vlanPool, path: `${at}.vlanPool` }]
      : []),
    ...(object.spec.services ?? []).flatMap((s, i) =>
      s.vlanPool ? [{ name: s.vlanPool, path: `${at}.services[${i}].vlanPool` }] : [],
    ),
  ];
  const known = new Set(tenant.spec.vlanPools.map((p) => p.name));
  for (const { name, path } of named)
    if (!known.has(name))
      yield finding(
        of,
        path,
        `VLAN pool ${name} of tenant ${tenant.metadata.name} does not exist`,
        oneOf(known, "declare it in spec.vlanPools of the tenant"),
      );
}
