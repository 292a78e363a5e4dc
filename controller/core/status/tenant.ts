/** The status of a tenant: whether what it binds can serve it. Pure. */
import type { TenantStatus, TenantStatusSubscribers } from "../../api/types.generated.ts";
import type { Blocker } from "../model.ts";
import { type Cause, gravest } from "./causes.ts";
import { ofTypes, progress } from "./common.ts";
import { type Conditioned, type Stamp, stamped } from "./conditions.ts";
import { asReason, REASONS } from "./reasons.ts";

/** A system that the tenant binds. `status` undefined: it is not declared, or has none yet. */
interface BoundSystem {
  readonly name: string;
  readonly type: string;
  readonly status: Conditioned | undefined;
}
export interface TenantStatusInput extends Stamp {
  readonly previous: TenantStatus | undefined;
  readonly paused: boolean;
  /** What is wrong with the tenant itself. */
  readonly blocked: readonly Blocker[];
  readonly systems: readonly BoundSystem[];
  readonly subscribers: Required<TenantStatusSubscribers>;
}

export function tenantStatus(input: TenantStatusInput): TenantStatus {
  const { blocked, paused, systems, subscribers } = input;
  const own: Cause[] = blocked.map((b) => ({ reason: asReason(b.reason), message: b.message, system: undefined }));
  if (paused)
    own.push({ reason: "Paused", message: `${REASONS.Paused.means}; ${REASONS.Paused.remedy}`, system: undefined });
  const troubles = systems.flatMap(trouble);
  const types = systems.map((s) => s.type);
  const drafts = [...progress(gravest([...own, ...troubles]), true, "Converged"), ...ofTypes(types, gravest(troubles))];
  return { ...stamped(drafts, input), subscribers };
}
function trouble({ name, type, status }: BoundSystem): readonly Cause[] {
  const ready = status?.conditions?.find((c) => c.type === "Ready");
  if (ready?.status === "True") return [];
  const { reason, message } = ready ?? { reason: "SystemUnusable", message: "not declared, or not reached yet" };
  return [{ reason, message: `${name}: ${message}`, system: type }];
}
