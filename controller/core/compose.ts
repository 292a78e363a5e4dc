/** Pure: what all systems together should hold for one declared object. */
import type { ServicePlan, Subscriber, Tenant } from "../api/types.generated.ts";
import type { Catalog, ObjectKey } from "./catalog.ts";
import type { HeldAddress, HeldTag } from "./holding.ts";
import { type Blocker, type Desired, refKey, type Subject } from "./model.ts";
import { type Owner, type OwnerKey, parseOwner } from "./owner.ts";
import type { Assigned, Secrets } from "./resolve/account.ts";
import type { Warning } from "./resolve/findings.ts";
import { resolvePlan } from "./resolve/plan.ts";
import { type Resolution, resolveSubscriber } from "./resolve/subscriber.ts";
import { resolveTenant } from "./resolve/tenant.ts";
import type { ResolvedSubject, ResolvedSubscriber } from "./resolved.ts";
import type { Timing } from "./schedule.ts";

/** One configured endpoint, as far as composing needs it. A Blocker: what is asked of it cannot be written there. */
export interface Endpoint {
  desired(subject: ResolvedSubject): readonly Desired[] | Blocker;
}
export interface ComposeContext {
  readonly installation: string;
  /** undefined: declared, and not usable. */
  readonly endpoint: (name: string) => Endpoint | undefined;
  readonly secrets: Secrets;
  /** What the owner claimed before: names once assigned stay, and a number tells who it is. */
  readonly held: Held;
}
export interface Held {
  readonly account?: Assigned;
  /** Tags and pairs of VLANs. */
  readonly tags?: readonly HeldTag[];
  readonly addresses?: readonly HeldAddress[];
  /** `number:visit` of a technician's visits. */
  readonly visits?: readonly string[];
  readonly subscriberNumber?: string;
  /** Everything of it is out of service, and its retention is over. */
  readonly ended?: true;
}
export interface Composed extends Subject {
  readonly warnings: readonly Warning[];
  /** Of a subscriber that is declared. */
  readonly resolution: Resolution | undefined;
  /** Of a subscriber that time changes. */
  readonly timing?: Timing;
}

/** `installation/tenant/` + the key of the object. */
export const objectKeyOf = (owner: OwnerKey): ObjectKey => owner.split("/").slice(2).join("/");

const OWNING: ReadonlySet<string | undefined> = new Set(["Subscriber", "ServicePlan", "Tenant"]);
/** undefined: the object has nothing of its own in any system, or its namespace belongs to no tenant. */
export function ownerOfObject(catalog: Catalog, key: ObjectKey, installation: string): OwnerKey | undefined {
  const [kind, namespace = "", name] = key.split("/");
  if (!OWNING.has(kind) || !catalog.has(key)) return undefined;
  const tenant = kind === "Tenant" ? name : catalog.tenant(namespace)?.metadata.name;
  return tenant && `${installation}/${tenant}/${key}`;
}

/** An owner that is not declared any more wants nothing: that is how things are taken away. */
export function compose(catalog: Catalog, key: OwnerKey, cx: ComposeContext): Composed {
  const owner = parseOwner(key);
  const object = catalog.get(objectKeyOf(key));
  if (object?.kind === "Tenant") return composeTenant(catalog, object, owner, cx);
  if (object === undefined || catalog.tenant(owner.namespace)?.metadata.name !== owner.tenant) return gone(owner);
  if (object.kind === "Subscriber") {
    const timing = catalog.timing(objectKeyOf(key));
    return { ...composeSubscriber(catalog, object, owner, cx), ...(timing && { timing }) };
  }
  return object.kind === "ServicePlan" ? composePlan(catalog, object, owner, cx) : gone(owner);
}

function composeSubscriber(catalog: Catalog, object: Subscriber, owner: Owner, cx: ComposeContext): Composed {
  const { installation, secrets, held } = cx;
  const resolution = resolveSubscriber(catalog, object, { ...held, installation, secrets });
  const { claims, warnings } = resolution;
  const nothing = { owner, claims, warnings, resolution, desired: [] };
  const other = somebodyElse(object, held);
  // Whoever it is, a suspension only takes away.
  if (other && object.spec.serviceState !== "Suspended")
    return held.ended ? gone(owner) : { ...nothing, claims: [], blocked: [other] };
  if (!resolution.ok) return { ...nothing, blocked: resolution.blockers };
  if (resolution.subject.state === "Terminated") return { ...nothing, blocked: [] };
  const tenant = catalog.tenant(owner.namespace);
  const found = collect(resolution.subject, [...resolution.endpoints, ...surrounding(tenant)], cx);
  const desired = unlessTaken(resolution.subject, resolution.endpoints, apart(tenant, found.desired));
  return { ...nothing, ...found, desired };
}

/** A declared address that the address plan shows as another customer's must not be dialled out with by two. */
function unlessTaken(s: ResolvedSubscriber, accounts: readonly string[], all: readonly Desired[]): readonly Desired[] {
  const declared = s.allocations.flatMap(({ ref, value }) =>
    value === undefined ? [] : [{ ref: refKey(ref), value }],
  );
  if (declared.length === 0 || s.state === "Suspended") return all;
  return all.map((d) => (accounts.includes(d.ref.system) ? { ...d, unlessTaken: declared } : d));
}

/** Systems where a subscriber may have objects beside its accounts; each says itself what it holds. */
const surrounding = (tenant: Tenant | undefined): readonly string[] => {
  const { netbox, voltha, genieacs, billing, tickets } = tenant?.spec.systems ?? {};
  return names(netbox, tickets, voltha, genieacs, billing);
};
const names = (...bound: readonly (readonly { readonly name: string }[] | undefined)[]): readonly string[] =>
  bound.flatMap((list) => list?.map((b) => b.name) ?? []);

/** A bill that does not ask for the device, or for the technician, starts without. */
function apart(tenant: Tenant | undefined, all: readonly Desired[]): readonly Desired[] {
  if (!tenant) return all;
  const { voltha, genieacs, tickets } = tenant.spec.systems;
  const facts = tenant.spec.policies.activation.require;
  const free = names(
    facts.includes("ONUActive") ? [] : voltha,
    facts.includes("CPEOnline") ? [] : genieacs,
    facts.includes("InstallationCompleted") ? [] : tickets,
  );
  return free.length === 0 ? all : all.map((d) => (free.includes(d.ref.system) ? { ...d, apart: true } : d));
}

/** What its subscribers stand on. */
function composeTenant(catalog: Catalog, tenant: Tenant, owner: Owner, cx: ComposeContext): Composed {
  const nothing = { owner, claims: [], warnings: [], resolution: undefined };
  const { netbox, voltha, genieacs } = tenant.spec.systems;
  return { ...nothing, ...collect(resolveTenant(catalog, tenant, owner), names(netbox, voltha, genieacs), cx) };
}

function composePlan(catalog: Catalog, object: ServicePlan, owner: Owner, cx: ComposeContext): Composed {
  const tenant = catalog.tenant(owner.namespace);
  const [target = object, ...older] = catalog.revised(object);
  const resolution = resolvePlan(catalog, target, cx.installation);
  const nothing = { owner, claims: [], warnings: resolution.warnings, resolution: undefined, desired: [] };
  if (!resolution.ok) return { ...nothing, blocked: resolution.blockers };
  const all = [resolution, ...older.map((plan) => resolvePlan(catalog, plan, cx.installation))];
  const found = all.flatMap((r) => (r.ok ? collect(r.subject, tenant ? sharedOf(tenant) : [], cx) : []));
  return { ...nothing, ...together(found) };
}
type Collected = Pick<Composed, "desired" | "blocked">;
/** What several revisions share is as the newest says. As long as one cannot be told, nothing of any is taken away. */
function together(found: readonly Collected[]): Collected {
  const blocked = new Map(found.flatMap((f) => f.blocked.map((b) => [`${b.reason} ${b.message}`, b] as const)));
  if (blocked.size > 0) return { desired: [], blocked: [...blocked.values()] };
  const desired = new Map<string, Desired>();
  for (const d of found.flatMap((f) => f.desired)) if (!desired.has(refKey(d.ref))) desired.set(refKey(d.ref), d);
  return { desired: [...desired.values()], blocked: [] };
}
const sharedOf = ({ spec: { systems } }: Tenant): readonly string[] =>
  names(systems.radius, systems.netbox, systems.voltha);

/** Under the name of a former subscriber a new one would inherit account, address and history. */
function somebodyElse({ metadata, spec }: Subscriber, { subscriberNumber: known }: Held): Blocker | undefined {
  if (known === undefined || known === spec.subscriberNumber) return undefined;
  const message = `${metadata.name} was subscriber ${known} and is kept; ${spec.subscriberNumber} needs another name until ${known} is purged`;
  return { reason: "IdentityConflict", message };
}

/** All or nothing: half of what a subject needs is how systems drift apart. A suspension goes on wherever it can. */
function collect(subject: ResolvedSubject, endpoints: readonly string[], cx: ComposeContext) {
  const desired: Desired[] = [];
  const blocked: Blocker[] = [];
  for (const name of endpoints) {
    const found = cx.endpoint(name)?.desired(subject) ?? unusable(name);
    if ("reason" in found) blocked.push(found);
    else desired.push(...found);
  }
  const suspends = subject.scope === "subscriber" && subject.state === "Suspended";
  return blocked.length > 0 && !suspends ? { desired: [], blocked } : { desired, blocked };
}
const unusable = (name: string): Blocker => ({
  reason: "SystemUnusable",
  message: `ExternalSystem ${name} cannot be used: see its status`,
});

const gone = (owner: Owner): Composed => ({
  owner,
  desired: [],
  claims: [],
  blocked: [],
  warnings: [],
  resolution: undefined,
});
