import { afterAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { databaseUrl } from "../../test/lab/template.ts";
import { openCalls } from "./calls.ts";
import { openLeases } from "./leases.ts";
import { migrate, migrationSql } from "./migrate.ts";
import { openObjects } from "./objects.ts";
import { openStatuses } from "./status.ts";

const fresh: FreshDatabase[] = [];
const empty = async (): Promise<FreshDatabase> => {
  const db = await freshDatabase("template1");
  fresh.push(db);
  return db;
};
afterAll(() => Promise.all(fresh.map((db) => db.drop())));

/** Tables, columns, indexes and functions of the schema, as text. */
async function shape(db: FreshDatabase): Promise<readonly string[]> {
  const { rows } = await db.pool.query<{ line: string }>(`
    select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable as line from information_schema.columns where table_schema = 'lastmile'
    union all select indexdef from pg_indexes where schemaname = 'lastmile'
    union all select proname from pg_proc where pronamespace = 'lastmile'::regnamespace order by 1`);
  return rows.map((r) => r.line);
}

describe("migrate", () => {
  test("twice is once, and several at the same time do not disturb each other", async () => {
    const db = await empty();
    await Promise.all([migrate(db.url), migrate(db.url), migrate(db.url)]);
    const before = await shape(db);
    expect(before.length).toBeGreaterThan(30);
    await migrate(db.url);
    expect(await shape(db)).toEqual(before);
  });

  test("what `init --print-sql` prints makes the same schema, and the program has nothing left to do", async () => {
    const [printed, migrated] = [await empty(), await empty()];
    await printed.pool.query(migrationSql());
    await migrate(migrated.url);
    expect(await shape(printed)).toEqual(await shape(migrated));
    await migrate(printed.url);
  });

  test("a store of before is brought up to date with what it holds", async () => {
    const [old, fresh] = [await empty(), await empty()];
    const last = "values ('0005_status_digest', now());";
    const sql = migrationSql();
    await old.pool.query(`${sql.slice(0, sql.indexOf(last))}${last} commit`);
    await old.pool.query(`
      insert into lastmile.objects (key, tenant, source_id, object, digest, generation, origin, seq)
        values ('Tenant/-/acme', 'acme', 'dir:/x', '{}', 'd', 4, '{}', 1);
      insert into lastmile.status (owner, status) values ('lab/acme/Tenant/-/acme', '{"a":1}')`);
    await migrate(old.url);
    await migrate(fresh.url);
    expect(await shape(old)).toEqual(await shape(fresh));
    const calls = openCalls(old.pool);
    for await (const [object] of openObjects(calls).load())
      expect(object).toMatchObject({ generation: 4, deletedAt: undefined });
    const since = openStatuses(calls, openLeases(calls, "one")).statusSince("0");
    for await (const rows of since) expect(rows).toEqual([{ owner: "lab/acme/Tenant/-/acme", status: { a: 1 } }]);
    expect.assertions(3);
  });

  test("without DDL rights: nothing to do is fine, something to do names the remedy", async () => {
    const [done, todo] = [await empty(), await empty()];
    await migrate(done.url);
    const role = "limited_role";
    await done.pool.query(`drop role if exists ${role}`);
    await done.pool.query(
      `create role ${role} login password 'limited'; grant usage on schema lastmile to ${role}; grant select on all tables in schema lastmile to ${role}`,
    );
    const as = (db: FreshDatabase): string => db.url.replace(/\/\/[^@]*@/, `//${role}:limited@`);
    try {
      await migrate(as(done));
      await expect(migrate(as(todo))).rejects.toMatchObject({ code: "Denied" });
    } finally {
      await done.pool.query(`drop owned by ${role}; drop role ${role}`);
    }
  });

  test("a store that a newer program has changed is refused and left alone", async () => {
    const db = await empty();
    await migrate(db.url);
    await db.pool.query("insert into lastmile.migrations (name, run_on) values ('9999_future', now())");
    await expect(migrate(db.url)).rejects.toMatchObject({
      code: "NewerStore",
      message: expect.stringContaining("9999_future"),
    });
  });

  test.each([
    ["a database that is not there", (url: string) => databaseUrl(url, "no_such_database"), "Unavailable"],
    ["a port where nobody listens", (url: string) => url.replace(/:\d+\//, ":1/"), "Unavailable"],
    ["a wrong password", (url: string) => url.replace(/:[^:@]+@/, ":wrong@"), "Denied"],
  ])("%s has a code", async (_, change, code) => {
    await expect(migrate(change((await empty()).url))).rejects.toMatchObject({ name: "StoreError", code });
  });
});
