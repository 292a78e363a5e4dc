/** The fibre provider of `access` with billing, tickets and mail: everything that a life passes through. */
import type pg from "pg";
import { freshDatabase } from "../lab/database.ts";
import { type Mailbox, openMailbox } from "../lab/smtp.ts";
import { type Access, access, home, INTERNET } from "./access.ts";
import { system } from "./declarations.ts";
import { ADA, BILLED, type Row, SYSTEMS } from "./office.ts";

type Spec = Record<string, unknown>;

export interface FibreOffice extends Access {
  readonly mailbox: Mailbox;
  readonly books: pg.Pool;
  readonly desk: pg.Pool;
  /** `STATE` of the service that is billed. */
  readonly bill: (name: string) => Promise<string>;
  /** All that is at the desk, in the books and in the outbox: nothing of it moves when a network is disturbed. */
  readonly paperwork: () => Promise<string>;
  readonly complete: (name: string) => Promise<void>;
  readonly told: (name: string) => Promise<readonly string[]>;
}

export async function fibreOffice(policies: Spec = {}): Promise<FibreOffice> {
  const [books, desk, mailbox] = await Promise.all([
    freshDatabase("template1"),
    freshDatabase("template1"),
    openMailbox(),
  ]);
  const credentials = { credentialsRef: { namespace: "lastmile-system", name: "billing" } };
  const more = [
    system("billing-1", "Billing", bare(books.url), credentials),
    system("tickets-1", "Tickets", bare(desk.url), { ...credentials, tickets: { technicians: [ADA] } }),
    system("mail-1", "Mail", mailbox.address, { credentialsRef: undefined, mail: { from: "isp@acme.example" } }),
  ];
  const { radius: _, ...systems } = SYSTEMS;
  const p = await access({ policies, systems, more }, [home("basic", { services: [INTERNET], billing: BILLED })]);
  const rows = async (pool: pg.Pool, sql: string): Promise<readonly Row[]> => (await pool.query(sql)).rows;
  const mails = async (...options: readonly string[]): Promise<readonly Row[]> =>
    (
      JSON.parse((await p.lastmile(["mail", "list", "-o", "json", "--limit", "1000", ...options])).out) as {
        mails: Row[];
      }
    ).mails;
  return {
    ...p,
    ...{ mailbox, books: books.pool, desk: desk.pool },
    bill: async (name) =>
      String(
        (await rows(books.pool, `select state from billing.services where number = 'SUB-${name}'`))[0]?.["state"] ??
          "none",
      ),
    told: async (name) => (await mails("--subscriber", name)).map((m) => `${m["notice"]} ${m["state"]}`).reverse(),
    paperwork: async () =>
      JSON.stringify([
        await rows(books.pool, "select number, state, charges, activated_at from billing.services order by 1"),
        await rows(books.pool, "select count(*) from billing.events"),
        await rows(desk.pool, "select number, state, scheduled_at, sla_due from fieldwork.tickets order by 1"),
        await rows(desk.pool, "select count(*) from fieldwork.events"),
        (await mails()).map((m) => `${m["id"]} ${m["notice"]}`),
      ]),
    complete: async (name) => {
      const [ticket] = await rows(
        desk.pool,
        `select number from fieldwork.tickets where subscriber = 'SUB-${name}' and state = 'Scheduled'`,
      );
      const done = await p.lastmile(["ticket", "complete", String(ticket?.["number"])]);
      if (done.code !== 0) throw new Error(done.text);
    },
    end: async () => {
      await p.end();
      await Promise.all([books.drop(), desk.drop(), mailbox.close()]);
    },
  };
}

function bare(text: string): string {
  const url = new URL(text);
  url.username = "";
  url.password = "";
  return url.href;
}
