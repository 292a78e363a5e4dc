/** The status of a subscriber: conditions, and what was written for it. Pure. */
import type { SubscriberStatus, SubscriberStatusNetwork } from "../../api/types.generated.ts";
import { lifeOf } from "../life/life.ts";
import { isOutput, parseRef } from "../model.ts";
import type { Known } from "../plan.ts";
import type { Resolution } from "../resolve/subscriber.ts";
import type { ResolvedSubscriber } from "../resolved.ts";
import type { Timing, Turn } from "../schedule.ts";
import { type AccountState, accountState, accountsOf, type Wanted } from "./account.ts";
import { withAllocatedAt } from "./allocated.ts";
import { billingSection, billRemarks } from "./billing.ts";
import { type Cause, causesOf, SESSIONS, type StatusInput } from "./causes.ts";
import { inSync, perSystem, progress, remarks } from "./common.ts";
import { rfc3339, stamped } from "./conditions.ts";
import { cpeSection, deviceRemarks, onuSection } from "./devices.ts";
import { type ReasonCode, reasonOf } from "./reasons.ts";
import { addressesSection, type Declared, networkSection, type Resolved, radiusSection } from "./sections.ts";
import { inService } from "./service.ts";
import { sessionsSection, sessionsUntold } from "./sessions.ts";
import { installationSection, overdueFirst, surveySection, visitRemarks } from "./visits.ts";

export interface SubscriberStatusInput extends StatusInput<SubscriberStatus> {
  /** undefined: it is not declared any more. */
  readonly declared: Declared | undefined;
  readonly resolution: Resolution | undefined;
  /** Of one that time changes. */
  readonly timing: Timing | undefined;
}

/** The same input gives the same status, save for transition times; no secret, counter or attempt is in it. */
export function subscriberStatus(input: SubscriberStatusInput): SubscriberStatus {
  const { declared, report, systems } = input;
  const wanted = declared?.subscriber.spec.serviceState ?? "Terminated";
  const resolved = input.resolution?.ok ? input.resolution : undefined;
  const causes = causesOf(input);
  const accounts = accountsOf(report, systems);
  const state = accountState(accounts, wanted, resolved?.subject.userName, resolved?.subject.limited);
  const seenRemarks = [
    ...visitRemarks(input.resolution, input),
    ...(resolved ? deviceRemarks(resolved.subject, input) : []),
  ];
  const untold = causes.some((c) => c.system === SESSIONS) ? undefined : sessionsUntold(resolved?.subject, input);
  const awaits = awaitsFirst(input);
  const unsurveyed = resolved?.subject.billing.surveyPassed === false;
  const suspension = declared?.subscriber.spec.suspension;
  const service = inService(wanted, state, causes, suspension, awaits, resolved?.subject.limited);
  const drafts = [
    ...progress(causes, report !== undefined, DONE[wanted]),
    service,
    inSync(input, causes),
    ...perSystem(input, causes).filter((d) => d.type !== untold?.type),
    ...(untold ? [untold] : []),
    ...remarks({ ...input, warnings: overdueFirst([...input.warnings, ...billRemarks(input), ...seenRemarks]) }),
  ];
  const schedule = scheduleSection(input.timing);
  const survey = surveySection(input.resolution);
  const installation = declared && installationSection(input.resolution, input);
  return {
    ...stamped(drafts, input),
    ...(schedule && { schedule }),
    ...(survey && { survey }),
    ...lifeOf(input, { wanted, causes, service: service.status, awaitsFirst: awaits, unsurveyed }),
    ...(installation && { installation }),
    ...(resolved && declared && parts(resolved, declared, input, causes, state)),
  };
}
function scheduleSection(timing: Timing | undefined): SubscriberStatus["schedule"] {
  if (!timing) return undefined;
  const { applied, next } = timing;
  return { ...(applied && { applied: turn(applied) }), ...(next && { next: turn(next) }) };
}
const turn = ({ at, change }: Turn) => ({ at: rfc3339(at), change });
/** A device that never came has no service, nor has who was never visited; one that is off for an edit has, and who moves. */
const awaitsFirst = ({ report, systems, previous }: SubscriberStatusInput): boolean => {
  const moves = previous?.activatedAt !== undefined;
  return [...(report?.faults ?? [])].some(
    ([ref, f]) =>
      f.kind === "Waiting" &&
      report?.placed(ref) === false &&
      !(moves && systems.get(parseRef(ref).system) === "Tickets"),
  );
};
const DONE: Readonly<Record<Wanted, ReasonCode>> = {
  Active: "Converged",
  Suspended: "Suspended",
  Terminated: "Terminated",
};

function parts(
  resolved: Resolved,
  declared: Declared,
  input: SubscriberStatusInput,
  causes: readonly Cause[],
  state: AccountState | undefined,
): SubscriberStatus {
  const { report } = input;
  const { subject, profile } = resolved;
  const name = declared.subscriber.spec.networkProfileRef?.name;
  const known: Known = report?.known ?? (() => undefined);
  const billing = billingSection(subject, input);
  const sessions = sessionsSection(input);
  const granted = subject.state !== "Terminated" && !causes.some((c) => c.reason === "IdentityConflict");
  return {
    profile: { source: profile.source, ...(profile.source === "Declared" && name && { name }) },
    ...accountPart(resolved, declared, input, state, known),
    ...(granted && {
      addresses: withAllocatedAt(addressesSection(resolved, known, report?.plan.changes ?? []), input),
    }),
    ...(billing && { billing }),
    ...(sessions && { sessions }),
    ...(granted && devices(subject, input)),
    network: networkSection(resolved, declared, ipv6State(subject, state, causes, known)),
  };
}

/** Who has left has no name by his declaration; his account is kept under the one that he had. */
function accountPart(
  { subject }: Resolved,
  declared: Declared,
  { report, systems }: SubscriberStatusInput,
  state: AccountState | undefined,
  known: Known,
): Pick<SubscriberStatus, "radius"> {
  const accounts = accountsOf(report, systems);
  if (subject.userName) return { radius: radiusSection(subject, declared, accounts, state, known) };
  const kept = accounts.find((c) => c.id !== undefined && c.action !== "destroy");
  return kept ? { radius: { username: kept.ref.key, ...(state && { state }) } } : {};
}

function devices(subject: ResolvedSubscriber, input: SubscriberStatusInput): Pick<SubscriberStatus, "cpe" | "onu"> {
  const [cpe, onu] = [cpeSection(subject, input), onuSection(subject, input)];
  return { ...(cpe && { cpe }), ...(onu && { onu }) };
}

/** Life cycle of the IPv6 addresses, as far as RADIUS tells it. */
function ipv6State(
  { state: wanted, ipv6 }: ResolvedSubscriber,
  state: AccountState | undefined,
  causes: readonly Cause[],
  known: Known,
): NonNullable<SubscriberStatusNetwork["ipv6State"]> {
  if (wanted === "Terminated") return causes.length > 0 ? "Revoking" : "Revoked";
  if (causes.some((c) => c.reason === "IdentityConflict")) return "Failed";
  if (state === "Active") return "Active";
  if (state === "Rejected" || state === "Limited") return "Suspended";
  if (state === undefined) return "Pending";
  if (reasonOf(causes[0]?.reason ?? "Progressing").mover === "person") return "Failed";
  const values = [ipv6.address, ipv6.wanPrefix, ipv6.delegatedPrefix];
  return values.some((v) => isOutput(v) && known(v) === undefined) ? "Pending" : "Allocated";
}
