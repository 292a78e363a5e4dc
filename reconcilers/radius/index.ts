/** RADIUS: the rows of a stock FreeRADIUS on PostgreSQL. README.md says what is written where. */
import { fault } from "../errors.ts";
import { type Database, openDatabase } from "../postgres.ts";
import type { Session, System } from "../system.ts";
import { parseConfig, type RadiusConfig } from "./config.ts";
import { desired } from "./desired.ts";
import { accounts, groups } from "./resources.ts";
import { ensureSchema } from "./schema.ts";
import { version } from "./sql.ts";

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

function session(db: Database, config: RadiusConfig, endpoint: string): Session {
  return {
    resources: [groups(db, endpoint, config.nas), accounts(db, endpoint, config.nas)],
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
