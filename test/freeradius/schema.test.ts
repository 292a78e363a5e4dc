import { readFile } from "node:fs/promises";
import type pg from "pg";
import { expect, test } from "vitest";
import { schemaSql } from "../../reconcilers/radius/schema.ts";
import { freshDatabase } from "../lab/database.ts";

const PACKAGE = "/etc/freeradius/3.0/mods-config/sql/main/postgresql/schema.sql";
const catalogs = [
  `select table_name, ordinal_position, column_name, data_type, character_maximum_length, is_nullable, column_default
   from information_schema.columns where table_schema = 'public' order by 1, 2`,
  "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 1, 2",
  `select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
   where connamespace = 'public'::regnamespace and contype <> 'n' order by 1, 2`,
];
const describeTables = async (pool: pg.Pool): Promise<unknown> =>
  Promise.all(catalogs.map(async (text) => (await pool.query({ text, rowMode: "array" })).rows));

test("our tables are the package's: two databases, one catalog", async () => {
  const [ours, theirs] = await Promise.all([freshDatabase("template1"), freshDatabase("template1")]);
  try {
    await ours.pool.query(schemaSql());
    await theirs.pool.query(await readFile(PACKAGE, "utf8"));
    const described = await describeTables(theirs.pool);
    expect(await describeTables(ours.pool)).toEqual(described);
    await theirs.pool.query(schemaSql());
    expect(await describeTables(theirs.pool), "a FreeRADIUS in service is left as it is").toEqual(described);
  } finally {
    await ours.drop();
    await theirs.drop();
  }
});
