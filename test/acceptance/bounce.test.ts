import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BARE, customer, type Office, office } from "./office.ts";

let p: Office;
beforeAll(async () => {
  p = await office({ servingAreas: [{ name: "mitte", olts: ["olt1"], nas: ["bng1"] }], systems: BARE });
  p.lines["far"] = customer("far");
  await p.applied();
});
afterAll(() => p?.end());

function report(messageId: string): string {
  const part = [
    "--b",
    "Content-Type: message/delivery-status",
    "",
    "Reporting-MTA: dns; mx.example.net",
    "",
    "Final-Recipient: rfc822; far@example.com",
    "Action: failed",
    "Status: 5.1.1",
    "Diagnostic-Code: smtp; 550 5.1.1 no such user",
    "",
  ];
  const original = [
    "--b",
    "Content-Type: text/rfc822-headers",
    "",
    `Message-ID: ${messageId}`,
    "Subject: x",
    "",
    "--b--",
    "",
  ];
  const head = [
    "From: MAILER-DAEMON@mx.example.net",
    "To: isp@acme.example",
    "MIME-Version: 1.0",
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    "",
    "--b",
    "Content-Type: text/plain",
    "",
    "It could not be delivered.",
    "",
  ];
  return [...head, ...part, ...original].join("\r\n");
}

it("a report that names the mail by its Message-ID marks it", async () => {
  const id = /^Message-ID: (.*)$/im.exec(p.mailbox.received[0]?.text ?? "")?.[1]?.trim() ?? "";
  const file = join(p.home, "bounce.eml");
  await writeFile(file, report(id));
  const answer = await p.lastmile(["mail", "bounce", file]);
  expect(answer.code, answer.text).toBe(0);
  expect(await p.told("far")).toEqual(["Activated Bounced"]);
});
