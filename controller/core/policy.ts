/** Pure: what tenants and endpoints allow. The stricter of endpoint and binding wins. */
import type { ExternalSystem, LastmileObject, ServicePlan, Tenant } from "../api/types.generated.ts";
import type { Mode } from "./gate.ts";
import { closedNow } from "./maintenance.ts";
import type { Impact } from "./model.ts";
import { parseDuration } from "./resolve/duration.ts";
import type { RolloutPolicy } from "./rollout.ts";

export const PAUSED = "lastmile.dev/paused";

/** By its own field or annotation, in words; undefined: it goes on. */
export function pausedBy(object: LastmileObject | undefined): string | undefined {
  if (object === undefined) return undefined;
  const { kind, metadata, spec } = object;
  if ("paused" in spec && spec.paused) return `${kind} ${metadata.name} is paused`;
  const value = metadata.annotations?.[PAUSED];
  return value !== undefined && value !== "false" ? `the annotation ${PAUSED} is set` : undefined;
}

export function modeOf(
  tenant: Tenant | undefined,
  system: ExternalSystem | undefined,
  name: string,
  now: number,
): Mode {
  if (pausedBy(system) !== undefined) return "Paused";
  const binding = Object.values(tenant?.spec.systems ?? {})
    .flat()
    .find((b) => b?.name === name);
  if (system?.spec.mode === "Observe" || binding?.mode === "Observe") return "Observe";
  return (system && closedNow(system, now)) ?? "Enforce";
}

const HOUR = 3_600_000;
/** Milliseconds; the default of the schema where the tenant itself is gone. */
export const retentionMs = (tenant: Tenant | undefined): number =>
  seconds(tenant?.spec.policies.retention.resources, 720) * 1000;

export const personalDataMs = (tenant: Tenant | undefined): number =>
  seconds(tenant?.spec.policies.retention.personalData, 4320) * 1000;

export function budgetLimit(tenant: Tenant | undefined, impact: Impact) {
  const budgets = tenant?.spec.policies.budgets;
  return {
    percent: Number.parseInt(budgets?.[impact] ?? "0", 10),
    floor: budgets?.minimum ?? 0,
    windowMs: seconds(budgets?.window, 24) * 1000,
  };
}

const ROLLOUT = "lastmile.dev/rollout";
/** Whether a person says that a rollout which stopped goes on. */
export const goesOn = ({ metadata }: ServicePlan): boolean => metadata.annotations?.[ROLLOUT] === "continue";

/** undefined: an edit of a plan reaches all of its subscribers at once. */
export function rolloutPolicy(tenant: Tenant | undefined): RolloutPolicy | undefined {
  const declared = tenant?.spec.policies.rollout;
  if (!declared) return undefined;
  const { step, pause, from, stopAfter } = declared;
  const size = Number.parseInt(step, 10);
  return {
    step: step.endsWith("%") ? { percent: size } : { count: size },
    pauseMs: (parseDuration(pause) ?? 0) * 1000,
    from,
    stopAfter,
  };
}
const seconds = (text: string | undefined, hours: number): number =>
  (text === undefined ? undefined : parseDuration(text)) ?? (hours * HOUR) / 1000;
