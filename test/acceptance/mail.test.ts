/** "E-mail": one message for each turn of a life, once, with a stable Message-ID, and never a password. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customer, type Office, office } from "./office.ts";
import { BERLIN, idOf, list, mailsTo, named, out, readable } from "./postbox.ts";
import { passwordOf } from "./rows.ts";

describe("a life", () => {
  let p: Office;
  beforeAll(async () => {
    p = await office({
      ...BERLIN,
      policies: { budgets: { minimum: 1000 }, activation: { require: ["InstallationCompleted"] } },
    });
    p.lines["anna"] = customer("anna");
    await p.applied();
  });
  afterAll(() => p?.end());

  it("scheduled, activated, suspended, resumed, terminated: each told once, however often it is looked at", async () => {
    await p.applied();
    const [ticket] = await p.desk("select number from fieldwork.tickets");
    await p.lastmile(["ticket", "complete", String(ticket?.["number"])]);
    for (const spec of [{}, out("NonPayment"), {}, { serviceState: "Terminated" }]) {
      p.lines["anna"] = customer("anna", spec);
      await p.applied();
      await p.applied();
    }
    expect(await p.told("anna")).toEqual([
      "InstallationScheduled Sent",
      "Activated Sent",
      "Suspended Sent",
      "Resumed Sent",
      "Terminated Sent",
    ]);
    expect(mailsTo(p, "anna")).toHaveLength(5);
  });

  it("stable Message-IDs, one for each; text and HTML in all", async () => {
    const mails = mailsTo(p, "anna");
    expect(new Set(mails.map(idOf)).size).toBe(5);
    expect((await list(p)).map((m) => m["messageId"]).reverse()).toEqual(mails.map(idOf));
    for (const text of mails) {
      expect(text).toContain("text/plain");
      expect(text).toContain("text/html");
      expect(text).toContain("Zoë anna");
    }
  });

  it("a plan change, another name or a drift repaired is no turn of life", async () => {
    p.lines["bert"] = customer("bert");
    await p.applied();
    const [ticket] = await p.desk("select number from fieldwork.tickets where subscriber = 'SUB-bert'");
    await p.lastmile(["ticket", "complete", String(ticket?.["number"])]);
    await p.applied();
    const before = await p.told("bert");
    await p.radius.query("delete from radcheck where username = 'bert@acme.example'");
    p.changed["basic"] = { speed: { down: "300Mbps", up: "100Mbps" } };
    p.lines["bert"] = named("bert", { name: "Somebody Else" });
    await p.applied();
    expect(await p.told("bert")).toEqual(before);
  });

  it("never a password, nowhere", async () => {
    const password = await passwordOf(p, "bert@acme.example");
    expect(password?.length).toBeGreaterThan(10);
    for (const { text } of p.mailbox.received) expect(readable(text)).not.toContain(password);
    const shown = await Promise.all((await list(p)).map((m) => p.lastmile(["mail", "show", String(m["id"])])));
    for (const { text } of shown) expect(text).not.toContain(password);
  });

  it("brought back after its end it is told that the service has begun again", async () => {
    p.lines["anna"] = customer("anna");
    await p.applied();
    expect((await p.told("anna")).at(-1)).toBe("Activated Sent");
  });

  it("withdrawn from the folder: told the end all the same", async () => {
    delete p.lines["bert"];
    await p.applied("--prune");
    expect((await p.told("bert")).at(-1)).toBe("Terminated Sent");
    expect(mailsTo(p, "bert").at(-1)).toContain("SUB-bert");
  });
});
