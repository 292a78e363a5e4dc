/** A town with all five systems: RADIUS and billing are real databases, the others stand-ins made from recordings. */
import type { ExternalSystem, LastmileObject, TenantAddressPool } from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { list } from "../../reconcilers/netbox/list.ts";
import { adapterSerial } from "../../reconcilers/voltha/names.ts";
import { signal } from "../contract/hand.ts";
import { open } from "../contract/netbox.rig.ts";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";
import { type Gate, openGate } from "../lab/gate.ts";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import { type GenieacsLab, startGenieacs } from "../lab/genieacs/server.ts";
import { type Standin, startStandin } from "../lab/netbox/server.ts";
import { type OnuHandle, startVoltha, type VolthaLab } from "../lab/voltha/lab.ts";
import { SERVICES } from "./devices.site.ts";
import { cpeSerial, declared, type Home, onuSerial } from "./lives.life.ts";
import { PER_SUBSCRIBER, radius, SYSTEM, system, tenant } from "./objects.ts";
import { Site } from "./site.ts";
import { acsSystem, credentials, databaseSystem, plugOlts, volthaSystem } from "./systems.ts";

const pool = (name: string, prefix: string, area: string): TenantAddressPool => ({
  name,
  use: "IPv4",
  prefixes: [prefix],
  vrf: "internet",
  gateway: "FirstHost",
  servingAreas: [area],
});

export class Town {
  readonly site: Site;
  readonly books: FreshDatabase;
  readonly netbox: Standin;
  readonly gate: Gate;
  readonly acs: GenieacsLab;
  readonly voltha: VolthaLab;
  readonly onus = new Map<string, OnuHandle>();
  readonly cpes = new Map<string, Cpe>();
  /** By default nobody is told of changes. */
  radius: ExternalSystem;
  acsUrl: string;

  private constructor(site: Site, books: FreshDatabase, netbox: Standin, gate: Gate, acs: GenieacsLab, v: VolthaLab) {
    this.site = site;
    this.books = books;
    this.netbox = netbox;
    this.gate = gate;
    this.acs = acs;
    this.voltha = v;
    this.radius = radius(site.radius.url);
    this.acsUrl = acs.url;
  }
  /** Everything that anybody will ever plug in is in the houses. */
  static async open(homes: readonly Home[]): Promise<Town> {
    const [site, books, netbox, acs, voltha] = await Promise.all([
      Site.open(),
      freshDatabase("template1"),
      startStandin(),
      startGenieacs(),
      startVoltha(),
    ]);
    const town = new Town(site, books, netbox, await openGate(netbox.url), acs, voltha);
    plugOlts(voltha);
    for (const home of homes) town.#furnish(home);
    const hands = open(netbox.url, netbox.token);
    await hands.send("POST", "/api/ipam/vrfs/", { name: "internet" }, signal);
    hands.close();
    await site.secret("netbox-1", "token", netbox.token, SYSTEM);
    await site.credentials(books.url, "billing-1");
    for (const system of town.#systems()) await site.controller.endpoints.prepare(system, AbortSignal.timeout(60_000));
    return town;
  }
  async close(): Promise<void> {
    await this.site.close();
    await Promise.all([this.books.drop(), this.gate.close(), this.acs.close(), this.voltha.close()]);
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
    ...homes.flatMap((h) => declared(h) ?? []),
  ];
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
        },
        servingAreas: [
          { name: "mitte", olts: ["olt1"], nas: ["bng1"], vlanDomain: "mitte" },
          { name: "nord", olts: ["olt2"], nas: ["bng2"], vlanDomain: "mitte" },
        ],
        addressPools: [pool("v4", "10.0.0.0/21", "mitte"), pool("v4n", "10.0.8.0/21", "nord")],
        vlanPools: [{ name: "home", vlanDomain: "mitte", serviceVlans: ["100-101"], innerVlans: ["1000-3999"] }],
      },
      { budgets: { retire: "100%", suspend: "100%", disrupt: "100%", minimum: 1000, window: "1h" } },
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
