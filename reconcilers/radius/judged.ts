/** What is known of the sessions of one account, and what is needed to know and tell it. */
import type { Database, Row } from "../postgres.ts";
import type { Reply } from "./coa/attributes.ts";
import type { NasLink } from "./coa/nas.ts";
import type { Nas } from "./config.ts";
import type { InUse } from "./in-use.ts";
import type { LiveSession, Says, Verdict } from "./live.ts";

export interface SessionsOf {
  readonly db: Database;
  readonly endpoint: string;
  readonly nas: readonly Nas[];
  /** By name of the NAS; none: nothing can be said to it. */
  readonly links: ReadonlyMap<string, NasLink>;
  readonly inUse: InUse;
}
/** `Desired.how`: seconds between two reports that the plan asks for. */
export interface How {
  readonly interim: number | undefined;
}
export interface Judged {
  readonly session: LiveSession;
  readonly nas: Nas | undefined;
  readonly verdict: Verdict;
  readonly replies: readonly Reply[];
}
/** One object with its sessions. */
export interface Account {
  readonly token: string | undefined;
  readonly retired: boolean;
  readonly says: Says;
  readonly sessions: readonly Judged[];
  readonly last: Row;
}
