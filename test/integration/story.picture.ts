/** What every system shows of one subscriber at a moment, as short as a person would say it; ids and secrets aside. */

import { conditionsOf, partsOf } from "./story.status.ts";
import { accountOf, type World } from "./story.world.ts";

export type Lines = readonly string[];
export interface Picture {
  /** Phase, then the conditions that tell more than that all is well. */
  readonly says: Lines;
  /** The parts of the status that people read instead of asking five systems. */
  readonly status: Readonly<Record<string, string>>;
  /** Accounts: user name, groups, what is checked, what is answered. */
  readonly radius: Lines;
  readonly netbox: Lines;
  readonly tickets: Lines;
  /** What ONUs really carry: inner.outer tag of each service. */
  readonly onus: Lines;
  /** What routers really hold: user name and network; the tags that the ACS knows of ours. */
  readonly routers: Lines;
  readonly bill: Lines;
  /** Sessions that the NAS holds. */
  readonly sessions: Lines;
}

export const numberOf = (name: string): string => (name === "john-doe" ? "SUB-ABC123" : `SUB-${name}`);
export async function pictureOf(world: World, name: string): Promise<Picture> {
  const status = await world.site.status(name);
  return {
    says: [status?.phase ?? "Unknown", ...conditionsOf(status)],
    status: partsOf(status),
    radius: await accountsOf(world, name),
    netbox: await netboxOf(world, name),
    tickets: await rows(world.field.pool, TICKETS, [`%${numberOf(name)}:%`]),
    onus: onusOf(world, name),
    routers: routersOf(world, name),
    bill: [
      ...(await rows(world.books.pool, SERVICES, [numberOf(name)])),
      ...(await rows(world.books.pool, SUBSCRIPTIONS, [numberOf(name)])),
    ],
    sessions: [...world.nas.up].sort(),
  };
}

const TICKETS = `select concat_ws(' ', number, state, technician, to_char(scheduled_at at time zone 'Europe/Berlin', 'YYYY-MM-DD HH24:MI')) as line
  from fieldwork.tickets left join fieldwork.bookings on ticket = id where key like $1 order by number`;
const SERVICES = "select concat_ws(' ', account, state, charges) as line from billing.services where number = $1";
/** The price that counts, and the one that will. */
const SUBSCRIPTIONS = `select concat_ws(' ', s.state, p.product, p.amount, case when p.valid_from > billing.today() then 'from ' || p.valid_from end) as line
  from billing.subscriptions s join billing.prices p on p.subscription_id = s.id
  where number = $1 and not exists (select from billing.prices n where n.subscription_id = s.id and n.valid_from > p.valid_from and n.valid_from <= billing.today())
  order by slot, valid_from`;
async function rows(of: World["books"]["pool"], text: string, values: Lines): Promise<Lines> {
  return (await of.query<{ line: string }>(text, [...values])).rows.map((r) => r.line);
}

async function accountsOf({ site }: World, name: string): Promise<Lines> {
  return [...(await site.accounts())]
    .filter(([, a]) => a.owner === site.subscriber(name))
    .map(([user, { check, reply, groups, retired }]) => {
      const said = [...check, ...reply].filter((r) => !/^(Cleartext-Password|Session-Timeout) /.test(r));
      return [user, ...(retired ? ["retired"] : []), ...groups, ...said].join(" | ");
    });
}

async function netboxOf(world: World, name: string): Promise<Lines> {
  const found = await Promise.all(["/api/ipam/ip-addresses/", "/api/ipam/prefixes/"].map((p) => world.netboxList(p)));
  return found
    .flat()
    .filter((i) => at(i, "custom_fields", "lastmile_subscriber") === numberOf(name))
    .map((i) => [i["address"] ?? i["prefix"], at(i, "status", "value"), i["dns_name"]].filter((v) => v).join(" "))
    .sort();
}
const at = (item: unknown, ...path: Lines): unknown =>
  path.reduce((o, step) => (o as Readonly<Record<string, unknown>> | null)?.[step], item);

function onusOf(world: World, name: string): Lines {
  const mine = world.onusOf(name);
  return mine.map(([serial, onu]) =>
    [serial, ...onu.services.map((s) => `${s.ponCTag}.${s.ponSTag}`).sort()].join(" "),
  );
}
const PATHS = {
  HG8546M: {
    user: "InternetGatewayDevice.WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.Username",
    ssid: "InternetGatewayDevice.LANDevice.1.WLANConfiguration.1.SSID",
  },
  RG181: { user: "Device.PPP.Interface.1.Username", ssid: "Device.WiFi.SSID.1.SSID" },
} as const;
function routersOf({ cpesOf, acs }: World, name: string): Lines {
  return cpesOf(name).map(([serial, cpe]) => {
    const { user, ssid } = cpe.id.includes("HG8546M") ? PATHS.HG8546M : PATHS.RG181;
    const tags = acs.tagsOf(cpe.id).map((t) => t.replace(/(lm|lmo|lmw)_.*/, "$1"));
    return [serial, cpe.get(user) || "nobody", cpe.get(ssid), ...tags.sort()].join(" ");
  });
}
/** What RADIUS expects of him. */
export async function passwordOf({ site }: World, name: string): Promise<string | undefined> {
  const check = (await site.accounts()).get(accountOf(name))?.check ?? [];
  return /Cleartext-Password := (.*)/.exec(check.join("\n"))?.[1];
}
