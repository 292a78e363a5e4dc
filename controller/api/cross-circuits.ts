/** Where option 82 is enforced there must be something to compare. */
import { namespaceOf } from "../core/catalog.ts";
import { type Finding, finding, type World } from "./cross-world.ts";
import type { LastmileObject } from "./types.generated.ts";

export function* circuits({ declared, catalog }: World): Generator<Finding> {
  for (const of of declared) {
    const found = profileIn(of.object);
    if (found?.profile.option82Policy !== "Enforce") continue;
    const { circuitId, remoteId } = found.profile;
    const template = catalog.tenant(namespaceOf(of.object))?.spec.circuitIdTemplate;
    if (circuitId !== undefined || remoteId !== undefined || template !== undefined) continue;
    const remedy = "set one of them, or circuitIdTemplate in the tenant";
    yield finding(of, `${found.path}.option82Policy`, "option82Policy Enforce needs a circuitId or a remoteId", remedy);
  }
}

function profileIn(object: LastmileObject) {
  if (object.kind === "NetworkProfile") return { path: "spec", profile: object.spec };
  if (object.kind !== "Subscriber" || !object.spec.networkProfile) return undefined;
  return { path: "spec.networkProfile", profile: object.spec.networkProfile };
}
