/** Rules between objects: what no schema can see. Each rule is a small function in the table below. */
import { Catalog, type ObjectKey } from "../core/catalog.ts";
import { attributes } from "./cross-attributes.ts";
import { bindings, poolNames, sites } from "./cross-bindings.ts";
import { circuits } from "./cross-circuits.ts";
import { type ClaimsIn, rememberClaims } from "./cross-claims.ts";
import { aliases, claims, namespaces, profiles, realms } from "./cross-duplicates.ts";
import { letters } from "./cross-letters.ts";
import { addressesOfOthers, pools, prefixes } from "./cross-overlaps.ts";
import { homes, references, surveys } from "./cross-references.ts";
import type { Declared, Finding, Rule, World } from "./cross-world.ts";

export { type Declared, type Finding, findingProblem, whereIs } from "./cross-world.ts";

const RULES: readonly Rule[] = [
  homes,
  bindings,
  sites,
  references,
  surveys,
  poolNames,
  attributes,
  letters,
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

/** All findings of all rules, in the order of the files. `accepted`: see World. `claimsIn` may remember what was worked out before. */
export function crossCheck(
  declared: readonly Declared[],
  refused: ReadonlySet<ObjectKey>,
  accepted: World["accepted"] = () => undefined,
  claimsIn: ClaimsIn = rememberClaims(),
): readonly Finding[] {
  // Nothing is found by way of a subscriber, and to take in so many costs as much as all rules together.
  const catalog = new Catalog(declared.flatMap(({ object }) => (object.kind === "Subscriber" ? [] : [object])));
  const world = { declared, refused, catalog, claimsOf: claimsIn(declared, catalog), accepted };
  return RULES.flatMap((rule) => [...rule(world)]);
}
