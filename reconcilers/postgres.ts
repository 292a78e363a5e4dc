/** The wire: a pool of PostgreSQL connections whose every failure leaves as a coded Fault. */
import { statSync } from "node:fs";
import pg, { type Pool, type PoolClient } from "pg";
import { spelled } from "./columns.ts";
import { Fault, fault } from "./errors.ts";
import { commitFault, toFault } from "./sqlstate.ts";
import type { ClientDeps } from "./system.ts";

export type Row = readonly (string | null)[];
/** One statement; rows are arrays in the order of the columns. */
export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
export interface Database {
  /** One statement on its own, for reading. */
  read(text: string, values: readonly unknown[], signal: AbortSignal): Promise<readonly Row[]>;
  /** All or nothing. A commit whose answer is lost is `Lost`: nobody knows, so the rows are looked at again. */
  transaction<T>(body: (query: Query) => Promise<T>, signal: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

const TIMEOUTS = {
  connectionTimeoutMillis: 10_000,
  statement_timeout: 30_000,
  query_timeout: 40_000, // a server that fell silent: no answer at all is not waited for
  keepAlive: true,
  lock_timeout: 10_000,
  // A process that is stopped in the middle of a transaction would keep its accounts locked for whoever takes over.
  idle_in_transaction_session_timeout: 5_000,
};

/** The pool of an endpoint. `deps.credentials` may hold `username` and `password`; they win over the address. */
export function openDatabase(to: { readonly address: string; readonly slots: number }, deps: ClientDeps): Database {
  checkTlsFiles(to.address);
  const connectionString = withCredentials(to.address, deps.credentials);
  const pool = new pg.Pool({ connectionString, max: to.slots, application_name: "lastmile", ...TIMEOUTS });
  pool.on("error", () => undefined); // an idle connection that died: the next call opens another
  return database(pool);
}

/** What a system of this wire does to prepare: with a connection of its own, closed afterwards. */
export const preparing =
  (ensureSchema: (db: Database, signal: AbortSignal) => Promise<void>) =>
  async (to: Parameters<typeof openDatabase>[0], deps: ClientDeps, signal: AbortSignal): Promise<void> => {
    const db = openDatabase(to, deps);
    try {
      await ensureSchema(db, signal);
    } finally {
      await db.close();
    }
  };

const TLS_FILES = ["sslrootcert", "sslcert", "sslkey"] as const;
const MOST_TLS_BYTES = 1024 * 1024;
/** pg reads them whole while everybody waits, at each connection: a device or a pipe would never end. */
function checkTlsFiles(address: string): void {
  const { searchParams } = new URL(address);
  for (const name of TLS_FILES) {
    const path = searchParams.get(name);
    if (path !== null && !isSmallFile(path))
      throw fault("Misconfigured", `${name} of spec.address names no file that could be a certificate or a key`);
  }
}
function isSmallFile(path: string): boolean {
  try {
    const file = statSync(path);
    return file.isFile() && file.size <= MOST_TLS_BYTES;
  } catch {
    return false;
  }
}

/** pg lets a URL win over its other options, so credentials go into the URL. */
function withCredentials(address: string, { username, password }: ClientDeps["credentials"]): string {
  const url = new URL(address);
  if (username) url.username = encodeURIComponent(username.reveal());
  if (password) url.password = encodeURIComponent(password.reveal());
  return url.href;
}

export function database(pool: Pick<Pool, "connect" | "end">): Database {
  return {
    read: (text, values, signal) => withClient(pool, signal, (client) => ask(client, text, values)),
    transaction: (body, signal) => withClient(pool, signal, (client) => inTransaction(client, body)),
    close: () => pool.end(),
  };
}

async function inTransaction<T>(client: PoolClient, body: (query: Query) => Promise<T>): Promise<T> {
  await ask(client, "begin");
  const result = await body((text, values) => ask(client, text, values)).catch(async (e: unknown) => {
    await client.query("rollback").catch(() => undefined); // a connection that is gone has rolled back by itself
    throw e;
  });
  await client.query("commit").catch((e: unknown) => rethrow(e, commitFault));
  return result;
}

async function withClient<T>(
  pool: Pick<Pool, "connect">,
  signal: AbortSignal,
  body: (client: PoolClient) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw fault("Unavailable", "the call was given up before it began");
  const connected = async (): Promise<PoolClient> => pool.connect(); // what pg throws at once is a rejection too
  const client = await connected().catch((e: unknown) => rethrow(e, toFault));
  let broken = false;
  const cut = (): void => {
    broken = true;
  };
  // Ending the client cuts the statement that is under way; the server rolls back.
  const abort = (): void => {
    cut();
    client.end().catch(() => undefined);
  };
  client.on("error", cut); // without a listener a connection that dies between two statements ends the process
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await body(client);
  } catch (e) {
    broken ||= !(e instanceof Fault) || e.kind === "Transient" || e.kind === "Unknown";
    throw e;
  } finally {
    signal.removeEventListener("abort", abort);
    client.removeListener("error", cut);
    client.release(broken);
  }
}

async function ask(client: PoolClient, text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
  const query = { text, rowMode: "array" as const, ...(values.length > 0 && { values: spelled(values) }) };
  const result = await client.query<(string | null)[]>(query).catch((e: unknown) => rethrow(e, toFault));
  return result.rows;
}

/** The end of a process is no answer of the database: a crash that a test injects passes as it is. */
function rethrow(e: unknown, code: (e: unknown) => Fault): never {
  throw e instanceof Error && e.name === "Crash" ? e : code(e);
}
