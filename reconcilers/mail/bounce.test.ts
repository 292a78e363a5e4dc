import { describe, expect, it } from "vitest";
import { readBounce } from "./bounce.ts";

const report = (fields: string, rest = "") => `From: MAILER-DAEMON@mx.example
To: isp@acme.example
Message-ID: <report@mx.example>
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b"

--b
Content-Type: text/plain

John's mailbox is full.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
${fields}
--b
${rest}--b--
`;
const HEADERS = "Content-Type: text/rfc822-headers\n\nFrom: isp@acme.example\nMessage-ID:\n <0123@acme.example>\n";
const failed =
  "Final-Recipient: rfc822; john@example.com\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 full";

describe("a delivery report", () => {
  it.each([
    ["names the message by its envelope", report(`Original-Envelope-Id: 0123@acme.example\n\n${failed}`), "5.2.2"],
    ["names it by the headers that come back", report(failed, HEADERS), "5.2.2"],
    ["that has no name of its own", report(failed, HEADERS).replace("Message-ID: <report@mx.example>\n", ""), "5.2.2"],
    ["without a status", report(`Original-Envelope-Id: 0123@acme.example\n\nAction: failed`), "5.0.0"],
    ["with the line ends of the wire", report(failed, HEADERS).replaceAll("\n", "\r\n"), "5.2.2"],
  ])("%s", (_what, text, status) => expect(readBounce(text)).toEqual({ messageId: "<0123@acme.example>", status }));
  it.each([
    ["of a delay", report(failed.replace("failed", "delayed"), HEADERS)],
    ["of success", report(failed.replace("failed", "delivered"), HEADERS)],
    ["that names no message", report(failed)],
    ["that is somebody's answer", "From: john@example.com\nSubject: Re: Your connection\n\nAction: failed\n"],
    ["that is made to be read for ever", report(failed, `Message-ID: <${"@".repeat(1_000_000)}\n`)],
    ["that is nothing", ""],
  ])("says nothing where it is one %s", (_what, text) => expect(readBounce(text)).toBeUndefined());
});
