/** A backup is gzipped lines of JSON: what it is, one line a row in the order of the tables, and a seal at the end. */
import { createHash, type Hash } from "node:crypto";
import { StoreError } from "../errors.ts";

/** Everything but the leases and the replicas, which are living processes, and the list of migrations. */
export const TABLES = [
  "installation",
  "keys",
  "secrets",
  "head",
  "objects",
  "refusals",
  "inventory",
  "ledger",
  "claims",
  "budgets",
  "reservations",
  "approvals",
  "held",
  "requests",
  "rollouts",
  "rollout_members",
  "status",
  "lives",
  "outbox",
  "audit",
] as const;
type Table = (typeof TABLES)[number];

const FORMAT = "lastmile-backup-1";
export interface Header {
  readonly format: typeof FORMAT;
  readonly installation: string;
  /** ISO 8601. */
  readonly at: string;
  /** The schema that the rows are of. */
  readonly migrations: readonly string[];
  /** The master keys that its secrets are sealed with. */
  readonly keys: readonly string[];
}
export const header = (h: Omit<Header, "format">): Header => ({ format: FORMAT, ...h });

interface RowLine {
  readonly table: Table;
  /** As the database spells it in JSON. */
  readonly row: string;
}
const PREFIX = /^\{"t":"([a-z_]+)","r":(.*)\}$/s;

/** What was cut off, or changed by a single letter, is seen by its end. */
export class Seal {
  rows = -1; // the header is no row
  readonly #hash: Hash = createHash("sha256");
  add(line: string): string {
    this.rows++;
    this.#hash.update(`${line}\n`);
    return line;
  }
  end(): string {
    return JSON.stringify({ rows: this.rows, sha256: this.#hash.digest("hex") });
  }
}
export const rowLine = ({ table, row }: RowLine): string => `{"t":"${table}","r":${row}}`;

export function parseHeader(line: string | undefined): Header {
  const found = parsed(line) as Partial<Header> | undefined;
  if (found?.format === FORMAT && found.installation && found.migrations && found.keys) return found as Header;
  throw bad("it does not begin as one");
}
export function parseRow(line: string): RowLine | undefined {
  const [, table, row] = PREFIX.exec(line) ?? [];
  if (table === undefined || row === undefined) return undefined;
  if ((TABLES as readonly string[]).includes(table)) return { table: table as Table, row };
  throw bad(`it holds a table ${table}`);
}
export const bad = (why: string): StoreError => new StoreError("BadBackup", `this is no whole backup: ${why}`);

function parsed(line: string | undefined): unknown {
  try {
    return line === undefined ? undefined : JSON.parse(line);
  } catch {
    return undefined;
  }
}
