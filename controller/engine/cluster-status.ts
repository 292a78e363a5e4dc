/** Statuses that follow from others: of ExternalSystems and Tenants, and how many stand on a ServicePlan. */
import type { ExternalSystemStatus, TenantStatus } from "../api/types.generated.ts";
import { keyOfObject } from "../core/catalog.ts";
import type { HeldSet } from "../core/held.ts";
import type { Blocker } from "../core/model.ts";
import type { OwnerKey } from "../core/owner.ts";
import { pausedBy } from "../core/policy.ts";
import type { Warning } from "../core/resolve/findings.ts";
import type { RunView } from "../core/status/causes.ts";
import { systemStatus } from "../core/status/system.ts";
import { tenantStatus } from "../core/status/tenant.ts";
import type { Json, StatusRow } from "../store/status.ts";
import type { Store } from "../store/store.ts";
import type { Declared } from "./declared.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Ports } from "./run/ports.ts";

export interface TenantRun {
  readonly blocked: readonly Blocker[];
  readonly report: RunView;
}
export interface ClusterView {
  readonly installation: string;
  readonly declared: Declared;
  readonly endpoints: Endpoints;
  readonly ports: Ports;
  /** Subjects that the last scan found different, by endpoint. */
  readonly drift: ReadonlyMap<string, number>;
  /** How the last run of each tenant's own objects ended. */
  readonly tenants: ReadonlyMap<OwnerKey, TenantRun>;
  /** What a tenant named in vain. */
  readonly warnings: ReadonlyMap<string, readonly Warning[]>;
  readonly store: Pick<Store, "statusOf" | "writeStatus" | "recount" | "heldSets">;
  readonly mine: (key: OwnerKey) => boolean;
  readonly now: number;
}

export async function writeClusterStatuses(view: ClusterView): Promise<void> {
  const { declared, store, mine } = view;
  const systems = [...declared.systems()].map((s) => s.metadata.name);
  const tenants = declared.catalog.tenants().map((t) => t.metadata.name);
  const own = tenants.map((n) => tenantKey(view, n)).filter(mine);
  const previous = await store.statusOf([...systems.map((n) => systemKey(view, n)), ...own]);
  const held = Map.groupBy(await store.heldSets(tenants.filter((n) => mine(tenantKey(view, n)))), (s) => s.tenant);
  const made = new Map<OwnerKey, Json>();
  /** Also of systems whose status another process writes. */
  const systemsAt = (name: string): Json | undefined =>
    made.get(systemKey(view, name)) ?? previous.get(systemKey(view, name));
  const add = (owner: OwnerKey, make: () => object | undefined): void => {
    const status = mine(owner) ? make() : undefined;
    if (status) made.set(owner, status as Json);
  };
  for (const name of systems)
    add(systemKey(view, name), () => ofSystem(name, view, previous.get(systemKey(view, name))));
  for (const name of tenants)
    add(tenantKey(view, name), () =>
      ofTenant(name, view, previous.get(tenantKey(view, name)), systemsAt, held.get(name) ?? []),
    );
  const rows = [...made].map(([owner, status]): StatusRow => ({ owner, status }));
  await store.writeStatus(rows);
  await store.recount(counted(view));
}

/** A subscriber who comes or goes is no reason to look at his plan. */
function counted({ declared, mine }: ClusterView): ReadonlyMap<OwnerKey, number> {
  const plans = [...declared.catalog.ofKind("ServicePlan")].flatMap((plan) => {
    const owner = declared.owner(keyOfObject(plan));
    return owner !== undefined && mine(owner) ? [[owner, declared.catalog.dependants(plan).size] as const] : [];
  });
  return new Map(plans);
}

/** Cluster-scoped objects belong to no tenant. */
const systemKey = ({ installation }: ClusterView, name: string): OwnerKey =>
  `${installation}/-/ExternalSystem/-/${name}`;
const tenantKey = ({ installation }: Pick<ClusterView, "installation">, name: string): OwnerKey =>
  `${installation}/${name}/Tenant/-/${name}`;

/** The tenants whose status is this process's to write, and whose word it acts upon. */
export const tenantsOf = ({ declared, mine, ...view }: Pick<ClusterView, "installation" | "declared" | "mine">) =>
  new Map(
    [...declared.catalog.tenants()]
      .map(({ metadata: { name } }) => [name, tenantKey(view, name)] as const)
      .filter(([, key]) => mine(key)),
  );

function ofSystem(name: string, view: ClusterView, previous: Json | undefined): ExternalSystemStatus | undefined {
  const system = view.declared.system(name);
  return (
    system &&
    systemStatus({
      generation: view.declared.meta(`ExternalSystem/-/${name}`)?.generation,
      now: view.now,
      previous: previous as ExternalSystemStatus | undefined,
      spec: { mode: system.spec.mode, paused: pausedBy(system) !== undefined },
      contact: view.endpoints.contact(name),
      breaker: view.ports.breakers().get(name),
      backlog: view.ports.lanes().get(name)?.backlog() ?? 0,
      // What the last process found stands until this one has looked.
      drift: view.drift.get(name) ?? (previous as ExternalSystemStatus | undefined)?.drift,
    })
  );
}

function ofTenant(
  name: string,
  view: ClusterView,
  previous: Json | undefined,
  statusOf: (system: string) => Json | undefined,
  held: readonly HeldSet[],
): TenantStatus | undefined {
  const { declared, now } = view;
  const tenant = declared.tenant(name);
  if (!tenant) return undefined;
  return tenantStatus({
    generation: declared.meta(`Tenant/-/${name}`)?.generation,
    now,
    previous: previous as TenantStatus | undefined,
    paused: pausedBy(tenant) !== undefined,
    blocked: view.tenants.get(tenantKey(view, name))?.blocked ?? [],
    warnings: view.warnings.get(name) ?? [],
    report: view.tenants.get(tenantKey(view, name))?.report,
    bound: [...declared.boundSystems(name)].map(([system, type]) => ({
      name: system,
      type,
      status: statusOf(system) as ExternalSystemStatus | undefined,
    })),
    subscribers: count(name, view),
    held,
  });
}

const STATES = ["Active", "Suspended", "Terminated"] as const;
const COUNTED = { Active: "active", Suspended: "suspended", Terminated: "terminated" } as const;
function count(tenant: string, { declared }: ClusterView) {
  const n = { active: 0, suspended: 0, terminated: 0 };
  const namespace = declared.tenant(tenant)?.spec.namespace;
  if (namespace === undefined || declared.catalog.tenant(namespace)?.metadata.name !== tenant) return n;
  for (const state of STATES) n[COUNTED[state]] = declared.catalog.count(namespace, state);
  return n;
}
