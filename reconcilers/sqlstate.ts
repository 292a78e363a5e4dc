/** What PostgreSQL and the socket say, as one Fault. Never the driver's text: it quotes rows, and rows hold passwords. */
import { Fault, fault } from "./errors.ts";

const INIT = "create the tables with `lastmile init`, or with the text of `lastmile init --print-sql`";

/** By SQLSTATE or its first two characters (PostgreSQL, appendix A); the longer key wins. */
const states: Readonly<Record<string, (state: string) => Fault>> = {
  "22": refused,
  "23": refused,
  "28": () => fault("Misconfigured", "the database refused the user name or the password"),
  "3D": () => fault("Misconfigured", "the database of that name does not exist"),
  "42": (s) => new Fault("Rejected", s, `the database has other tables than expected (${s})`, { remedy: INIT }),
  "42501": () => fault("Denied", "the database account may not read or write the tables"),
  "25": () => fault("Unavailable", "the database takes no writes now (a standby, or a failover under way)"),
  "08": gone,
  "40": (s) => fault("Unavailable", `another transaction was in the way (${s})`),
  "53": (s) => fault("Unavailable", `the database is out of resources (${s})`),
  "55": (s) => fault("Unavailable", `another transaction was in the way (${s})`),
  "57": gone,
  "58": (s) => fault("Unavailable", `the database's machine failed (${s})`),
};

function refused(state: string): Fault {
  return new Fault("Rejected", state, `the database refused a row (${state})`, { remedy: "correct the declaration" });
}
function gone(state: string): Fault {
  return fault("Unavailable", `the database ended the statement (${state})`);
}

/** Anything that the driver throws. */
export function toFault(e: unknown): Fault {
  if (e instanceof Fault) return e;
  const code = e instanceof Error && "code" in e && typeof e.code === "string" ? e.code : "";
  const known = states[code] ?? (isSqlState(code) ? states[code.slice(0, 2)] : undefined);
  if (known) return known(code);
  if (isSqlState(code)) return new Fault("Unknown", code, `the database failed (${code})`);
  return fault("Unavailable", `the database did not answer${code === "" ? "" : ` (${code})`}`);
}

/** At a commit only a plain refusal is sure; whatever ends the connection leaves the outcome unknown. */
export function commitFault(e: unknown): Fault {
  const cause = toFault(e);
  const sure = cause.kind === "Rejected" || (e instanceof Error && "code" in e && /^(40|53)/.test(String(e.code)));
  return sure ? cause : fault("Lost", "the connection ended during the commit");
}

/** Node's socket errors (EPIPE, ECONNRESET) are never five characters of capitals and digits with a digit first. */
const isSqlState = (code: string): boolean => /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code);
