/** The status of a tenant: whether what it binds can serve it. Pure. */
import type { TenantStatus, TenantStatusSubscribers } from "../../api/types.generated.ts";
import type { HeldSet } from "../held.ts";
import { type Cause, causesOf, gravest, type StatusInput } from "./causes.ts";
import { ofTypes, progress, remarks } from "./common.ts";
import { type Conditioned, stamped } from "./conditions.ts";
import { heldStatus } from "./held.ts";
import { REASONS } from "./reasons.ts";

/** A system that the tenant binds. `status` undefined: it is not declared, or has none yet. */
interface BoundSystem {
  readonly name: string;
  readonly type: string;
  readonly status: Conditioned | undefined;
}
export interface TenantStatusInput extends Omit<StatusInput<TenantStatus>, "systems"> {
  readonly paused: boolean;
  readonly bound: readonly BoundSystem[];
  readonly subscribers: Required<Omit<TenantStatusSubscribers, "held">>;
  /** What waits for an approval. */
  readonly held: readonly HeldSet[];
}

export function tenantStatus(input: TenantStatusInput): TenantStatus {
  const { report, blocked, paused, bound, held } = input;
  const systems = new Map(bound.map((s) => [s.name, s.type]));
  const own = [...(report || blocked.length > 0 ? causesOf({ ...input, systems }) : [])];
  if (paused)
    own.push({ reason: "Paused", message: `${REASONS.Paused.means}; ${REASONS.Paused.remedy}`, system: undefined });
  const troubles = bound.flatMap(trouble);
  const inSystems = [...own.filter((c) => c.system !== undefined), ...troubles];
  const drafts = [
    ...progress(gravest([...own, ...troubles]), true, "Converged"),
    ...ofTypes([...systems.values()], gravest(inSystems)),
    ...remarks(input),
  ];
  const subscribers = { ...input.subscribers, held: held.reduce((n, set) => n + set.subscribers, 0) };
  return { ...stamped(drafts, input), subscribers, ...(held.length > 0 && { held: held.map(heldStatus) }) };
}
function trouble({ name, type, status }: BoundSystem): readonly Cause[] {
  const ready = status?.conditions?.find((c) => c.type === "Ready");
  if (ready?.status === "True") return [];
  const { reason, message } = ready ?? { reason: "SystemUnusable", message: "not declared, or not reached yet" };
  return [{ reason, message: `${name}: ${message}`, system: type }];
}
