import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { openCalls } from "./calls.ts";
import { findBinaries, packageRoot } from "./embedded/binaries.ts";
import { NOBODY, placeOf } from "./embedded/place.ts";
import { type DatabaseServer, openDatabase, stopDatabase } from "./embedded.ts";
import { migrate } from "./migrate.ts";

const run = promisify(execFile);
const root = process.getuid?.() === 0;
let home: string;
let state: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), `lastmile-test-${process.pid}-`));
  await chmod(home, 0o711);
  state = join(home, "state");
});
afterEach(async () => {
  await stopDatabase({ home, state });
  await rm(home, { recursive: true, force: true });
});

const settings = { fsync: "off" };
const open = (): Promise<DatabaseServer> => openDatabase({ home, state, settings });
async function query<T extends pg.QueryResultRow>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}
const pidFile = (): string => join(placeOf(home, state).data, "postmaster.pid");
const pid = async (): Promise<number> => Number((await readFile(pidFile(), "utf8")).split("\n")[0]);
const gone = (p: number) =>
  expect
    .poll(() =>
      readFile(`/proc/${p}/stat`, "utf8").then(
        (s) => s.includes(") Z "),
        () => true,
      ),
    )
    .toBe(true);

describe("embedded database", () => {
  test("the first start makes it, on this machine only; the second adopts what runs", async () => {
    const first = await open();
    const server = await pid();
    expect((await open()).url).toBe(first.url);
    expect(await pid()).toBe(server);
    expect(await query(first.url, "show listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    expect(await query(first.url, "show unix_socket_directories")).toEqual([{ unix_socket_directories: "" }]);
    expect(new URL(first.url)).toMatchObject({ hostname: "127.0.0.1", pathname: "/lastmile" });
  });

  test("nobody else may read the password, and a wrong one is refused", async () => {
    const { url, directory } = await open();
    expect((await stat(join(directory, "password"))).mode & 0o777).toBe(0o600);
    expect((await stat(placeOf(home, state).server)).mode & 0o777).toBe(0o700);
    await expect(query(url.replace(/:[^:@]+@/, ":wrong@"), "select 1")).rejects.toMatchObject({ code: "28P01" });
    expect((await readdir(placeOf(home, state).server)).sort()).toEqual(["data", "log"]); // no draft, no copy of the password
  });

  test("several that start at the same time get one server", async () => {
    const urls = (await Promise.all([open(), open(), open()])).map((d) => d.url);
    expect(new Set(urls).size).toBe(1);
    expect(await query(urls[0] ?? "", "select 1 as n")).toEqual([{ n: 1 }]);
  });

  test("killed with kill -9: the rows are there, and the URL stays", async () => {
    const { url } = await open();
    await query(url, "create table t as select generate_series(1, 1000) n");
    const killed = await pid();
    process.kill(killed, "SIGKILL");
    await gone(killed);
    const again = await open();
    expect(again.url).toBe(url);
    expect(await query(url, "select count(*)::int n from t")).toEqual([{ n: 1000 }]);
  });

  test("the pid of the last run is somebody else's by now: a restarted container", async () => {
    const { url } = await open();
    const killed = await pid();
    process.kill(killed, "SIGKILL");
    await gone(killed);
    // Of the same account: PostgreSQL takes a process that it may not signal for a stranger by itself.
    const bystander = spawn("sleep", ["60"], root ? NOBODY : {});
    try {
      const lines = (await readFile(pidFile(), "utf8")).split("\n");
      await writeFile(pidFile(), [bystander.pid, ...lines.slice(1)].join("\n"));
      expect((await open()).url).toBe(url);
      expect(await query(url, "select 1 as n")).toEqual([{ n: 1 }]);
      expect(bystander.exitCode).toBe(null);
    } finally {
      bystander.kill();
    }
  });

  test("the port of the last time is taken: another one, the same rows", async () => {
    const { url } = await open();
    await query(url, "create table t (n int)");
    expect(await stopDatabase({ home, state })).toBe(true);
    expect(await stopDatabase({ home, state })).toBe(false);
    const squatter = createServer();
    await listen(squatter, Number(new URL(url).port));
    try {
      const again = await open();
      expect(again.url).not.toBe(url);
      expect(await query(again.url, "select from t")).toEqual([]);
    } finally {
      squatter.close();
    }
  });

  test("a start that died half way through making the folder is made good", async () => {
    const place = placeOf(home, state);
    const { url } = await open();
    await stopDatabase({ home, state });
    await run("mv", [place.data, `${place.data}.unfinished`]);
    expect((await open()).url).toBe(url); // the password and the port are the old ones, the folder is new
  });

  test("other databases stand beside the store's, made once", async () => {
    const server = await open();
    const urls = await Promise.all([1, 2, 3].map(() => server.ensureDatabase("radius")));
    expect(new Set(urls).size).toBe(1);
    expect(await query(urls[0] ?? "", "select current_database() as name")).toEqual([{ name: "radius" }]);
    await expect(server.ensureDatabase('x"; drop')).rejects.toThrow(RangeError);
  });

  test("a folder that cannot be used is told with its remedy", async () => {
    await writeFile(join(home, "file"), "");
    const failed = openDatabase({ home: join(home, "file"), state: join(home, "file"), settings });
    await expect(failed).rejects.toMatchObject({ name: "StoreError", remedy: expect.stringContaining("DATABASE_URL") });
  });

  test("a damaged database does not start, and says why", async () => {
    await open();
    await stopDatabase({ home, state });
    await rm(join(placeOf(home, state).data, "global", "pg_control"));
    await expect(open()).rejects.toMatchObject({
      code: "NoDatabase",
      message: expect.stringContaining("could not"),
    });
  });
});

describe("accounts", () => {
  test.runIf(root)("root: the server runs as nobody, our files stay ours", async () => {
    const { directory } = await open();
    expect((await stat(`/proc/${await pid()}`)).uid).toBe(NOBODY.uid);
    expect((await stat(join(directory, "password"))).uid).toBe(0);
  });

  test.runIf(root)("not root: the same, in a folder of its own", async () => {
    const mine = join(home, "mine");
    await run("mkdir", [mine]);
    await chown(mine, NOBODY.uid, NOBODY.gid);
    const script = `import { openDatabase, stopDatabase } from ${JSON.stringify(new URL("embedded.ts", import.meta.url).href)};
      const o = { home: ${JSON.stringify(join(mine, ".lastmile"))}, settings: { fsync: "off" } };
      const { url } = await openDatabase(o);
      await openDatabase(o);
      console.log(url, await stopDatabase(o));`;
    const user = { uid: NOBODY.uid, gid: NOBODY.gid, cwd: "/" };
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], user);
    expect(stdout).toMatch(/^postgres:\/\/lastmile:[^@]+@127\.0\.0\.1:\d+\/lastmile true\n$/);
    expect((await stat(join(mine, ".lastmile", "postgres", "data"))).uid).toBe(NOBODY.uid);
  });

  test.runIf(root)("the packages stand where the account cannot enter: a copy is run, made once", async () => {
    const closed = join(home, "closed");
    await run("cp", ["-a", packageRoot(), closed]);
    await chmod(closed, 0o700);
    const inPlace = await findBinaries(undefined, state, closed);
    expect(inPlace.postgres).toContain(closed);
    const [first, second] = await Promise.all([1, 2].map(() => findBinaries(NOBODY, state, closed)));
    expect(first?.postgres).toContain(state);
    expect(second).toEqual(first);
    expect((await readdir(state)).length).toBe(1);
  });
});

describe("DATABASE_URL", () => {
  test("is taken as it is, and nothing is started", async () => {
    const server = await openDatabase({ url: inject("databaseUrl"), home, state });
    expect(server).toMatchObject({ url: inject("databaseUrl"), embedded: false, directory: home });
    expect(await readdir(home)).toEqual([]);
    const name = `test_${randomBytes(4).toString("hex")}`;
    expect(await query(await server.ensureDatabase(name), "select 1 as n")).toEqual([{ n: 1 }]);
    await query(server.url, `drop database ${name}`);
  });
});

describe.runIf(root)("a full disk", () => {
  test("is told as DiskFull, and what was confirmed is there after room is made", async ({ skip }) => {
    await run("mkdir", [state]);
    const mounted = await run("mount", ["-t", "tmpfs", "-o", "size=200m,mode=711", "tmpfs", state]).then(
      () => true,
      () => false,
    );
    if (!mounted) skip("a file system of its own cannot be mounted here");
    try {
      const { url } = await open();
      await migrate(url);
      const pool = new pg.Pool({ connectionString: url });
      pool.on("error", () => undefined);
      const calls = openCalls(pool);
      await calls.query("create", "create table t (text text)");
      await calls.query("confirmed", "insert into t values ('kept')");
      const { stdout } = await run("df", ["--output=avail", "-B1", state]);
      await run("fallocate", ["-l", `${Number(stdout.split("\n")[1]) - 1_000_000}`, join(state, "ballast")]);
      const full = calls.query(
        "fill",
        "insert into t select repeat(md5(n::text), 20) from generate_series(1, 10000) n",
      );
      await expect(full).rejects.toMatchObject({ code: "DiskFull", remedy: expect.stringContaining("free space") });
      await rm(join(state, "ballast"));
      expect(await calls.query("after", "select text from t")).toEqual([{ text: "kept" }]);
      await calls.query("again", "insert into t values ('more')");
      await pool.end();
    } finally {
      await stopDatabase({ home, state });
      await run("umount", [state]);
    }
  });

  test("no room to make a database at all", async ({ skip }) => {
    await run("mkdir", [state]);
    const mounted = await run("mount", ["-t", "tmpfs", "-o", "size=8m,mode=711", "tmpfs", state]).then(
      () => true,
      () => false,
    );
    if (!mounted) skip("a file system of its own cannot be mounted here");
    try {
      await expect(open()).rejects.toMatchObject({ code: "DiskFull" });
    } finally {
      await run("umount", [state]);
    }
  });
});

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
