/** What a customer is told, and when: a turn of his life, once. Pure. */
import type { Subscriber, SubscriberStatus } from "../../api/types.generated.ts";
import type { Phase } from "./phase.ts";

export const NOTICES = ["Activated", "Suspended", "Resumed", "Terminated", "InstallationScheduled"] as const;
export type NoticeKind = (typeof NOTICES)[number];

/** What the turn was about. Nothing personal: who and where is looked up when it is sent. */
export interface NoticeFacts {
  /** Whom it is about, so that nobody else under the same name is told. Left out of one who is declared no more. */
  readonly number?: string;
  readonly customer?: string;
  readonly plan?: string;
  readonly reason?: string;
  /** RFC 3339. */
  readonly resumeAt?: string;
  readonly ticket?: string;
  /** RFC 3339. */
  readonly scheduledAt?: string;
}
export interface Notice {
  readonly notice: NoticeKind;
  readonly facts: NoticeFacts;
  /** Epoch milliseconds. */
  readonly at: number;
}
export interface Turn {
  readonly before: SubscriberStatus | undefined;
  readonly after: SubscriberStatus;
  /** He was met where he stands: no turn was seen. */
  readonly met: boolean;
  /** undefined: it is not declared any more. */
  readonly spec: Subscriber["spec"] | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

export function noticesOf({ before, after, met, spec, now }: Turn): readonly Notice[] {
  if (met) return [];
  const turned = before?.phase === after.phase ? undefined : turnOf(before, after.phase);
  const facts = factsOf(after, spec);
  const visit = isNewVisit(before, after) ? (["InstallationScheduled"] as const) : [];
  return [...visit, ...(turned ? [turned] : [])].map((notice) => ({ notice, facts: facts[notice], at: now }));
}

const IN_SERVICE: ReadonlySet<Phase | undefined> = new Set<Phase>(["Active", "Degraded"]);

/** A fault and its end are nothing to write about, and neither is the suspension or end of what never was in service. */
function turnOf(before: SubscriberStatus | undefined, to: Phase | undefined): NoticeKind | undefined {
  const from = before?.phase;
  if (to === "Active" && !IN_SERVICE.has(from) && from !== "Terminating")
    return from === "Suspended" && before?.activatedAt !== undefined ? "Resumed" : "Activated";
  if (to === "Suspended" && IN_SERVICE.has(from)) return "Suspended";
  return to === "Terminated" && before?.activatedAt !== undefined ? "Terminated" : undefined;
}

/** A date that was set or moved, or another visit; not one that is only told of afterwards. */
function isNewVisit(before: SubscriberStatus | undefined, { installation: now }: SubscriberStatus): boolean {
  if (now?.scheduledAt === undefined || isOver(now.state)) return false;
  const then = before?.installation;
  return now.scheduledAt !== then?.scheduledAt || now.ticket !== then.ticket;
}
const isOver = (state: string | undefined): boolean => state === "Completed" || state === "Cancelled";

function factsOf({ installation }: SubscriberStatus, spec: Subscriber["spec"] | undefined) {
  const { reason, resumeAt } = spec?.suspension ?? {};
  const { ticket, scheduledAt } = installation ?? {};
  const plan = spec?.planRef?.name;
  const who = spec && { number: spec.subscriberNumber, customer: spec.customer.id };
  const service: NoticeFacts = { ...who, ...(plan && { plan }) };
  const known = REASONS.has(reason ?? "") && reason;
  return {
    Activated: service,
    Resumed: service,
    Terminated: service,
    Suspended: { ...service, ...(known && { reason: known }), ...(resumeAt && { resumeAt }) },
    InstallationScheduled: { ...service, ...(ticket && { ticket }), ...(scheduledAt && { scheduledAt }) },
  } satisfies Record<NoticeKind, NoticeFacts>;
}
/** An annotation may say it in words that are not meant for the customer. */
const REASONS: ReadonlySet<string> = new Set(["NonPayment", "Fraud", "Abuse", "CustomerRequest", "Regulatory"]);
