/** What customers are told, from the first turn of a life to its end: rows, messages, restarts and deaths on the way. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Faults, type Where } from "../lab/faults.ts";
import { type Mailbox, openMailbox } from "../lab/smtp.ts";
import { customer, deliver, live, mailSystem, outboxOf, told, withMail } from "./mail.site.ts";
import { suspended, tenant, terminated } from "./objects.ts";
import { Site } from "./site.ts";

let site: Site;
let box: Mailbox;
let all: ReturnType<typeof withMail>;
beforeEach(async () => {
  [site, box] = await Promise.all([Site.open(), openMailbox()]);
  all = withMail(site, box.address);
});
afterEach(async () => {
  await site.close();
  await box.close();
});
const subjects = () => box.received.map((m) => /^Subject: (.*)$/m.exec(m.text)?.[1]?.trim());
const john = customer("john");

describe("a life", () => {
  it("is told turn by turn, each once, whatever is looked at in between", async () => {
    const steps = [
      [all(john), "Activated", "Your connection is in service"],
      [all(suspended(john)), "Suspended", "Your connection is suspended"],
      [all(john), "Resumed", "Your connection is back in service"],
      [all(terminated(john)), "Terminated", "Your connection has ended"],
      [all(john), "Activated", "Your connection is in service"],
      [all(), "Terminated", "Your connection has ended"],
    ] as const;
    const phases = ["Active", "Suspended", "Active", "Terminated", "Active", "Terminated"];
    for (const [n, [objects]] of steps.entries()) {
      await site.declare(objects);
      expect((await site.status("john"))?.phase).toBe(phases[n]);
      await deliver(site);
      await site.restart();
      await site.scan();
      await deliver(site);
      expect(await told(site, "john")).toEqual(steps.slice(0, n + 1).map(([, notice]) => `${notice} Sent`));
      expect(subjects()).toEqual(steps.slice(0, n + 1).map(([, , subject]) => subject));
    }
    expect(new Set(box.received.map((m) => /^Message-ID: (.*)$/m.exec(m.text)?.[1])).size).toBe(steps.length);
    expect(new Set(box.received.flatMap((m) => m.to))).toEqual(new Set(["john@example.com"]));
  });
  it("is told of nobody where no mail system is bound, also not when one is bound later", async () => {
    await site.declare(site.base(john));
    await site.declare(all(john));
    await deliver(site);
    expect([await told(site, "john"), box.received]).toEqual([[], []]);
  });
  it("holds nothing personal in the store, and no secret anywhere", async () => {
    await site.declare(all(john));
    await deliver(site);
    const password = (await site.accounts()).get("john@acme.example")?.check.join().split(":= ")[1] ?? "none";
    expect(password.length).toBeGreaterThan(20);
    const rows = await site.store.pool.query("select to_json(o)::text as row from lastmile.outbox o");
    const text = rows.rows.map((r) => r.row).join();
    for (const personal of ["john@example.com", "Zoë"]) expect(text).not.toContain(personal);
    expect(text).toContain("j…@example.com");
    for (const where of [text, JSON.stringify(box.received)]) expect(where).not.toContain(password);
  });
  it("tells whom it went to no more when that was erased", async () => {
    await site.declare(all(john));
    await deliver(site);
    await site.declare(all());
    await site.endRetention();
    expect((await outboxOf(site, "john")).map((m) => m.recipient)).toEqual([null, null]);
  });
});

describe("who was there before", () => {
  it("is not told that his service has begun: his account was taken over", async () => {
    const adopting = tenant().spec.policies;
    await site.declare(all(john));
    await deliver(site);
    await site.store.pool.query("truncate lastmile.status, lastmile.lives, lastmile.outbox, lastmile.inventory");
    await site.radius.pool.query("delete from lastmile.radius_owner");
    const objects = all(john).map((o) =>
      o.kind === "Tenant" ? { ...o, spec: { ...o.spec, policies: { ...adopting, adoption: "Always" as const } } } : o,
    );
    await site.stop();
    await site.start();
    await site.declare(objects);
    expect(await site.count("inventory", "adopted and ref like '%/account/%'")).toBe(1);
    expect((await site.status("john"))?.phase).toBe("Active");
    expect(await told(site, "john")).toEqual([]);
    await site.declare(objects.map((o) => (o.kind === "Subscriber" ? suspended(o) : o)));
    expect(await told(site, "john")).toEqual(["Suspended Queued"]);
  });
  it("nor after the loss of the store", async () => {
    await site.declare(all(john));
    await site.store.pool.query("truncate lastmile.status, lastmile.lives, lastmile.outbox, lastmile.inventory");
    await site.restart();
    expect((await site.status("john"))?.phase).toBe("Active");
    expect(await told(site, "john")).toEqual([]);
  });
});

describe("a mail server", () => {
  it("that is away is waited for; nothing is lost and nothing comes twice", async () => {
    const { address } = box;
    await box.close();
    await site.declare(all(john));
    await deliver(site);
    expect(await outboxOf(site, "john")).toMatchObject([
      { state: "Queued", said: expect.stringContaining("mail server") },
    ]);
    box = await openMailbox({}, Number(new URL(address).port));
    site.now = () => Date.now() + 120_000;
    await site.restart();
    await deliver(site);
    expect(await told(site, "john")).toEqual(["Activated Sent"]);
    expect(box.received).toHaveLength(1);
  });
  it("that is paused is sent nothing, and news that grew old meanwhile goes to nobody", async () => {
    const paused = all(john).map((o) =>
      o.kind === "ExternalSystem" && o.spec.type === "Mail" ? mailSystem(box.address, { paused: true }) : o,
    );
    await site.declare(paused);
    await deliver(site);
    expect(await outboxOf(site, "john")).toMatchObject([{ state: "Queued", said: "ExternalSystem mail-1 is paused" }]);
    site.now = () => Date.now() + 4 * 86_400_000;
    await site.restart();
    await deliver(site);
    expect(await outboxOf(site, "john")).toMatchObject([{ state: "Refused", said: "not delivered within three days" }]);
    expect(box.received).toEqual([]);
  });
  it("writes to nobody else who has the name or the line by now", async () => {
    await site.declare(all(john));
    const jane = { ...john.spec.customer, id: "C-jane", email: "jane@example.com" };
    await site.declare(all({ ...john, spec: { ...john.spec, customer: jane } }));
    await deliver(site);
    expect(await outboxOf(site, "john")).toMatchObject([{ state: "Refused" }]);
    expect(box.received).toEqual([]);
  });
  it("learns the customer's name and address from his Secret", async () => {
    for (const [key, value] of Object.entries({ name: "Max", email: "max@example.com", language: "de" }))
      await site.secret("who", key, value);
    await site.declare(all(customer("max", { customer: { id: "C-max", language: "en", secretRef: { name: "who" } } })));
    await deliver(site);
    expect(box.received).toMatchObject([{ to: ["max@example.com"], text: expect.stringContaining("Guten Tag Max") }]);
  });
});

describe("killed at any call", () => {
  it.each<Where>(["before", "after"])("%s it: one row for each turn, and no message twice", async (where) => {
    await site.stop();
    let n = 0;
    for (let killed = true; killed; n++) {
      const name = `s${where}${n}`;
      const faults = new Faults();
      faults.crash = { at: n + 1, where };
      await live(site, all(customer(name)), faults);
      killed = faults.dead;
      await live(site, all(customer(name)), new Faults());
      const why = `killed ${where} call ${n + 1}: ${faults.log.at(-1)}`;
      await site.open();
      const rows = await outboxOf(site, name);
      expect(
        rows.map((r) => r.notice),
        why,
      ).toEqual(["Activated"]);
      const came = box.received.filter((m) => m.to.includes(`${name}@example.com`)).length;
      // Never twice; never silently not at all.
      expect([came, rows[0]?.state], why).toEqual(rows[0]?.state === "Sent" ? [1, "Sent"] : [came, "Uncertain"]);
      expect(came, why).toBeLessThanOrEqual(1);
      await site.stop();
      if (n > 200) throw new Error("the run never ends");
    }
    expect(n).toBeGreaterThan(10);
  });
});
