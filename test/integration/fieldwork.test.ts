/** Field work in the whole controller: who is visited, what waits for it, and what people make of it meanwhile. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type {
  ExternalSystem,
  LastmileObject,
  Subscriber,
  SubscriberInstallation,
  SubscriberSpec,
  TenantSpec,
} from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { explain } from "../../controller/core/status/explain.ts";
import { technician } from "../contract/fieldwork.subjects.ts";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";
import { mailSystem } from "./mail.site.ts";
import { NAMESPACE, radius, SYSTEM, sub, suspended, tenant, terminated } from "./objects.ts";
import { Site } from "./site.ts";
import { staying } from "./staying.ts";
import { cutConnections } from "./tables.ts";

const TICKETS = "tickets-1";
const BILLING = "billing-1";
let site: Site;
let field: FreshDatabase;
let books: FreshDatabase;
beforeEach(async () => {
  [site, field, books] = await Promise.all([Site.open(), freshDatabase("template1"), freshDatabase("template1")]);
  for (const [name, db] of [
    [TICKETS, field],
    [BILLING, books],
  ] as const) {
    await site.credentials(db.url, name);
    await site.controller.endpoints.prepare(system(name, db), AbortSignal.timeout(30_000));
  }
});
afterEach(async () => {
  await site.close();
  await Promise.all([field.drop(), books.drop()]);
});

function system(name: string, db: FreshDatabase, names: readonly string[] = ["ada"]): ExternalSystem {
  const address = new URL(db.url);
  address.username = "";
  address.password = "";
  const { areas: _, ...ada } = technician("ada", { days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] });
  const technicians = names.map((n) => ({ ...ada, name: n }));
  const spec = { mode: "Enforce", paused: false, address: address.href } as const;
  const more = { credentialsRef: { namespace: SYSTEM, name }, limits: { concurrency: 2, requestsPerSecond: 50 } };
  return {
    apiVersion: "lastmile.dev/v1alpha1",
    kind: "ExternalSystem",
    metadata: { name },
    spec:
      name === TICKETS
        ? { type: "Tickets", ...spec, ...more, tickets: { technicians } }
        : { type: "Billing", ...spec, ...more },
  };
}
const systems = { radius: [{ name: "radius-1" }], billing: [{ name: BILLING }], tickets: [{ name: TICKETS }] };
const INSTALLED: Partial<TenantSpec["policies"]> = { activation: { require: ["InstallationCompleted"] } };
const base = (policies: Partial<TenantSpec["policies"]>, ...more: readonly LastmileObject[]) => [
  tenant({ systems }, policies),
  radius(site.radius.url),
  system(TICKETS, field),
  system(BILLING, books),
  plan({ billing: { product: "res-100" } }),
  ...more,
];
const john = (installation?: Partial<SubscriberInstallation>, spec: Partial<SubscriberSpec> = {}): Subscriber =>
  sub("john", {
    billing: { account: "ACC-1" },
    customer: { id: "c-1", name: "John Doe", language: "en" },
    ...(installation && { installation: { priority: "Normal", visit: 1, ...installation } }),
    ...spec,
  });
const rows = async (text: string): Promise<readonly string[]> =>
  (await field.pool.query(text)).rows.map((r) => Object.values(r).join(" "));
const tickets = () => rows("select key, state from fieldwork.tickets order by id");
const bill = async (): Promise<string> =>
  (await books.pool.query("select state from billing.services")).rows.map((r) => r.state).join();
const noticed = async (): Promise<readonly string[]> =>
  (await site.installation.store.mail({ owner: site.subscriber("john"), limit: 100 })).map((m) => m.notice);
const complete = () => field.pool.query("update fieldwork.tickets set state = 'Completed' where state = 'Scheduled'");
/** As after a hint; hints themselves keep a pace. */
const look = async () => {
  site.controller.engine.enqueue([site.subscriber("john")]);
  await site.settle();
};
const FIRST = "acme:SUB-john:installation";

describe("a bill that waits for the installation", () => {
  it("does not begin before the technician is done, which is heard by itself, and begins then", async () => {
    await site.declare(base(INSTALLED, john()));
    expect(await tickets()).toEqual([`${FIRST} Scheduled`]);
    expect(await bill()).toBe("PENDING");
    expect(await site.condition("john", "Ready")).toBe("True AwaitingInstallation");
    expect(await site.condition("john", "InService")).toBe("False AwaitingInstallation");
    expect(await site.condition("john", "RADIUSReady")).toBe("True Converged");
    const status = await site.status("john");
    expect(status?.installation).toEqual({
      ticket: expect.stringMatching(/^TCK-\d{8}-0001$/),
      state: "Scheduled",
      technician: "ada",
      scheduledAt: expect.stringMatching(/T10:00:00Z$/),
      priority: "Normal",
      slaDue: expect.stringMatching(/T10:00:00Z$/),
    });
    expect(explain(status).join("\n")).toMatch(/the rest waits for the technician's visit[\s\S]*ada comes at/);

    const stop = new AbortController();
    const every = { scan: 3_600_000, await: 3_600_000 };
    const served = staying(site.installation, site.controller, { signal: stop.signal, source: undefined, every });
    // A word that is said before the ear is open is lost, and that is what looks in between are for.
    await site.until(async () => {
      await field.pool.query("update fieldwork.tickets set state = 'Scheduled'");
      await complete();
      return (await bill()) === "ACTIVE";
    });
    await site.until(async () => (await site.condition("john", "Ready")) === "True Converged");
    await site.until(async () => (await site.status("john"))?.installation?.state === "Completed");
    stop.abort();
    await served;
    expect(await site.condition("john", "InService")).toBe("True InService");
  });
  it("is waited for without a word in the history at each look", async () => {
    await site.declare(base(INSTALLED, john()));
    for (let n = 0; n < 3; n++) await look();
    await site.restart();
    await look();
    const history = await site.installation.store.history(site.subscriber("john"));
    expect(history.filter((h) => h.outcome === "AwaitingInstallation")).toHaveLength(1);
  });
  it("is not held by it where the policy does not ask, and the ticket is there all the same", async () => {
    await site.declare(base({ activation: { require: ["RADIUSReady"] } }, john()));
    expect([await bill(), await tickets()]).toEqual(["ACTIVE", [`${FIRST} Scheduled`]]);
  });
  it("a second look finds nothing to do, nor does a process that starts anew", async () => {
    await site.declare(base(INSTALLED, john()));
    await complete();
    await look();
    const before = await rows("select * from fieldwork.events");
    await site.restart();
    expect(await site.scan()).not.toContainEqual(expect.objectContaining({ event: "trouble" }));
    expect(await rows("select * from fieldwork.events")).toEqual(before);
    expect(await site.condition("john", "InSync")).toBe("True Converged");
  });
  it("a ticket system that is away holds the bill, and nobody's access", async () => {
    await site.declare(base(INSTALLED));
    const name = new URL(field.url).pathname.slice(1);
    const allow = (is: boolean) => books.pool.query(`alter database "${name}" with allow_connections ${is}`);
    await allow(false);
    await cutConnections(books.pool, name);
    await site.submitNow(base(INSTALLED, john()));
    await site.until(async () => (await site.condition("john", "TicketsReady")) === "False Unavailable");
    expect((await site.accounts()).has("john@acme.example")).toBe(true);
    expect(await bill()).toBe("PENDING");
    await allow(true);
    await site.settle(60_000);
    expect(await tickets()).toEqual([`${FIRST} Scheduled`]);
  });
});

describe("who is visited", () => {
  it("nobody who was served before there was a ticket system", async () => {
    const { tickets: _, ...without } = systems;
    const all = base(INSTALLED, john());
    await site.declare([tenant({ systems: without }, INSTALLED), ...all.slice(1)]);
    await site.declare(all);
    await site.restart();
    expect(await tickets()).toEqual([]);
    expect(await site.condition("john", "Ready")).toBe("True Converged");
    expect((await site.status("john"))?.installation).toBeUndefined();
  });
  it("who was new keeps his ticket through restarts and edits", async () => {
    await site.declare(base(INSTALLED, john()));
    await site.restart();
    await site.declare(base(INSTALLED, john({ priority: "Urgent" })));
    expect(await rows("select key, state, priority from fieldwork.tickets")).toEqual([`${FIRST} Scheduled Urgent`]);
  });
  it("who moves: a ticket of its own, the same account, and the bill goes on, also through a suspension", async () => {
    await site.declare(base(INSTALLED, john()));
    await complete();
    await look();
    const before = await site.accounts();
    await site.declare(base(INSTALLED, john({ visit: 2 })));
    expect(await tickets()).toEqual([`${FIRST} Completed`, `${FIRST}:2 Scheduled`]);
    expect(await site.accounts()).toEqual(before);
    expect([await bill(), await site.condition("john", "InService")]).toEqual(["ACTIVE", "True InService"]);
    await site.declare(base(INSTALLED, suspended(john({ visit: 2 }))));
    expect([await bill(), (await tickets())[1]]).toEqual(["SUSPENDED", `${FIRST}:2 Scheduled`]);
    await site.declare(base(INSTALLED, john({ visit: 2 })));
    expect(await bill()).toBe("ACTIVE");
    await complete();
    await look();
    expect(await site.condition("john", "Ready")).toBe("True Converged");
    expect(await tickets()).toEqual([`${FIRST} Completed`, `${FIRST}:2 Completed`]);
  });
  it("who moves before he was ever visited: the first visit is called off", async () => {
    await site.declare(base(INSTALLED, john()));
    await site.declare(base(INSTALLED, john({ visit: 2 })));
    expect(await tickets()).toEqual([`${FIRST} Cancelled`, `${FIRST}:2 Scheduled`]);
  });
});

describe("the end", () => {
  it.each([
    ["terminated", (s: Subscriber) => [terminated(s)]],
    ["deleted", () => []],
  ])("who is %s is not visited: the ticket is cancelled and kept, and comes back with its owner", async (_, gone) => {
    await site.declare(base(INSTALLED, john()));
    const [number] = await rows("select number from fieldwork.tickets");
    await site.declare(base(INSTALLED, ...gone(john())));
    expect(await rows("select number, state from fieldwork.tickets")).toEqual([`${number} Cancelled`]);
    expect(await rows("select technician from fieldwork.bookings")).toEqual([]);
    await site.declare(base(INSTALLED, john()));
    expect(await rows("select number, state from fieldwork.tickets")).toEqual([`${number} Scheduled`]);
  });
  it("after its retention nothing is left", async () => {
    await site.declare(base(INSTALLED, john()));
    await complete();
    await look();
    await site.declare(base(INSTALLED));
    expect(await tickets()).toEqual([`${FIRST} Completed`]);
    await site.endRetention();
    expect(await tickets()).toEqual([]);
    expect(await site.count("inventory", "owner like '%/john'")).toBe(0);
    expect(await site.count("claims", "kind = 'installation'")).toBe(0);
  });
});

describe("what people must see to", () => {
  it("a ticket that is late, once and without a number that changes", async () => {
    await site.declare(base(INSTALLED, john()));
    await field.pool.query("update fieldwork.tickets set sla_due = now() - interval '1 s'");
    await look();
    expect(await site.condition("john", "Warnings")).toBe("True SLAOverdue");
    const said = await site.message("john", "Warnings");
    await look();
    expect(await site.message("john", "Warnings")).toBe(said);
    expect(said).not.toMatch(/second|minute|hour|ago/);
    await complete();
    await look();
    expect(await site.condition("john", "Warnings")).toBeUndefined();
  });
  it("a time zone that does not exist: no ticket and no bill, and access all the same", async () => {
    const lost = { timeZone: "Mars/Olympus" };
    const [first, ...rest] = base(INSTALLED, john());
    const tenantOf = (spec: object): LastmileObject =>
      ({ ...first, spec: { ...first?.spec, ...spec } }) as LastmileObject;
    await site.declare([tenantOf(lost), ...rest]);
    expect(await site.condition("john", "TicketsReady")).toBe("False BadValue");
    expect(await site.message("john", "TicketsReady")).toContain("time zone Mars/Olympus");
    expect([await tickets(), await bill(), (await site.accounts()).size]).toEqual([[], "PENDING", 1]);
    await site.declare([tenantOf({}), ...rest]);
    expect(await tickets()).toEqual([`${FIRST} Scheduled`]);
  });
  it("a ticket that nobody is free for", async () => {
    await site.declare(base(INSTALLED, john(), sub("mary")));
    const warned = await Promise.all(["john", "mary"].map((n) => site.condition(n, "Warnings")));
    expect(warned.filter((w) => w !== undefined)).toEqual(["True NoTechnician"]);
    const [first, second, ...rest] = base(INSTALLED, john(), sub("mary"));
    await site.declare([first!, second!, system(TICKETS, field, ["ada", "ben"]), ...rest.slice(1)]);
    await site.scan();
    expect(await rows("select technician from fieldwork.bookings order by 1")).toEqual(["ada", "ben"]);
    expect(await site.condition("mary", "Warnings")).toBeUndefined();
  });
  it("nothing personal is in plans, statuses and audit rows", async () => {
    await site.declare(base(INSTALLED, john({ notes: "the key is under the mat" }), sub("x")));
    const kept = await site.dumpStore(["lastmile.objects"]);
    expect(kept).not.toMatch(/John Doe|under the mat/);
    expect(await rows("select name, notes from fieldwork.tickets where key like '%john%'")).toEqual([
      "John Doe the key is under the mat",
    ]);
  });
});

it("a survey that is required comes first: no account, no ticket", async () => {
  const careful = { ...INSTALLED, requireSurvey: true };
  await site.declare(base(careful, john()));
  expect([await tickets(), (await site.accounts()).size]).toEqual([[], 0]);
  const survey = (serviceability: "NotServiceable" | "Serviceable", day: string): LastmileObject => ({
    apiVersion: "lastmile.dev/v1alpha1",
    kind: "SiteSurvey",
    metadata: { name: `survey-${day}`, namespace: NAMESPACE },
    spec: {
      subscriberRef: { name: "john" },
      state: "Completed",
      completedAt: `2026-11-${day}T10:00:00Z`,
      serviceability,
    },
  });
  await site.declare(base(careful, john(), survey("NotServiceable", "10")));
  expect(await site.condition("john", "Ready")).toBe("False NotServiceable");
  expect((await site.status("john"))?.survey).toMatchObject({ name: "survey-10", serviceability: "NotServiceable" });
  await site.declare(base(careful, john(), survey("NotServiceable", "10"), survey("Serviceable", "12")));
  expect([await tickets(), (await site.accounts()).size]).toEqual([[`${FIRST} Scheduled`], 1]);
});

describe("the customer is told of an appointment", () => {
  it("once, also where his plan was gone for a while", async () => {
    const bound = tenant({ systems: { ...systems, mail: [{ name: "mail-1" }] } }, INSTALLED);
    const all = [bound, mailSystem("smtp://127.0.0.1:9"), ...base(INSTALLED, john({ visit: 1 })).slice(1)];
    await site.declare(all);
    expect(await noticed()).toEqual(["InstallationScheduled"]);
    await site.declare(all.filter((o) => o.kind !== "ServicePlan"));
    expect(await site.condition("john", "Ready")).toContain("False");
    await site.declare(all);
    expect(await tickets()).toEqual(["acme:SUB-john:installation Scheduled"]);
    expect(await noticed()).toEqual(["InstallationScheduled"]);
  });
});
