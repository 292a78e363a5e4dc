/** The indexes of the catalog: sets of keys by what they name, whether or not that exists yet. */
import type { LastmileObject, ServicePlan, SiteSurvey, Subscriber, Tenant } from "../api/types.generated.ts";
import { keyOf, namespaceOf, type ObjectKey } from "./catalog-key.ts";
import { onuSerial } from "./resolve/serial.ts";

/** Sets by a text; an empty set is not kept. */
class Index {
  readonly #sets = new Map<string, Set<ObjectKey>>();
  add(at: string, key: ObjectKey): void {
    const set = this.#sets.get(at);
    if (set) set.add(key);
    else this.#sets.set(at, new Set([key]));
  }
  drop(at: string, key: ObjectKey): void {
    const set = this.#sets.get(at);
    if (set?.delete(key) && set.size === 0) this.#sets.delete(at);
  }
  at(at: string): ReadonlySet<ObjectKey> {
    return this.#sets.get(at) ?? NONE;
  }
}
/** Numbers by a text. */
class Tally {
  readonly #numbers = new Map<string, number>();
  add(at: string): void {
    this.#numbers.set(at, this.at(at) + 1);
  }
  drop(at: string): void {
    this.#numbers.set(at, this.at(at) - 1);
  }
  at(at: string): number {
    return this.#numbers.get(at) ?? 0;
  }
}
type Visit = (index: Pick<Index, "add" | "drop">, at: string) => void;
const NONE: ReadonlySet<ObjectKey> = new Set();
const ALL = "";
/** Subscribers whose plan is found by an older field: any plan of the namespace may be theirs. */
const BY_SPEED = " by-speed";

export class Links {
  readonly #tenants = new Index();
  readonly #tenantsBySystem = new Index();
  readonly #namespaces = new Map<ObjectKey, string>();
  readonly #plans = new Index();
  readonly #aliases = new Index();
  readonly #subscribers = new Index();
  readonly #byPlan = new Index();
  readonly #byProfile = new Index();
  readonly #byOnu = new Index();
  readonly #surveys = new Index();
  readonly #states = new Tally();

  add(key: ObjectKey, object: LastmileObject): void {
    this.#each(object, (index, at) => index.add(at, key));
    if (object.kind === "Tenant") this.#namespaces.set(key, object.spec.namespace);
  }
  drop(key: ObjectKey, object: LastmileObject): void {
    this.#each(object, (index, at) => index.drop(at, key));
    this.#namespaces.delete(key);
  }

  plansByAlias = (namespace: string, alias: string): ReadonlySet<ObjectKey> =>
    this.#aliases.at(`${namespace}/${alias}`);
  plansOf = (namespace: string): ReadonlySet<ObjectKey> => this.#plans.at(namespace);
  surveysOf = (namespace: string, subscriber: string): ReadonlySet<ObjectKey> =>
    this.#surveys.at(`${namespace}/${subscriber}`);
  count = (namespace: string, state: string): number => this.#states.at(`${namespace}/${state}`);
  subscribersOfOnu = (serial: string): ReadonlySet<ObjectKey> => this.#byOnu.at(onuSerial(serial));
  tenantsOf = (namespace: string): ReadonlySet<ObjectKey> => this.#tenants.at(namespace);
  allTenants = (): ReadonlySet<ObjectKey> => this.#tenants.at(ALL);

  dependants(object: LastmileObject): ReadonlySet<ObjectKey> {
    switch (object.kind) {
      case "Tenant":
        return this.#ofNamespace(object.spec.namespace);
      case "ExternalSystem":
        return union([
          this.#tenantsBySystem.at(object.metadata.name),
          ...this.#namespacesOf(object.metadata.name).map((n) => this.#ofNamespace(n)),
        ]);
      case "ServicePlan":
        return this.#ofPlan(object);
      case "NetworkProfile":
        return this.#byProfile.at(`${namespaceOf(object)}/${object.metadata.name}`);
      case "SiteSurvey":
        return surveyed(object);
      default:
        return NONE;
    }
  }

  #ofPlan(plan: ServicePlan): ReadonlySet<ObjectKey> {
    const names = [plan.metadata.name, ...plan.spec.aliases, BY_SPEED];
    return union(names.map((n) => this.#byPlan.at(`${namespaceOf(plan)}/${n}`)));
  }
  #ofNamespace(namespace: string): ReadonlySet<ObjectKey> {
    return union([this.#plans.at(namespace), this.#subscribers.at(namespace)]);
  }
  #namespacesOf(system: string): readonly string[] {
    return [...this.#tenantsBySystem.at(system)].flatMap((key) => this.#namespaces.get(key) ?? []);
  }

  #each(object: LastmileObject, visit: Visit): void {
    if (object.kind === "Tenant") this.#tenantEntries(object, visit);
    else if (object.kind === "ServicePlan") this.#planEntries(object, visit);
    else if (object.kind === "Subscriber") this.#subscriberEntries(object, visit);
    else if (object.kind === "SiteSurvey" && object.spec.subscriberRef)
      visit(this.#surveys, `${namespaceOf(object)}/${object.spec.subscriberRef.name}`);
  }
  #tenantEntries({ spec }: Tenant, visit: Visit): void {
    visit(this.#tenants, spec.namespace);
    visit(this.#tenants, ALL);
    for (const bindings of Object.values(spec.systems))
      for (const binding of bindings) visit(this.#tenantsBySystem, binding.name);
  }
  #planEntries(plan: ServicePlan, visit: Visit): void {
    visit(this.#plans, namespaceOf(plan));
    for (const alias of plan.spec.aliases) visit(this.#aliases, `${namespaceOf(plan)}/${alias}`);
  }
  #subscriberEntries(subscriber: Subscriber, visit: Visit): void {
    const namespace = namespaceOf(subscriber);
    const { planRef, networkProfileRef, serviceState, onu } = subscriber.spec;
    visit(this.#states, `${namespace}/${serviceState}`);
    visit(this.#subscribers, namespace);
    visit(this.#byPlan, `${namespace}/${planRef?.name ?? BY_SPEED}`);
    if (onu) visit(this.#byOnu, onuSerial(onu.serial));
    if (networkProfileRef) visit(this.#byProfile, `${namespace}/${networkProfileRef.name}`);
  }
}

/** A survey of a lead, who is no subscriber yet, concerns nobody. */
const surveyed = (survey: SiteSurvey): ReadonlySet<ObjectKey> => {
  const { subscriberRef: ref } = survey.spec;
  return ref ? new Set([keyOf("Subscriber", namespaceOf(survey), ref.name)]) : NONE;
};

function union(sets: readonly ReadonlySet<ObjectKey>[]): ReadonlySet<ObjectKey> {
  const [first = NONE, ...rest] = sets.filter((s) => s.size > 0);
  return rest.length === 0 ? first : rest.reduce((all, s) => all.union(s), first);
}
