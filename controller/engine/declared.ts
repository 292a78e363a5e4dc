/** What is declared now, ready to be asked for as subjects. */
import type { ExternalSystem, LastmileObject, ServicePlan, Tenant } from "../api/types.generated.ts";
import { Catalog, keyOf, keyOfObject, type ObjectKey } from "../core/catalog.ts";
import { type Composed, compose, type Endpoint, objectKeyOf, ownerOfObject } from "../core/compose.ts";
import { type OwnerKey, tenantOf } from "../core/owner.ts";
import { pausedBy } from "../core/policy.ts";
import { type SecretNeed, type Secrets, secretsOf } from "../core/resolve/account.ts";
import { planOf } from "../core/resolve/plan-choice.ts";
import { Sensitive } from "../core/sensitive.ts";
import type { SecretSource } from "../sources/secrets.ts";
import { placeOf } from "../sources/used-secrets.ts";
import type { OwnedClaim, StandingClaim } from "../store/claims.ts";
import type { Origin, StoredObject } from "../store/objects.ts";
import { Holdings } from "./holdings.ts";
import type { Verb } from "./run/lane.ts";
import type { Ports } from "./run/ports.ts";

export interface Meta {
  readonly generation: number;
  readonly sourceId: string;
  readonly origin: Origin;
}
/** What a run goes by, and the declaration that it was made from: another one may stand when the run ends. */
export interface Declaring extends Composed {
  readonly generation: number | undefined;
  readonly object: LastmileObject | undefined;
  /** Of a subscriber. */
  readonly plan: ServicePlan | undefined;
  /** It uses a secret that may be another one at any time, without a word. */
  readonly secretElsewhere: boolean;
}
export interface DeclaredOptions {
  readonly installation: string;
  /** The moment at which it counts, until the catalog advances. */
  readonly now: number;
  readonly endpoint: (name: string) => Endpoint | undefined;
  readonly secrets: Pick<SecretSource, "read">;
  /** Passwords that Lastmile makes and keeps. */
  readonly generated: Verb<OwnerKey, Sensitive>;
  readonly ports: Ports;
}
const ANY = new Sensitive("placeholder");
/** Stands for any secret. Not empty: that would be refused, and who is refused is not counted when a set is reserved. */
const PLACEHOLDER: Secrets = { password: ANY, device: () => ANY };

export class Declared {
  readonly catalog: Catalog;
  /** Tenants and ExternalSystems that are withdrawn while something of theirs may still have to be taken away. */
  readonly #leaving = new Map<ObjectKey, LastmileObject>();
  readonly #meta = new Map<ObjectKey, Meta>();
  /** Who declared no longer what is gone. */
  readonly #withdrawn = new Map<ObjectKey, Meta>();
  readonly #pausedThen = new Map<ObjectKey, string>();
  readonly #holdings = new Holdings();
  readonly #o: DeclaredOptions;

  constructor(o: DeclaredOptions) {
    this.#o = o;
    this.catalog = new Catalog([], o.now);
  }

  put(rows: readonly StoredObject[]): void {
    for (const row of rows) {
      const object = row.object as unknown as LastmileObject;
      const lasting = object.kind === "Tenant" || object.kind === "ExternalSystem";
      if (row.deletedAt === undefined) {
        this.catalog.put(object);
        this.#pausedThen.delete(row.key);
        this.#leaving.delete(row.key);
        this.#meta.set(row.key, { generation: row.generation, sourceId: row.sourceId, origin: row.origin });
      } else {
        this.catalog.remove(row.key);
        this.#withdrawn.set(row.key, { generation: row.generation, sourceId: row.sourceId, origin: row.origin });
        const paused = pausedBy(object);
        if (paused === undefined) this.#pausedThen.delete(row.key);
        else this.#pausedThen.set(row.key, paused);
        this.#meta.delete(row.key);
        if (lasting) this.#leaving.set(row.key, object);
      }
    }
  }
  /** All that these owners have claimed before, so that assigned names stay; who was purged has no name any more. */
  hold(owners: readonly OwnerKey[], claims: readonly StandingClaim[]): void {
    this.#holdings.hold(owners, claims);
  }
  /** Tags and addresses that were claimed for them just now. */
  give(claims: readonly OwnedClaim[]): void {
    this.#holdings.give(claims);
  }
  /** How many claims the store had when it was last asked. */
  claimed(owner: OwnerKey): number {
    return this.#holdings.of(owner).claims;
  }
  /** Nothing of it is in service, and its retention is over: who waits for its name may have it once it is purged. */
  end(owner: OwnerKey): void {
    this.#holdings.end(owner);
  }
  ended(owner: OwnerKey): boolean {
    return this.#holdings.of(owner).ended === true;
  }
  /** On whose word it is as it is: of what is withdrawn, the revision that did not declare it any more. */
  by(owner: OwnerKey) {
    const key = objectKeyOf(owner);
    const { sourceId: source, origin: { revision, author, file, line = 1 } = {} } =
      this.#meta.get(key) ?? this.#withdrawn.get(key) ?? {};
    return {
      ...(source && { source }),
      ...(revision && { revision }),
      ...(author && { author }),
      ...(file && { file: `${file}:${line}` }),
    };
  }
  meta(key: ObjectKey): Meta | undefined {
    return this.#meta.get(key);
  }
  tenant(name: string): Tenant | undefined {
    const key = keyOf("Tenant", undefined, name);
    return (this.catalog.get(key) ?? this.#leaving.get(key)) as Tenant | undefined;
  }
  *tenants(): Generator<Tenant> {
    yield* this.catalog.tenants();
    for (const o of this.#leaving.values()) if (o.kind === "Tenant") yield o;
  }
  system(name: string): ExternalSystem | undefined {
    const key = keyOf("ExternalSystem", undefined, name);
    return (this.catalog.get(key) ?? this.#leaving.get(key)) as ExternalSystem | undefined;
  }
  *systems(): Generator<ExternalSystem> {
    yield* this.catalog.ofKind("ExternalSystem");
    for (const o of this.#leaving.values()) if (o.kind === "ExternalSystem") yield o;
  }
  /** The endpoints that a tenant has bound, with their types. */
  boundSystems(tenant: string): ReadonlyMap<string, string> {
    const bindings = Object.values(this.tenant(tenant)?.spec.systems ?? {}).flat();
    return new Map(
      bindings.flatMap((b) => (b ? [[b.name, this.system(b.name)?.spec.type ?? "Unknown"] as const] : [])),
    );
  }
  /** Why it stands still, in words. A pause outlives the withdrawal of its object, as far as this process saw it go. */
  paused(key: OwnerKey): string | undefined {
    const object = objectKeyOf(key);
    return pausedBy(this.catalog.get(object)) ?? this.#pausedThen.get(object);
  }

  /** The owner of a declared object that has something of its own in a system. */
  owner(key: ObjectKey): OwnerKey | undefined {
    return ownerOfObject(this.catalog, key, this.#o.installation);
  }
  *owners(): Generator<OwnerKey> {
    yield* this.shared();
    yield* this.#ofKind("Subscriber");
  }
  /** What subscribers stand on. */
  *shared(): Generator<OwnerKey> {
    yield* this.#ofKind("Tenant");
    yield* this.#ofKind("ServicePlan");
  }
  *#ofKind(kind: "Tenant" | "ServicePlan" | "Subscriber"): Generator<OwnerKey> {
    for (const key of this.catalog.keys(kind)) {
      const owner = this.owner(key);
      if (owner) yield owner;
    }
  }
  declares(owner: OwnerKey): boolean {
    return this.owner(objectKeyOf(owner)) === owner;
  }

  /** Subscribers that use a secret of one of these places. */
  *users(places: ReadonlySet<string>): Generator<OwnerKey> {
    for (const subscriber of this.catalog.ofKind("Subscriber")) {
      const uses = secretsOf(this.catalog, subscriber).some((need) => "from" in need && places.has(placeOf(need.from)));
      const owner = uses ? this.owner(keyOfObject(subscriber)) : undefined;
      if (owner) yield owner;
    }
  }
  /** Without secrets: enough to know what is claimed and what a change costs. */
  outline(key: OwnerKey): Composed {
    return this.#compose(key, PLACEHOLDER);
  }
  async subject(key: OwnerKey, small: boolean): Promise<Declaring> {
    const object = this.catalog.get(objectKeyOf(key));
    if (object?.kind !== "Subscriber") return this.#declaring(key, PLACEHOLDER, false);
    const needs = secretsOf(this.catalog, object);
    const found = await Promise.all(needs.map((need) => this.#fetch(need, key, small)));
    return this.#declaring(
      key,
      secretsFrom(needs, found),
      needs.some((need) => "from" in need),
    );
  }

  /** At one moment: nothing may be awaited in here. */
  #declaring(key: OwnerKey, secrets: Secrets, secretElsewhere: boolean): Declaring {
    const objectKey = objectKeyOf(key);
    const object = this.catalog.get(objectKey);
    const plan = object?.kind === "Subscriber" ? planOf(this.catalog, object).plan : undefined;
    const { generation } = this.#meta.get(objectKey) ?? this.#withdrawn.get(objectKey) ?? {};
    return { ...this.#compose(key, secrets), generation, object, plan, secretElsewhere };
  }
  #compose(key: OwnerKey, secrets: Secrets): Composed {
    const { installation, endpoint } = this.#o;
    return compose(this.catalog, key, { installation, endpoint, secrets, held: this.#holdings.of(key) });
  }
  #fetch(need: SecretNeed, key: OwnerKey, small: boolean): Promise<Sensitive | undefined> {
    const { secrets, ports, generated } = this.#o;
    if ("from" in need) return secrets.read(need.from.namespace, need.from.name, need.from.key);
    return ports.store(generated, key, { tenant: tenantOf(key), small, attempts: 0 });
  }
}

function secretsFrom(needs: readonly SecretNeed[], found: readonly (Sensitive | undefined)[]): Secrets {
  const at = ({ name, key }: { readonly name: string; readonly key: string }): string => `${name}/${key}`;
  const device = new Map(
    needs.map((need, n) => ["from" in need && need.use === "device" ? at(need.from) : "", found[n]]),
  );
  const password = found[needs.findIndex((need) => need.use === "password")];
  return { ...(password && { password }), device: (ref) => device.get(at(ref)) };
}
