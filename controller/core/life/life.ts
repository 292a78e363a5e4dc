/** The part of a subscriber's status that tells of its life: from the one before, and from what was seen now. Pure. */
import type { SubscriberStatus } from "../../api/types.generated.ts";
import { refKey } from "../model.ts";
import { accountsOf, type Wanted } from "../status/account.ts";
import type { Cause, StatusInput } from "../status/causes.ts";
import { type Draft, rfc3339 } from "../status/conditions.ts";
import { reasonOf } from "../status/reasons.ts";
import { phaseOf, type Sight } from "./phase.ts";

type Input = StatusInput<SubscriberStatus>;
export type Life = Required<Pick<SubscriberStatus, "phase">> & Pick<SubscriberStatus, "activatedAt">;
export interface Seen {
  readonly wanted: Wanted;
  readonly causes: readonly Cause[];
  readonly service: Draft["status"];
  /** A device that never came. */
  readonly awaitsFirst: boolean;
  /** A survey holds the bill, and nothing else: who is not billed yet is not activated. */
  readonly unsurveyed: boolean;
}

export function lifeOf(input: Input, seen: Seen): Life {
  const { previous, now } = input;
  const phase = phaseOf(previous?.phase, sightOf(input, seen));
  if (previous?.activatedAt === undefined && !hasServed(phase, input)) return { phase };
  return { phase, activatedAt: previous?.activatedAt ?? previous?.billing?.activatedAt ?? rfc3339(now) };
}
/** Who was out of service when he was met had been in service before. */
const hasServed = (phase: Life["phase"], input: Input): boolean =>
  phase === "Active" || (isMet(input) && (phase === "Suspended" || phase === "Terminating" || phase === "Terminated"));

/** His life began before this record of it: his account was taken over, or his status was written before there were phases. */
export function isMet({ previous, report, systems }: Input): boolean {
  if (previous && previous.phase === undefined) return true;
  if (previous?.activatedAt !== undefined) return false;
  return accountsOf(report, systems).some((c) => report?.adopted(refKey(c.ref)));
}

const SURVEY: ReadonlySet<string> = new Set([
  "AwaitingSurvey",
  "NotServiceable",
  "PendingExpansion",
  "RequiresConstruction",
]);

function sightOf(
  { blocked, report, previous }: Input,
  { wanted, causes, service, awaitsFirst, unsurveyed }: Seen,
): Sight {
  const changes = report?.plan.changes ?? [];
  return {
    wanted,
    service: service === "Unknown" ? undefined : service === "True" ? "In" : "Out",
    surveying: blocked.some((b) => SURVEY.has(b.reason)),
    awaited: awaitsFirst || causes.some((c) => c.reason === "AwaitingInstallation"),
    done: causes.length === 0 && !(wanted === "Active" && unsurveyed),
    over: report !== undefined && causes.every((c) => reasonOf(c.reason).mover === "device"),
    sure: causes.every((c) => !isUnknown(c)),
    begun: changes.some((c) => (c.id !== undefined && c.id !== "") || report?.placed(refKey(c.ref)) === true),
    served: previous?.activatedAt !== undefined,
  };
}
/** Nobody knows better by it: it goes on, or is tried again. */
function isUnknown({ reason }: Cause): boolean {
  const { group, mover } = reasonOf(reason);
  return mover === "lastmile" && (group === "work" || group === "fault");
}
