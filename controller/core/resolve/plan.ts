/** What a plan means, in one unit each. */
import type { ServicePlan } from "../../api/types.generated.ts";
import { type Catalog, namespaceOf } from "../catalog.ts";
import type { Blocker } from "../model.ts";
import type { EffectivePlan, ResolvedPlan } from "../resolved.ts";
import type { RevisedPlan } from "../revisions.ts";
import type { AccessType } from "./account.ts";
import { addressPlansOf } from "./allocation.ts";
import { parseDuration } from "./duration.ts";
import type { Warning } from "./findings.ts";
import { planServices } from "./plan-services.ts";
import { planSpeed } from "./speed.ts";

export type PlanResolution =
  | { readonly ok: true; readonly subject: ResolvedPlan; readonly warnings: readonly Warning[] }
  | { readonly ok: false; readonly blockers: readonly Blocker[]; readonly warnings: readonly Warning[] };

export function resolvePlan(catalog: Catalog, plan: RevisedPlan, installation: string): PlanResolution {
  const namespace = namespaceOf(plan);
  const tenant = catalog.tenant(namespace);
  const warnings = planWarnings(plan);
  if (!tenant) {
    const message = `namespace ${namespace} belongs to no tenant; declare a Tenant with spec.namespace: ${namespace}`;
    return { ok: false, blockers: [{ reason: "TenantUnknown", message }], warnings };
  }
  const { name } = plan.metadata;
  const owner = { installation, tenant: tenant.metadata.name, kind: "ServicePlan", namespace, name };
  const areas = tenant.spec.servingAreas.map((a) => a.nas).filter((nas) => nas.length > 0);
  const effective = effectivePlan(plan, plan.spec.accessType);
  return {
    ok: true,
    subject: {
      scope: "plan",
      owner,
      plan: effective,
      addressPlans: addressPlansOf(tenant),
      services: planServices(plan),
      areas,
    },
    warnings,
  };
}

/** What was made of a plan, by access type: a plan has many subscribers. */
const made = new WeakMap<RevisedPlan, Map<AccessType, EffectivePlan>>();

/** @param accessType of the subscriber, which may differ from the plan's. */
export function effectivePlan(plan: RevisedPlan, accessType: AccessType): EffectivePlan {
  const known = made.get(plan) ?? new Map<AccessType, EffectivePlan>();
  const effective = known.get(accessType) ?? makeEffective(plan, accessType);
  made.set(plan, known.set(accessType, effective));
  return effective;
}
function makeEffective(plan: RevisedPlan, accessType: AccessType): EffectivePlan {
  const { spec, metadata, revision } = plan;
  return {
    namespace: namespaceOf(plan),
    name: metadata.name,
    ...(revision !== undefined && { revision }),
    speed: planSpeed(spec.speed),
    sessionTimeout: seconds(spec.sessionTimeout),
    // An IPoE session has no dial-up that could end: an idle timeout would cut off a quiet router.
    idleTimeout: accessType === "IPoE" ? undefined : seconds(spec.idleTimeout),
    interimInterval: seconds(spec.interimInterval),
    simultaneousUse: spec.simultaneousUse === 0 ? undefined : spec.simultaneousUse,
    profiles: Object.fromEntries(Object.entries(spec.radius.profiles)),
    attributes: spec.radius.attributes.map(({ name, op, value, target }) => ({
      name,
      op,
      value,
      target: target === "Check" ? "check" : "reply",
    })),
  };
}

/** Stands for a plan that is gone, so that its subscribers can still be suspended: their group keeps its name. */
export const lostPlan = (namespace: string, name: string): EffectivePlan => ({
  namespace,
  name,
  speed: { downKbps: 0, upKbps: 0 },
  sessionTimeout: undefined,
  idleTimeout: undefined,
  interimInterval: undefined,
  simultaneousUse: undefined,
  profiles: {},
  attributes: [],
});

/** `0s` is "not sent". */
const seconds = (text: string): number | undefined => parseDuration(text) || undefined;

export function planWarnings({ spec, metadata }: ServicePlan): readonly Warning[] {
  const voice = spec.services.some((s) => /voice|voip|telephon/i.test(s.name));
  if (!voice || spec.accessType === "IPoE" || seconds(spec.idleTimeout) === undefined) return [];
  const message = `plan ${metadata.name} carries voice and ends idle sessions after ${spec.idleTimeout}: a quiet line cannot be called; set idleTimeout: 0s`;
  return [{ reason: "IdleTimeoutWithVoice", message }];
}
