/** Mails as their receivers read them. */
import { customer, type Office, type Row } from "./office.ts";

type Spec = Record<string, unknown>;
export const BERLIN = { timeZone: "Europe/Berlin", servingAreas: [{ name: "mitte", olts: ["olt1"], nas: ["bng1"] }] };
/** Suspended for that. */
export const out = (reason: string): Spec => ({ serviceState: "Suspended", suspension: { reason, mode: "Reject" } });
export const named = (name: string, more: Spec): Spec =>
  customer(name, { customer: { id: `cust-${name}`, name: `Zoë ${name}`, email: `${name}@example.com`, ...more } });

/** Quoted-printable, as it is read. */
export const readable = (text: string): string =>
  Buffer.from(
    text
      .replace(/=\r\n/g, "")
      .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");
export const mailsTo = (p: Office, name: string): readonly string[] =>
  p.mailbox.received.filter((m) => m.to.includes(`${name}@example.com`)).map((m) => readable(m.text));
export const subjects = (p: Office, name: string): readonly string[] =>
  mailsTo(p, name).map((text) => /^Subject: (.*)$/m.exec(text)?.[1]?.trim() ?? "");
export const idOf = (text: string): string => /^Message-ID: (.*)$/im.exec(text)?.[1]?.trim() ?? "";
export const list = async (p: Office, ...more: readonly string[]): Promise<readonly Row[]> =>
  (JSON.parse((await p.lastmile(["mail", "list", "-o", "json", ...more])).out) as { mails: Row[] }).mails;
