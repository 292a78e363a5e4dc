/** The only errors that leave the store. A driver's message may quote a row, so only its SQLSTATE and names pass. */
const remedies = {
  Fenced: "another process holds these owners now; this one lets go of them",
  Unavailable: "the database does not answer; it is tried again",
  DiskFull: "free space for the database; nothing that was confirmed is lost",
  NotMigrated: "run `lastmile init`, or let an administrator run the output of `lastmile init --print-sql`",
  NewerStore: "use the version of Lastmile that wrote this store, or a newer one",
  TooOld: "use PostgreSQL 14 or newer",
  Denied: "grant the account of DATABASE_URL what the message names, or correct its password",
  WrongInstallation: "set the installation name to the recorded one, or use another database",
  KeyLost: "put the master key back where it was (LASTMILE_KEY_FILE); without it stored secrets cannot be read",
  BadKey: "the key file holds one key per line, 32 bytes each in base64 or hex, the active one first",
  NoDatabase: "set DATABASE_URL to a PostgreSQL that Lastmile may use",
  BadBackup: "take another copy of it: nothing was restored",
  NotEmpty: "restore into an empty database, or take back what the systems hold with `lastmile recover`",
  AppendOnly: "audit rows stay as they were written",
  Rejected: "this is a defect of Lastmile; please report the code",
} as const;
export type StoreCode = keyof typeof remedies;

export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreCode;
  readonly remedy: string;
  constructor(code: StoreCode, message: string) {
    super(message);
    this.code = code;
    this.remedy = remedies[code];
  }
}

/** Exact SQLSTATEs first, then their class. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const states: Readonly<Record<string, StoreCode>> = {
  LM001: "Fenced",
  LM002: "AppendOnly",
  "53100": "DiskFull",
  "42501": "Denied",
  "3D000": "Unavailable",
  "3F000": "NotMigrated",
  "42P01": "NotMigrated",
  "57014": "Unavailable",
  "08": "Unavailable",
  "28": "Denied",
  "40": "Unavailable",
  "53": "Unavailable",
  "55": "Unavailable",
  "57": "Unavailable",
};

/** `what` names the call, for people. */
export function toStoreError(what: string, e: unknown): StoreError {
  if (e instanceof StoreError) return e;
  const { code = "" } = e as { code?: string };
  if (code === "ENOSPC") return new StoreError("DiskFull", `${what}: no space left on the disk`);
  if (/^[0-9A-Z]{5}$/.test(code)) {
    const known = states[code] ?? states[code.slice(0, 2)] ?? "Rejected";
    return new StoreError(known, `${what}: ${describe(known, code, e)}`);
  }
  // No SQLSTATE: the socket, the name service or the pool gave up before the server could say anything.
  return new StoreError("Unavailable", `${what}: ${code || (e instanceof Error ? e.message : "no connection")}`);
}

function describe(known: StoreCode, code: string, e: unknown): string {
  if (known === "Fenced") return "another process holds these owners";
  if (known === "DiskFull") return "the disk of the database is full";
  const { table, constraint } = e as { table?: string; constraint?: string };
  return [`SQLSTATE ${code}`, table && `table ${table}`, constraint && `constraint ${constraint}`]
    .filter(Boolean)
    .join(", ");
}
