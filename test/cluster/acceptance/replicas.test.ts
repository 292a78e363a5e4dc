/** "Replicas share the work by the store's partitions": real processes that die, sleep and wake. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { plan, subscriber } from "../../acceptance/declarations.ts";
import { soon } from "../cluster.ts";
import { type Controller, condition, type Live, NAMESPACE, openSite, type Site } from "../site.ts";
import { ACTIVE, checks, converges, groups, REJECTED } from "./words.ts";

const FAST = plan("fast", { speed: { down: "1Gbps", up: "500Mbps" } });
const STEPS = Array.from({ length: 30 }, (_, n) => plan(`step-${n}`));
const names = (count: number, prefix = "sub"): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

let site: Site;
const running: Controller[] = [];
const start = async (): Promise<Controller> => {
  const controller = await site.run();
  running.push(controller);
  return controller;
};
const holderOf = (c: Controller): string => String(c.logged("started")[0]?.["holder"]);
/** Partitions of the work by who holds them now. */
async function shares(): Promise<ReadonlyMap<string, number>> {
  const sql = "select holder, count(*)::int as n from lastmile.partitions where until > now() group by holder";
  const { rows } = await site.store.query<{ holder: string; n: number }>(sql);
  return new Map(rows.map(({ holder, n }) => [holder, n]));
}
const held = async (c: Controller): Promise<number> => (await shares()).get(holderOf(c)) ?? 0;
/** Each holds its share; one of them has the work of one process only beside it, maybe the one with the odd partition. */
async function even(...all: readonly Controller[]): Promise<void> {
  const counts = await Promise.all(all.map(held));
  expect(counts.reduce((a, b) => a + b)).toBe(65);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
}
async function tokens(): Promise<readonly unknown[]> {
  return (await site.store.query("select partition, holder, token from lastmile.partitions order by 1")).rows;
}
async function versions(): Promise<Readonly<Record<string, string>>> {
  const objects = await Promise.all(["subscribers", "networkprofiles"].map(site.list));
  return Object.fromEntries(
    objects.flat().map((o: Live) => [`${o.kind}/${o.metadata.name}`, o.metadata.resourceVersion]),
  );
}
/** Effects on systems that were told of, of all processes, by what they did to whom. */
const effects = (): readonly string[] =>
  running.flatMap((c) =>
    c
      .logged("action")
      .filter((a) => a["result"] === "Done")
      .map((a) => `${a["action"]} ${a["key"]} ${a["planId"]}`),
  );

beforeAll(async () => {
  site = await openSite({ more: [FAST], policies: { budgets: { minimum: 1000 } } });
});
afterEach(async () => {
  for (const { process: p, end } of running.splice(0)) {
    if (p.exitCode === null) p.kill("SIGCONT");
    await end("SIGKILL");
  }
});
afterAll(() => site?.close());

describe("two replicas", () => {
  it("takeover after kill -9: an edit is served, everything by one, every effect once", async () => {
    const [first, second] = [await start(), await start()];
    await site.apply(...names(30).map((name) => subscriber(name)));
    await converges(site, ...names(30));
    await first.end("SIGKILL");
    const killed = performance.now();
    await soon(async () => expect(await held(second)).toBe(65));
    expect(performance.now() - killed).toBeLessThan(20_000); // the promise is a number here: within 20 s
    await site.apply(...names(30).map((name) => subscriber(name, { planRef: { name: "fast" } })));
    await soon(async () => {
      const now = await Promise.all(names(30).map((name) => groups(site, `${name}@acme.example`)));
      expect(now).toEqual(names(30).map(() => ["acme:fast:mikrotik"]));
    });
    await converges(site, ...names(30));
    expect(effects()).toHaveLength(new Set(effects()).size);
  });

  it("killed in the middle of the work: it is finished, nothing is there twice", async () => {
    const [first, second] = [await start(), await start()];
    await soon(async () => expect((await held(first)) + (await held(second))).toBe(65));
    const many = names(200, "many");
    const applying = site.apply(...many.map((name) => subscriber(name)));
    await soon(async () => expect(await accounts("many")).toBeGreaterThan(0));
    await ((await held(first)) >= (await held(second)) ? first : second).end("SIGKILL");
    await applying;
    await soon(async () => {
      const left = (await site.list("subscribers")).filter((s) => condition(s, "Ready") !== "True Converged");
      expect(left.map((s) => `${s.metadata.name} ${condition(s, "Ready")}`)).toEqual([]);
    }, 300);
    const twice = "select username from radcheck group by username, attribute having count(*) > 1";
    expect((await site.radius.query(twice)).rows).toEqual([]);
    expect(await accounts("many")).toBe(200);
    const unguarded = (await site.list("subscribers")).filter((s) => s.metadata.finalizers?.length !== 1);
    expect(unguarded.map((s) => s.metadata.name)).toEqual([]);
  });

  it("SIGSTOP longer than the lease: another takes over; SIGCONT: the woken one writes nothing stale", async () => {
    const first = await start();
    await soon(async () => expect(await held(first)).toBe(65));
    const second = await start();
    first.process.kill("SIGSTOP");
    await soon(async () => expect(await held(second)).toBe(65));
    await site.apply(subscriber("sub-0"), subscriber("sub-1", { serviceState: "Terminated" }), subscriber("late"));
    await site.kubectl("-n", NAMESPACE, "delete", "subscriber", "sub-2", "--timeout=60s");
    await converges(site, "sub-0", "late");
    await soon(async () => expect(await checks(site, "sub-1@acme.example")).toEqual(REJECTED));
    await soon(async () =>
      expect(condition(await site.read("subscribers", "sub-1"), "InService")).toBe("False Terminated"),
    );
    const before = await versions();
    const seen = first.log().length;
    first.process.kill("SIGCONT");
    await soon(() => expect(first.log().length).toBeGreaterThan(seen)); // it is awake and says so
    await site.apply(subscriber("after")); // it would have had the time of another's whole life
    await converges(site, "after");
    const { "Subscriber/after": _, "NetworkProfile/after": __, ...now } = await versions();
    expect(withoutGenerated(now)).toEqual(withoutGenerated(before));
    expect(await checks(site, "sub-2@acme.example")).toEqual(REJECTED);
    expect(await site.read("subscribers", "sub-2")).toBeUndefined();
    expect(await groups(site, "sub-0@acme.example")).toEqual(["acme:basic:mikrotik"]);
  });

  it("SIGTERM: the other goes on at once, and the one that ends leaves its leases", async () => {
    const [first, second] = [await start(), await start()];
    await soon(async () => expect((await held(first)) + (await held(second))).toBe(65));
    expect(await first.end("SIGTERM")).toBe(0);
    await site.apply(subscriber("sub-3", { planRef: { name: "fast" } }));
    await soon(async () => expect(await groups(site, "sub-3@acme.example")).toEqual(["acme:fast:mikrotik"]));
    expect(await held(first)).toBe(0);
  });
});

describe("three replicas", () => {
  it("share the work, no key is worked twice at once, and two kills later all is served", async () => {
    const all = [await start(), await start(), await start()];
    await soon(async () => expect([...(await shares()).values()].reduce((a, b) => a + b, 0)).toBe(65));
    const some = names(60, "three");
    await site.apply(...some.map((name) => subscriber(name)));
    await converges(site, ...some);
    const created = effects().filter((e) => e.startsWith("create") && e.includes("three-"));
    expect(created).toHaveLength(60);
    const [one, two, three] = all as [Controller, Controller, Controller];
    await Promise.all([one.end("SIGKILL"), two.end("SIGKILL")]);
    await soon(async () => expect(await held(three)).toBe(65));
    await site.apply(...some.map((name) => subscriber(name, { planRef: { name: "fast" } })));
    await soon(async () => {
      const now = await Promise.all(some.map((name) => groups(site, `${name}@acme.example`)));
      expect(now).toEqual(some.map(() => ["acme:fast:mikrotik"]));
    });
    await converges(site, ...some);
    expect(await checks(site, "three-0@acme.example")).toEqual(ACTIVE);
  });
  it("a replica that is started later gets its share, and from then on nothing moves", async () => {
    const first = await start();
    await soon(async () => expect(await held(first)).toBe(65));
    const second = await start();
    await soon(() => even(first, second));
    const third = await start();
    await soon(() => even(first, second, third));
    const before = await tokens();
    await site.apply(...names(10).map((name) => subscriber(name, { planRef: { name: "fast" } })));
    await converges(site, ...names(10));
    expect(await tokens()).toEqual(before);
  });

  it("edits go on while a third joins and one leaves: every effect once, nothing lost, nobody refused by the store", async () => {
    const some = names(40, "busy");
    const edit = (n: number) => site.apply(...some.map((name) => subscriber(name, { planRef: { name: `step-${n}` } })));
    await site.apply(...STEPS);
    const [first, second] = [await start(), await start()];
    await edit(0);
    await converges(site, ...some);
    let [last, editing] = [0, true];
    const editor = (async () => {
      while (editing && last < STEPS.length - 2) {
        await edit(++last);
        await soon(async () =>
          expect(await groups(site, "busy-0@acme.example")).toEqual([`acme:step-${last}:mikrotik`]),
        );
      }
    })();
    const third = await start();
    await soon(() => even(first, second, third));
    expect(await first.end("SIGTERM")).toBe(0);
    await soon(() => even(second, third));
    editing = false;
    await editor;
    await edit(++last);
    await soon(async () => {
      const now = await Promise.all(some.map((name) => groups(site, `${name}@acme.example`)));
      expect(now).toEqual(some.map(() => [`acme:step-${last}:mikrotik`]));
    });
    await converges(site, ...some);
    expect(last).toBeGreaterThan(2);
    expect(effects()).toHaveLength(new Set(effects()).size);
    for (const { log } of [first, second, third]) expect(log()).not.toMatch(/"level":"error"|fenced/i);
  });
});

async function accounts(prefix: string): Promise<number> {
  const sql = "select count(*)::int as n from radcheck where username like $1 and attribute like '%-Password'";
  return (await site.radius.query<{ n: number }>(sql, [`${prefix}-%`])).rows[0]?.n ?? 0;
}
/** Of the one that came last. */
const withoutGenerated = (all: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !/after/.test(name)));
