/** A town with all seven systems: RADIUS, billing and tickets are real databases, mail a real server, the others stand-ins made from recordings. */
import type { ExternalSystem, LastmileObject, TenantAddressPool } from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { Fault } from "../../reconcilers/errors.ts";
import { list } from "../../reconcilers/netbox/list.ts";
import type { TicketDesk } from "../../reconcilers/tickets.ts";
import { adapterSerial } from "../../reconcilers/voltha/names.ts";
import { technician } from "../contract/fieldwork.subjects.ts";
import { signal } from "../contract/hand.ts";
import { open } from "../contract/netbox.rig.ts";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";
import { type Gate, openGate } from "../lab/gate.ts";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import { type GenieacsLab, startGenieacs } from "../lab/genieacs/server.ts";
import { type Standin, startStandin } from "../lab/netbox/server.ts";
import { type Mailbox, openMailbox } from "../lab/smtp.ts";
import { type OnuHandle, startVoltha, type VolthaLab } from "../lab/voltha/lab.ts";
import { SERVICES } from "./devices.site.ts";
import { cpeSerial, declared, type Home, onuSerial } from "./lives.life.ts";
import { mailSystem } from "./mail.site.ts";
import { PER_SUBSCRIBER, radius, SYSTEM, system, tenant } from "./objects.ts";
import { Site } from "./site.ts";
import { acsSystem, credentials, databaseSystem, plugOlts, volthaSystem } from "./systems.ts";
import { watchTurns } from "./turns.ts";

const pool = (name: string, prefix: string, area: string): TenantAddressPool => ({
  name,
  use: "IPv4",
  prefixes: [prefix],
  vrf: "internet",
  gateway: "FirstHost",
  servingAreas: [area],
});
const { areas: _, ...ADA } = technician("ada", { days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] });
const TECHNICIANS = Array.from({ length: 12 }, (_, n) => ({ ...ADA, name: `t${n}` }));
const EPOCH = Date.now();
const DAY_MS = 3_600_000;

/** The controller, or somebody else, was faster; or nobody is free. */
export function refused(e: unknown): void {
  if (!(e instanceof Fault)) throw e;
}

export class Town {
  readonly site: Site;
  readonly books: FreshDatabase;
  readonly field: FreshDatabase;
  /** Every message that was taken, whichever server took it. */
  readonly letters: Mailbox["received"] = [];
  readonly netbox: Standin;
  readonly gate: Gate;
  readonly acs: GenieacsLab;
  readonly voltha: VolthaLab;
  readonly onus = new Map<string, OnuHandle>();
  readonly cpes = new Map<string, Cpe>();
  /** By default nobody is told of changes. */
  radius: ExternalSystem;
  acsUrl: string;

  /** Each begins at its time. */
  day = 0;
  #mailbox: Mailbox;

  private constructor(
    parts: Pick<Town, "site" | "books" | "field" | "netbox" | "gate" | "acs" | "voltha">,
    box: Mailbox,
  ) {
    this.site = parts.site;
    this.books = parts.books;
    this.field = parts.field;
    this.netbox = parts.netbox;
    this.gate = parts.gate;
    this.acs = parts.acs;
    this.voltha = parts.voltha;
    this.#mailbox = box;
    this.radius = radius(parts.site.radius.url);
    this.acsUrl = parts.acs.url;
  }
  /** Everything that anybody will ever plug in is in the houses. */
  static async open(homes: readonly Home[]): Promise<Town> {
    const [site, books, field, box, netbox, acs, voltha] = await Promise.all([
      Site.open(),
      freshDatabase("template1"),
      freshDatabase("template1"),
      openMailbox(),
      startStandin(),
      startGenieacs(),
      startVoltha(),
    ]);
    const town = new Town({ site, books, field, netbox, acs, voltha, gate: await openGate(netbox.url) }, box);
    await site.stop();
    site.now = () => Date.now() + town.day * DAY_MS;
    await site.start();
    plugOlts(voltha);
    for (const home of homes) town.#furnish(home);
    const hands = open(netbox.url, netbox.token);
    await hands.send("POST", "/api/ipam/vrfs/", { name: "internet" }, signal);
    hands.close();
    await site.secret("netbox-1", "token", netbox.token, SYSTEM);
    await site.credentials(books.url, "billing-1");
    await site.credentials(field.url, "tickets-1");
    await watchTurns(site.store.pool);
    for (const system of town.#systems().filter((s) => s.spec.type !== "Mail"))
      await site.controller.endpoints.prepare(system, AbortSignal.timeout(60_000));
    return town;
  }
  async close(): Promise<void> {
    await this.site.close();
    const { books, field, gate, acs, voltha } = this;
    await Promise.all([books.drop(), field.drop(), gate.close(), acs.close(), voltha.close(), this.#mailbox.close()]);
    await this.netbox.close();
  }

  #furnish(home: Home): void {
    for (const which of [0, 1] as const) {
      const serial = onuSerial(home, which);
      const onu = this.voltha.onu({ serial: adapterSerial(serial), olt: `OLT_${home.olt}`, pon: 0 });
      if (which !== home.onu) onu.unplug();
      this.onus.set(serial, onu);
      const router = { oui: "00D09E", productClass: "RG181", manufacturer: "Rigtech", dataModel: "TR-181" } as const;
      this.cpes.set(cpeSerial(home, which), this.acs.plug({ ...router, serial: cpeSerial(home, which) }));
    }
  }
  /** A technician was there. */
  async wire(before: Home, after: Home): Promise<void> {
    if (before.onu === after.onu && before.olt === after.olt) return;
    if (before.onu !== after.onu) this.onu(before).unplug();
    this.onu(after).move(`OLT_${after.olt}`, Number(after.name.slice(1)) % 2);
  }
  onu = (home: Home): OnuHandle => this.onus.get(onuSerial(home, home.onu))!;
  cpe = (home: Home): Cpe => this.cpes.get(cpeSerial(home, home.cpe))!;

  async declare(homes: readonly Home[]): Promise<void> {
    await this.site.submitNow(this.objects(homes));
  }
  objects = (homes: readonly Home[]): readonly LastmileObject[] => [
    ...this.#ground(),
    ...homes.flatMap((h) => declared(h, (day) => EPOCH + day * DAY_MS) ?? []),
  ];
  /** Time passes, and what was scheduled for it comes about. */
  async begin(day: number): Promise<void> {
    this.day = day;
    await this.site.controller.keepTime();
  }
  deliver = (): Promise<void> => this.site.controller.deliver(new AbortController().signal);
  /** The mail server is gone until it is called again; what it took stays taken. */
  async mailServer(): Promise<() => Promise<void>> {
    const port = Number(new URL(this.#mailbox.address).port);
    this.letters.push(...this.#mailbox.received.splice(0));
    await this.#mailbox.close();
    return async () => {
      this.#mailbox = await openMailbox({}, port);
    };
  }
  desk = (): TicketDesk | undefined => this.site.controller.engine.ports.sessions().get("tickets-1")?.tickets;
  /** Whoever is still to be visited is; where the visit was called off it is made after all. */
  async visit(homes: readonly Home[]): Promise<void> {
    const wanted = new Set(homes.filter((h) => h.standing === "Active").map((h) => `SUB-${h.name}:${h.visit}`));
    const day = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
    const desk = this.desk();
    for (const t of (await desk?.list({ state: "All" }, signal)) ?? []) {
      const again = t.state === "Cancelled" && wanted.has(`${t.subscriber}:${t.visit}`);
      if (again) await desk!.reschedule(t.number, { day, at: undefined }, "ben", signal).catch(refused);
      if (again || t.state === "Scheduled") await desk!.complete(t.number, "done", "ada", signal).catch(refused);
    }
  }
  received(): readonly Mailbox["received"][number][] {
    return [...this.letters, ...this.#mailbox.received];
  }
  #ground(): readonly LastmileObject[] {
    const named = (...names: readonly string[]) => names.map((name) => ({ name }));
    const made = tenant(
      {
        systems: {
          radius: named("radius-1"),
          netbox: named("netbox-1"),
          billing: named("billing-1"),
          genieacs: named("acs-1"),
          voltha: named("voltha-1"),
          tickets: named("tickets-1"),
          mail: named("mail-1"),
        },
        servingAreas: [
          { name: "mitte", olts: ["olt1"], nas: ["bng1"], vlanDomain: "mitte" },
          { name: "nord", olts: ["olt2"], nas: ["bng2"], vlanDomain: "mitte" },
        ],
        addressPools: [pool("v4", "10.0.0.0/21", "mitte"), pool("v4n", "10.0.8.0/21", "nord")],
        vlanPools: [{ name: "home", vlanDomain: "mitte", serviceVlans: ["100-101"], innerVlans: ["1000-3999"] }],
      },
      {
        budgets: { retire: "100%", suspend: "100%", disrupt: "100%", minimum: 1000, window: "1h" },
        activation: { require: ["RADIUSReady", "InstallationCompleted"] },
      },
    );
    const services = [PER_SUBSCRIBER, ...SERVICES.filter((s) => s.name !== "internet")];
    const price = (amount: string) => ({ amount, currency: "EUR", period: "Monthly" as const });
    const common = { services, ipv4Assignment: "Dynamic" as const };
    return [
      made,
      this.radius,
      ...this.#systems(),
      plan({ ...common, billing: { product: "res-100", price: price("29.90") } }),
      plan(
        { ...common, speed: { down: "1Gbps", up: "500Mbps" }, billing: { product: "res-1000", price: price("59.90") } },
        "fast",
      ),
    ];
  }
  #systems(): readonly ExternalSystem[] {
    return [
      system("netbox-1", { type: "NetBox", address: this.gate.url, ...credentials("netbox-1") }),
      databaseSystem("billing-1", "Billing", this.books),
      databaseSystem("tickets-1", "Tickets", this.field, { tickets: { technicians: TECHNICIANS } }),
      mailSystem(this.#mailbox.address),
      acsSystem({ url: this.acsUrl }, "1s"),
      volthaSystem(this.voltha),
    ];
  }

  addresses = async (): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    const hands = open(this.netbox.url, this.netbox.token);
    const found = await list(hands, "/api/ipam/ip-addresses/", {}, signal);
    hands.close();
    return found;
  };
}
