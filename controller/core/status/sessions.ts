/** The sessions that run, and whether they have heard of what is declared. Pure. */
import type { SubscriberStatusSessions as Sessions, SubscriberStatus } from "../../api/types.generated.ts";
import { type Facts, refKey } from "../model.ts";
import type { ResolvedSubscriber } from "../resolved.ts";
import { shortened } from "../text.ts";
import { accountsOf } from "./account.ts";
import { partOf, SESSIONS, type StatusInput } from "./causes.ts";
import type { Draft } from "./conditions.ts";

type Input = StatusInput<SubscriberStatus>;

const changesOf = (input: Input) => (input.report?.plan.changes ?? []).filter((c) => partOf(c.ref, input) === SESSIONS);
const factsOf = (input: Input): readonly Facts[] =>
  changesOf(input)
    .map(({ ref }) => input.report?.facts.get(refKey(ref)))
    .filter((f) => f !== undefined);

/** As they were when they were looked at last; undefined: nobody looks. */
export function sessionsSection(input: Input): Sessions | undefined {
  if (changesOf(input).length === 0) return undefined;
  const facts = factsOf(input);
  if (facts.length === 0) return input.previous?.sessions;
  const { lastTerminateCause, lastType, lastOutcome, lastAt } = Object.assign({}, ...facts) as Facts;
  const active = facts.flatMap((f) => JSON.parse(String(f["active"] ?? "[]"))) as NonNullable<Sessions["active"]>;
  return {
    active: active.slice(0, MOST).map(clean),
    ...(lastTerminateCause && { lastTerminateCause: cut(lastTerminateCause, 64) }),
    ...(lastType && {
      lastAction: { type: lastType as "CoA", outcome: cut(lastOutcome ?? "", LONGEST), at: String(lastAt) },
    }),
  };
}
const MOST = 16;
const LONGEST = 128;
/** A NAS, and a router behind it, may send anything. */
const cut = (text: unknown, most: number): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out
  shortened(String(text).replace(/[\u0000-\u001f\u007f]/g, " "), most);
const WIDTH = { id: LONGEST, nas: 63, port: LONGEST, mac: 32, address: 45, since: 64 } as const;
type Active = NonNullable<Sessions["active"]>[number];
const clean = (one: Active): Active => {
  const shown = Object.entries(WIDTH).flatMap(([k, most]) => (k in one ? [[k, cut(one[k as "id"], most)]] : []));
  return { id: "", ...Object.fromEntries(shown) };
};

/** Nothing is sent: that is told where otherwise stands how far it has come. */
export function sessionsUntold(subject: ResolvedSubscriber | undefined, input: Input): Draft | undefined {
  const untold = factsOf(input).find((f) => f["untold"] !== undefined)?.["untold"];
  if (untold !== undefined) return draft("False", `an open session runs on what was declared before: ${untold}`);
  if (changesOf(input).length > 0 || !input.report || !subject) return undefined;
  const why = subject.liveSessions
    ? "no NAS of the RADIUS system has a secretRef"
    : "features.liveSessions of the tenant is off";
  if (subject.state !== "Terminated")
    return draft("Unknown", `${why}: sessions that run are told nothing, and end by their Session-Timeout`);
  if (accountsOf(input.report, input.systems).length === 0) return undefined;
  return draft("Unknown", `${why}: whether a session still runs is not known, and addresses wait for none`);
}
const draft = (status: Draft["status"], message: string): Draft => ({
  type: "SessionsUpdated",
  status,
  reason: "SessionsNotTold",
  message,
});
