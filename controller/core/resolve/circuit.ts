/** Option 82. The circuit id has one source: declared, or the tenant's template. */
import type { ResolvedSubscriber } from "../resolved.ts";
import type { Facts } from "./facts.ts";
import { fill, missing } from "./template.ts";
import type { Tags } from "./vlan.ts";

export function resolveOption82(facts: Facts, tags: Tags): ResolvedSubscriber["option82"] {
  const { profile, notes } = facts;
  const { option82Policy: policy, remoteId, previousCircuitId, previousRemoteId } = profile;
  const circuitId = profile.circuitId ?? fromTemplate(facts, tags);
  if (policy === "Enforce" && circuitId === undefined && remoteId === undefined)
    notes.block(
      "CircuitIdUnknown",
      `option 82 is enforced and ${unknownBecause(facts, tags)}; set circuitId or remoteId in the profile`,
    );
  const moving = {
    ...(previousCircuitId !== undefined && { previousCircuitId }),
    ...(previousRemoteId !== undefined && { previousRemoteId }),
  };
  if (policy === "Enforce" && Object.keys(moving).length > 0)
    notes.warn(
      "Moving",
      `the account is open at the former place too; remove ${Object.keys(moving).join(" and ")} when the move is done`,
    );
  return { policy, circuitId, remoteId, ...moving };
}

function values({ subscriber, tenant }: Facts, tags: Tags): Readonly<Record<string, string | undefined>> {
  const { onu, subscriberNumber } = subscriber.spec;
  const text = (n: number | undefined): string | undefined => (n === undefined ? undefined : String(n));
  return {
    olt: onu?.olt,
    port: text(onu?.expectedPonPort),
    // Given by the OLT when it discovers the ONU, so it is not known before.
    onuId: undefined,
    uni: text(onu?.unis?.[0]?.uni),
    serial: onu?.serial,
    number: subscriberNumber,
    name: subscriber.metadata.name,
    tenant: tenant.metadata.name,
    serviceVlan: text(tags.service),
    innerVlan: text(tags.inner),
  };
}
function fromTemplate(facts: Facts, tags: Tags): string | undefined {
  const template = facts.tenant.spec.circuitIdTemplate;
  return template === undefined ? undefined : fill(template, values(facts, tags));
}
function unknownBecause(facts: Facts, tags: Tags): string {
  const template = facts.tenant.spec.circuitIdTemplate;
  if (template === undefined) return "no circuit id is declared";
  return `the tenant's circuitIdTemplate lacks ${missing(template, values(facts, tags)).join(", ")}`;
}
