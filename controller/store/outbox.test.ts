import { fc, it } from "@fast-check/vitest";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import type { NoticeKind } from "../core/life/notices.ts";
import { partition } from "../core/owner.ts";
import { openCalls } from "./calls.ts";
import { type Leases, openLeases } from "./leases.ts";
import { type Mail, type Outbox, openOutbox } from "./outbox.ts";
import { openStatuses, type Statuses } from "./status.ts";

let db: FreshDatabase;
let leases: Leases;
let statuses: Statuses;
let outbox: Outbox;
beforeAll(async () => {
  db = await freshDatabase();
  leases = openLeases(openCalls(db.pool), "one");
  statuses = openStatuses(openCalls(db.pool), leases);
  outbox = openOutbox(openCalls(db.pool), leases);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.pool.query("truncate lastmile.status, lastmile.lives, lastmile.outbox");
  await leases.acquire(60_000);
});
const NOW = Date.UTC(2026, 10, 20);
const owner = (n = 1, tenant = "acme"): string => `lab/${tenant}/Subscriber/acme/s${n}`;
const turn = (notice: NoticeKind, told: number, status: unknown = notice, of = owner()) => ({
  ...{ owner: of, status: status as string, told },
  notices: [{ notice, facts: { plan: "basic" }, at: NOW }],
});
const rows = () => outbox.mail({ limit: 100 });
const told = async (): Promise<readonly string[]> => (await rows()).map((m) => `${m.seq} ${m.notice}`).reverse();
const standing = async () => (await statuses.statusOf([owner()])).get(owner());

describe("a notice", () => {
  test("is written with the status that tells of the turn, and counted", async () => {
    expect(await statuses.stands([owner()])).toEqual([{ status: undefined, told: 0 }]);
    expect(await statuses.writeStatus([turn("Activated", 0)])).toEqual([owner()]);
    expect(await statuses.stands([owner(2), owner()])).toEqual([
      { status: undefined, told: 0 },
      { status: "Activated", told: 1 },
    ]);
    expect(await rows()).toMatchObject([
      { owner: owner(), seq: 1, notice: "Activated", facts: { plan: "basic" }, at: NOW, state: "Queued", attempt: 0 },
    ]);
  });
  test("of two at once keeps the order", async () => {
    const [one, two] = [turn("InstallationScheduled", 0), turn("Activated", 0)];
    await statuses.writeStatus([{ ...one, notices: [...one.notices, ...two.notices] }]);
    expect(await told()).toEqual(["1 InstallationScheduled", "2 Activated"]);
  });
  test("is not written without the status, nor the status without it", async () => {
    await db.pool.query(`create function lastmile.cut() returns trigger language plpgsql as $$ begin raise 'cut'; end $$;
      create trigger cut before insert on lastmile.outbox for each row execute function lastmile.cut()`);
    await expect(statuses.writeStatus([turn("Activated", 0), turn("Activated", 0, 1, owner(2))])).rejects.toThrow();
    await db.pool.query("drop function lastmile.cut cascade");
    expect(await statuses.stands([owner(), owner(2)])).toEqual(Array(2).fill({ status: undefined, told: 0 }));
    await statuses.writeStatus([turn("Activated", 0)]);
    expect(await told()).toEqual(["1 Activated"]);
  });
  test("whose reply was lost is not written again, also not with other times", async () => {
    await statuses.writeStatus([turn("Activated", 0)]);
    expect(await statuses.writeStatus([turn("Activated", 0, "Activated, later")])).toEqual([]);
    expect([await told(), await standing()]).toEqual([["1 Activated"], "Activated"]);
  });
  test("of several writers at once is one, and its status stands", async () => {
    const writes = Array.from({ length: 12 }, (_, n) => statuses.writeStatus([turn("Activated", 0, n)]));
    const won = (await Promise.all(writes)).map((w) => w.length);
    expect(won.filter((n) => n === 1)).toHaveLength(1);
    expect([await told(), await standing()]).toEqual([["1 Activated"], won.indexOf(1)]);
  });
  test("a status made from what stood before the last turn is not written over it", async () => {
    await statuses.writeStatus([turn("Activated", 0)]);
    expect(await statuses.writeStatus([{ owner: owner(), status: "Provisioning", told: 0, notices: [] }])).toEqual([]);
    expect(await standing()).toBe("Activated");
  });
  test("an old holder writes neither", async () => {
    await openLeases(openCalls(db.pool), "one").acquire();
    await expect(statuses.writeStatus([turn("Activated", 0)])).rejects.toMatchObject({ code: "Fenced" });
    expect(await told()).toEqual([]);
  });
  test("of who comes back under the name of one who is gone has a number of its own", async () => {
    await statuses.writeStatus([turn("Terminated", 0)]);
    await statuses.dropStatus([owner()]);
    expect(await statuses.stands([owner()])).toEqual([{ status: undefined, told: 1 }]);
    await statuses.writeStatus([turn("Activated", 1)]);
    expect(await told()).toEqual(["1 Terminated", "2 Activated"]);
  });
  it.prop([fc.array(fc.record({ behind: fc.nat({ max: 2 }), again: fc.boolean() }), { minLength: 1, maxLength: 12 })], {
    numRuns: 25,
  })("whatever writers believe, each turn has one row", async (writers) => {
    await db.pool.query("truncate lastmile.status, lastmile.lives, lastmile.outbox");
    let turns = 0;
    for (const { behind, again } of writers) {
      const believed = Math.max(0, turns - behind);
      const write = turn("Suspended", believed, `${turns} ${Math.random()}`);
      const done = await Promise.all(
        again ? [write, write].map((w) => statuses.writeStatus([w])) : [statuses.writeStatus([write])],
      );
      const won = done.flat().length;
      expect(won).toBe(believed === turns ? 1 : 0);
      turns += won;
    }
    expect((await rows()).map((m) => m.seq).reverse()).toEqual(Array.from({ length: turns }, (_, n) => n + 1));
  });
});

describe("its delivery", () => {
  const claim = (seq = 1, messageId = "<1@isp>") => ({
    ...{ owner: owner(), seq, messageId },
    ...{ endpoint: "mail-1", recipient: "john@example.com" },
  });
  const row = async (): Promise<Mail | undefined> => (await rows())[0];
  const ended = (state: "Sent" | "Queued" | "Refused" | "Uncertain", attempt = 1, due = NOW) => ({
    ...{ owner: owner(), seq: 1, attempt, state, said: "250 ok", due },
  });
  beforeEach(() => statuses.writeStatus([turn("Activated", 0)]));

  test("is taken by one, with what was tried", async () => {
    const taken = await Promise.all([1, 2, 3].map((n) => outbox.takeMail([claim(1, `<${n}@isp>`)], NOW)));
    expect(taken.flat()).toEqual([{ owner: owner(), seq: 1 }]);
    expect(await row()).toMatchObject({
      state: "Sending",
      attempt: 1,
      endpoint: "mail-1",
      recipient: "john@example.com",
    });
  });
  test("keeps its Message-ID from the first attempt on", async () => {
    await outbox.takeMail([claim()], NOW);
    await outbox.endMail([ended("Queued")], NOW);
    await outbox.takeMail([claim(1, "<other@isp>")], NOW);
    expect(await row()).toMatchObject({ messageId: "<1@isp>", attempt: 2 });
  });
  test("waits until it is due; what somebody was sending is shown at once", async () => {
    await outbox.takeMail([claim()], NOW);
    expect(await outbox.openMail(NOW, 10)).toMatchObject([{ state: "Sending" }]);
    await outbox.endMail([ended("Queued", 1, NOW + 1000)], NOW);
    expect(await outbox.openMail(NOW, 10)).toEqual([]);
    expect(await outbox.openMail(NOW + 1000, 10)).toMatchObject([{ state: "Queued", seq: 1 }]);
  });
  test("is seen by the holder of its owner alone, however much there is of others", async () => {
    const others = [2, 3, 4].map((n) => turn("Activated", 0, 1, owner(n)));
    await statuses.writeStatus(others);
    expect((await outbox.openMail(NOW, 1)).map((m) => m.owner)).toEqual([owner()]);
    await leases.release(new Set([partition(owner())]));
    expect((await outbox.openMail(NOW, 9)).map((m) => m.owner)).toEqual([2, 3, 4].map((n) => owner(n)));
  });
  test("is no later because another tenant has much to tell", async () => {
    const many = [2, 3, 4].map((n) => turn("Activated", 0, 1, owner(n)));
    await statuses.writeStatus([...many, turn("Activated", 0, 1, owner(9, "rival"))]);
    expect((await outbox.openMail(NOW, 2)).map((m) => m.owner)).toEqual([owner(), owner(2), owner(9, "rival")]);
  });
  test("waits for that of the customer's earlier turn, until it has ended", async () => {
    await statuses.writeStatus([turn("Suspended", 1, 2)]);
    await outbox.takeMail([claim()], NOW);
    expect((await outbox.openMail(NOW, 9)).map((m) => m.seq)).toEqual([1]);
    await outbox.endMail([ended("Queued", 1, NOW + 1000)], NOW);
    expect(await outbox.openMail(NOW, 9)).toEqual([]);
    await outbox.takeMail([claim()], NOW);
    await outbox.endMail([ended("Refused", 2)], NOW);
    expect((await outbox.openMail(NOW, 9)).map((m) => m.seq)).toEqual([2]);
  });
  test("that was interrupted is uncertain, and is sent again only when a person says so", async () => {
    await outbox.takeMail([claim()], NOW);
    await outbox.doubtMail([{ owner: owner(), seq: 1 }], NOW);
    expect([await outbox.openMail(NOW, 10), await row()]).toMatchObject([[], { state: "Uncertain" }]);
    expect(await outbox.resendMail((await row())?.id ?? 0, NOW + 5)).toBe(true);
    expect(await row()).toMatchObject({ state: "Queued", since: NOW + 5, at: NOW, messageId: "<1@isp>" });
    expect(await outbox.resendMail((await row())?.id ?? 0, NOW + 5)).toBe(false);
  });
  test("whose end comes late counts all the same; that of an earlier attempt does not", async () => {
    await outbox.takeMail([claim()], NOW);
    await outbox.doubtMail([{ owner: owner(), seq: 1 }], NOW);
    await openLeases(openCalls(db.pool), "one").acquire(); // and whoever sent it holds nothing any more
    await outbox.endMail([ended("Sent")], NOW);
    expect(await row()).toMatchObject({ state: "Sent" });
    await outbox.endMail([ended("Refused", 7)], NOW);
    expect(await row()).toMatchObject({ state: "Sent" });
  });
  test("is begun by no old holder", async () => {
    await openLeases(openCalls(db.pool), "one").acquire();
    await expect(outbox.takeMail([claim()], NOW)).rejects.toMatchObject({ code: "Fenced" });
    expect(await row()).toMatchObject({ state: "Queued", attempt: 0 });
  });
  test("that came back is found by its Message-ID", async () => {
    await outbox.takeMail([claim()], NOW);
    await outbox.endMail([ended("Sent")], NOW);
    expect(await outbox.bounceMail("<2@isp>", "5.1.1", NOW)).toBeUndefined();
    expect(await outbox.bounceMail("<1@isp>", "5.1.1", NOW)).toMatchObject({ state: "Bounced", said: "5.1.1" });
  });
  test("is listed newest first, by tenant, owner and state", async () => {
    await statuses.writeStatus([turn("Activated", 0, 1, owner(2)), turn("Activated", 0, 1, owner(3, "rival"))]);
    await outbox.takeMail([claim()], NOW);
    const owners = async (filter: object) => (await outbox.mail({ limit: 10, ...filter })).map((m) => m.owner);
    expect((await owners({})).toSorted()).toEqual([owner(1), owner(2), owner(3, "rival")]);
    expect(await owners({ tenant: "rival" })).toEqual([owner(3, "rival")]);
    expect(await owners({ owner: owner(2) })).toEqual([owner(2)]);
    expect(await owners({ states: ["Sending"] })).toEqual([owner(1)]);
    expect(await owners({ limit: 1 })).toHaveLength(1);
  });
  test("forgets on demand to whom it went", async () => {
    await outbox.takeMail([claim()], NOW);
    await outbox.eraseMail([owner()]);
    expect(JSON.stringify(await rows())).not.toContain("john");
  });
});
