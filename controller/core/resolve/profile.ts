/** The effective network profile: declared, inline or generated. */
import type { NetworkProfileSpec, Subscriber } from "../../api/types.generated.ts";
import { type Catalog, namespaceOf } from "../catalog.ts";

export interface EffectiveProfile {
  readonly source: "Declared" | "Inline" | "Generated";
  readonly profile: NetworkProfileSpec;
  /** The name of a profile that is declared by reference and does not exist. */
  readonly missing?: string;
}
/** What is declared by who declares none. */
export const GENERATED: NetworkProfileSpec = { option82Policy: "Ignore" };

export function effectiveProfile(catalog: Catalog, subscriber: Subscriber): EffectiveProfile {
  const namespace = namespaceOf(subscriber);
  // The gate of a staged rollout: until it opens, older fields and the plan decide alone.
  if (catalog.tenant(namespace)?.spec.features.networkProfiles === false)
    return { source: "Generated", profile: GENERATED };
  const { networkProfile, networkProfileRef } = subscriber.spec;
  if (networkProfile) return { source: "Inline", profile: networkProfile };
  if (!networkProfileRef) return { source: "Generated", profile: GENERATED };
  const found = catalog.profile(namespace, networkProfileRef.name);
  if (found) return { source: "Declared", profile: found.spec };
  return { source: "Declared", profile: GENERATED, missing: networkProfileRef.name };
}
