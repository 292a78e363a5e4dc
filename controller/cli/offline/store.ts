/** A store and systems in memory, in which exactly what the base declares is in place: what a plan reads, and nothing else. */
import { createHash } from "node:crypto";
import type { Configure, Session } from "../../../reconcilers/system.ts";
import type { LastmileObject, Tenant } from "../../api/types.generated.ts";
import { keyOfObject, namespaceOf } from "../../core/catalog.ts";
import { type Impact, type Observed, type RefKey, refKey, type State, type Subject } from "../../core/model.ts";
import { type OwnerKey, ownerKey, parseOwner, tenantOf, token } from "../../core/owner.ts";
import { needs } from "../../core/plan.ts";
import { budgetLimit } from "../../core/policy.ts";
import { Sensitive } from "../../core/sensitive.ts";
import type { SecretSource } from "../../sources/secrets.ts";
import type { SourceObject } from "../../sources/source.ts";
import type { Budget } from "../../store/budget.ts";
import type { OwnedClaim } from "../../store/claims.ts";
import type { Leases } from "../../store/leases.ts";
import type { Filter, Objects, StoredObject } from "../../store/objects.ts";
import type { Secrets } from "../../store/secrets.ts";
import type { Json } from "../../store/status.ts";
import type { Store } from "../../store/store.ts";

/** What stands, by owner. */
export class World {
  readonly subjects = new Map<OwnerKey, Subject>();
  readonly observed = new Map<RefKey, Observed>();
  readonly #claims = new Map<string, OwnedClaim>();

  add(subject: Subject): void {
    const owner = ownerKey(subject.owner);
    this.subjects.set(owner, subject);
    for (const claim of subject.claims) {
      const name = nameOf(claim);
      if (!this.#claims.has(name)) this.#claims.set(name, { ...claim, owner });
    }
    for (const { ref, spec } of subject.desired) {
      const key = refKey(ref);
      const state = spec as State; // outputs stay symbolic, and equal themselves
      this.observed.set(key, { ref, id: ref.key, token: token(owner, key), retired: false, state, outputs: {} });
    }
  }
  holder(claim: OwnedClaim): OwnerKey | undefined {
    return this.#claims.get(nameOf(claim))?.owner;
  }
  claimsOf(owner: OwnerKey): readonly OwnedClaim[] {
    const { claims = [] } = this.subjects.get(owner) ?? {};
    return claims.map((c) => ({ ...c, owner })).filter((c) => this.holder(c) === owner);
  }
  /** Customers of a tenant who have anything in service. */
  live(tenant: string): number {
    const of = [...this.subjects].filter(([key, s]) => tenantOf(key) === tenant && s.desired.length > 0);
    return of.filter(([key]) => parseOwner(key).kind === "Subscriber").length;
  }
}
const nameOf = ({ kind, scope, value }: OwnedClaim | Subject["claims"][number]): string =>
  JSON.stringify([kind, scope, value]);

export function storeOf(world: World): Store {
  const store: Pick<
    Store,
    "claimsOf" | "done" | "heldByOthers" | "entries" | "owners" | "tenants" | "approved" | "statusOf"
  > = {
    claimsOf: async (owners) => owners.flatMap((o) => world.claimsOf(o)).map((c) => ({ ...c, ...live(c) })),
    heldByOthers: async (rows) =>
      rows.flatMap((row) => {
        const holder = world.holder(row);
        return holder === undefined || holder === row.owner ? [] : [{ ...row, holder }];
      }),
    entries: async (owners) =>
      owners.map((owner) =>
        (world.subjects.get(owner)?.desired ?? []).map(({ ref, spec }) => ({
          ...{ ref: refKey(ref), needs: needs(spec), due: false, id: ref.key, intentAt: 0, shelved: false },
        })),
      ),
    owners: async (tenant) =>
      new Map([...world.subjects.keys()].filter((k) => tenantOf(k) === tenant).map((k) => [k, { live: true }])),
    tenants: async () => [...new Set([...world.subjects.keys()].map(tenantOf))],
    approved: async () => new Set(),
    done: async () => [],
    statusOf: async () => new Map(),
  };
  return store as Store;
}
const live = ({ kind }: OwnedClaim) => (kind === "userName" ? { service: "live" as const } : {});

export function objectsOf(sourceId: string, declared: readonly SourceObject[]): Objects {
  const tenants = new Map(
    declared.flatMap(({ object: o }) => (o.kind === "Tenant" ? [[o.spec.namespace, o.metadata.name] as const] : [])),
  );
  const tenant = (o: LastmileObject): string =>
    o.kind === "Tenant" ? o.metadata.name : (tenants.get(namespaceOf(o)) ?? "-");
  const rows = declared.map(
    ({ object, origin }): StoredObject => ({
      ...{ key: keyOfObject(object), tenant: tenant(object), sourceId, object: object as unknown as Json, origin },
      ...{ digest: "", generation: 1, deletedAt: undefined, seq: 1 },
    }),
  );
  const objects: Pick<Objects, "load" | "head" | "sources"> = {
    async *load({ kind, keys, deleted }: Filter = {}) {
      if (!deleted)
        yield rows.filter((r) => (!kind || r.key.startsWith(`${kind}/`)) && (!keys || keys.includes(r.key)));
    },
    head: async () => 1,
    sources: async () => [],
  };
  return objects as Objects;
}

/** Each secret is as good as its name: whether its content differs is not known here. */
export const secretSource: SecretSource = {
  read: async (...name) => new Sensitive(name.join("/")),
  readAll: async () => ({
    username: new Sensitive("offline"),
    password: new Sensitive("offline"),
    token: new Sensitive("offline"),
  }),
};
export function secretsOf(): Secrets {
  const all = async (owners: readonly OwnerKey[]): Promise<ReadonlyMap<OwnerKey, Sensitive>> =>
    new Map(owners.map((o) => [o, new Sensitive("generated", "generated")]));
  const secrets: Pick<Secrets, "digest" | "read" | "generated"> = {
    digest: (text) => createHash("sha256").update(text).digest("hex").slice(0, 8),
    read: all,
    generated: all,
  };
  return secrets as Secrets;
}
export const leases = { holds: () => true, remainingMs: () => Number.POSITIVE_INFINITY } as Pick<
  Leases,
  "holds" | "remainingMs"
> as Leases;

/** What a change asks of a tenant's budget, and what that allows where nothing of it is used. */
export interface BudgetUse {
  readonly tenant: string;
  readonly impact: Impact;
  readonly customers: number;
  readonly allowed: number;
  readonly live: number;
}
export function budgetOf(world: World, tenant: (name: string) => Tenant | undefined, uses: BudgetUse[]): Budget {
  const budget: Pick<Budget, "room"> = {
    async room(name, impact, owners) {
      const { percent, floor } = budgetLimit(tenant(name), impact);
      const live = world.live(name);
      const allowed = Math.max(floor, Math.floor((live * percent) / 100));
      uses.push({ tenant: name, impact, customers: owners.length, allowed, live });
      return { left: allowed, granted: new Set() };
    },
  };
  return budget as Budget;
}

/** The real systems, with their field tables and rules, that show what the world holds and reach nobody. */
export const systemsOf = (systems: ReadonlyMap<string, Configure>, world: World): ReadonlyMap<string, Configure> =>
  new Map(
    [...systems].map(([type, configure]) => [
      type,
      (raw, endpoint) => {
        const configured = configure(raw, endpoint);
        return { ...configured, connect: async (deps) => offline(await configured.connect(deps), world) };
      },
    ]),
  );

function offline(session: Session, world: World): Session {
  const { slots } = session;
  const resources = session.resources.map(({ name, marker, fields, limit }) => ({
    ...{ name, marker, fields, limit, settleMs: 0 },
    observe: async (lookups: Parameters<Session["resources"][number]["observe"]>[0]) =>
      new Map(
        lookups.flatMap(({ ref }) => {
          const found = world.observed.get(refKey(ref));
          return found ? [[refKey(ref), found] as const] : [];
        }),
      ),
    apply: () => Promise.reject(new Error("a plan has no effects")),
  }));
  return { slots, resources, ping: async () => ({ version: "" }), close: () => session.close() };
}
