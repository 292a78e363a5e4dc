/** One customer of all five systems who is online: what is called when he goes, and what happens when a system is away. */
import { type Gate, openGate } from "../lab/gate.ts";
import { type LabNas, labNas } from "../lab/radius/nas.ts";
import { PPP } from "./devices.site.ts";
import { type Home, homes } from "./lives.life.ts";
import { Town } from "./lives.town.ts";
import { radius, SYSTEM } from "./objects.ts";
import { cutConnections } from "./tables.ts";

const SECRET = "n4s-s3cret";
export const HOME: Home = { ...homes(1)[0]!, standing: "Active", olt: 1 };
export const USER = `${HOME.name}@acme.example`;
interface Address {
  readonly address: string;
  readonly status: { readonly value: string };
  readonly custom_fields: { readonly lastmile_subscriber: string | null };
}
export type Away = "radius-1" | "netbox-1" | "billing-1" | "acs-1" | "voltha-1";

export class Ending {
  readonly town: Town;
  readonly nas: LabNas;
  /** What was called, each once and in order: `Disconnect`, `router`, `ONU`, `address`. */
  readonly called: string[] = [];
  readonly #acs: Gate;
  /** Answers of the database at the moment of a call. */
  readonly #then = new Map<string, Promise<boolean>>();

  private constructor(town: Town, nas: LabNas, acs: Gate) {
    this.town = town;
    this.nas = nas;
    this.#acs = acs;
  }
  static async open(): Promise<Ending> {
    const town = await Town.open([HOME]);
    const nas = await labNas(SECRET, town.site.radius.pool);
    const acs = await openGate(town.acs.url);
    await town.site.secret("nas", "secret", SECRET, SYSTEM);
    const made = radius(town.site.radius.url);
    const [bng1, bng2] = made.spec.radius!.nas;
    const secretRef = { namespace: SYSTEM, name: "nas", key: "secret" };
    const live = { ...bng1!, address: "127.0.0.1", vendor: "MikroTik" as const, coaPort: nas.port, secretRef };
    town.radius = { ...made, spec: { ...made.spec, radius: { nas: [live, bng2!] } } };
    town.acsUrl = acs.url;
    const self = new Ending(town, nas, acs);
    await self.#serve();
    return self;
  }
  async close(): Promise<void> {
    await this.town.close();
    await this.nas.close();
    await this.#acs.close();
  }

  async #serve(): Promise<void> {
    const { site } = this.town;
    await this.declare(HOME);
    await site.until(async () => {
      await this.town.voltha.settled();
      await this.town.visit([HOME]);
      await this.again();
      return (await site.condition(HOME.name, "Ready")) === "True Converged";
    });
    await site.radius.pool.query(
      `insert into radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctupdatetime, acctinterval)
       values ('a1', 'a1', $1, '127.0.0.1', now() - interval '1 hour', now(), 600)`,
      [USER],
    );
    this.nas.up.add("a1");
    this.#hear(this.nas.heard, "Disconnect", /^Disconnect/, () => this.isRejected());
    this.#hear(this.#acs.log, "router", /^(POST|DELETE) \/devices\/.*\/tags\//);
    this.#hear(this.town.voltha.calls, "ONU", /^DisableDevice/, async () => !this.isRouterOurs());
    this.#hear(
      this.town.gate.log,
      "address",
      /^PATCH \/api\/ipam\/ip-addresses\//,
      async () => !(await this.isOnline()),
    );
  }
  #hear(log: string[], what: string, line: RegExp, so?: () => Promise<boolean>): void {
    const { called } = this;
    const then = this.#then;
    log.push = function push(...lines) {
      if (lines.some((l) => line.test(l)) && !called.includes(what)) {
        called.push(what);
        if (so) then.set(what, so());
      }
      return Array.prototype.push.apply(this, lines);
    };
  }
  /** Whether that was so when it was called: RADIUS rejected, the router was told, no session was open. */
  wasTime = async (what: "Disconnect" | "ONU" | "address"): Promise<boolean | undefined> => this.#then.get(what);

  async declare(home: Home | undefined): Promise<void> {
    await this.town.declare(home ? [home] : []);
    await this.town.site.settle(300);
  }
  /** The next look. */
  async again(): Promise<void> {
    const { site } = this.town;
    site.controller.engine.enqueue([site.subscriber(HOME.name)]);
    await site.settle(300);
  }
  async away(what: Away, isAway: boolean): Promise<void> {
    const { town } = this;
    switch (what) {
      case "netbox-1":
        town.gate.shut = isAway;
        return;
      case "acs-1":
        this.#acs.shut = isAway;
        return;
      case "voltha-1":
        town.voltha.trouble.splice(0);
        if (isAway) for (let n = 0; n < 10_000; n++) town.voltha.trouble.push({ on: /./, what: "refuse" });
        return;
      default: {
        const name = new URL((what === "billing-1" ? town.books : town.site.radius).url).pathname.slice(1);
        await town.site.store.pool.query(`alter database "${name}" allow_connections ${!isAway}`);
        await cutConnections(town.site.store.pool, name);
      }
    }
  }

  async isRejected(): Promise<boolean> {
    const { check = [] } = (await this.town.site.accounts()).get(USER) ?? {};
    return check.includes("Auth-Type := Reject");
  }
  async isOnline(): Promise<boolean> {
    const { rows } = await this.town.site.radius.pool.query("select 1 from radacct where acctstoptime is null");
    return rows.length > 0;
  }
  async isBilled(): Promise<boolean> {
    const { rows } = await this.town.books.pool.query("select 1 from billing.subscriptions where state <> 'CANCELLED'");
    return rows.length > 0;
  }
  isConnected = (): boolean => this.town.onu(HOME).services.length > 0;
  /** What it dials with is taken back at the end. */
  isRouterOurs = (): boolean => String(this.town.cpe(HOME).get(`${PPP}.Username`)).endsWith("@acme.example");
  /** `address status` of what was given to him. */
  async addresses(): Promise<readonly string[]> {
    const all = (await this.town.addresses()) as unknown as readonly Address[];
    const mine = all.filter((a) => a.custom_fields.lastmile_subscriber === `SUB-${HOME.name}`);
    return mine.map((a) => `${a.address} ${a.status.value}`).sort();
  }
  /** What keeps the object in sight. */
  async standing(): Promise<readonly string[]> {
    const { rows } = await this.town.site.store.pool.query<{ ref: string }>(
      `select ref from lastmile.inventory i where owner = $1
       and not exists (select from lastmile.ledger l where (l.owner, l.ref) = (i.owner, i.ref)) order by 1`,
      [this.town.site.subscriber(HOME.name)],
    );
    return rows.map((r) => r.ref.split("/").slice(0, 2).join("/"));
  }
}
