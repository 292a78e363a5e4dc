import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { type Database, database, openDatabase } from "../postgres.ts";
import { radius } from "./index.ts";
import { schemaSql } from "./schema.ts";

const signal = new AbortController().signal;
let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase("template1");
  db = database(fresh.pool);
  await fresh.pool.query("create table t (n int primary key deferrable initially deferred)");
});
afterAll(() => fresh.drop());

const kill = async (application: string): Promise<void> => {
  await fresh.pool.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1", [
    application,
  ]);
};
/** A database whose connections have a name of their own, so that they can be found and killed. */
const named = (application: string): Database =>
  database(
    new pg.Pool({ connectionString: fresh.url, application_name: application, max: 2 }).on("error", () => undefined),
  );
const code = async (p: Promise<unknown>): Promise<unknown> =>
  p.then(
    () => "answered",
    (e: unknown) => ({ ...(e as object), name: (e as Error).name }),
  );

describe("a connection that dies", () => {
  test("while a statement runs: nothing is known, nothing stands, and the next call works", async () => {
    const mine = named("dies-running");
    const asked = code(mine.transaction((q) => q("insert into t select 1 from pg_sleep(10)"), signal));
    await until(async () => (await sleeping("dies-running")) > 0);
    await kill("dies-running");
    expect(await asked).toMatchObject({ kind: "Transient", code: "Unavailable" });
    expect(await mine.read("select n::text from t", [], signal)).toEqual([]);
    await mine.close();
  });
  test("between two statements", async () => {
    const mine = named("dies-idle");
    const asked = mine.transaction(async (q) => {
      await q("insert into t values (2)");
      await kill("dies-idle");
      await new Promise((done) => setTimeout(done, 50));
      await q("insert into t values (3)");
    }, signal);
    expect(await code(asked)).toMatchObject({ kind: "Transient" });
    expect(await mine.read("select n::text from t", [], signal)).toEqual([]);
    await mine.close();
  });
  test("before the commit is answered: lost, so it is looked at again", async () => {
    const mine = named("dies-committing");
    const asked = mine.transaction(async (q) => {
      await q("insert into t values (4)");
      await kill("dies-committing");
      await new Promise((done) => setTimeout(done, 50));
    }, signal);
    expect(await code(asked)).toMatchObject({ kind: "Unknown", code: "Lost" });
    await mine.close();
  });
});

describe("other ends", () => {
  test("a call that is given up cuts its statement and leaves nothing behind", async () => {
    const mine = named("given-up");
    const stop = new AbortController();
    const asked = code(mine.transaction((q) => q("insert into t select 5 from pg_sleep(10)"), stop.signal));
    await until(async () => (await sleeping("given-up")) > 0);
    stop.abort();
    expect(await asked).toMatchObject({ kind: "Transient" });
    expect(await code(mine.read("select 1", [], stop.signal))).toMatchObject({ kind: "Transient" });
    expect(await mine.read("select 'x'", [], signal)).toEqual([["x"]]);
    await mine.close();
  });
  test("a refusal at the commit itself is a refusal", async () => {
    const twice = db.transaction(async (q) => {
      await q("insert into t values (6)");
      await q("insert into t values (6)");
    }, signal);
    expect(await code(twice)).toMatchObject({ kind: "Rejected", code: "23505" });
    expect(await db.read("select n::text from t where n = 6", [], signal)).toEqual([]);
  });
  test("a fault of the body rolls back and passes as it is", async () => {
    const own = db.transaction(async (q) => {
      await q("insert into t values (7)");
      throw new RangeError("a bug stays a bug");
    }, signal);
    expect(await code(own)).toMatchObject({ name: "RangeError" });
    expect(await db.read("select n::text from t where n = 7", [], signal)).toEqual([]);
  });
  test("a statement that fails leaves the connection usable", async () => {
    const mine = named("one-connection");
    expect(await code(mine.read("select 1/0", [], signal))).toMatchObject({ kind: "Rejected", code: "22012" });
    expect(await mine.read("select 'x'", [], signal)).toEqual([["x"]]);
    await mine.close();
  });
});

describe("an endpoint that cannot serve", () => {
  const connect = async (address: string, credentials: Record<string, Sensitive> = {}) =>
    radius.connect({ address, slots: 2, nas: [] }, { endpoint: "radius-1", digest: String, credentials });
  test("nobody listens", async () => {
    const session = await connect("postgresql://127.0.0.1:1/radius");
    expect(await code(session.ping(signal))).toMatchObject({ kind: "Transient", code: "Unavailable" });
    await session.close();
  });
  test("no such database", async () => {
    const session = await connect(fresh.url.replace(/\/[^/]*$/, "/nowhere"));
    expect(await code(session.ping(signal))).toMatchObject({ code: "Misconfigured" });
    await session.close();
  });
  test("tables are missing: the remedy says how to make them; then it serves", async () => {
    const session = await connect(fresh.url);
    expect(await code(session.ping(signal))).toMatchObject({
      kind: "Rejected",
      remedy: expect.stringContaining("lastmile init"),
    });
    for (const _ of ["made", "left as it is"]) {
      await radius.prepare!(
        { address: fresh.url, slots: 2, nas: [] },
        { endpoint: "radius-1", digest: String, credentials: {} },
        signal,
      );
    }
    expect(await session.ping(signal)).toMatchObject({ version: expect.stringMatching(/^PostgreSQL \d+/) });
    await session.close();
  });
  test("an account without rights is told so", async () => {
    await fresh.pool.query(
      `${schemaSql()} create role reader login password 'p@ss/%41'; grant usage on schema lastmile to reader`,
    );
    const session = await connect(fresh.url, {
      username: new Sensitive("reader"),
      password: new Sensitive("p@ss/%41"),
    });
    const denied = { kind: "Forbidden", code: "Denied" };
    expect(await code(session.ping(signal))).toMatchObject(denied);
    await fresh.pool.query("grant select, insert on all tables in schema public, lastmile to reader");
    expect(await code(session.ping(signal)), "some rights are not enough").toMatchObject(denied);
    await fresh.pool.query(`
      grant delete on all tables in schema public to reader; grant usage on all sequences in schema public to reader;
      grant update, delete on lastmile.radius_owner to reader`);
    expect(await session.ping(signal)).toMatchObject({ version: expect.any(String) });
    await session.close();
    await fresh.pool.query("drop owned by reader; drop role reader");
  });
  test("credentials win over those in the address", async () => {
    const url = new URL(fresh.url);
    url.username = "nobody";
    url.password = "wrong";
    const { username, password } = new URL(fresh.url);
    const credentials = { username: new Sensitive(username), password: new Sensitive(decodeURIComponent(password)) };
    const mine = openDatabase({ address: url.href, slots: 2 }, { endpoint: "r", digest: String, credentials });
    expect(await mine.read("select current_user::text", [], signal)).toEqual([[username]]);
    await mine.close();
  });
});

async function sleeping(application: string): Promise<number> {
  const text =
    "select count(*)::int as n from pg_stat_activity where application_name = $1 and query like '%pg_sleep%'";
  return (await fresh.pool.query<{ n: number }>(text, [application])).rows[0]!.n;
}
async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((next) => setTimeout(next, 10));
}
