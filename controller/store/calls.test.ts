import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { type Calls, openCalls, openPool } from "./calls.ts";
import { StoreError, toStoreError } from "./errors.ts";

let db: FreshDatabase;
let calls: Calls;
beforeAll(async () => {
  db = await freshDatabase();
  calls = openCalls(db.pool);
});
afterAll(() => db.drop());

describe("errors", () => {
  test.each([
    ["a full disk, told by the server", { code: "53100" }, "DiskFull"],
    ["a full disk, told by the system", { code: "ENOSPC" }, "DiskFull"],
    ["too many connections", { code: "53300" }, "Unavailable"],
    ["a server that shuts down", { code: "57P01" }, "Unavailable"],
    ["a deadlock", { code: "40P01" }, "Unavailable"],
    ["a refused connection", { code: "ECONNREFUSED" }, "Unavailable"],
    ["a connection that ended", new Error("Connection terminated unexpectedly"), "Unavailable"],
    ["a missing right", { code: "42501" }, "Denied"],
    ["a wrong password", { code: "28P01" }, "Denied"],
    ["a schema that is not there", { code: "42P01" }, "NotMigrated"],
    ["a syntax error", { code: "42601" }, "Rejected"],
  ])("%s", (_, e, code) => {
    expect(toStoreError("call", e)).toMatchObject({ code, remedy: expect.stringMatching(/./) });
  });

  test("one that has a code already keeps it", () => {
    const e = new StoreError("KeyLost", "gone");
    expect(toStoreError("call", e)).toBe(e);
  });

  test("what the driver says of a row never leaves the store", async () => {
    await db.pool.query("insert into lastmile.installation (name) values ('x')");
    const failed = await calls
      .query("again", "insert into lastmile.installation (singleton, name) values (true, 'SECRET')")
      .catch((e: unknown) => e);
    expect(failed).toMatchObject({ code: "Rejected", message: expect.stringContaining("installation_pkey") });
    const cast = await calls.query("cast", "select $1::text::int", ["SECRET"]).catch((e: unknown) => e);
    for (const e of [failed, cast]) expect(`${e} ${JSON.stringify(e)} ${(e as Error).stack}`).not.toContain("SECRET");
  });
});

describe("calls", () => {
  test("the guard is around every call, and its own error passes as it is", async () => {
    const seen: string[] = [];
    const guarded = openCalls(db.pool, (name, call) => {
      seen.push(name);
      return name === "stop" ? Promise.reject(new RangeError("injected")) : call();
    });
    await guarded.query("one", "select 1");
    await guarded.rows("two", "select 1");
    await guarded.transaction("three", (run) => run("select 1"));
    await expect(guarded.query("stop", "select 1")).rejects.toThrow(RangeError);
    expect(seen).toEqual(["one", "two", "three", "stop"]);
  });

  test("a transaction is all or nothing, and its connection can be used again", async () => {
    await db.pool.query("create table pairs (n int primary key)");
    const half = calls.transaction("half", async (run) => {
      await run("insert into pairs values (1)");
      await run("insert into pairs values (1)");
    });
    await expect(half).rejects.toMatchObject({ code: "Rejected" });
    expect(await calls.query("count", "select from pairs")).toEqual([]);
    expect(db.pool.waitingCount).toBe(0);
    expect(db.pool.idleCount).toBe(db.pool.totalCount);
  });

  test("a connection that dies inside a transaction is an answer, not the end of the process", async () => {
    const cut = calls.transaction("cut", async (run) => {
      await run("select pg_terminate_backend(pg_backend_pid())");
    });
    await expect(cut).rejects.toMatchObject({ code: "Unavailable" });
    expect(await calls.rows("after", "select 1")).toEqual([[1]]);
  });

  test("idle connections may be cut: the next call opens another", async () => {
    const pool = openPool(db.url, 2);
    await pool.query("select 1");
    await db.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lastmile' and datname = current_database()",
    );
    await expect.poll(() => pool.totalCount).toBe(0);
    const { rows } = await pool.query<{ random_page_cost: string }>("show random_page_cost");
    expect(rows).toEqual([{ random_page_cost: "1.1" }]);
    await pool.end();
  });

  test("an empty database says that it is not migrated", async () => {
    const bare = await freshDatabase("template1");
    const e = openCalls(bare.pool).query("status", "select from lastmile.status");
    await expect(e).rejects.toMatchObject({ code: "NotMigrated", remedy: expect.stringContaining("init") });
    await bare.drop();
  });
});
