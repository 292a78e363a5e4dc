/** "Bad input and faults, each a test": what an operator can bring about from outside. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, radius, subscriber, ten, tenant } from "./declarations.ts";
import { house } from "./house.ts";
import { condition, controller, ended, eventually, type Provider, statusOf } from "./provider.ts";
import { account, everything, groupsOf } from "./rows.ts";

describe("a system that is down", () => {
  let p: Provider;
  beforeAll(async () => {
    p = await house();
    const two = tenant({
      systems: {
        radius: [
          { name: "radius-1", realms: ["acme.example"] },
          { name: "radius-2", realms: ["biz.acme.example"] },
        ],
      },
    });
    const nas = [
      { name: "bng1", address: "192.0.2.10", vendor: "MikroTik" },
      { name: "bng2", address: "192.0.2.11", vendor: "Generic", sendVlan: true },
    ];
    const dead = radius("postgresql://127.0.0.1:9/radius", { radius: { nas } }, "radius-2");
    await p.declare("tenant.yaml", two, radius(p.radiusUrl), dead, plan("basic"));
    await p.declare(
      "lines.yaml",
      subscriber("home"),
      subscriber("firm", { radius: { username: "firm@biz.acme.example" } }),
    );
  });
  afterAll(() => p?.end());

  it("holds what depends on it and nothing else; every gap is a condition, never a silent success", async () => {
    const done = await p.apply("--timeout", "2");
    expect(done.code, done.text).toBe(1);
    expect(await groupsOf(p, "home@acme.example")).toHaveLength(1);
    expect(condition(await statusOf(p, "home"), "Ready")).toBe("True Converged");
    const firm = await statusOf(p, "firm");
    expect(condition(firm, "Ready")).toMatch(/^False (Unavailable|Blocked)/);
    expect(condition(firm, "InService")).not.toMatch(/^True/);
    expect((await p.lastmile(["status"])).out).toMatch(/radius-2 .*False/);
  });
});

describe("one store", () => {
  let p: Provider;
  beforeAll(async () => {
    p = await house({ budgets: { minimum: 1000 } });
    await p.declare("lines.yaml", ...ten());
  });
  afterAll(() => p?.end());

  it("wrong installation: a mismatch refuses to start, and says what is right", async () => {
    const wrong = await p.lastmile(["apply", p.folder, "--yes"], { LASTMILE_INSTALLATION: "other" });
    expect(wrong.code, wrong.text).toBe(1);
    expect(wrong.text).toMatch(/"lab"[\s\S]*"other"/);
    expect(await everything(p)).toBe("[]");
  });

  it("two controllers on one store, one killed: the other takes over and nothing is done twice", async () => {
    const [first, second] = await Promise.all([controller(p), controller(p)]);
    await eventually(
      () => p.radius.query("select 1 from radusergroup"),
      ({ rowCount }) => rowCount === 10,
    );
    first.process.kill("SIGKILL");
    await p.declare(
      "lines.yaml",
      ...ten((index) => (index === 4 ? { networkProfile: { staticIPv4: "10.0.1.44" } } : {})),
    );
    await eventually(
      async () => (await account(p, "sub-4@acme.example")).reply,
      (reply) => reply.includes("Framed-IP-Address := 10.0.1.44"),
    );
    const rows = await p.radius.query("select username, attribute from radcheck group by 1, 2 having count(*) > 1");
    expect(rows.rows).toEqual([]);
    expect(first.log() + second.log()).not.toMatch(/"level":"error"/);
  });

  it("two edits within a millisecond: the later one stands", async () => {
    for (const address of ["10.0.1.45", "10.0.1.46"])
      await p.declare("more.yaml", subscriber("quick", { networkProfile: { staticIPv4: address } }));
    await eventually(
      async () => (await account(p, "quick@acme.example")).reply,
      (reply) => reply.includes("Framed-IP-Address := 10.0.1.46"),
    );
  });

  it("a file replaced while it is read: never half of it, in the end the last", async () => {
    for (let round = 0; round < 30; round++)
      await p.declare(
        "lines.yaml",
        ...ten(() => ({ networkProfile: { ipv4Assignment: round % 2 ? "None" : "Pool" } })),
      );
    const pools = "select 1 from radreply where attribute = 'Framed-Pool' and username like 'sub-%'";
    // Half of all states have no pool: only the plan tells that the last one was taken in.
    await eventually(
      () => p.plan(),
      ({ code }) => code === 0,
    );
    expect((await p.radius.query(pools)).rowCount).toBe(0);
    expect((await p.radius.query("select 1 from radcheck where value = 'Reject'")).rowCount).toBe(0);
  });

  it("connections of the database cut in the middle of a batch: converged in the end", async () => {
    await controller(p);
    await p.declare("lines.yaml", ...ten());
    for (let round = 0; round < 10; round++) {
      await p.radius.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      );
      await new Promise((wake) => setTimeout(wake, 20));
    }
    const pools = "select 1 from radreply where attribute = 'Framed-Pool' and username like 'sub-%'";
    await eventually(
      () => p.radius.query(pools),
      ({ rowCount }) => rowCount === 10,
    );
    const twice = await p.radius.query(
      "select 1 from radreply where attribute not like '%Route' group by username, attribute having count(*) > 1",
    );
    expect(twice.rowCount).toBe(0);
  });
});

describe("the folder", () => {
  let p: Provider;
  beforeAll(async () => {
    p = await house();
    await p.declare("lines.yaml", subscriber("anna"));
  });
  afterAll(() => p?.end());

  it("a folder that is not there, and one without declarations: said, and nothing done", async () => {
    const nowhere = await p.lastmile(["apply", join(p.folder, "nowhere"), "--yes"]);
    expect(nowhere.code, nowhere.text).toBe(4);
    expect(nowhere.text).not.toContain("defect");
    const empty = await p.lastmile(["apply", p.secrets, "--yes", "--prune"]);
    expect(empty.code, empty.text).not.toBe(0);
    expect(empty.text).not.toContain("defect");
  });

  it("a file that is not UTF-8 is named, and nothing is done", async () => {
    await writeFile(join(p.folder, "latin.yaml"), Buffer.from([0x61, 0x3a, 0x20, 0xe4, 0x0a]));
    const done = await p.apply();
    expect(done.code, done.text).toBe(4);
    expect(done.text).toMatch(/latin\.yaml[^\n]*UTF-8/);
    expect(await everything(p)).toBe("[]");
    await p.remove("latin.yaml");
  });

  it("kill -9 in the middle of apply: a later one converges without duplicates", async () => {
    await killedInTheMiddle(p);
    const accounts = () => p.radius.query("select 1 from radusergroup");
    const again = async (): Promise<number | null> => {
      await p.apply("--timeout", "20");
      return (await accounts()).rowCount;
    };
    await eventually(again, (count) => count === 10); // leases of the dead one last 10 s
    const twice = await p.radius.query("select 1 from radcheck group by username, attribute having count(*) > 1");
    expect(twice.rowCount).toBe(0);
    expect((await p.plan()).code).toBe(0);
  });

  it("kill -9 in the middle of apply: the next one does not tell a success that is none", async () => {
    await p.radius.query("delete from radusergroup where username like 'sub-%'");
    await p.declare("more.yaml", subscriber("late"));
    await killedInTheMiddle(p);
    const done = await p.apply("--timeout", "5");
    const made = await p.radius.query("select 1 from radusergroup where username = 'late@acme.example'");
    expect(done.code === 0, done.text).toBe(made.rowCount === 1);
  });
});

/** Starts an apply of ten subscribers, stops it before its first row of radcheck, and kills it there. */
async function killedInTheMiddle(p: Provider): Promise<void> {
  await p.declare("lines.yaml", ...ten());
  const lock = await p.radius.connect();
  try {
    await lock.query("begin; lock table radcheck in share mode");
    const child = p.start(["apply", p.folder, "--yes"]);
    const over = ended(child);
    const blocked = "select 1 from pg_locks where not granted and relation = 'radcheck'::regclass";
    await eventually(
      () => lock.query(blocked),
      ({ rowCount }) => rowCount !== 0,
    );
    child.kill("SIGKILL");
    await over;
    await lock.query("select pg_terminate_backend(pid) from pg_locks where not granted"); // its statements die with it
  } finally {
    await lock.query("rollback");
    lock.release();
  }
}
