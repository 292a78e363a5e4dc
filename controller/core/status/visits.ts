/** What a person asks of the visits at a customer's: what the survey found, and when the technician comes. Pure. */
import type {
  SubscriberStatusInstallation as Installation,
  SubscriberStatus,
  SubscriberStatusSurvey as Survey,
} from "../../api/types.generated.ts";
import { type Facts, refKey } from "../model.ts";
import type { Warning } from "../resolve/findings.ts";
import type { Resolution } from "../resolve/subscriber.ts";
import type { StatusInput } from "./causes.ts";

type Input = Pick<StatusInput<SubscriberStatus>, "report" | "systems" | "previous" | "now">;

/** Also of who is held by it. */
export const surveySection = (resolution: Resolution | undefined): Survey | undefined => resolution?.survey;

const SHOWN = ["ticket", "state", "technician", "scheduledAt", "priority", "slaDue"] as const;
/** Of the visit that is wanted. Of what is not seen, or not known to be wanted, now, what was seen last is told. */
export function installationSection(resolution: Resolution | undefined, input: Input): Installation | undefined {
  if (!resolution?.ok) return input.previous?.installation;
  if (resolution.subject.installation === undefined) return undefined;
  const facts = ticketFacts(resolution, input);
  if (!facts) return input.previous?.installation;
  return Object.fromEntries(SHOWN.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]]])));
}

/** Of the visit that is wanted: tickets of others are kept. */
function ticketFacts(resolution: Resolution | undefined, { report, systems }: Input): Facts | undefined {
  const visit = resolution?.ok ? resolution.subject.installation?.visit : undefined;
  const own = report?.plan.changes.filter(
    (c) => systems.get(c.ref.system) === "Tickets" && c.ref.resource === "ticket",
  );
  return own?.map((c) => report?.facts.get(refKey(c.ref))).find((facts) => facts?.["visit"] === visit);
}

/** Late, or nobody's: whoever plans the technicians must know. No moment is named: the words stand until it is done. */
export function visitRemarks(resolution: Resolution | undefined, input: Input): readonly Warning[] {
  const { state, ticket, slaDue, technician } = ticketFacts(resolution, input) ?? {};
  if (state !== "Scheduled") return [];
  const late = typeof slaDue === "string" && Date.parse(slaDue) <= input.now;
  return [
    ...(late ? [{ reason: "SLAOverdue", message: `the ticket ${ticket} is past the moment by which it is due` }] : []),
    ...(technician === undefined
      ? [{ reason: "NoTechnician", message: `the ticket ${ticket} has no technician: nobody who can do it is free` }]
      : []),
  ];
}

/** The reason of the condition is that of its first remark: a visit that is overdue hides behind no other. */
export const overdueFirst = (remarks: readonly Warning[]): readonly Warning[] =>
  remarks.toSorted((a, b) => Number(b.reason === "SLAOverdue") - Number(a.reason === "SLAOverdue"));
