/** The status of an ExternalSystem. Pure. */
import type { ExternalSystem, ExternalSystemStatus } from "../../api/types.generated.ts";
import { type Cause, type FaultView, faultReason, faultText } from "./causes.ts";
import { progress } from "./common.ts";
import { type Draft, plain, rfc3339, type Stamp, stamped } from "./conditions.ts";
import { REASONS } from "./reasons.ts";

/** The last try to reach it. */
export type Contact =
  | { readonly ok: true; readonly version: string; readonly troubles?: readonly Trouble[]; readonly at: number }
  | { readonly ok: false; readonly fault: FaultView };
/** What is wrong with many at once. */
export interface Trouble {
  readonly reason: string;
  readonly message: string;
}
export interface SystemStatusInput extends Stamp {
  readonly previous: ExternalSystemStatus | undefined;
  readonly spec: Pick<ExternalSystem["spec"], "paused" | "mode">;
  /** undefined: not tried yet. */
  readonly contact: Contact | undefined;
  /** undefined: there is no connection. */
  readonly breaker: ExternalSystemStatus["breaker"] | undefined;
  /** Subjects that wait for it, now. */
  readonly backlog: number;
  /** Subjects that the last complete scan found different; undefined: there was none. */
  readonly drift: number | undefined;
}

export function systemStatus(input: SystemStatusInput): ExternalSystemStatus {
  const { contact, breaker, backlog, drift, previous } = input;
  const reachable = reach(contact);
  const drafts = [
    ...progress(causes(input, reachable), contact !== undefined, "Converged"),
    reachable,
    inSync(drift),
    ...degraded(contact),
  ];
  // What it was when it was last reached stands until it is reached again.
  const version = contact?.ok ? contact.version : previous?.version;
  const checkedAt = contact?.ok ? lately(contact.at, previous?.checkedAt) : previous?.checkedAt;
  return {
    ...stamped(drafts, input),
    ...(version && { version }),
    ...(checkedAt && { checkedAt }),
    ...(breaker && { breaker }),
    backlog,
    ...(drift !== undefined && { drift }),
  };
}

/** In steps: a status that moves with every look would be written for ever. */
function lately(at: number, before: string | undefined): string {
  return before !== undefined && Math.abs(at - Date.parse(before)) < CHECKED_MS ? before : rfc3339(at);
}
const CHECKED_MS = 300_000;

function reach(contact: Contact | undefined): Draft {
  const type = "Reachable";
  if (!contact) return plain(type, "Unknown", "NotObserved");
  if (contact.ok) return plain(type, "True", "Reachable");
  return { type, status: "False", reason: faultReason(contact.fault), message: faultText(contact.fault) };
}
/** Only where something is: the subscribers behind it say nothing of it. */
function degraded(contact: Contact | undefined): readonly Draft[] {
  const troubles = contact?.ok ? (contact.troubles ?? []) : [];
  const [first] = troubles;
  if (!first) return [];
  return [
    { type: "Degraded", status: "True", reason: first.reason, message: troubles.map((t) => t.message).join("; ") },
  ];
}
/** Pausing and observing are chosen, and yet a system where differences stay must not look like one that corrects them. */
function causes({ spec, drift }: SystemStatusInput, reachable: Draft): readonly Cause[] {
  const found: Cause[] = [];
  const chosen = (reason: "Paused" | "ObserveOnly") =>
    found.push({ reason, message: `${REASONS[reason].means}; ${REASONS[reason].remedy}`, system: undefined });
  if (reachable.status !== "True") found.push({ ...reachable, system: undefined });
  if (spec.paused) chosen("Paused");
  if (spec.mode === "Observe" && drift !== 0) chosen("ObserveOnly");
  return found;
}
function inSync(drift: number | undefined): Draft {
  if (drift === undefined) return plain("InSync", "Unknown", "NotObserved");
  return drift === 0 ? plain("InSync", "True", "Converged") : plain("InSync", "False", "Drifted");
}
