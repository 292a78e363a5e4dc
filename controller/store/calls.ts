/** The store's way to PostgreSQL: every call is named, guarded, and fails with a coded error. */
import pg from "pg";
import { spelled } from "../../reconcilers/columns.ts";
import { toStoreError } from "./errors.ts";

/** Wraps every call; tests lose replies, fail calls or end the process here. */
export type Guard = <T>(name: string, call: () => Promise<T>) => Promise<T>;
const unguarded: Guard = (_, call) => call();

export type Param = string | number | boolean | Buffer | null | readonly (string | number | boolean | Buffer | null)[];
export type Run = <Row extends pg.QueryResultRow>(text: string, values?: readonly Param[]) => Promise<Row[]>;
export interface Calls {
  /** One statement; rows are objects. */
  readonly query: <Row extends pg.QueryResultRow>(
    name: string,
    text: string,
    values?: readonly Param[],
  ) => Promise<Row[]>;
  /** One statement; rows are arrays in the order of the columns, which is quicker for many. */
  readonly rows: <Row extends readonly unknown[]>(
    name: string,
    text: string,
    values?: readonly Param[],
  ) => Promise<Row[]>;
  /** All or nothing. Only for what one statement cannot say. */
  readonly transaction: <T>(name: string, body: (run: Run) => Promise<T>) => Promise<T>;
}

export function openCalls(pool: pg.Pool, guard: Guard = unguarded): Calls {
  return {
    query: (name, text, values = []) =>
      guard(name, () => typed(name, async () => (await pool.query(text, spelled(values))).rows)),
    rows: (name, text, values = []) =>
      guard(name, () =>
        typed(name, async () => (await pool.query({ text, values: spelled(values), rowMode: "array" })).rows),
      ) as Promise<never>,
    transaction: (name, body) => guard(name, () => typed(name, () => inTransaction(pool, body))),
  };
}

async function typed<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (e) {
    throw toStoreError(name, e);
  }
}

async function inTransaction<T>(pool: pg.Pool, body: (run: Run) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  const cut = (): void => {
    broken = true;
  };
  client.on("error", cut); // without a listener a connection that dies between two statements ends the process
  try {
    await client.query("begin");
    const result = await body(async (text, values = []) => (await client.query(text, spelled(values))).rows);
    await client.query("commit");
    return result;
  } catch (e) {
    await client.query("rollback").catch(cut);
    throw e;
  } finally {
    client.removeListener("error", cut);
    client.release(broken);
  }
}

/**
 * Milliseconds. A process that is stopped in the middle of a transaction would keep the rows of its leases locked, and
 * nobody could take over from it; well below the length of a lease.
 */
const IDLE_IN_TRANSACTION_MS = 5_000;

/** A server that fell silent is given up; without it one lost connection would hold its callers for ever. */
const QUERY_MS = 30_000;

/** A pool whose idle connections may die without ending the process. */
export function openPool(url: string, max = 8): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 10_000,
    application_name: "lastmile",
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    query_timeout: QUERY_MS,
    // Statements look up keys in tables that have just grown; at the default of 4 the planner reads them whole instead.
    onConnect: (client) => client.query("set random_page_cost = 1.1").then(() => undefined),
  });
  pool.on("error", () => undefined); // the pool drops it; the next call opens another or fails with a code
  return pool;
}
