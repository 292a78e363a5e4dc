/** Pure: what each open session of an account still has to hear. Times are milliseconds since the epoch. */
import type { Nas } from "./config.ts";

export interface LiveSession {
  /** AcctUniqueId. */
  readonly key: string;
  /** Acct-Session-Id, as the NAS calls it. */
  readonly id: string;
  readonly user: string;
  /** NAS-IP-Address. */
  readonly nas: string;
  readonly port: string | undefined;
  readonly mac: string | undefined;
  readonly address: string | undefined;
  readonly start: number;
  /** When the NAS spoke of it last. */
  readonly heard: number;
  /** Seconds between two of its reports, as far as they are known. */
  readonly interval: number | undefined;
  /** The last request about it. */
  readonly told: Told | undefined;
}
export interface Told {
  readonly type: "CoA" | "Disconnect";
  /** `ACK`, `NAK …`, `no answer`, or `sent` where nobody lived to hear the answer. */
  readonly outcome: string;
  readonly at: number;
}
/** What the account's rows say now, and since when. */
export interface Says {
  readonly rejected: boolean;
  readonly coa: number | undefined;
  readonly disconnect: number | undefined;
  /** The same of the group of its plan, or when it went from one group to another that says something else. */
  readonly planCoa: number | undefined;
  /** When a session of the account was last ended: whoever began later has logged in since. */
  readonly ended: number | undefined;
  readonly now: number;
}
export type Verdict =
  | { readonly kind: "Current" }
  /** The NAS has ended it, and its Stop is still to come. */
  | { readonly kind: "Ending" }
  /** It has not been heard of for too long to be taken for open. */
  | { readonly kind: "Stale" }
  /** Nothing can be said to that NAS. */
  | { readonly kind: "Untold"; readonly type: Told["type"]; readonly why: string }
  | { readonly kind: "Due"; readonly type: Told["type"]; readonly why: "rejected" | "account" | "plan" };

/** A login reads the rows before its session begins: whoever began so soon after a change may have read the former ones. */
const LOGIN_MS = 5_000;
/** A report may be under way when the NAS ends the session. */
const ENDING_MS = 60_000;
const MISSED = 3;
const SLACK_S = 60;
const LONGEST_INTERIM_S = 7_200;
/** Of sessions that nobody reports on: longer than a session lasts by default. */
const SILENT_S = 36 * 3600;

export const ACK = "ACK";
/** A session that the NAS does not know any more (503): there is nobody to tell. */
export const GONE = "already gone";
/** A CoA that this NAS will never carry out. */
export const CANNOT = "NAK, cannot: ";

export function judge(s: LiveSession, says: Says, nas: Nas | undefined, canTell: boolean, interim?: number): Verdict {
  if (isStale(s, says.now, interim)) return { kind: "Stale" };
  const due = dueFor(s, says);
  if (!due) return { kind: "Current" };
  if (hasEnded(s, due.since)) return { kind: "Ending" };
  if (due.type === "CoA" && s.told?.outcome === ACK && s.told.at >= due.since) return { kind: "Current" };
  if (!nas) return { kind: "Untold", type: due.type, why: `no NAS of address ${s.nas} is declared` };
  if (nas.dynamic.secret === undefined)
    return { kind: "Untold", type: due.type, why: `NAS ${nas.name} has no secretRef` };
  const refused = s.told?.type === "CoA" && s.told.at >= due.since && s.told.outcome.startsWith(CANNOT);
  const type = due.type === "CoA" && (refused || !canTell) ? "Disconnect" : due.type;
  return { kind: "Due", type, why: due.why };
}

/** Runs with an address or prefix that its account says no more, until its Stop, or its NAS, says that it is gone. */
export function usesFormer({ told }: LiveSession, verdict: Verdict): boolean {
  if (verdict.kind === "Ending") return told?.outcome !== GONE;
  return (verdict.kind === "Due" || verdict.kind === "Untold") && verdict.type === "Disconnect";
}

interface Due {
  readonly type: Told["type"];
  readonly why: "rejected" | "account" | "plan";
  readonly since: number;
}
/** The gravest; that its session has heard of a lesser one counts for nothing. */
function dueFor(s: LiveSession, says: Says): Due | undefined {
  if (says.rejected) return { type: "Disconnect", why: "rejected", since: Number.NEGATIVE_INFINITY };
  const ended = says.ended !== undefined && says.ended <= s.start ? says.ended : Number.NEGATIVE_INFINITY;
  const read = Math.max(s.start - LOGIN_MS, ended);
  const after = (at: number | undefined): at is number => at !== undefined && at > read;
  if (after(says.disconnect)) return { type: "Disconnect", why: "account", since: says.disconnect };
  const coa = [says.coa, says.planCoa].filter(after);
  if (coa.length === 0) return undefined;
  const since = Math.max(...coa);
  return { type: "CoA", why: since === says.coa ? "account" : "plan", since };
}
/** The NAS said that it is gone, and has not spoken of it since. */
const hasEnded = ({ told, heard }: LiveSession, since: number): boolean =>
  told !== undefined &&
  (told.outcome === GONE || (told.type === "Disconnect" && told.outcome === ACK)) &&
  told.at >= since &&
  heard <= told.at + ENDING_MS;

function isStale({ heard, interval }: LiveSession, now: number, interim: number | undefined): boolean {
  // After a gap the last distance is the gap's own length.
  const known = [interval === undefined ? undefined : Math.min(interval, LONGEST_INTERIM_S), interim].filter(
    (n) => n !== undefined,
  );
  const most = known.length > 0 ? Math.max(...known) * MISSED + SLACK_S : SILENT_S;
  return now - heard > most * 1000;
}
