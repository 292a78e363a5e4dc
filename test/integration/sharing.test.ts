/** Controllers that stay, on one store: they come and go while people edit, and each edit is carried out once. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LastmileObject, Subscriber, TenantSpec } from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { intake } from "../../controller/engine/intake.ts";
import { type Installation, openInstallation } from "../../controller/main.ts";
import { PER_SUBSCRIBER, radius, snapshot, sub, subs, suspended, tenant } from "./objects.ts";
import { Site } from "./site.ts";
import { staying } from "./staying.ts";

interface Replica {
  readonly installation: Installation;
  readonly held: () => number;
  readonly end: () => Promise<void>;
}
let site: Site;
let replicas: Replica[];
/** What must never happen, in words. */
let troubles: unknown[];
beforeEach(async () => {
  site = await Site.open();
  await site.stop();
  await site.open({ holder: "people" });
  [replicas, troubles] = [[], []];
});
afterEach(async () => {
  await Promise.all(replicas.map((r) => r.end()));
  await site.close();
});

async function start(holder: string): Promise<Replica> {
  const installation = await openInstallation({ ...site.settings, holder });
  const stop = new AbortController();
  const controller = installation.controller({
    onError: (key, error) => {
      troubles.push([holder, key, error]);
      return "retry";
    },
  });
  const serving = staying(installation, controller, {
    source: undefined,
    signal: stop.signal,
    on: (e) => e.event === "trouble" && troubles.push([holder, e.doing, e.error]),
    every: { renew: 200, refresh: 1_000 },
  });
  let ended: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    stop.abort();
    await serving;
    await installation.close();
  };
  const replica = {
    installation,
    held: () => [...installation.leases.tokens().keys()].length,
    end: () => (ended ??= end()),
  };
  replicas.push(replica);
  return replica;
}
type Budgets = NonNullable<TenantSpec["policies"]["budgets"]>;
const ANY: Budgets = { retire: "100%", suspend: "100%", disrupt: "100%", minimum: 1000, window: "24h" };
const PLANS = Array.from({ length: 40 }, (_, n) => plan({}, `p${n}`));
/** As another process does that tells the controllers through the store. */
const declare = (lines: readonly Subscriber[], budgets: Budgets = ANY): Promise<void> =>
  publish([tenant({}, { budgets }), plan(), ...PLANS, ...lines]);
async function publish(objects: readonly LastmileObject[]): Promise<void> {
  const { declared } = site.installation.controller();
  const all = snapshot([radius(site.radius.url), ...objects]);
  await intake(all, declared, site.installation.objects, { prune: true, source: "own" }, Date.now());
}
const shares = (...all: readonly Replica[]): readonly number[] => all.map((r) => r.held()).toSorted((a, b) => a - b);
/** Whom the group of this plan serves. */
const served = async (name: string): Promise<number> => {
  const { rows } = await site.radius.pool.query("select 1 from radusergroup where groupname like $1", [`%:${name}:%`]);
  return rows.length;
};
const rejected = async (): Promise<number> =>
  (await site.radius.pool.query("select 1 from radcheck where attribute = 'Auth-Type'")).rowCount ?? 0;
/** Claims of VLAN tags. */
const tags = async (): Promise<readonly { readonly owner: string; readonly value: string }[]> =>
  (await site.store.pool.query("select owner, value from lastmile.claims where kind = 'vlan' order by 1, 2")).rows;
/** Effects that were made more than once for one intention. */
const twice = async (): Promise<readonly unknown[]> =>
  (
    await site.store.pool.query(
      "select owner, ref, action, plan_id from lastmile.audit where outcome = 'Done' group by 1, 2, 3, 4 having count(*) > 1",
    )
  ).rows;

describe("replicas", () => {
  test("come and go while people edit: nothing is lost, nothing is done twice, nobody is refused by the store", async () => {
    const many = subs(60);
    const edit = (n: number) => declare(many.map((s) => ({ ...s, spec: { ...s.spec, planRef: { name: `p${n}` } } })));
    const first = await start("first");
    await edit(0);
    await site.until(async () => (await served("p0")) === 60);
    expect(first.held()).toBe(65);

    let editing = true;
    let last = 0;
    const editor = (async () => {
      while (editing && last < PLANS.length - 2) {
        await edit(++last);
        await site.until(async () => (await served(`p${last}`)) > 0); // somebody has begun with it
      }
    })();
    const second = await start("second");
    await site.until(async () => shares(first, second).join() === "32,33");
    const third = await start("third");
    await site.until(async () => (shares(first, second, third)[0] ?? 0) >= 21);
    await first.end();
    await site.until(async () => shares(second, third).join() === "32,33");
    editing = false;
    await editor;
    await edit(++last);
    await site.until(async () => (await served(`p${last}`)) === 60);
    expect([await served("%"), await twice(), troubles]).toEqual([60, [], []]);
    expect(last).toBeGreaterThan(5);
  });

  test("who was withdrawn, or came, in the middle of a hand-over is seen to by the next holder", async () => {
    const many = subs(60);
    const first = await start("first");
    await declare(many);
    await site.until(async () => (await served("%")) === 60);
    const second = await start("second");
    await site.until(async () => first.installation.leases.leaving().size > 0 || second.held() > 0);
    const come = Array.from({ length: 20 }, (_, n) => sub(`new${n}`));
    await declare([...many.slice(3), ...come]);
    await site.until(async () => shares(first, second).join() === "32,33");
    await site.until(async () => (await rejected()) === 3 && (await served("%")) === 80);
    expect([await twice(), troubles]).toEqual([[], []]);
    const before = [first, second].map((r) => [...r.installation.leases.tokens()].sort().join());
    await site.until(async () => first.installation.leases.remainingMs() > 9_900); // a renewal later
    expect([first, second].map((r) => [...r.installation.leases.tokens()].sort().join())).toEqual(before);
  });

  test("a set that is beyond the budget waits as a whole, however it is shared", async () => {
    const many = subs(60);
    const limit = { ...ANY, retire: "10%", suspend: "10%", minimum: 1 };
    const [first, second] = [await start("first"), await start("second")];
    await declare(many, limit);
    await site.until(async () => (await served("%")) === 60 && shares(first, second).join() === "32,33");
    const seven = many.slice(0, 7).map((s) => site.subscriber(s.metadata.name));
    expect(new Set(seven.map((key) => first.installation.leases.holds(key)))).toEqual(new Set([true, false]));
    await declare(many.slice(7), limit); // each has room for its part
    await site.until(async () => (await site.count("held")) === 7);
    expect([await rejected(), troubles]).toEqual([0, []]);
    await declare(many.slice(7).map(suspended), limit);
    await site.until(async () => (await site.count("held", "reason = 'DestructiveLimit'")) === 60);
    expect(await rejected()).toBe(0);
  });

  test("the tag that one has given is known to whoever works for the subscriber after it", async () => {
    const [first, second] = [site.installation, await openInstallation({ ...site.settings, holder: "second" })];
    const [one, other] = [first.controller(), second.controller()];
    await other.load();
    await first.leases.acquire(60_000);
    await one.load();
    const vlanPools = [{ name: "home", vlanDomain: "ring", serviceVlans: ["100"], innerVlans: ["1000-1100"] }];
    await publish([tenant({ vlanPools }), plan({ services: [PER_SUBSCRIBER] }), ...subs(20)]);
    await other.follow(); // before anybody has a tag
    await one.follow();
    await one.engine.settle();
    const before = await tags();
    expect(new Set(before.map((t) => t.value)).size).toBe(20);
    await first.leases.release();
    await second.leases.acquire(60_000);
    await other.resume();
    await other.engine.settle();
    expect(await tags()).toEqual(before);
    for (const c of [one, other]) {
      c.engine.close();
      await c.endpoints.close();
    }
    await second.close();
  });
});

test("an edit of a plan goes by steps whoever releases and whoever writes, also when its releaser leaves", async () => {
  const rollout = { step: "10", pause: "1s", from: 2, stopAfter: 1000 }; // a busy machine is no failure here
  const town = (mbps: number): readonly LastmileObject[] => [
    tenant({}, { rollout }),
    plan({ speed: { down: `${mbps}Mbps`, up: "50Mbps" } }),
    ...subs(60),
  ];
  const group = (name: string) => async (): Promise<number> => {
    const text = "select count(*)::int n from radusergroup where groupname = $1";
    return (await site.radius.pool.query(text, [name])).rows[0].n;
  };
  const [old, next] = [group("acme:basic:generic"), group("acme:basic~2:generic")];
  await publish(town(100));
  const [one, two] = [await start("one"), await start("two")];
  await site.until(async () => (await old()) === 60 && shares(one, two)[0] === 32);
  await publish(town(200));
  await site.until(async () => (await next()) >= 10);
  const owner = site.owner("ServicePlan/isp-acme/basic");
  await (one.installation.leases.holds(owner) ? one : two).end();
  await site.until(async () => (await next()) === 60);
  const done = async () => (await site.installation.store.rolloutsOf([owner]))[0];
  await site.until(async () => (await done())?.members.length === 0);
  expect((await done())?.rollout).toMatchObject({ state: "Done", total: 60, step: 6 });
  expect(troubles).toEqual([]);
});
