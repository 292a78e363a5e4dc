/** The built-in driver: the billing schema in a PostgreSQL database of its own. */
import { fault } from "../errors.ts";
import type { Database } from "../postgres.ts";
import { apply } from "./apply.ts";
import { columns, decode } from "./decode.ts";
import type { BillingDriver } from "./driver.ts";
import * as sql from "./sql.ts";

/** Objects in one page of a scan: nobody waits for a single one of them. */
const PAGE = 2000;

export const postgresDriver = (db: Database): BillingDriver => ({
  read: async (kind, keys, signal) => decode(kind, await db.read(sql.read(kind), columns(keys), signal)),
  apply: (kind, orders, signal) => db.transaction((query) => apply(query, kind, orders), signal),
  page: async (kind, scope, after, signal) =>
    (await db.read(sql.page(kind), [scope, after, PAGE], signal)).map(([key, owner]) => ({ key: key!, owner: owner! })),
  version: async (signal) => {
    const [row] = await db.read(sql.version, [], signal);
    if (String(row?.[1]) !== "true") throw fault("Denied", "the database account may not write the billing tables");
    return `PostgreSQL ${row?.[0]}`;
  },
  close: () => db.close(),
});
