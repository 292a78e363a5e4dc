/** An edit of a plan on hundreds of accounts in a real database of FreeRADIUS: step by step, whatever happens. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LastmileObject, ServicePlan } from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { annotated, radius, snapshot, sub, subs, suspended, tenant } from "./objects.ts";
import { Site } from "./site.ts";

const MANY = 200;
const STEP = 50;
const PAUSE_MS = 600_000;
const [OLD, NEW, NEWEST] = ["acme:basic:generic", "acme:basic~2:generic", "acme:basic~3:generic"];
const POLICY = { step: String(STEP), pause: "10m", from: 20, stopAfter: 3 };
const all = subs(MANY);

let site: Site;
let at: number;
beforeEach(async () => {
  site = await Site.open();
  at = Date.parse("2026-11-21T12:00:00Z");
  site.now = () => at;
  await watchMemberships();
});
afterEach(async () => {
  expect(await orphaned()).toEqual([]);
  await site.close();
});

const rate = (mbps: number): ServicePlan => plan({ speed: { down: `${mbps}Mbps`, up: "50Mbps" } });
const town = (p: ServicePlan, people: readonly LastmileObject[] = all): readonly LastmileObject[] => [
  tenant({}, { rollout: POLICY }),
  radius(site.radius.url),
  p,
  ...people,
];
/** The database itself watches: at no commit may an account be in a group that says nothing. */
async function watchMemberships(): Promise<void> {
  await site.radius.pool.query(`
    create table public.orphaned (groupname text, username text);
    create function public.no_orphans() returns trigger language plpgsql as $$ begin
      insert into public.orphaned select g.groupname, g.username from radusergroup g
        where g.groupname = coalesce(new.groupname, old.groupname) and not exists (select from radgroupreply r where r.groupname = g.groupname);
      return null;
    end $$;
    create constraint trigger no_orphans after insert or update on radusergroup deferrable initially deferred
      for each row execute function public.no_orphans();
    create constraint trigger no_orphans after delete or update on radgroupreply deferrable initially deferred
      for each row execute function public.no_orphans();`);
}
const orphaned = async () => (await site.radius.pool.query("select * from public.orphaned")).rows;
/** Accounts by group. */
async function groups(): Promise<Readonly<Record<string, number>>> {
  const text = "select groupname, count(*)::int n from radusergroup group by 1 order by 1";
  const { rows } = await site.radius.pool.query<{ groupname: string; n: number }>(text);
  return Object.fromEntries(rows.map((r) => [r.groupname, r.n]));
}
async function groupOf(name: string): Promise<string | undefined> {
  return (await site.accounts()).get(`${name}@acme.example`)?.groups[0];
}
/** Of groups that are in service. */
async function rates(): Promise<Readonly<Record<string, string>>> {
  const { rows } = await site.radius.pool.query<{ groupname: string; value: string }>(
    `select r.groupname, r.value from radgroupreply r join lastmile.radius_owner o on o.kind = 'group' and o.name = r.groupname
     where r.attribute = 'WISPr-Bandwidth-Max-Down' and not o.retired order by 1`,
  );
  return Object.fromEntries(rows.map((r) => [r.groupname, r.value]));
}
async function rollOut(ms = PAUSE_MS, patience?: number): Promise<void> {
  at += ms;
  await site.controller.rollOut();
  await site.settle(patience);
}
const state = async (): Promise<string> => {
  const [found] = await site.installation.store.rolloutsOf([site.owner("ServicePlan/isp-acme/basic")]);
  return `${found?.rollout.state} ${found?.rollout.failed}`;
};

describe("step by step", () => {
  test("each on its own group at every moment; who joins is on the new one, who is suspended or goes is not kept", async () => {
    await site.declare(town(rate(100)));
    expect(await groups()).toEqual({ [OLD]: MANY });
    await site.declare(town(rate(200)));
    expect(await groups()).toEqual({ [OLD]: MANY - STEP, [NEW]: STEP });
    expect(await rates()).toEqual({ [OLD]: "100000000", [NEW]: "200000000" });
    await rollOut(PAUSE_MS - 1);
    expect(await groups()).toEqual({ [OLD]: MANY - STEP, [NEW]: STEP });

    const [first, ...others] = await Promise.all(
      all.map(async (s) => [s, await groupOf(s.metadata.name)] as const),
    ).then((found) => found.filter(([, g]) => g === OLD).map(([s]) => s));
    const gone = others[0]!;
    const rest = all.filter((s) => s !== first && s !== gone);
    await site.declare(town(rate(200), [...rest, suspended(first!), sub("newcomer")]));
    expect(await groupOf("newcomer")).toBe(NEW);
    const rejected = (await site.accounts()).get(`${first!.metadata.name}@acme.example`);
    expect(rejected).toMatchObject({ groups: [], check: expect.arrayContaining(["Auth-Type := Reject"]) });
    expect((await site.accounts()).get(`${gone.metadata.name}@acme.example`)?.retired).toBe(true);

    const seen: number[] = [];
    for (let turn = 0; turn < 6; turn++) {
      await rollOut();
      seen.push((await groups())[OLD] ?? 0);
    }
    expect(seen.every((n, i) => i === 0 || (seen[i - 1] ?? 0) - n <= STEP)).toBe(true);
    expect(await groups()).toEqual({ [OLD]: 1, [NEW]: MANY - 1 }); // who went is kept as he was, rejected
    expect(await rates()).toEqual({ [NEW]: "200000000" });
    expect(await state()).toBe("Done 0");
    expect(await site.count("rollout_members")).toBe(0);
  });
  test("few change at once and in place, as everybody does where the tenant has no such policy", async () => {
    await site.declare(town(rate(100), all.slice(0, 19)));
    await site.declare(town(rate(200), all.slice(0, 19)));
    expect([await groups(), await rates()]).toEqual([{ [OLD]: 19 }, { [OLD]: "200000000" }]);
    await site.declare(site.base(...all));
    await site.declare([tenant(), radius(site.radius.url), rate(300), ...all]);
    expect([await groups(), await rates()]).toEqual([{ [OLD]: MANY }, { [OLD]: "300000000" }]);
  });
});

test("a pause of the tenant stops the clock: nobody has his turn, and who could not be served is no failure", async () => {
  const stands = (): readonly LastmileObject[] => {
    const [first, ...rest] = town(rate(200));
    return [annotated(first!, { "lastmile.dev/paused": "true" }), ...rest];
  };
  await site.declare(town(rate(100)));
  await site.declare(town(rate(200)));
  await site.declare(stands());
  for (let turn = 0; turn < 3; turn++) await rollOut();
  expect([await groups(), await state()]).toEqual([{ [OLD]: MANY - STEP, [NEW]: STEP }, "Rolling 0"]);
  await site.declare(town(rate(200)));
  await rollOut(PAUSE_MS - 1);
  expect(await groups()).toEqual({ [OLD]: MANY - STEP, [NEW]: STEP });
  for (let turn = 0; turn < 5; turn++) await rollOut();
  expect([await groups(), await state()]).toEqual([{ [NEW]: MANY }, "Done 0"]);
});

test("between two steps its members are not read again and again: only what happens to them is asked for", async () => {
  await site.declare(town(rate(100)));
  await site.declare(town(rate(200)));
  await rollOut(1);
  const read = vi.spyOn(site.installation.store, "rolloutsOf");
  for (let turn = 0; turn < 3; turn++) await rollOut(1);
  expect(read).not.toHaveBeenCalled();
  await rollOut();
  expect(read).toHaveBeenCalledOnce();
  expect(await groups()).toEqual({ [OLD]: MANY - 2 * STEP, [NEW]: 2 * STEP });
});

describe("what people see", () => {
  test("a plan that is only shown says what its first step would be, and begins nothing", async () => {
    await site.declare(town(rate(100)));
    const shown = await site.controller.preview(snapshot(town(rate(200))), { prune: true });
    expect(shown.steps).toMatchObject([{ subscribers: STEP, of: MANY }]);
    const moving = shown.subjects.filter((s) => s.key.includes("/Subscriber/"));
    expect(moving).toHaveLength(STEP);
    await site.declare(town(rate(100)));
    expect(await groups()).toEqual({ [OLD]: MANY });
    await site.declare(town(rate(200)));
    const there = await Promise.all(moving.map((s) => groupOf(s.key.split("/").at(-1) ?? "")));
    expect(new Set(there)).toEqual(new Set([NEW])); // exactly those who were shown
  });
  test("the history of the plan has each step, once, and its end", async () => {
    await site.declare(town(rate(100), all.slice(0, 120)));
    await site.declare(town(rate(200), all.slice(0, 120)));
    for (let turn = 0; turn < 5; turn++) {
      await rollOut();
      await site.restart();
    }
    const history = await site.installation.store.history(site.owner("ServicePlan/isp-acme/basic"));
    const steps = history.filter((h) => h.ref === "store/rollout/2").toReversed();
    expect(steps.map((h) => `${h.action} ${h.changes[0]?.before} > ${h.changes[0]?.after}`)).toEqual([
      "release 0 of 120 > 50 of 120",
      "release 50 of 120 > 100 of 120",
      "release 100 of 120 > 120 of 120",
      "finish 120 of 120 > 120 of 120",
    ]);
    expect(steps[0]?.by).toMatchObject({ source: expect.any(String) });
  });
  test("in place it is one group that changes, as it was", async () => {
    await site.declare(site.base(...all));
    const edit = [tenant(), radius(site.radius.url), rate(300), ...all];
    const shown = await site.controller.preview(snapshot(edit), { prune: true });
    expect(shown.steps).toEqual([]);
    expect(shown.subjects.map((s) => s.key)).toEqual([site.owner("ServicePlan/isp-acme/basic")]);
  });
  test("status and condition go with the steps, one write for each", async () => {
    await site.declare(town(rate(100)));
    await site.declare(town(rate(200)));
    const status = await site.planStatus("basic");
    const at = "2026-11-21T12:10:00Z";
    expect(status?.rollout).toEqual({
      state: "Rolling",
      revision: 2,
      released: STEP,
      total: MANY,
      failed: 0,
      nextAt: at,
    });
    expect(status?.conditions).toContainEqual(expect.objectContaining({ type: "RolledOut", reason: "RollingOut" }));
    await rollOut(60_000);
    expect(await site.planStatus("basic")).toEqual(status);
    for (let turn = 0; turn < 5; turn++) await rollOut();
    const over = await site.planStatus("basic");
    expect(over?.rollout).toEqual({ state: "Done", revision: 2, released: MANY, total: MANY, failed: 0 });
    expect(over?.conditions?.[0]).toMatchObject({ type: "Ready", status: "True" });
  });
});

describe("a crash", () => {
  test("in the middle of a step: the rest of it goes, and no more than that", async () => {
    await site.declare(town(rate(100)));
    await site.submitNow(town(rate(200)));
    await site.restart();
    expect(await groups()).toEqual({ [OLD]: MANY - STEP, [NEW]: STEP });
    await rollOut();
    expect(await groups()).toEqual({ [OLD]: MANY - 2 * STEP, [NEW]: 2 * STEP });
  });
  test("before the edit was taken up: it is taken up as one by whoever comes next, and nobody went ahead", async () => {
    await site.declare(town(rate(100)));
    site.installation.store.writeRollout = () => Promise.reject(new Error("the process ends here"));
    await expect(site.submitNow(town(rate(200)))).rejects.toThrow("ends here");
    await site.settle();
    expect(await groups()).toEqual({ [OLD]: MANY });
    await site.restart();
    expect(await groups()).toEqual({ [OLD]: MANY - STEP, [NEW]: STEP });
  });
});

describe("failures", () => {
  /** Five of the next step are refused by the database itself. */
  const refuse = (names: readonly string[]) =>
    site.radius.pool.query(`
      create function public.refuse() returns trigger language plpgsql as $$ begin
        if new.username = any('{${names.map((n) => `${n}@acme.example`).join(",")}}') and new.groupname like '%~%' then
          raise exception 'refused' using errcode = '23514'; end if;
        return new;
      end $$;
      create trigger refuse before insert or update on radusergroup for each row execute function public.refuse();`);
  const mend = () => site.radius.pool.query("drop trigger refuse on radusergroup");
  const REFUSED = all.slice(0, 120).map((s) => s.metadata.name);

  test("stop it: nobody more goes, until a person says so; then nobody is counted twice", async () => {
    await site.declare(town(rate(100)));
    await refuse(REFUSED);
    await site.submitNow(town(rate(200)));
    await site.settle(500);
    await rollOut(1_000, 500);
    expect(await state()).toMatch(/^Stopped \d+$/);
    await rollOut(86_400_000, 500);
    expect(await site.count("rollout_members", "place = 'Waiting'")).toBe(MANY - STEP);
    expect((await groups())[NEW] ?? 0).toBeLessThan(STEP); // those of the step whom nothing refuses
    await mend();
    await site.declare(town(annotated(rate(200), { "lastmile.dev/rollout": "continue" })));
    for (let turn = 0; turn < 5; turn++) await rollOut();
    expect([await groups(), await state()]).toEqual([{ [NEW]: MANY }, "Done 0"]);
  });
  test("going back mends it: who was released goes back, carefully too, and all are where they were", async () => {
    await site.declare(town(rate(100)));
    await site.declare(town(rate(200)));
    await rollOut();
    expect(await groups()).toEqual({ [OLD]: 100, [NEW]: 100 });
    await site.declare(town(rate(100)));
    expect(await groups()).toEqual({ [OLD]: 150, [NEW]: 50 });
    await rollOut();
    await rollOut();
    await rollOut();
    expect([await groups(), await rates()]).toEqual([{ [OLD]: MANY }, { [OLD]: "100000000" }]);
  });
});

test("a second edit on the way takes the place of the first: nobody is sent where nobody wants him any more", async () => {
  await site.declare(town(rate(100)));
  await site.declare(town(rate(200)));
  const there = await groups();
  await site.declare(town(rate(300)));
  const now = await groups();
  expect(now[NEWEST]).toBe(STEP);
  expect(now[NEW] ?? 0).toBeLessThanOrEqual(there[NEW] ?? 0);
  for (let turn = 0; turn < 5; turn++) await rollOut();
  expect([await groups(), await rates()]).toEqual([{ [NEWEST]: MANY }, { [NEWEST]: "300000000" }]);
});
