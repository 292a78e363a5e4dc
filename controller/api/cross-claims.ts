/** What subscribers claim, worked out anew only where something that it follows from is another one. */
import { type Catalog, keyOf, keyOfObject, namespaceOf, type ObjectKey } from "../core/catalog.ts";
import type { Claim } from "../core/model.ts";
import { resolveSubscriber } from "../core/resolve/subscriber.ts";
import type { Declared, World } from "./cross-world.ts";
import type { LastmileObject, Subscriber } from "./types.generated.ts";

export type ClaimsIn = (declared: readonly Declared[], catalog: Catalog) => World["claimsOf"];
interface Known {
  readonly profile: LastmileObject | undefined;
  /** As text: there may be a hundred thousand of these, and the collector passes them by. */
  readonly claims: string;
}
/** Of these a claim follows from none but the subscriber's own. */
const ONES_OWN: ReadonlySet<string> = new Set(["Subscriber", "NetworkProfile", "SiteSurvey"]);

/** Objects stay the same ones from one comparison to the next while nothing in them differs. */
export function rememberClaims(): ClaimsIn {
  let shared: readonly LastmileObject[] = [];
  let known = new WeakMap<Subscriber, Known>();
  return (declared, catalog) => {
    const now = declared.flatMap(({ object }) => (ONES_OWN.has(object.kind) ? [] : [object]));
    if (now.length !== shared.length || now.some((o, i) => o !== shared[i])) known = new WeakMap();
    shared = now;
    const profileOf = profilesIn(declared);
    const resolved = new Map<Subscriber, readonly Claim[]>();
    return (subscriber) => {
      const before = resolved.get(subscriber);
      if (before) return before;
      const profile = profileOf(subscriber);
      const entry = known.get(subscriber);
      const isSame = entry !== undefined && entry.profile === profile;
      const claims: readonly Claim[] = isSame ? JSON.parse(entry.claims) : resolve(catalog, subscriber);
      if (!isSame) known.set(subscriber, { profile, claims: JSON.stringify(claims) });
      resolved.set(subscriber, claims);
      return claims;
    };
  };
}
const resolve = (catalog: Catalog, subscriber: Subscriber): readonly Claim[] =>
  resolveSubscriber(catalog, subscriber, { installation: "-", secrets: {} }).claims;

function profilesIn(declared: readonly Declared[]): (subscriber: Subscriber) => LastmileObject | undefined {
  const profiles = new Map<ObjectKey, LastmileObject>();
  for (const { object } of declared) if (object.kind === "NetworkProfile") profiles.set(keyOfObject(object), object);
  return (subscriber) => {
    const name = subscriber.spec.networkProfileRef?.name;
    return name === undefined ? undefined : profiles.get(keyOf("NetworkProfile", namespaceOf(subscriber), name));
  };
}
