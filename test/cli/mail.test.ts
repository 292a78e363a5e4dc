/** What support engineers ask about mails, and what they set going again. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, openCli } from "./rig.ts";

let cli: Cli;
const OWNER = "lastmile/acme/Subscriber/isp-acme/john-doe";
beforeAll(async () => {
  cli = await openCli();
  await cli.lastmile("init", cli.folder);
  expect(await cli.lastmile("apply", cli.folder, "--yes")).toMatchObject({ exit: 0 });
  const states = ["Sent", "Uncertain", "Refused", "Queued"];
  for (const [n, state] of states.entries())
    await cli.store.query(
      `insert into lastmile.outbox (owner, seq, notice, facts, at, since, due, changed_at, state, message_id, recipient, said)
        values ($1, $2, 'Activated', '{"plan":"basic"}', now(), now(), now(), now(), $3, $4, 'j…@example.com', 'because')`,
      [OWNER, n + 1, state, `<${n + 1}@acme.example>`],
    );
});
afterAll(async () => {
  await cli.expectClean();
  await cli.close();
});
const state = async (id: number): Promise<string> =>
  JSON.parse((await cli.lastmile("mail", "show", String(id), "-o", "json")).out).state;

describe("mail", () => {
  it("lists them, newest first, for people and for programs", async () => {
    const { out } = await cli.lastmile("mail", "list", "--subscriber", "john-doe", "--state", "Sent", "Uncertain");
    const [head, ...rows] = out.split("\n");
    expect(head).toMatch(/^ID +AT +SUBSCRIBER +NOTICE +STATE +TO +SAID$/i);
    expect(rows.map((r) => r.split(/ {2,}/).slice(2, 5))).toEqual([
      ["Subscriber isp-acme/john-doe", "Activated", "Uncertain"],
      ["Subscriber isp-acme/john-doe", "Activated", "Sent"],
    ]);
    const { mails } = JSON.parse((await cli.lastmile("mail", "list", "--tenant", "acme", "-o", "json")).out);
    expect(mails.map((m: { id: number }) => m.id)).toEqual([4, 3, 2, 1]);
    expect((await cli.lastmile("mail", "list", "--tenant", "nordnetz")).out).toBe("There is no such mail.");
  });
  it("shows one with what the mail server said", async () => {
    const { out } = await cli.lastmile("mail", "show", "2");
    expect(out).toMatch(/^state +Uncertain$/m);
    expect(out).toMatch(/^messageId +<2@acme.example>$/m);
    expect(await cli.lastmile("mail", "show", "99")).toMatchObject({
      exit: 4,
      err: expect.stringContaining("no mail 99"),
    });
  });
  it("sends again what is uncertain or refused, once, and says so in the history", async () => {
    expect(await cli.lastmile("mail", "resend", "2", "--reason", "the log knows nothing")).toMatchObject({ exit: 0 });
    expect(await state(2)).toBe("Queued");
    expect(await cli.lastmile("mail", "resend", "2")).toMatchObject({
      exit: 1,
      err: expect.stringContaining("is Queued"),
    });
    expect(await cli.lastmile("mail", "resend", "1")).toMatchObject({
      exit: 1,
      err: expect.stringContaining("is Sent"),
    });
    expect((await cli.lastmile("history", "john-doe", "-o", "wide")).out).toMatch(/resend.*the log knows nothing/);
  });
  it("takes in a report that one came back", async () => {
    const file = join(cli.home, "report.eml");
    await writeFile(
      file,
      "Content-Type: multipart/report; report-type=delivery-status\n\nOriginal-Envelope-Id: 1@acme.example\n\nAction: failed\nStatus: 5.1.1\n",
    );
    expect(await cli.lastmile("mail", "bounce", file)).toMatchObject({ exit: 0, out: "Mail 1 came back (5.1.1)." });
    expect(await state(1)).toBe("Bounced");
    expect(await cli.lastmile("mail", "bounce", join(cli.home, "none"))).toMatchObject({ exit: 4 });
  });
});
