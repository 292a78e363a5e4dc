/** What stands in all systems, without what was chosen by chance: two towns with one declaration look the same. */
import { PPP, SSID } from "./devices.site.ts";
import { cpeSerial, type Home } from "./lives.life.ts";
import type { Town } from "./lives.town.ts";

/** In service; what is kept for those who may come back is left out. By subscriber, or by the name of what nobody has. */
export interface Census {
  readonly accounts: Readonly<Record<string, unknown>>;
  readonly addresses: readonly string[];
  readonly services: readonly string[];
  readonly subscriptions: readonly string[];
  /** S-tags that the ONUs really carry, by serial. */
  readonly carried: Readonly<Record<string, readonly number[]>>;
  readonly routers: Readonly<Record<string, unknown>>;
  readonly owners: readonly string[];
  /** The visit that counts of each customer, and those that somebody would still be sent to. */
  readonly visits: readonly string[];
}

export async function census(town: Town, homes: readonly Home[]): Promise<Census> {
  return {
    accounts: await accountsIn(town),
    addresses: await addressesIn(town),
    services: await column(
      town.books,
      "select number || ' ' || account || ' ' || state from billing.services where state <> 'CANCELLED'",
    ),
    // A dearer plan is billed from the next period on: the price that comes is what was declared last.
    subscriptions: await column(
      town.books,
      `select distinct on (s.id) s.number || ' ' || s.state || ' ' || p.product || ' ' || p.amount from billing.subscriptions s
       join billing.prices p on p.subscription_id = s.id where s.state <> 'CANCELLED' order by s.id, p.valid_from desc`,
    ),
    carried: Object.fromEntries(
      [...town.onus].map(([serial, onu]) => [serial, onu.services.map((s) => chosen(s.ponSTag)).sort((a, b) => a - b)]),
    ),
    visits: await visitsIn(town, homes),
    routers: Object.fromEntries(homes.map((home) => [home.name, routersOf(town, home)])),
    owners: await column(
      town.site.store,
      "select distinct owner from lastmile.inventory i where not exists (select from lastmile.ledger l where l.owner = i.owner and l.ref = i.ref)",
    ),
  };
}

/** Whose bill has begun once. */
export const billed = async ({ books }: Town): Promise<ReadonlySet<string>> =>
  new Set(await column(books, "select substr(number, 5) from billing.services where activated_at is not null"));

/** Of customers, in the store; of the tenant and its plans there is always something. */
export const remembered = (town: Town): Promise<readonly string[]> =>
  column(
    town.site.store,
    `select 'inventory ' || owner || ' ' || ref from lastmile.inventory where owner like '%/Subscriber/%'
     union all select 'ledger ' || owner || ' ' || ref from lastmile.ledger where owner like '%/Subscriber/%'
     union all select 'claim ' || owner || ' ' || kind || ' ' || value from lastmile.claims where owner like '%/Subscriber/%'
     union all select 'secret ' || owner from lastmile.secrets where owner like '%/Subscriber/%'`,
  );

async function visitsIn(town: Town, homes: readonly Home[]): Promise<readonly string[]> {
  const served = new Set(homes.filter((h) => h.standing === "Active").map((h) => `${h.name}:${h.visit}`));
  const all = await town.field.pool.query<Record<"home" | "state" | "priority", string>>(
    `select substr(subscriber, 5) || ':' || visit as home, state, priority from fieldwork.tickets order by key`,
  );
  const counting = all.rows.filter((t) => t.state === "Scheduled" || served.has(t.home));
  return counting.map(({ home, state, priority }) => `${home} ${state} ${priority}`);
}

/** Both S-tags of the pool are one: which of them came first is chance. */
const chosen = (tag: number): number => (tag === 101 ? 100 : tag);
const column = async (of: Town["books"], text: string): Promise<readonly string[]> =>
  (await of.pool.query<Record<string, string>>(text)).rows.map((r) => Object.values(r).join()).sort();

async function accountsIn(town: Town): Promise<Census["accounts"]> {
  const found = [...(await town.site.accounts())].filter(([, a]) => !a.retired);
  return Object.fromEntries(
    found.map(([name, { check, reply, groups }]) => [
      name,
      {
        check: check.map((c) => c.replace(/(Password := ).*/, "$1…")),
        reply: reply.map((r) => r.replace(/(Framed-IP-Address := 10\.0\.)(?!4\.).*/, "$1…")),
        groups,
      },
    ]),
  );
}

async function addressesIn(town: Town): Promise<readonly string[]> {
  const all = await town.addresses();
  const facts = all.map((a) => ({
    value: String(a["address"]),
    status: (a["status"] as { readonly value: string }).value,
    whose: (a["custom_fields"] as Readonly<Record<string, string | null>>)["lastmile_subscriber"],
  }));
  const mine = facts.filter((f) => f.whose && f.status !== "deprecated");
  const values = mine.map((f) => f.value);
  if (new Set(values).size !== values.length) throw new Error(`an address is two people's: ${values.sort().join()}`);
  return mine.map((f) => `${f.whose} ${f.value.startsWith("10.0.4.") ? f.value : network(f.value)}`).sort();
}
const network = (address: string): string =>
  (/^10\.0\.(\d|1[0-5])\./.exec(address)?.[1] ?? "") >= "8" || /^10\.0\.1[0-5]\./.test(address) ? "nord" : "mitte";

/** Of a router that nobody has now only that is told which is still somebody's. */
function routersOf(town: Town, home: Home) {
  return ([0, 1] as const).map((which) => {
    const cpe = town.cpes.get(cpeSerial(home, which))!;
    const name = String(cpe.get(`${PPP}.Username`));
    const isOurs = name.endsWith("@acme.example");
    return isOurs ? { name, ssid: cpe.get(SSID) } : "free";
  });
}
