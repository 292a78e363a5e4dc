/** What goes wrong on a day, in some system or in the process itself; each ends by itself. */
import { setTimeout as sleep } from "node:timers/promises";
import type { TicketDesk } from "../../reconcilers/tickets.ts";
import { signal } from "../contract/hand.ts";
import { PPP } from "./devices.site.ts";
import { type Home, one, type Random } from "./lives.life.ts";
import { refused, type Town } from "./lives.town.ts";
import { cutConnections } from "./tables.ts";

/** Milliseconds; what is cut off then is at another place in each run. */
const SOON = 150;
export type Ends = () => Promise<void>;
type Trouble = (town: Town, homes: readonly Home[], random: Random) => Promise<Ends>;
const ended = async (): Promise<void> => undefined;
const database = ({ url }: { readonly url: string }): string => new URL(url).pathname.slice(1);

const TROUBLES: Readonly<Record<string, Trouble>> = {
  "nothing at all": async () => ended,
  "NetBox is away": async (town) => {
    town.gate.shut = true;
    return async () => {
      town.gate.shut = false;
    };
  },
  "NetBox does and does not say so": async (town) => {
    for (let n = 0; n < 3; n++) town.netbox.trouble.push({ on: /POST|PATCH/, what: "drop-after" });
    return async () => void town.netbox.trouble.splice(0);
  },
  "GenieACS does and does not say so": async (town) => {
    for (const nth of [1, 4, 9]) town.acs.drop(nth, /POST|PUT|DELETE/);
    return ended;
  },
  "GenieACS refuses": async (town) => {
    for (const nth of [1, 3, 5, 7]) town.acs.refuse(503, nth);
    return ended;
  },
  "VGC does and does not say so": async (town) => {
    for (let n = 0; n < 3; n++) town.voltha.trouble.push({ on: /^(POST|DELETE)/, what: "lose-reply" });
    return async () => void town.voltha.trouble.splice(0);
  },
  "connections to RADIUS and billing are cut":
    async ({ site, books }) =>
    async () => {
      await cutConnections(site.store.pool, database(site.radius));
      await cutConnections(site.store.pool, database(books));
    },
  "the controller is killed":
    async ({ site }, _, random) =>
    async () => {
      await sleep(random() * SOON);
      await site.stop();
      await site.start();
    },
  "people write into RADIUS":
    async ({ site }, homes, random) =>
    async () => {
      const { name } = one(homes, random);
      await site.radius.pool.query("delete from radcheck where username like $1", [`${name}%`]);
      await site.radius.pool.query("update radreply set value = '10.66.6.6' where username like $1", [`${name}%`]);
    },
  "somebody is at a router": async (town, homes, random) => async () => {
    for (let n = 0; n < 5; n++) {
      const cpe = town.cpe(one(homes, random));
      if (random() < 0.3) cpe.factoryReset();
      else cpe.set(`${PPP}.Username`, "guest");
      if (random() < 0.5) cpe.inform();
    }
  },
  "routers are switched off": async (town, homes, random) => {
    for (const home of homes) if (random() < 0.2) town.cpe(home).online = false;
    return ended;
  },
  "technicians and dispatchers are at work": async (town, _, random) => async () => {
    const desk = town.desk();
    if (!desk) return;
    for (const { number } of await desk.list({}, signal)) await atWork(desk, number, random);
  },
  "the ticket system is away": async ({ field, site }) => {
    const name = database(field);
    await site.store.pool.query(`alter database "${name}" with allow_connections false`);
    await cutConnections(site.store.pool, name);
    return async () => void (await site.store.pool.query(`alter database "${name}" with allow_connections true`));
  },
  "the mail server hangs up": async (town) => {
    const answers = await town.mailServer();
    return async () => {
      await town.deliver();
      await answers();
    };
  },
  "the controller is killed while it sends": async (town) => async () => {
    const sending = town.deliver().catch(() => undefined);
    await sleep(SOON / 10);
    await town.site.stop();
    await sending;
    await town.site.start();
  },
  "an OLT loses power": async ({ voltha }, _, random) => {
    const olt = one(["OLT_1", "OLT_2"], random);
    voltha.oltDown(olt);
    return async () => voltha.oltUp(olt);
  },
};

/** What people do with a ticket; what is refused, such as a day that nobody is free on, changes nothing. */
async function atWork(desk: TicketDesk, number: string, random: Random): Promise<void> {
  const day = new Date(Date.now() + (5 + Math.floor(random() * 5)) * 86_400_000).toISOString().slice(0, 10);
  const acts = [
    () => desk.complete(number, "done", "ada", signal),
    () => desk.complete(number, "done", "ada", signal),
    () => desk.reschedule(number, { day, at: undefined }, "ben", signal),
    () => desk.cancel(number, "nobody at home", "ada", signal),
    () => desk.assign(number, undefined, "ben", signal),
  ];
  if (random() < 0.7) await one(acts, random)().catch(refused);
}

export type Named = readonly [name: string, Trouble];
/** All of them, in an order that the seed says: with two a day each comes once in eight days. */
export function troubles(random: Random): readonly Named[] {
  const drawn = Object.entries(TROUBLES).map((named) => [random(), named] as const);
  return drawn.sort(([a], [b]) => a - b).map(([, named]) => named);
}
