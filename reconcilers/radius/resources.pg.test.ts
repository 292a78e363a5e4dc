import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Desired, State } from "../../controller/core/model.ts";
import { refKey } from "../../controller/core/model.ts";
import { type Owner, ownerKey, token } from "../../controller/core/owner.ts";
import { config, ENDPOINT, planSubject, subscriber } from "../../test/contract/radius.subjects.ts";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { database } from "../postgres.ts";
import type { Order, Resource } from "../system.ts";
import { desired } from "./desired.ts";
import { accounts, groups } from "./resources.ts";
import { ensureSchema } from "./schema.ts";

const signal = new AbortController().signal;
let fresh: FreshDatabase;
let account: Resource;
let group: Resource;
beforeAll(async () => {
  fresh = await freshDatabase("template1");
  const db = database(fresh.pool);
  await ensureSchema(db, signal);
  account = accounts(db, ENDPOINT, config.nas);
  group = groups(db, ENDPOINT, config.nas);
});
afterAll(() => fresh.drop());
beforeEach(async () => {
  await fresh.pool.query(
    "truncate radcheck, radreply, radusergroup, radgroupcheck, radgroupreply, lastmile.radius_owner",
  );
});

const order = (d: Desired, owner: Owner, action: Order["action"] = "create", patch = d.spec): Order => {
  const key = ownerKey(owner);
  return { ref: d.ref, action, token: token(key, refKey(d.ref)), owner: key, id: undefined, patch: patch as State };
};
const want = (n: number): Desired => desired(subscriber(n), ENDPOINT, config)[0]!;
const user = (n: number, action?: Order["action"], patch?: State): Order =>
  order(want(n), subscriber(n).owner, action, patch);
const plan = desired(planSubject(), ENDPOINT, config)[0]!;
const ofPlan = (action?: Order["action"], patch?: State): Order => order(plan, planSubject().owner, action, patch);
const rows = async (text: string): Promise<unknown[]> => (await fresh.pool.query({ text, rowMode: "array" })).rows;

describe("an account and its group", () => {
  test("without its group an account is not made: it would be served without its speed", async () => {
    expect(await account.apply([user(1)], signal)).toMatchObject([{ kind: "Conflict", code: "NoGroup" }]);
    expect(await rows("select * from radcheck")).toEqual([]);
    expect(await rows("select * from lastmile.radius_owner")).toEqual([]);
  });
  test("a group with members is not destroyed, and the others in the call are", async () => {
    const idle = desired(planSubject({ name: "idle" }), ENDPOINT, config)[0]!;
    await group.apply([ofPlan(), order(idle, planSubject().owner)], signal);
    await account.apply([user(1)], signal);
    const both = [ofPlan("destroy", {}), order(idle, planSubject().owner, "destroy", {})];
    expect(await group.apply(both, signal)).toMatchObject([{ code: "InUse" }, null]);
    expect(await group.observe([{ ...ofPlan() }], signal)).toMatchObject(
      new Map([[refKey(plan.ref), { retired: false }]]),
    );
    await account.apply([user(1, "destroy", {})], signal);
    expect(await group.apply([ofPlan("destroy", {})], signal)).toEqual([null]);
  });
  test("an account that is being made keeps its group from being destroyed, whoever comes first", async () => {
    for (let round = 0; round < 8; round++) {
      await group.apply([ofPlan()], signal);
      const [made, ended] = await Promise.all([
        account.apply([user(1)], signal),
        group.apply([ofPlan("destroy", {})], signal),
      ]);
      const left = await rows(
        "select g.name from radusergroup u left join lastmile.radius_owner g on g.name = u.groupname",
      );
      expect(left, JSON.stringify([made, ended])).not.toContainEqual([null]);
      await account.apply([user(1, "destroy", {})], signal);
      await group.apply([ofPlan("destroy", {})], signal);
    }
  });
  test("the plan's group and the guard of a move stand side by side, and each is mended alone", async () => {
    const option82 = { policy: "Enforce", circuitId: "new", remoteId: undefined, previousCircuitId: "old" } as const;
    const [guard] = desired(subscriber(1, { option82 }), ENDPOINT, config);
    await group.apply([ofPlan(), order(guard!, subscriber(1).owner)], signal);
    await account.apply([user(1)], signal);
    const members = () => rows("select priority, groupname from radusergroup order by 1");
    const [plain, guarding] = [
      [1, plan.ref.key],
      [-2, guard!.ref.key],
    ];
    await account.apply([user(1, "update", { movingCircuit: guard!.ref.key })], signal);
    expect(await members()).toEqual([guarding, plain]);
    await account.apply([user(1, "update", { group: plan.ref.key })], signal);
    expect(await members()).toEqual([guarding, plain]);
    await account.apply([user(1, "update", { movingCircuit: null })], signal);
    expect(await members()).toEqual([plain]);
  });
  test("a retired group goes on serving those who are still in it", async () => {
    await group.apply([ofPlan()], signal);
    const before = await rows("select groupname, attribute, op, value from radgroupreply order by id");
    expect(await group.apply([ofPlan("retire", {})], signal)).toMatchObject([{ retired: true }]);
    expect(await rows("select groupname, attribute, op, value from radgroupreply order by id")).toEqual(before);
  });
});

describe("two at once", () => {
  test("the same name by two owners: one holds it, with one set of rows", async () => {
    await group.apply([ofPlan()], signal);
    for (let round = 0; round < 8; round++) {
      const names = [1, 2, 3, 4, 5];
      const mine = names.map((n) => user(n));
      const theirs = names
        .toReversed()
        .map((n) => ({ ...user(n), token: "lm_other", owner: "lab/acme/Subscriber/acme/other" }));
      const settled = await Promise.allSettled([account.apply(mine, signal), account.apply(theirs, signal)]);
      const outcomes = settled.flatMap((s) => (s.status === "fulfilled" ? s.value : []));
      expect(outcomes.filter((o) => o && "token" in o)).toHaveLength(5);
      expect(await rows("select username from radusergroup group by 1 having count(*) <> 1")).toEqual([]);
      await account.apply(
        mine.map((o) => ({ ...o, action: "destroy", patch: {} })),
        signal,
      );
      await account.apply(
        theirs.map((o) => ({ ...o, action: "destroy", patch: {} })),
        signal,
      );
    }
  });
  test("the same create twice by one owner: an answer that came late makes no second row", async () => {
    await group.apply([ofPlan()], signal);
    for (let round = 0; round < 8; round++) {
      await Promise.all([account.apply([user(1)], signal), account.apply([user(1)], signal)]);
      expect(await rows("select attribute from radcheck group by 1 having count(*) <> 1")).toEqual([]);
      expect(await rows("select attribute from radreply group by 1 having count(*) <> 1")).toEqual([]);
      await account.apply([user(1, "destroy", {})], signal);
    }
  });
});

describe("what an order comes to", () => {
  beforeEach(() => group.apply([ofPlan()], signal));

  test("an update of what is gone is no creation", async () => {
    expect(await account.apply([user(1, "update", { address: "10.0.0.9" })], signal)).toMatchObject([{ code: "Lost" }]);
    expect(await rows("select * from radreply")).toEqual([]);
    expect(await account.apply([user(1, "destroy", {})], signal)).toEqual([null]);
  });
  test("a bad value is refused for itself and leaves no owner behind", async () => {
    const bad = user(1, "create", { ...(want(1).spec as State), pool: "`id`" });
    expect(await account.apply([bad, user(2)], signal)).toMatchObject([
      { code: "BadValue" },
      { id: "s2@acme.example" },
    ]);
    expect(await rows("select name from lastmile.radius_owner where kind = 'account'")).toEqual([["s2@acme.example"]]);
  });
  test("an update writes the rows of its fields alone", async () => {
    await account.apply([user(1)], signal);
    const before = await rows("select id, attribute from radreply where attribute <> 'Framed-IP-Address' order by 1");
    await account.apply([user(1, "update", { address: "10.0.0.9" })], signal);
    expect(await rows("select id, attribute from radreply where attribute <> 'Framed-IP-Address' order by 1")).toEqual(
      before,
    );
    expect(await rows("select op, value from radreply where attribute = 'Framed-IP-Address'")).toEqual([
      [":=", "10.0.0.9"],
    ]);
  });
  test("retired and let in by hand: an update says who is served again", async () => {
    await account.apply([user(1)], signal);
    await account.apply([user(1, "retire", {})], signal);
    await fresh.pool.query("delete from radcheck where attribute = 'Auth-Type'");
    expect((await account.observe([user(1)], signal)).get(refKey(want(1).ref))).toMatchObject({ retired: false });
    const suspended = { retired: false, state: { authType: "Reject" } };
    expect(await account.apply([user(1, "update", { authType: "Reject" })], signal)).toMatchObject([suspended]);
    expect((await account.observe([user(1)], signal)).get(refKey(want(1).ref))).toMatchObject(suspended);
  });
  test("a destroy takes everything under the name: a rest would be refused to its next owner", async () => {
    await account.apply([user(1)], signal);
    await fresh.pool.query(
      "insert into radreply (username, attribute, op, value) values ('s1@acme.example', 'Reply-Message', '=', 'x')",
    );
    await account.apply([user(1, "destroy", {})], signal);
    for (const t of ["radcheck", "radreply", "radusergroup"]) expect(await rows(`select * from ${t}`)).toEqual([]);
    const heir = { ...user(1), token: "lm_heir", owner: "lab/acme/Subscriber/acme/heir" };
    expect(await account.apply([heir], signal)).toMatchObject([{ token: "lm_heir" }]);
  });
  test("an operator's attribute that is taken back is removed; one by hand stays", async () => {
    await fresh.pool.query(
      `insert into radgroupreply (groupname, attribute, op, value) values ('${plan.ref.key}', 'Reply-Message', '=', 'x')`,
    );
    await group.apply([ofPlan("update", { attributes: ["reply Class = a", "reply Class += b"] })], signal);
    await group.apply([ofPlan("update", { attributes: null })], signal);
    expect(await rows("select attribute from radgroupreply order by 1")).toEqual(
      [["Mikrotik-Rate-Limit"], ["Acct-Interim-Interval"], ["Reply-Message"]].sort(),
    );
  });
});

test("a scan gives pages in the order of names, each object once", async () => {
  await group.apply([ofPlan()], signal);
  const all = Array.from({ length: 2203 }, (_, n) => user(n));
  for (let at = 0; at < all.length; at += 500) await account.apply(all.slice(at, at + 500), signal);
  const pages = [];
  for await (const page of account.scan!({ installation: "lab", tenant: "acme" }, signal)) pages.push(page);
  const names = pages.flat().map((s) => s.observed.ref.key);
  expect(pages.map((p) => p.length)).toEqual([2000, 203]);
  expect(names).toHaveLength(2203);
  expect(new Set(names).size).toBe(2203);
  expect(pages.flat()[0]).toMatchObject({ owner: ownerKey(subscriber(0).owner), observed: { token: all[0]!.token } });
});
