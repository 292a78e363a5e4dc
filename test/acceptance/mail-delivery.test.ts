/** What becomes of a mail: at most once by default, uncertain and refused ones visible and resendable. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCutter, openMailbox } from "../lab/smtp.ts";
import { BARE, customer, type Office, office, type Row } from "./office.ts";
import { BERLIN, idOf, list, mailsTo, named, out, readable } from "./postbox.ts";
import { condition } from "./provider.ts";

describe("what becomes of it", () => {
  let p: Office;
  const at = (address: string): void => {
    p.changed["mail-1"] = { address };
  };
  beforeAll(async () => {
    p = await office({ ...BERLIN, systems: BARE });
  });
  afterAll(() => p?.end());
  const idIn = async (name: string): Promise<string> => String((await list(p, "--subscriber", name))[0]?.["id"]);

  it("no address: visible as refused, holds nothing; added and resent it goes out", async () => {
    p.lines["mute"] = customer("mute", { customer: { id: "cust-mute" } });
    await p.applied();
    expect(await p.told("mute")).toEqual(["Activated Refused"]);
    expect(condition(await p.show("mute"), "Ready")).toBe("True Converged");
    p.lines["mute"] = named("mute", {});
    await p.applied();
    expect(await p.told("mute")).toEqual(["Activated Refused"]);
    await p.lastmile(["mail", "resend", await idIn("mute"), "--reason", "address added"]);
    await p.applied();
    expect(await p.told("mute")).toEqual(["Activated Sent"]);
    expect((await p.lastmile(["history", "mute", "-o", "json"])).out).toContain("address added");
  });

  it("the server refuses the address for good: Refused with its words, not tried again", async () => {
    let asked = 0;
    const strict = await openMailbox({
      onRcptTo: (to, _session, done) => {
        asked++;
        done(Object.assign(new Error(`no such user ${to.address}`), { responseCode: 550 }));
      },
    });
    at(strict.address);
    p.lines["wrong"] = customer("wrong");
    await p.applied();
    await p.applied();
    expect(await p.told("wrong")).toEqual(["Activated Refused"]);
    expect(asked).toBe(1);
    const shown = await p.lastmile(["mail", "show", await idIn("wrong")]);
    expect(shown.out).toContain("550");
    expect(shown.out, "what servers say is kept without addresses").not.toContain("wrong@example.com");
    await strict.close();
  });

  it("not now: it stays queued, and everything else is as declared", async () => {
    const busy = await openMailbox({
      onMailFrom: (_from, _session, done) => done(Object.assign(new Error("try later"), { responseCode: 451 })),
    });
    at(busy.address);
    p.lines["wait"] = customer("wait");
    await p.tried();
    expect(await p.told("wait")).toEqual(["Activated Queued"]);
    expect(await p.bill("wait")).toBe("ACTIVE");
    expect((await p.show("wait"))["phase"]).toBe("Active");
    await busy.close();
  });

  it("hung up after the whole message: uncertain, never sent again by itself; by a person under the same Message-ID", async () => {
    const cutter = await openCutter("end");
    at(cutter.address);
    p.lines["cut"] = customer("cut");
    await p.tried();
    expect(await p.told("cut")).toEqual(["Activated Uncertain"]);
    expect(cutter.took).toHaveLength(1);
    at(p.mailbox.address);
    await p.applied();
    await p.applied();
    expect(mailsTo(p, "cut")).toEqual([]);
    expect((await list(p, "--state", "Uncertain")).map((m) => (m["facts"] as Row)["number"])).toEqual(["SUB-cut"]);
    await p.lastmile(["mail", "resend", await idIn("cut"), "--reason", "not in the log"]);
    await p.applied();
    expect(mailsTo(p, "cut").map(idOf)).toEqual([idOf(readable(cutter.took[0] ?? ""))]);
    await cutter.close();
  });

  it.each(["greeting", "RCPT", "body"] as const)(
    "hung up at %s, before it could be delivered: sent later, once",
    async (step) => {
      const cutter = await openCutter(step);
      const name = `cut-${step.toLowerCase()}`;
      at(cutter.address);
      p.lines[name] = customer(name);
      await p.tried();
      expect((await p.told(name))[0]).toMatch(step === "body" ? /Activated (Queued|Uncertain)/ : "Activated Queued");
      await cutter.close();
    },
  );

  it("what is no report of a failed delivery is left alone", async () => {
    at(p.mailbox.address);
    p.lines["near"] = customer("near");
    await p.applied();
    const file = join(p.home, "answer.eml");
    await writeFile(
      file,
      `Subject: Re: your mail\r\nIn-Reply-To: ${idOf(mailsTo(p, "near")[0] ?? "")}\r\n\r\nHello, thank you.\r\n`,
    );
    expect((await p.lastmile(["mail", "bounce", file])).code).toBe(4);
    expect(await p.told("near")).toEqual(["Activated Sent"]);
  });

  it("the mail server is away: nobody's service waits for it", async () => {
    at("smtp://127.0.0.1:1");
    p.lines["away"] = customer("away", out("Fraud"));
    p.lines["near"] = customer("near", out("Fraud"));
    await p.tried();
    expect(await p.told("near")).toEqual(["Activated Sent", "Suspended Queued"]);
    expect(condition(await p.show("near"), "InService")).toBe("False Suspended");
    expect(await p.told("away"), "suspended before it was ever in service").toEqual([]);
  });
});
