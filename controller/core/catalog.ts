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
import { keyOf, keyOfObject, type ObjectKey } from "./catalog-key.ts";
import { Links } from "./catalog-links.ts";

export { isClusterScoped, keyOf, keyOfObject, namespaceOf, type ObjectKey } from "./catalog-key.ts";

type OfKind<K extends KindName> = Extract<LastmileObject, { readonly kind: K }>;

export class Catalog {
  readonly #objects = new Map<ObjectKey, LastmileObject>();
  readonly #links = new Links();

  constructor(objects: Iterable<LastmileObject> = []) {
    for (const object of objects) this.put(object);
  }

  get size(): number {
    return this.#objects.size;
  }
  /** Adds the object, or takes the place of the one with its key. */
  put(object: LastmileObject): void {
    const key = keyOfObject(object);
    this.remove(key);
    this.#objects.set(key, object);
    this.#links.add(key, object);
  }
  remove(key: ObjectKey): void {
    const old = this.#objects.get(key);
    if (!old) return;
    this.#objects.delete(key);
    this.#links.drop(key, old);
  }
  get(key: ObjectKey): LastmileObject | undefined {
    return this.#objects.get(key);
  }
  values(): IterableIterator<LastmileObject> {
    return this.#objects.values();
  }
  *ofKind<K extends KindName>(kind: K): Generator<OfKind<K>> {
    for (const object of this.#objects.values()) if (isKind(object, kind)) yield object;
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
    const [first] = [...this.#links.plansByAlias(namespace, nameOrAlias)].sort();
    return named ?? (first === undefined ? undefined : this.#typed("ServicePlan", first));
  }
  plans(namespace: string): readonly ServicePlan[] {
    return this.#list("ServicePlan", this.#links.plansOf(namespace));
  }
  surveys(namespace: string, subscriber: string): readonly SiteSurvey[] {
    return this.#list("SiteSurvey", this.#links.surveysOf(namespace, subscriber));
  }
  /** The tenant that a namespace belongs to; where several claim it, the lesser name. */
  tenant(namespace: string): Tenant | undefined {
    const [first] = [...this.#links.tenantsOf(namespace)].sort();
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
    const object = this.#objects.get(key);
    return object && isKind(object, kind) ? object : undefined;
  }
}

const isKind = <K extends KindName>(object: LastmileObject, kind: K): object is OfKind<K> => object.kind === kind;
