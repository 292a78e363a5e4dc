/** Pure: a preview in the terms of people. Also what `-o json` shows, so its names are stable. */
import type { Author } from "../../reconcilers/system.ts";
import { objectKeyOf } from "../core/compose.ts";
import {
  awaitsApproval,
  type Blocker,
  type Change,
  type FieldChange,
  type Impact,
  type RefKey,
  refKey,
} from "../core/model.ts";
import { type Owner, parseOwner } from "../core/owner.ts";
import type { Timing } from "../core/schedule.ts";
import { rfc3339 } from "../core/status/conditions.ts";
import { reasonOf } from "../core/status/reasons.ts";
import type { Preview, PreviewedSubject } from "../engine/preview.ts";
import type { Because } from "./because.ts";
import { sameText, type Written } from "./written.ts";

export interface FieldView {
  readonly field: string;
  readonly before: string;
  readonly after: string;
  /** It is wanted as it was written last: it was changed in the system. */
  readonly drift: boolean;
}
export interface HoldView {
  readonly code: string;
  readonly message: string;
  /** What releases it. */
  readonly release: string;
}
export interface ChangeView {
  readonly ref: RefKey;
  readonly action: Change["action"];
  readonly fields: readonly FieldView[];
  readonly impact?: Impact;
  /** Who made the difference there, and when. */
  readonly by?: Author;
  /** Starts when these are in place. */
  readonly after?: string;
  readonly hold?: HoldView;
}
export interface SubjectView {
  readonly kind: string;
  readonly tenant: string;
  readonly namespace: string;
  readonly name: string;
  /** `file:line`. */
  readonly declaredIn?: string;
  readonly planId: string;
  readonly because: readonly string[];
  readonly changes: readonly ChangeView[];
  readonly blocked: readonly (Blocker & { readonly remedy: string })[];
  readonly faults: readonly {
    readonly ref: RefKey;
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
  }[];
}
export interface Summary {
  readonly create: number;
  readonly change: number;
  readonly retire: number;
  readonly restore: number;
  readonly held: number;
  /** Subjects that could not be looked at. */
  readonly unknown: number;
}
/** What time changes next of a subject, whether or not anything is to be done now. */
export interface ScheduledView {
  readonly namespace: string;
  readonly name: string;
  readonly at: string;
  readonly change: string;
}
/** An edit of a plan that reaches its subscribers one after the other: what is shown is its next step. */
export interface StepView {
  readonly namespace: string;
  readonly name: string;
  readonly subscribers: number;
  readonly of: number;
}
export interface PlanView {
  readonly changeSet: string;
  readonly steps?: readonly StepView[];
  readonly summary: Summary;
  readonly subjects: readonly SubjectView[];
  /** The next comes first. */
  readonly scheduled: readonly ScheduledView[];
}

export interface ViewInput {
  readonly because: Because;
  readonly declaredIn: (objectKey: string) => string | undefined;
  readonly written: Written;
  /** Who wrote an object last, where its system tells. */
  readonly author: (ref: RefKey) => Author | undefined;
  /** The command that approves this change set. */
  readonly approve: (changeSet: string) => string;
}

export function planView(preview: Preview, input: ViewInput): PlanView {
  const stuck = new Set(preview.subjects.flatMap((s) => s.plan.changes.filter(isHeld).map((c) => refKey(c.ref))));
  const subjects = preview.subjects.map((s) => subjectView(s, stuck, preview.changeSet, input));
  const steps = preview.steps.map(({ plan, subscribers, of }): StepView => {
    const { namespace, name } = parseOwner(plan);
    return { namespace, name, subscribers, of };
  });
  const scheduled = preview.scheduled.map(({ key, at, change }) => {
    const { namespace, name } = parseOwner(key);
    return { namespace, name, at: rfc3339(at), change };
  });
  const { changeSet } = preview;
  return { changeSet, ...(steps.length > 0 && { steps }), summary: summarize(subjects), subjects, scheduled };
}

/** Waiting for another object of the same plan is an order of work, not a hold. */
const isHeld = (c: Change): boolean => c.hold !== undefined && !(c.hold.code === "Blocked" && c.action !== "none");

function subjectView(s: PreviewedSubject, stuck: ReadonlySet<RefKey>, id: string, input: ViewInput): SubjectView {
  const { tenant, namespace, name, kind }: Owner = parseOwner(s.key);
  const object = objectKeyOf(s.key);
  const faults = [...s.faults].map(([ref, { code, message, remedy }]) => ({ ref, code, message, remedy }));
  const declaredIn = input.declaredIn(object);
  return {
    ...{ kind, tenant, namespace, name, planId: s.planId },
    ...(declaredIn && { declaredIn }),
    because: input.because.get(object) ?? bySchedule(s.subject.timing),
    changes: s.plan.changes
      .filter((c) => c.action !== "none" || (c.hold && !s.faults.has(refKey(c.ref)) && s.subject.blocked.length === 0))
      .map((c) => changeView(c, s, stuck, id, input))
      .concat(s.plan.changes.flatMap(waitingView)),
    blocked: s.subject.blocked.map((b) => ({ ...b, remedy: reasonOf(b.reason).remedy })),
    faults,
  };
}

/** Who declared nothing differently may be what time has changed. */
const bySchedule = (timing: Timing | undefined): readonly string[] =>
  timing?.applied ? [`its schedule says so since ${rfc3339(timing.applied.at)}: ${timing.applied.change}`] : [];

function changeView(
  c: Change,
  s: PreviewedSubject,
  stuck: ReadonlySet<RefKey>,
  id: string,
  input: ViewInput,
): ChangeView {
  const fields = c.fields.map((f) => ({ ...f, drift: c.action === "update" && isDrift(f, s, c, input) }));
  const by = fields.some((f) => f.drift) ? input.author(refKey(c.ref)) : undefined;
  const what = { ref: refKey(c.ref), action: c.action, fields };
  const view = { ...what, ...(c.impact && { impact: c.impact }), ...(by && { by }) };
  if (!c.hold) return view;
  const waits = c.hold.message.replace(/^waits for /, "");
  if (!isHeld(c) && !waits.split(", ").some((ref) => stuck.has(ref))) return { ...view, after: waits };
  const release = awaitsApproval(c) ? input.approve(id) : reasonOf(c.hold.code).remedy;
  return { ...view, hold: { code: c.hold.code, message: c.hold.message, release } };
}

/** What was never written is told by whether anybody declared it differently. */
function isDrift(f: FieldChange, s: PreviewedSubject, c: Change, { written, because }: ViewInput): boolean {
  const last = written(s.key, refKey(c.ref), f.field);
  return last === undefined ? !because.has(objectKeyOf(s.key)) : sameText(last, f.after);
}

/** What waits reads as a change of its own. */
function waitingView({ ref, waiting }: Change): readonly ChangeView[] {
  if (!waiting) return [];
  const { code, message } = waiting.hold;
  const fields = waiting.fields.map((f) => ({ ...f, drift: false }));
  return [{ ref: refKey(ref), action: "update", fields, hold: { code, message, release: reasonOf(code).remedy } }];
}

const COUNTED: Readonly<Record<Change["action"], "create" | "change" | "retire" | "restore" | undefined>> = {
  none: undefined,
  create: "create",
  adopt: "change",
  update: "change",
  restore: "restore",
  retire: "retire",
  destroy: "retire",
};
/** Changes by kind; what is held counts as held only, and a subject that cannot be told as one. */
function summarize(subjects: readonly SubjectView[]): Summary {
  const n = { create: 0, change: 0, retire: 0, restore: 0, held: 0, unknown: 0 };
  for (const { changes, blocked, faults } of subjects) {
    if (blocked.length > 0) n.held++;
    if (faults.length > 0) n.unknown++;
    for (const c of changes) {
      const counted = COUNTED[c.action];
      if (c.hold) n.held++;
      else if (counted) n[counted]++;
    }
  }
  return n;
}
export const isEmpty = ({ summary }: PlanView): boolean => Object.values(summary).every((n) => n === 0);
