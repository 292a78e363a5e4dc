/** A store in memory of what the base declares. A plan reads: whatever would write is refused. */
import { createHash } from "node:crypto";
import type { LastmileObject } from "../../api/types.generated.ts";
import { keyOfObject, namespaceOf } from "../../core/catalog.ts";
import { refKey } from "../../core/model.ts";
import { type OwnerKey, tenantOf } from "../../core/owner.ts";
import { needs } from "../../core/plan.ts";
import { Sensitive } from "../../core/sensitive.ts";
import type { SecretSource } from "../../sources/secrets.ts";
import type { SourceObject } from "../../sources/source.ts";
import type { OwnedClaim } from "../../store/claims.ts";
import type { Leases } from "../../store/leases.ts";
import type { Filter, Objects, StoredObject } from "../../store/objects.ts";
import type { Secrets } from "../../store/secrets.ts";
import type { Json } from "../../store/status.ts";
import type { Store } from "../../store/store.ts";
import type { World } from "./world.ts";

const never = (): never => {
  throw new Error("a plan writes nothing");
};
const none = async () => [];

export const storeOf = (world: World): Store => ({
  claimsOf: async (owners) =>
    owners.flatMap((o) => world.claimsOf(o)).map((c) => ({ ...c, ...(world.serves(c.owner) && live(c)) })),
  heldByOthers: async (rows) =>
    rows.flatMap((row) => {
      const holder = world.holder(row);
      return holder === undefined || holder === row.owner ? [] : [{ ...row, holder }];
    }),
  valuesIn: async (kind, scope) => world.values(kind, scope),
  entries: async (owners) =>
    owners.map((owner) =>
      (world.subjects.get(owner)?.desired ?? []).map(({ ref, spec }) => ({
        ...{
          ref: refKey(ref),
          needs: needs(spec),
          due: false,
          id: ref.key,
          intentAt: 0,
          shelved: false,
          adopted: false,
        },
      })),
    ),
  owners: async (tenant) =>
    new Map([...world.subjects.keys()].filter((k) => tenantOf(k) === tenant).map((k) => [k, { live: true }])),
  tenants: async () => [...new Set([...world.subjects.keys()].map(tenantOf))],
  approved: async () => new Set(),
  statusOf: async () => new Map(),
  statusDigests: async () => new Map(),
  statusOfTenant: async () => new Map(),
  isNamed: async (system) => [...world.subjects.values()].some((s) => s.desired.some((d) => d.ref.system === system)),
  statusMark: async () => "0",
  async *statusSince() {},
  ...{ audited: none, notReady: none, dueOwners: none, approvals: none, done: none, history: none },
  ...{ intend: never, confirm: never, shelve: never, unshelve: never, forget: never },
  ...{ claim: never, release: never, letGo: never, free: never, approve: never, revoke: never, audit: never },
  ...{
    writeStatus: never,
    recount: never,
    dropStatus: never,
    writeHeld: never,
    dropHeld: never,
    ask: never,
    use: never,
  },
  ...{ heldPlans: none, heldSets: none, heldIn: none, stands: none, openMail: none, mail: none },
  ...{ takeMail: never, endMail: never, doubtMail: never, resendMail: never, bounceMail: never, eraseMail: never },
  mailById: async () => undefined,
  ...{ rolloutHead: async () => 0, rolloutsSince: none, rolloutsOf: none, rolloutMarks: async () => new Map() },
  ...{ writeRollout: never, arrive: never, dropRollout: never },
});
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
  async function* load({ kind, keys, deleted }: Filter = {}): AsyncGenerator<readonly StoredObject[]> {
    if (!deleted) yield rows.filter((r) => (!kind || r.key.startsWith(`${kind}/`)) && (!keys || keys.includes(r.key)));
  }
  return {
    ...{ load, heads: load, head: async () => 1, sources: none, refusals: none, otherSource: async () => undefined },
    archived: async () => new Map(),
    async *since() {},
    ...{ put: never, revise: never, remove: never, again: never, refuse: never },
  };
}

/** Each secret is as good as its name: whether its content differs is not known here. */
export const secretSource: SecretSource = {
  read: async (...name) => new Sensitive(name.join("/")),
  readAll: async () => ({
    username: new Sensitive("offline"),
    password: new Sensitive("offline"),
    token: new Sensitive("0".repeat(40)), // well formed: nobody is sent it
  }),
};
export function secretsOf(): Secrets {
  const all = async (owners: readonly OwnerKey[]): Promise<ReadonlyMap<OwnerKey, Sensitive>> =>
    new Map(owners.map((o) => [o, new Sensitive("generated", "generated")]));
  return {
    digest: (text) => createHash("sha256").update(text).digest("hex").slice(0, 8),
    ...{ read: all, generated: all, put: never, erase: never, reseal: never },
  };
}
export const leases: Leases = {
  holds: () => true,
  tends: () => true,
  holdsSingleton: () => true,
  remainingMs: () => Number.POSITIVE_INFINITY,
  ...{ tokens: () => new Map(), leaving: () => new Set(), held: () => 0, holders: none },
  ...{ acquire: never, share: never, release: never, proof: never, proofOfSingleton: never },
};
