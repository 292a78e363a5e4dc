/** The last chapter: the two years as the bill, the mail, the history and the census tell them. */
import { expect, test } from "vitest";
import { outboxOf } from "./mail.site.ts";
import { JOHN, NEIGHBOURS, ONUS } from "./story.john.ts";
import { numberOf } from "./story.picture.ts";
import type { Tale } from "./story.telling.ts";

/** States in which a subscription is charged in full. */
const CHARGED = "ACTIVE";
/** No finer: nobody says how quick the machine is. */
const hour = (at: number | Date): string => new Date(at).toISOString().slice(0, 13);

export function judgement(tale: () => Tale): void {
  test("the bill: not an hour before he was served, not an hour of service unpaid, and each price from its period on", async () => {
    const { books } = tale().world;
    const { rows } = await books.pool.query<{ at: Date; before: string | null; after: string | null }>(
      "select at, before, after from billing.events where kind = 'subscription' and number = 'SUB-ABC123' order by id",
    );
    const turns = rows.filter((r) => (r.before === CHARGED) !== (r.after === CHARGED));
    const spans = turns.map((r) => `${r.after === CHARGED ? "from" : "to"} ${hour(r.at)}`);
    // What a hand cancelled was charged again in the same look.
    const lasting = spans.filter(
      (s, n) => ![spans[n - 1], spans[n + 1]].some((o) => o?.split(" ")[1] === s.split(" ")[1]),
    );
    expect(lasting).toEqual([
      ...["from 2027-01-04T09", "to 2027-06-30T22"], // unpaid in spring, he was charged all the same
      ...["from 2027-07-31T22", "to 2028-06-30T22"], // through both homes
      ...["from 2028-07-20T09", "to 2028-10-15T09"],
    ]);
    const prices = await books.pool.query<{ line: string }>(
      `select concat_ws(' ', detail ->> 'valid_from', detail ->> 'product', detail ->> 'amount') as line
       from billing.events where kind = 'price' and number = 'SUB-ABC123' and after is not null order by id`,
    );
    expect(prices.rows.map((r) => r.line)).toEqual([
      "2026-12-22 residential-100mbps 29.90",
      "2027-06-04 fiber-1gbps 59.90",
      "2027-10-04 residential-100mbps 29.90",
    ]);
  });

  test("the census: nothing is left that the neighbours do not explain, and nobody finds anything to do", async () => {
    const { world } = tale();
    const { site, books, field, acs } = world;
    const onus = world.onusOf(JOHN);
    const owners = NEIGHBOURS.map((name) => site.subscriber(name));
    expect([...(await site.accounts()).values()].map((a) => a.owner)).toEqual(owners);
    const numbers = NEIGHBOURS.map(numberOf);
    for (const [db, text] of [
      [books, "select distinct number as n from billing.services"],
      [books, "select distinct number as n from billing.subscriptions"],
      [books, "select distinct number as n from billing.contacts"],
      [field, "select distinct split_part(key, ':', 2) as n from fieldwork.tickets"],
    ] as const)
      expect([text, (await db.pool.query(`${text} order by n`)).rows.map((r) => r.n)]).toEqual([text, numbers]);
    const taken = (await Promise.all(["/api/ipam/ip-addresses/", "/api/ipam/prefixes/"].map(world.netboxList))).flat();
    const whose = taken.map(
      (i) => (i["custom_fields"] as Readonly<Record<string, string | null>>)["lastmile_subscriber"],
    );
    expect([...new Set(whose.filter((n) => n !== null && n !== ""))].sort()).toEqual(numbers);
    expect(onus.flatMap(([serial, onu]) => onu.services.map(() => serial))).toEqual([]);
    expect(Object.values(ONUS)).toEqual(onus.map(([serial]) => serial));
    for (const [, cpe] of world.cpesOf(JOHN)) expect(acs.tagsOf(cpe.id)).toEqual([]);
    expect(acs.tasks().filter((t) => JSON.stringify(t).includes("john"))).toEqual([]);
    const orphans = await site.controller.orphans(undefined, { tenants: [], signal: AbortSignal.timeout(60_000) });
    expect(orphans.marked).toEqual([]);
    expect((await site.controller.preview(undefined, { prune: false })).subjects).toEqual([]);
  });
}

/** Clocks of calls that go side by side. */
const SKEW_MS = 5_000;

/** Before personal data is erased: what names it goes with it. */
export function chronicle(tale: () => Tale): void {
  test("the mail: each turn once, all of it sent, under names of its own", async () => {
    const { site, box } = tale().world;
    expect((await outboxOf(site, JOHN)).map((m) => `${m.notice} ${m.state}`)).toEqual(
      [
        ...[
          "InstallationScheduled",
          "InstallationScheduled",
          "Activated",
          "Suspended",
          "Resumed",
          "Suspended",
          "Resumed",
        ],
        ...["InstallationScheduled", "Terminated", "Activated", "Terminated"],
      ].map((notice) => `${notice} Sent`),
    );
    const mine = box.received.filter((m) => m.to.includes("john@example.com"));
    expect(new Set(mine.map((m) => /^Message-ID: (.*)$/m.exec(m.text)?.[1])).size).toBe(11);
  });

  test("the history tells the whole life in order", async () => {
    const { site } = tale().world;
    const rows = await site.installation.store.history(site.subscriber(JOHN), { limit: 1000 });
    const done = rows.filter((r) => r.outcome === "Done").toReversed();
    done.reduce((before, { at }) => {
      expect(at).toBeGreaterThan(before - SKEW_MS);
      return Math.max(before, at);
    }, 0);
    const effects = done.map((r) => [r.at - (r.at % 3_600_000), r.action, r.ref, JSON.stringify(r.changes)].join(" "));
    expect(
      effects.filter((e, n) => effects.indexOf(e) !== n),
      "made twice",
    ).toEqual([]);
    const days = (resource: string): readonly string[] => [
      ...new Set(
        done
          .filter((r) => r.ref.split("/")[1] === resource)
          .map((r) => [hour(r.at).slice(0, 10), r.action, ...r.ref.split("/").slice(2)].join(" ")),
      ),
    ];
    expect(days("account")).toEqual(LIFE.account.map((line) => `${line} john-doe@acme.example`));
    expect(days("ticket")).toEqual(LIFE.ticket.map((line) => line.replace(/visit ?/, "acme:SUB-ABC123:installation")));
    expect(days("onu")).toEqual(LIFE.onu);
    expect(days("device")).toEqual(LIFE.device);
    expect(days("activation")).toEqual(LIFE.activation.map((line) => `${line} acme:SUB-ABC123`));
  });
}
/** What was done to what is his, day by day; two of one day are told once. */
const LIFE = {
  account: [
    ...["2026-12-22 create", "2027-02-10 update", "2027-03-01 update", "2027-03-15 update", "2027-03-28 update"],
    ...["2027-05-20 update", "2027-06-30 update", "2027-07-31 update", "2027-09-04 update", "2027-10-12 update"],
    ...["2027-12-02 update", "2028-03-23 update", "2028-06-30 retire", "2028-07-20 restore", "2028-10-15 retire"],
    "2028-11-15 destroy",
  ],
  ticket: [
    ...["2026-12-22 create visit", "2026-12-23 update visit", "2027-05-20 update visit", "2027-09-04 update visit"],
    ...["2027-10-30 update visit", "2027-10-31 update visit", "2027-12-02 update visit", "2028-03-23 create visit :2"],
    ...["2028-03-23 retire visit", "2028-04-25 destroy visit", "2028-06-30 retire visit :2"],
    ...["2028-07-20 restore visit :2", "2028-10-15 retire visit :2", "2028-11-15 destroy visit :2"],
  ],
  onu: [
    ...["2027-01-04 create ALCL12345678", "2027-10-31 create HWTC12345678", "2027-10-31 retire ALCL12345678"],
    ...["2027-10-31 destroy ALCL12345678", "2028-03-28 create HWTC87654321", "2028-03-28 retire HWTC12345678"],
    ...["2028-03-28 destroy HWTC12345678", "2028-06-30 retire HWTC87654321", "2028-06-30 destroy HWTC87654321"],
    ...["2028-07-20 create HWTC87654321", "2028-10-15 retire HWTC87654321", "2028-10-15 destroy HWTC87654321"],
  ],
  device: [
    ...["2027-01-04 create HW-12345678", "2027-10-30 create RG-87654321", "2027-10-30 retire HW-12345678"],
    ...["2027-12-01 destroy HW-12345678", "2027-12-02 update RG-87654321", "2028-06-30 retire RG-87654321"],
    ...["2028-07-20 restore RG-87654321", "2028-10-15 retire RG-87654321", "2028-11-15 destroy RG-87654321"],
  ],
  activation: [
    ...["2027-01-04 create", "2027-03-01 update", "2027-03-28 update", "2027-06-30 update", "2027-07-31 update"],
    ...["2027-12-02 update", "2028-06-30 retire", "2028-07-20 restore", "2028-10-15 retire", "2028-11-15 destroy"],
  ],
};
