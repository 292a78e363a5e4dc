/** The people's side of a provider: billing, installation tickets, a mail server, and a NAS that holds sessions. */
import { expect } from "vitest";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";
import { type LabNas, labNas } from "../lab/radius/nas.ts";
import { type Mailbox, openMailbox } from "../lab/smtp.ts";
import { plan, radius, subscriber, survey, system, tenant } from "./declarations.ts";
import { type Answer, type Provider, provider, type Status, statusOf } from "./provider.ts";

type Spec = Record<string, unknown>;
export type Row = Readonly<Record<string, unknown>>;

/** Secret that the NAS really has. */
const NAS_SECRET = "n4s-s3cret";
/** Works every day of the week, so that no test depends on the day on which it runs. */
export const ADA = { name: "ada", skills: ["fibre"], days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] };
export const SYSTEMS = {
  radius: [{ name: "radius-1" }],
  billing: [{ name: "billing-1" }],
  tickets: [{ name: "tickets-1" }],
  mail: [{ name: "mail-1", provider: "Acme Fibre" }],
};
const { tickets: _, ...rest } = SYSTEMS;
/** Without a ticket system: nobody waits for a technician. */
export const BARE = rest;
export const MITTE = { servingAreas: [{ name: "mitte", olts: ["olt1"], nas: ["bng1"] }] };
export const CALM = { budgets: { minimum: 1000 } };
export const BILLED = { product: "res-100", price: { amount: "29.90", currency: "EUR", period: "Monthly" } };

export interface Office extends Provider {
  readonly nas: LabNas;
  readonly mailbox: Mailbox;
  /** By name; what is changed here is declared by the next `applied` or `tried`. */
  readonly lines: Record<string, Spec>;
  readonly surveys: Record<string, Spec>;
  /** By name of the object: what its spec has otherwise; undefined removes the object. */
  readonly changed: Record<string, Spec | undefined>;
  /** Annotations, by name of the object. */
  readonly notes: Record<string, Record<string, string>>;
  readonly declared: () => Promise<void>;
  readonly applied: (...options: readonly string[]) => Promise<Answer>;
  readonly tried: (...options: readonly string[]) => Promise<Answer>;
  readonly show: (name: string) => Promise<Status>;
  readonly explain: (name: string) => Promise<string>;
  readonly bills: (sql: string) => Promise<readonly Row[]>;
  readonly desk: (sql: string) => Promise<readonly Row[]>;
  /** `number state` of every ticket, oldest first. */
  readonly tickets: () => Promise<readonly string[]>;
  /** State of the service that is billed; `none`. */
  readonly bill: (name: string) => Promise<string>;
  /** What was told to whom, as `Notice State`, oldest first. */
  readonly told: (name: string) => Promise<readonly string[]>;
  /** A session that is open on the NAS and in radacct. */
  readonly online: (name: string, id: string, more?: Spec) => Promise<void>;
  readonly databases: { readonly billing: FreshDatabase; readonly tickets: FreshDatabase };
}

/** Nobody has two surnames here: customers are `Zoë NAME`, with an address and an account. */
export const customer = (name: string, spec: Spec = {}): Spec => ({
  customer: { id: `cust-${name}`, name: `Zoë ${name}`, email: `${name}@example.com` },
  billing: { account: `ACC-${name}` },
  ...spec,
});

export async function office(
  tenantSpec: Spec = {},
  plans: readonly object[] = [],
  at: Readonly<Record<string, Spec>> = {},
): Promise<Office> {
  const fresh = () => freshDatabase("template1");
  const [p, billing, tickets, mailbox] = await Promise.all([provider(), fresh(), fresh(), openMailbox()]);
  const nas = await labNas(NAS_SECRET, p.radius);
  const server = new URL(p.env["DATABASE_URL"] ?? "");
  for (const name of ["radius", "billing", "tickets"]) {
    await p.secret(`lastmile-system/${name}/username`, decodeURIComponent(server.username));
    await p.secret(`lastmile-system/${name}/password`, decodeURIComponent(server.password));
  }
  await p.secret("lastmile-system/nas-bng1/secret", NAS_SECRET);
  const { policies, ...more } = tenantSpec as { policies?: Spec };
  const objects = [
    tenant({ ...MITTE, systems: SYSTEMS, policies: { ...CALM, ...policies }, ...more }),
    radius(p.radiusUrl, { radius: { nas: [bng1(nas.port)] } }),
    system("billing-1", "Billing", open(billing.url)),
    system("tickets-1", "Tickets", open(tickets.url), { tickets: { technicians: [ADA] } }),
    system("mail-1", "Mail", mailbox.address, { credentialsRef: undefined, mail: { from: "isp@acme.example" } }),
    ...(plans.some((one) => nameOf(one) === "basic") ? [] : [plan("basic", { billing: BILLED })]),
    ...plans,
  ];
  const [lines, surveys, changed]: [Office["lines"], Office["surveys"], Office["changed"]] = [{}, {}, { ...at }];
  const notes: Office["notes"] = {};
  const declared = async (): Promise<void> => {
    const house = objects.flatMap((one) => {
      const name = nameOf(one);
      if (name in changed && changed[name] === undefined) return [];
      const { spec, metadata } = one as { spec: Spec; metadata: Spec };
      return [
        plain({ ...one, metadata: { ...metadata, annotations: notes[name] }, spec: { ...spec, ...changed[name] } }),
      ];
    });
    const people = Object.entries(lines).map(([name, spec]) => plain(subscriber(name, spec)));
    await p.declare(
      "all.yaml",
      ...house,
      ...people,
      ...Object.entries(surveys).map(([name, spec]) => plain(survey(name, spec))),
    );
  };
  const tried: Office["tried"] = async (...options) => {
    await declared();
    const answer = await p.apply(...options);
    if (answer.code === 4) throw new Error(answer.text);
    return answer;
  };
  const rows = async ({ pool }: FreshDatabase, sql: string): Promise<readonly Row[]> => (await pool.query(sql)).rows;
  const desk: Office["desk"] = (sql) => rows(tickets, sql);
  const bills: Office["bills"] = (sql) => rows(billing, sql);
  await declared();
  const made = await p.lastmile(["init", p.folder]);
  if (made.code !== 0) throw new Error(made.text);
  return {
    ...p,
    ...{ nas, mailbox, lines, surveys, changed, notes, declared, tried, desk, bills, databases: { billing, tickets } },
    applied: async (...options) => {
      const answer = await tried("--timeout", "120", ...options);
      expect(answer.code, answer.text).toBe(0);
      return answer;
    },
    show: (name) => statusOf(p, name),
    explain: async (name) => (await p.lastmile(["explain", name])).out,
    tickets: async () =>
      (await desk("select subscriber || ' ' || state as t from fieldwork.tickets order by id")).map((r) =>
        String(r["t"]),
      ),
    bill: async (name) =>
      String((await bills(`select state from billing.services where number = 'SUB-${name}'`))[0]?.["state"] ?? "none"),
    told: async (name) => {
      const { out } = await p.lastmile(["mail", "list", "--subscriber", name, "-o", "json"]);
      return (JSON.parse(out) as { mails: Row[] }).mails.map((m) => `${m["notice"]} ${m["state"]}`).reverse();
    },
    online: async (name, id, more = {}) => {
      const session = {
        acctsessionid: id,
        acctuniqueid: id,
        username: `${name}@acme.example`,
        nasipaddress: "127.0.0.1",
        framedipaddress: "10.0.0.1",
        ...more,
      };
      const names = Object.keys(session);
      await p.radius.query(
        `insert into radacct (${names.join()}, acctstarttime, acctupdatetime) values (${names.map((_, i) => `$${i + 1}`).join()}, now() - interval '1 hour', now())`,
        Object.values(session),
      );
      nas.up.add(id);
    },
    end: async () => {
      await p.end();
      await Promise.all([billing.drop(), tickets.drop(), mailbox.close(), nas.close()]);
    },
  };
}

export const bng1 = (coaPort: number, more: Spec = {}): Spec => ({
  name: "bng1",
  address: "127.0.0.1",
  vendor: "MikroTik",
  coaPort,
  coaPerSecond: 1000,
  secretRef: { namespace: "lastmile-system", name: "nas-bng1" },
  ...more,
});

const nameOf = (object: object): string => (object as { metadata: { name: string } }).metadata.name;
/** Without what is undefined: YAML would say null. */
const plain = (object: object): object => JSON.parse(JSON.stringify(object)) as object;
function open(text: string): string {
  const url = new URL(text);
  url.username = "";
  url.password = "";
  return url.href;
}
