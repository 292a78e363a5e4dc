/** What the systems of a town really show of each customer, and what the table of docs/lifecycle.md says that they must. */
import { type Home, onuSerial } from "./lives.life.ts";
import type { Town } from "./lives.town.ts";
import { dump } from "./tables.ts";

type Shown = readonly [phase: string, access: string, addresses: number, line: string, bill: string];
const TABLE: Readonly<Record<Home["standing"], Shown>> = {
  Active: ["Active", "open", 1, "lit", "ACTIVE"],
  Suspended: ["Suspended", "rejected", 1, "lit", "SUSPENDED"],
  Terminated: ["Terminated", "none", 0, "dark", "none"],
  None: ["Terminated", "none", 0, "dark", "none"],
};
/** Who is not as the table says. */
export async function unlike(town: Town, homes: readonly Home[]): Promise<readonly string[]> {
  const shown = await shownIn(town, homes);
  return homes.flatMap((home) => {
    const [is, should] = [shown(home), TABLE[home.standing]];
    return String(is) === String(should) ? [] : [`${home.name} ${home.standing}: ${is} instead of ${should}`];
  });
}
async function shownIn(town: Town, homes: readonly Home[]): Promise<(home: Home) => Shown> {
  const { site } = town;
  const accounts = Map.groupBy((await site.accounts()).values(), (a) => a.owner);
  const owners = homes.map((h) => site.subscriber(h.name));
  const statuses = await site.installation.store.statusOf(owners);
  const bills = await town.books.pool.query<Record<"number" | "state", string>>(
    "select number, state from billing.services",
  );
  const billOf = new Map(bills.rows.map((r) => [r.number, r.state]));
  const addresses = Map.groupBy(await town.addresses(), (a) => fields(a)["lastmile_subscriber"]);
  return (home) => {
    const owner = site.subscriber(home.name);
    const live = (accounts.get(owner) ?? []).filter((a) => !a.retired);
    const open = live.some((a) => !a.check.includes("Auth-Type := Reject"));
    const kept = (addresses.get(`SUB-${home.name}`) ?? []).filter((a) => stateOf(a) !== "deprecated");
    const lit = ([0, 1] as const).some((which) => (town.onus.get(onuSerial(home, which))?.services.length ?? 0) > 0);
    const bill = billOf.get(`SUB-${home.name}`) ?? "none";
    // Who came and went within one day, or was never declared, has no status.
    const { phase = "Terminated" } = (statuses.get(owner) ?? {}) as { readonly phase?: string };
    const access = live.length === 0 ? "none" : open ? "open" : "rejected";
    return [phase, access, kept.length, lit ? "lit" : "dark", bill === "CANCELLED" ? "none" : bill];
  };
}
type Address = Readonly<Record<string, unknown>>;
const fields = (a: Address) => a["custom_fields"] as Readonly<Record<string, string | null>>;
const stateOf = (a: Address): string => (a["status"] as { readonly value: string }).value;

/** Everything that was written anywhere so far; reading a router again is no writing. */
export async function written({ site, books, field, gate, acs, voltha }: Town): Promise<unknown> {
  const [radius, money, visits] = await Promise.all([site.dumpRadius(), dump(books.pool), dump(field.pool)]);
  const isWrite = (line: string): boolean => !line.startsWith("GET");
  const told = acs.requests.filter((r) => isWrite(r.method) && !/refreshObject|getParameterValues/.test(r.body));
  return {
    ...{ radius, money, visits },
    http: [gate.log, voltha.requests].map((log) => log.filter(isWrite).length),
    told: told.map((r) => `${r.method} ${r.path} ${r.body}`),
  };
}
const REASONS: ReadonlySet<string> = new Set(["Unavailable", "NotObserved", "Blocked"]);
const DEVICES: ReadonlySet<string> = new Set(["AwaitingDevice", "AwaitingInstallation"]);
/** How many say that a system is away. */
export async function away(town: Town, homes: readonly Home[], system: string): Promise<number> {
  const told = await Promise.all(homes.map((h) => town.site.condition(h.name, `${system}Ready`)));
  return told.filter((c) => c === "False Unavailable").length;
}
/** Who is held while one system is away, and says another reason than that, or than what he himself waits for. */
export async function unreasoned(town: Town, homes: readonly Home[], system: string): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const { name, standing } of homes) {
    const { conditions = [] } = (await town.site.status(name)) ?? {};
    const held = conditions.filter((c) => c.type.endsWith("Ready") && c.status === "False");
    const real = conditions.some((c) => c.type === `${system}Ready` && REASONS.has(c.reason));
    for (const c of held) {
      const reason = DEVICES.has(c.reason) || (real && REASONS.has(c.reason));
      if (!reason) wrong.push(`${name} (${standing}) ${c.type} ${c.reason}: ${c.message}`);
    }
  }
  return wrong;
}
