/** Whatever is named must exist, and be of the tenant's own. */
import { isClusterScoped, keyOf, keyOfObject, namespaceOf } from "../core/catalog.ts";
import { planOf } from "../core/resolve/plan-choice.ts";
import { stagesOf } from "../core/schedule.ts";
import { stateOf } from "../core/suspend.ts";
import { type Declared, type Finding, finding, subscribers, type World } from "./cross-world.ts";
import type { Subscriber } from "./types.generated.ts";

/** Every namespaced object stands in the namespace of a tenant. */
export function* homes({ declared, catalog, refused }: World): Generator<Finding> {
  // A tenant that is refused may be the one whose namespace this is.
  if ([...refused].some((key) => key.startsWith("Tenant/"))) return;
  for (const of of declared) {
    if (isClusterScoped(of.object.kind) || catalog.tenant(namespaceOf(of.object))) continue;
    const namespace = namespaceOf(of.object);
    yield finding(
      of,
      "metadata.namespace",
      `namespace ${namespace} belongs to no tenant`,
      `declare a Tenant with spec.namespace: ${namespace}, or correct the namespace`,
    );
  }
}

/** Plan and profile of a subscriber, also of what time brings. Suspension and termination wait for neither. */
export function* references(world: World): Generator<Finding> {
  for (const of of world.declared) {
    if (of.object.kind !== "Subscriber" || !world.catalog.tenant(namespaceOf(of.object))) continue;
    const found = new Map<string, Finding>();
    for (const f of referencesOverTime(world, of, of.object)) found.set(f.path, f);
    yield* found.values();
  }
}
/** Where the names were written that count at a stage. */
interface Places {
  readonly plan: string;
  readonly profile: string;
}
function* referencesOverTime(world: World, of: Declared, subscriber: Subscriber): Generator<Finding> {
  const { spec: declared } = subscriber;
  const annotated = stateOf(subscriber, Number.NEGATIVE_INFINITY) !== declared.serviceState;
  let places: Places = { plan: "spec", profile: "spec" };
  for (const { spec, entry = -1 } of stagesOf(declared)) {
    const { planRef, networkProfileRef } = declared.schedule?.[entry]?.set ?? {};
    const at = `spec.schedule[${entry}].set`;
    places = { plan: planRef ? at : places.plan, profile: networkProfileRef ? at : places.profile };
    if (planRef || networkProfileRef || (!annotated && spec.serviceState === "Active"))
      yield* subscriberReferences(world, of, { ...subscriber, spec }, places);
  }
}
function* subscriberReferences(world: World, of: Declared, subscriber: Subscriber, at: Places): Generator<Finding> {
  const namespace = namespaceOf(subscriber);
  const choice = planOf(world.catalog, subscriber);
  // Which names and aliases a refused plan would have had is not known.
  if (!choice.plan && ![...world.refused].some((key) => key.startsWith(`ServicePlan/${namespace}/`)))
    yield finding(
      of,
      subscriber.spec.planRef ? `${at.plan}.planRef.name` : at.plan,
      choice.problem.split("; ")[0] ?? "",
      choice.problem.split("; ").slice(1).join("; "),
    );
  const profile = subscriber.spec.networkProfileRef?.name;
  if (profile === undefined || world.catalog.profile(namespace, profile)) return;
  if (world.refused.has(keyOf("NetworkProfile", namespace, profile))) return;
  yield finding(
    of,
    `${at.profile}.networkProfileRef.name`,
    `NetworkProfile ${profile} does not exist in ${namespace}`,
    "declare it, or remove networkProfileRef",
  );
}

export function* surveys({ declared, refused }: World): Generator<Finding> {
  const named = declared.flatMap((of) => {
    const name = of.object.kind === "SiteSurvey" ? of.object.spec.subscriberRef?.name : undefined;
    return name === undefined ? [] : [{ of, name }];
  });
  if (named.length === 0) return; // subscribers are many, and none need be looked up
  const known = new Set(subscribers(declared).map(({ object }) => keyOfObject(object)));
  for (const { of, name } of named) {
    const namespace = namespaceOf(of.object);
    const key = keyOf("Subscriber", namespace, name);
    if (known.has(key) || refused.has(key)) continue;
    yield finding(
      of,
      "spec.subscriberRef.name",
      `Subscriber ${name} does not exist in ${namespace}`,
      "declare it, or survey a lead",
    );
  }
}
