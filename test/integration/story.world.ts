/** Everything around one provider, and a time that passes as the story wants: what a controller does by itself is done. */
import type { Subscriber } from "../../controller/api/types.generated.ts";
import { list } from "../../reconcilers/netbox/list.ts";
import { signal } from "../contract/hand.ts";
import { open } from "../contract/netbox.rig.ts";
import { type Homes, openHomes } from "./story.field.ts";
import { type Book, declaredBy, JOHN, NEIGHBOURS, neighbour, product } from "./story.john.ts";
import { closeParts, openParts, type Parts, systemsOf } from "./story.systems.ts";

const MINUTE = 60_000;
const MONTH = 28 * 86_400_000;
export const accountOf = (name: string): string => `${name}@acme.example`;
type Item = Readonly<Record<string, unknown>>;

export interface World extends Parts, Homes {
  readonly book: Book;
  /** Edits what is declared; `john: undefined` takes him out. */
  declare(edit: Partial<Book>): Promise<void>;
  /** The same, of his spec; what is undefined is not declared any more. */
  edit(spec: { readonly [F in keyof Subscriber["spec"]]?: Subscriber["spec"][F] | undefined }): Promise<void>;
  /** Months pass one by one, and at last this moment has come. RFC 3339. */
  until(at: string): Promise<void>;
  /** What a controller does by itself within minutes. */
  pass(): Promise<void>;
  /** As it is told that something happened to him. */
  look(): Promise<void>;
  /** He dials in, with what RADIUS gives him. */
  dial(id: string): Promise<void>;
  /** As `lastmile ticket complete` does. */
  complete(number: string): Promise<void>;
  /** Another process takes over, and knows what the store knows. */
  restart(): Promise<void>;
  netboxList(path: string): Promise<readonly Item[]>;
  netboxEdit(path: string, body: Item): Promise<void>;
  close(): Promise<void>;
}

export async function openWorld(start: string): Promise<World> {
  const parts = await openParts(start);
  const homes = openHomes(parts);
  for (const name of NEIGHBOURS) {
    const { onu, cpe } = neighbour(name).spec;
    await homes.plugOnu(onu!.serial, "OLT_1", 1);
    homes.plugCpe(cpe!.serial);
  }
  return living(parts, homes);
}

function living(parts: Parts, homes: Homes): World {
  const { clock, site, voltha, nas, netbox } = parts;
  const systems = systemsOf(parts);
  const plans = [product("residential-100mbps", "100Mbps"), product("fiber-1gbps", "1Gbps")];
  let book: Book = { john: undefined, surveys: [], plans };
  const hands = () => open(netbox.url, netbox.token);
  const arrive = async (at: number): Promise<void> => {
    await clock.set(at);
    homes.inform();
    await site.radius.pool.query("update radacct set acctupdatetime = clock.now() where acctstoptime is null");
    await world.pass();
  };
  const world: World = {
    ...{ ...parts, ...homes },
    get book() {
      return book;
    },
    async declare(edit) {
      book = { ...book, ...edit };
      await site.submitNow(declaredBy(book, systems));
      await site.settle(0);
      await world.pass();
    },
    async edit(spec) {
      const { john } = book;
      if (!john) throw new Error("he is not declared");
      const wanted = Object.entries({ ...john.spec, ...spec }).filter(([, value]) => value !== undefined);
      await world.declare({ john: { ...john, spec: Object.fromEntries(wanted) as unknown as Subscriber["spec"] } });
    },
    async until(at) {
      const end = Date.parse(at);
      for (let next = clock.now() + MONTH; next < end; next += MONTH) await arrive(next);
      await arrive(end);
    },
    async pass() {
      const { controller } = site;
      await controller.keepTime();
      await controller.rollOut();
      await controller.purge();
      controller.engine.retryAwaiting();
      controller.engine.retryRefused();
      await controller.retryTags();
      await site.settle(0);
      await voltha.settled();
      await site.scanNow();
      await site.settle(0);
      await controller.deliver(signal);
    },
    async look() {
      const { engine } = site.controller;
      engine.verified.forget([site.subscriber(JOHN)]);
      engine.enqueue([site.subscriber(JOHN)]);
      await site.settle(0);
      await world.pass();
    },
    async dial(id) {
      await clock.set(clock.now() + MINUTE); // a login within seconds of a change may have read what stood before
      const reply = (await site.accounts()).get(accountOf(JOHN))?.reply ?? [];
      const [, address] = /^Framed-IP-Address := (.*)$/m.exec(reply.join("\n")) ?? [];
      nas.up.add(id);
      await site.radius.pool.query(
        `insert into radacct (acctsessionid, acctuniqueid, username, nasipaddress, nasportid, callingstationid, acctstarttime, acctupdatetime, framedipaddress)
         values ($1, $1, $2, '127.0.0.1', 'olt1 1/1', '02:00:00:00:00:01', clock.now(), clock.now(), $3)`,
        [id, accountOf(JOHN), address],
      );
      await world.look();
    },
    async complete(number) {
      const desk = site.controller.engine.ports.sessions().get("tickets-1")?.tickets;
      await desk?.complete(number, "all is well", "ada", signal);
      await world.look();
    },
    async restart() {
      await site.stop();
      await site.start();
      await site.settle(0);
      await world.pass();
    },
    async netboxList(path) {
      const http = hands();
      const found = await list(http, path, {}, signal);
      http.close();
      return found;
    },
    async netboxEdit(path, body) {
      const http = hands();
      const { code } = await http.send("PATCH", path, body, signal);
      http.close();
      if (code !== 200) throw new Error(`NetBox answers ${code}`);
    },
    close: () => closeParts(parts),
  };
  return world;
}
