/** RADIUS: the rows of a stock FreeRADIUS on PostgreSQL. README.md says what is written where. */
import pg from "pg";
import { fault } from "../errors.ts";
import type { ClientDeps, Session, System } from "../system.ts";
import { type Database, database } from "./client.ts";
import { parseConfig, type RadiusConfig } from "./config.ts";
import { desired } from "./desired.ts";
import { accounts, groups } from "./resources.ts";
import { ensureSchema } from "./schema.ts";
import { version } from "./sql.ts";

const TIMEOUTS = {
  connectionTimeoutMillis: 10_000,
  statement_timeout: 30_000,
  query_timeout: 40_000, // a server that fell silent: no answer at all is not waited for
  keepAlive: true,
  lock_timeout: 10_000,
  // A process that is stopped in the middle of a transaction would keep its accounts locked for whoever takes over.
  idle_in_transaction_session_timeout: 5_000,
};

export const radius: System<RadiusConfig> = {
  type: "RADIUS",
  parseConfig,
  desired,
  connect: async (config, deps) => session(openDatabase(config, deps), config, deps.endpoint),
  prepare: async (config, deps, signal) => {
    const db = openDatabase(config, deps);
    try {
      await ensureSchema(db, signal);
    } finally {
      await db.close();
    }
  },
};

/** The pool of an endpoint. `deps.credentials` may hold `username` and `password`; they win over the address. */
export function openDatabase(config: RadiusConfig, deps: ClientDeps): Database {
  const connectionString = withCredentials(config.address, deps.credentials);
  const pool = new pg.Pool({ connectionString, max: config.slots, application_name: "lastmile", ...TIMEOUTS });
  pool.on("error", () => undefined); // an idle connection that died: the next call opens another
  return database(pool);
}

/** pg lets a URL win over its other options, so credentials go into the URL. */
function withCredentials(address: string, { username, password }: ClientDeps["credentials"]): string {
  const url = new URL(address);
  if (username) url.username = encodeURIComponent(username.reveal());
  if (password) url.password = encodeURIComponent(password.reveal());
  return url.href;
}

function session(db: Database, config: RadiusConfig, endpoint: string): Session {
  return {
    resources: [groups(db, endpoint), accounts(db, endpoint, config.nas)],
    slots: config.slots,
    ping: async (signal) => {
      const [row] = await db.read(version, [], signal);
      if (String(row?.[1]) !== "true") throw fault("Denied", "the database account may not write FreeRADIUS's tables");
      return { version: `PostgreSQL ${row?.[0]}` };
    },
    close: () => db.close(),
  };
}

/** For `init --print-sql`. */
export { schemaSql } from "./schema.ts";
