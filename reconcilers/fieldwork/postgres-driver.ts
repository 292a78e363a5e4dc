/** The built-in driver: the schema fieldwork in a PostgreSQL database of its own. */
import { rfc3339 } from "../../controller/core/time.ts";
import { fault } from "../errors.ts";
import type { Database, Query } from "../postgres.ts";
import { apply, type Desk } from "./apply.ts";
import { deskOf } from "./desk.ts";
import type { FieldworkDriver, Happened } from "./driver.ts";
import { readFound } from "./read.ts";
import { installed, settle } from "./settle.ts";
import * as sql from "./sql.ts";

/** Objects in one page of a scan: nobody waits for a single one of them. */
const PAGE = 2000;

export function postgresDriver(db: Database, desk: Desk): FieldworkDriver {
  const reading =
    (signal: AbortSignal): Query =>
    (text, values = []) =>
      db.read(text, values, signal);
  return {
    read: (keys, signal) => readFound(reading(signal), keys, desk.technicians),
    apply: (orders, signal) => db.transaction((query) => apply(query, orders, desk), signal),
    installed: (keys, signal) => installed(reading(signal), keys),
    settle: (orders, signal) => db.transaction((query) => settle(query, orders), signal),
    page: async (scope, after, signal) =>
      (await db.read(sql.page, [scope, after, PAGE], signal)).map(([key, owner]) => ({ key: key!, owner: owner! })),
    async happened(since, signal): Promise<Happened> {
      const at = desk.now();
      const [row] = await db.read(sql.cursor, [], signal);
      const cursor = { transaction: row?.[0] ?? "0", at };
      // What happened before is seen by those who look at everything first.
      if (!since) return { cursor, keys: [] };
      const found = await db.read(sql.happened, [since.transaction, rfc3339(since.at), rfc3339(at)], signal);
      return { cursor, keys: found.map(([key]) => key!) };
    },
    desk: deskOf(db, desk),
    version: async (signal) => {
      const [row] = await db.read(sql.version, [], signal);
      if (String(row?.[1]) !== "true") throw fault("Denied", "the database account may not write the ticket tables");
      return `PostgreSQL ${row?.[0]}`;
    },
    close: () => db.close(),
  };
}
