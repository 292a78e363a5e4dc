/** Rules between objects: what no schema can see. Each rule is a small function in the table below. */
import { Catalog, type ObjectKey } from "../core/catalog.ts";
import type { Claim } from "../core/model.ts";
import { resolveSubscriber } from "../core/resolve/subscriber.ts";
import { attributes } from "./cross-attributes.ts";
import { bindings, poolNames, sites } from "./cross-bindings.ts";
import { circuits } from "./cross-circuits.ts";
import { aliases, claims, namespaces, profiles, realms } from "./cross-duplicates.ts";
import { addressesOfOthers, pools, prefixes } from "./cross-overlaps.ts";
import { homes, references, surveys } from "./cross-references.ts";
import type { Declared, Finding, Rule, World } from "./cross-world.ts";
import type { Subscriber } from "./types.generated.ts";

export { type Declared, type Finding, findingProblem, whereIs } from "./cross-world.ts";

const RULES: readonly Rule[] = [
  homes,
  bindings,
  sites,
  references,
  surveys,
  poolNames,
  attributes,
  circuits,
  namespaces,
  realms,
  aliases,
  profiles,
  claims,
  pools,
  prefixes,
  addressesOfOthers,
];

/** All findings of all rules, in the order of the files. `accepted`: see World; left out: nothing was. */
export function crossCheck(
  declared: readonly Declared[],
  refused: ReadonlySet<ObjectKey>,
  accepted: World["accepted"] = () => undefined,
): readonly Finding[] {
  const catalog = new Catalog(declared.map((d) => d.object));
  const resolved = new Map<Subscriber, readonly Claim[]>();
  const claimsOf = (subscriber: Subscriber): readonly Claim[] => {
    const known =
      resolved.get(subscriber) ?? resolveSubscriber(catalog, subscriber, { installation: "-", secrets: {} }).claims;
    resolved.set(subscriber, known);
    return known;
  };
  const world = { declared, refused, catalog, claimsOf, accepted };
  return RULES.flatMap((rule) => [...rule(world)]);
}
