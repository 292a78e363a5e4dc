/** A status in words: what it waits for, why, and what to do. Pure. */
import type { Condition, SubscriberStatus } from "../../api/types.generated.ts";
import { devices } from "./explain-devices.ts";
import { visits } from "./explain-visits.ts";
import { reasonOf } from "./reasons.ts";

/** Lines for a support engineer, in the order of reading. */
export function explain(status: SubscriberStatus | undefined): readonly string[] {
  const conditions = status?.conditions ?? [];
  const of = (type: string): Condition | undefined => conditions.find((c) => c.type === type);
  const ready = of("Ready");
  if (ready?.reason === "NotObserved" && ready.status === "Unknown")
    return [
      "Not looked at yet: what is declared is newer than what was seen. Is a controller running that holds this object?",
    ];
  if (!ready) return ["Nothing is known yet: no run has ended. Is a controller running that holds this object?"];
  const trouble = conditions.filter((c) => isSystem(c) && c.status !== "True" && !isChosen(c));
  return [
    headline(ready),
    ...(ready.status === "True" && trouble.length === 0 ? [] : because(trouble.length > 0 ? trouble : [ready])),
    ...service(of("InService")),
    ...drift(of("InSync")),
    ...schedule(status?.schedule),
    ...visits(status ?? {}),
    ...devices(status ?? {}),
    ...conditions.filter((c) => c.type === "Warnings").map((c) => `Remark: ${c.message}.`),
  ];
}

const GENERAL: ReadonlySet<string> = new Set([
  "Ready",
  "Reconciling",
  "Stalled",
  "InService",
  "InSync",
  "Warnings",
  "Reachable",
]);
/** Nobody waits for what the provider has not set up. */
const isChosen = ({ reason, status }: Condition): boolean => reason === "SessionsNotTold" && status === "Unknown";
const isSystem = ({ type }: Condition): boolean => !GENERAL.has(type);

function headline(ready: Condition): string {
  const { means, mover } = reasonOf(ready.reason);
  if (mover === "device") return `Done, as far as it can be: the rest waits for ${COMES[ready.reason] ?? DEVICE}.`;
  if (ready.status === "True") return `Done: ${means}.`;
  if (mover === "person") return `Not done: it waits for a person (${ready.reason}).`;
  return `Not done: Lastmile goes on by itself (${ready.reason}).`;
}

const DEVICE = "a device at the customer's";
const COMES: Readonly<Record<string, string>> = {
  AwaitingSurvey: "a site survey",
  AwaitingInstallation: "the technician's visit",
};

/** Systems that share one reason are told once. */
function because(conditions: readonly Condition[]): readonly string[] {
  const groups = Map.groupBy(conditions, (c) => `${c.reason}|${c.message}`);
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const { means, remedy } = reasonOf(first.reason);
    const where = same.filter(isSystem).map((c) => c.type.replace(/(Ready|Updated)$/, ""));
    return [
      `${where.length > 0 ? `${where.join(", ")}: ` : ""}${means} (${first.reason}).`,
      ...(first.message === means ? [] : [`  Why: ${first.message}.`]),
      ...(remedy && !first.message.includes(remedy) ? [`  To do: ${remedy}.`] : []),
    ];
  });
}

function service(c: Condition | undefined): readonly string[] {
  if (!c) return [];
  if (c.status === "True") {
    const against = c.reason === "InService" ? "" : `, although it should not be (${c.reason})`;
    return [`Customer: in service${against}.`];
  }
  if (c.status === "Unknown") return ["Customer: it is not known whether the service works."];
  const { means, remedy, group } = reasonOf(c.reason);
  return group === "state"
    ? [`Customer: ${c.message}.`, ...(remedy ? [`  To do: ${remedy}.`] : [])]
    : [`Customer: not in service, because ${means}.`];
}

const drift = (c: Condition | undefined): readonly string[] =>
  c?.status === "False" ? [`Different from what is declared: ${c.message}.`] : [];

const schedule = ({ applied, next }: NonNullable<SubscriberStatus["schedule"]> = {}): readonly string[] => [
  ...(applied ? [`Since ${applied.at} by schedule: ${applied.change}.`] : []),
  ...(next ? [`Scheduled for ${next.at}: ${next.change}.`] : []),
];
