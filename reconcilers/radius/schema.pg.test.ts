import pg from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { database } from "../postgres.ts";
import { ensureSchema } from "./schema.ts";

let db: FreshDatabase;
beforeEach(async () => {
  db = await freshDatabase("template1");
});
afterEach(() => db.drop());
const ensure = (pool: pg.Pool) => ensureSchema(database(pool), AbortSignal.timeout(60_000));
const schemas = async (): Promise<readonly string[]> => {
  const text = "select table_schema as s from information_schema.tables where table_name = 'radcheck' order by 1";
  return (await db.pool.query<{ s: string }>(text)).rows.map((r) => r.s);
};

/** As of an account of that name in a database with these schemas. */
async function lookingInto(path: string): Promise<pg.Pool> {
  const name = new URL(db.url).pathname.slice(1);
  await db.pool.query(`alter database "${name}" set search_path = ${path}`);
  return new pg.Pool({ connectionString: db.url, max: 1 });
}

it("made again by an account of the name of our schema, into which PostgreSQL looks first: no row is hidden", async () => {
  const pool = await lookingInto("lastmile, public");
  await ensure(pool);
  await pool.query("insert into radcheck (username, attribute, op, value) values ('a', 'b', ':=', 'c')");
  await pool.end();
  const again = await lookingInto("lastmile, public");
  await ensure(again);
  await again.end();
  expect(await schemas()).toEqual(["public"]);
  expect((await db.pool.query("select from public.radcheck")).rowCount).toBe(1);
});

it("they stand where the account looks for them", async () => {
  await db.pool.query("create schema freeradius");
  const pool = await lookingInto("freeradius, public");
  await ensure(pool);
  await pool.end();
  expect(await schemas()).toEqual(["freeradius"]);
});
