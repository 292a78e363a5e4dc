/** The declared objects in memory: by key, by alias, and who depends on whom. Holds defaulted, valid objects only. */
import type {
  ExternalSystem,
  KindName,
  LastmileObject,
  NetworkProfile,
  ServicePlan,
  SiteSurvey,
  Subscriber,
  Tenant,
} from "../api/types.generated.ts";
import { keyOf, keyOfObject, kindOfKey, type ObjectKey } from "./catalog-key.ts";
import { Links } from "./catalog-links.ts";
import { Shelf } from "./catalog-shelf.ts";
import { Timed } from "./catalog-timed.ts";
import type { RevisedPlan, Revisions } from "./revisions.ts";
import type { Timing } from "./schedule.ts";
import { inForce } from "./suspend.ts";

export { isClusterScoped, keyOf, keyOfObject, namespaceOf, type ObjectKey } from "./catalog-key.ts";

type OfKind<K extends KindName> = Extract<LastmileObject, { readonly kind: K }>;

export class Catalog {
  readonly #shelves = new Map<string, Shelf>();
  readonly #links = new Links();
  readonly #timed = new Timed();
  #now: number;
  readonly #revisions = new Map<ObjectKey, Revisions>();

  /** @param now the moment that counts, which only goes forward; before all times everything is as declared. */
  constructor(objects: Iterable<LastmileObject> = [], now = Number.NEGATIVE_INFINITY) {
    this.#now = now;
    for (const object of objects) this.put(object);
  }

  get size(): number {
    return [...this.#shelves.values()].reduce((n, shelf) => n + shelf.size, 0);
  }
  /** Adds the object as it counts, or takes the place of the one with its key. */
  put(declared: LastmileObject): void {
    const object = this.inForce(declared);
    const key = keyOfObject(object);
    this.remove(key);
    this.#timed.put(key, declared, this.#now);
    this.#shelf(object.kind).put(key, object);
    this.#links.add(key, object);
  }
  remove(key: ObjectKey): void {
    const old = this.get(key);
    if (!old) return;
    this.#timed.delete(key);
    this.#shelf(old.kind).delete(key);
    this.#links.drop(key, old);
  }
  /** As it counts at the moment of the catalog. */
  inForce(declared: LastmileObject): LastmileObject {
    return inForce(declared, this.#now);
  }
  /** What time has changed of it, and will; undefined: nothing. */
  timing(key: ObjectKey): Timing | undefined {
    return this.#timed.timing(key);
  }
  /** Those that count otherwise at this moment. */
  due(now: number): readonly ObjectKey[] {
    return this.#timed.due(now);
  }
  /** Time passes, for what is due too. */
  advance(now: number): void {
    const due = this.due(now).flatMap((key) => this.#timed.declared(key) ?? []);
    this.#now = Math.max(this.#now, now);
    for (const object of due) this.put(object);
  }
  get(key: ObjectKey): LastmileObject | undefined {
    return this.#shelves.get(kindOfKey(key))?.get(key);
  }
  has(key: ObjectKey): boolean {
    return this.#shelves.get(kindOfKey(key))?.has(key) === true;
  }
  keys(kind: KindName): Iterable<ObjectKey> {
    return this.#shelf(kind).keys();
  }
  *ofKind<K extends KindName>(kind: K): Generator<OfKind<K>> {
    for (const key of this.keys(kind)) {
      const object = this.#typed(kind, key);
      if (object) yield object;
    }
  }
  #shelf(kind: KindName): Shelf {
    const shelf = this.#shelves.get(kind) ?? new Shelf();
    this.#shelves.set(kind, shelf);
    return shelf;
  }

  profile(namespace: string, name: string): NetworkProfile | undefined {
    return this.#typed("NetworkProfile", keyOf("NetworkProfile", namespace, name));
  }
  subscriber(namespace: string, name: string): Subscriber | undefined {
    return this.#typed("Subscriber", keyOf("Subscriber", namespace, name));
  }
  system(name: string): ExternalSystem | undefined {
    return this.#typed("ExternalSystem", keyOf("ExternalSystem", undefined, name));
  }
  /** By name; else by alias, where several plans claim one alias the lesser name. */
  plan(namespace: string, nameOrAlias: string): ServicePlan | undefined {
    const named = this.#typed("ServicePlan", keyOf("ServicePlan", namespace, nameOrAlias));
    if (named) return named;
    const first = least(this.#links.plansByAlias(namespace, nameOrAlias));
    return first === undefined ? undefined : this.#typed("ServicePlan", first);
  }
  /** From now on its subscribers are on these, whatever is declared; undefined: on what is declared. */
  revise(plan: ObjectKey, revisions: Revisions | undefined): void {
    if (revisions) this.#revisions.set(plan, revisions);
    else this.#revisions.delete(plan);
  }
  revisions(plan: ObjectKey): Revisions | undefined {
    return this.#revisions.get(plan);
  }
  /** Plans that somebody may not stand on as they are declared. */
  *unsettled(): Generator<readonly [ObjectKey, Revisions]> {
    for (const entry of this.#revisions) if (entry[1].progress.members.length > 0) yield entry;
  }
  /** The plan as it counts for one of its subscribers. */
  planFor(plan: ServicePlan, subscriber: Subscriber): RevisedPlan {
    return this.#revisions.get(keyOfObject(plan))?.for(plan, keyOfObject(subscriber)) ?? plan;
  }
  /** The plan in all revisions that its subscribers may stand on, the newest first. */
  revised(plan: ServicePlan): readonly RevisedPlan[] {
    return this.#revisions.get(keyOfObject(plan))?.all(plan) ?? [plan];
  }
  plans(namespace: string): readonly ServicePlan[] {
    return this.#list("ServicePlan", this.#links.plansOf(namespace));
  }
  /** How many subscribers of the namespace are declared to be in a state. */
  count(namespace: string, state: Subscriber["spec"]["serviceState"]): number {
    return this.#links.count(namespace, state);
  }
  /** Who declares this ONU; several only while they quarrel about it. */
  subscribersOfOnu(serial: string): readonly ObjectKey[] {
    return [...this.#links.subscribersOfOnu(serial)].sort();
  }
  surveys(namespace: string, subscriber: string): readonly SiteSurvey[] {
    return this.#list("SiteSurvey", this.#links.surveysOf(namespace, subscriber));
  }
  /** The tenant that a namespace belongs to; where several claim it, the lesser name. */
  tenant(namespace: string): Tenant | undefined {
    const first = least(this.#links.tenantsOf(namespace));
    return first === undefined ? undefined : this.#typed("Tenant", first);
  }
  tenants(): readonly Tenant[] {
    return this.#list("Tenant", this.#links.allTenants());
  }

  /** Keys of the plans and subscribers that must be resolved again when this object comes, changes or goes. */
  dependants(object: LastmileObject): ReadonlySet<ObjectKey> {
    return this.#links.dependants(object);
  }

  #list<K extends KindName>(kind: K, keys: Iterable<ObjectKey>): readonly OfKind<K>[] {
    return [...keys].sort().flatMap((key) => this.#typed(kind, key) ?? []);
  }
  #typed<K extends KindName>(kind: K, key: ObjectKey): OfKind<K> | undefined {
    const object = this.#shelves.get(kind)?.get(key);
    return object && isKind(object, kind) ? object : undefined;
  }
}

function least(keys: Iterable<ObjectKey>): ObjectKey | undefined {
  let first: ObjectKey | undefined;
  for (const key of keys) if (first === undefined || key < first) first = key;
  return first;
}
const isKind = <K extends KindName>(object: LastmileObject, kind: K): object is OfKind<K> => object.kind === kind;
