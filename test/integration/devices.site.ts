/** A whole installation beside an ACS and an access network: routers and ONUs that people plug in, move and meddle with. */
import { setTimeout as sleep } from "node:timers/promises";
import type {
  LastmileObject,
  ServicePlan,
  ServicePlanSpec,
  Subscriber,
  SubscriberCpe,
  SubscriberSpec,
  TenantSpec,
} from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { adapterSerial } from "../../reconcilers/voltha/names.ts";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import { type GenieacsLab, startGenieacs } from "../lab/genieacs/server.ts";
import { type OnuHandle, startVoltha, type VolthaLab } from "../lab/voltha/lab.ts";
import { radius, sub, tenant } from "./objects.ts";
import { Site } from "./site.ts";
import { acsSystem, plugOlts, volthaSystem } from "./systems.ts";

const ACS = "acs-1";
const VOLTHA = "voltha-1";
const service = (name: string, vlan: number, more = {}) => ({
  name,
  vlanMode: "Shared" as const,
  vlan,
  technologyProfileId: 64,
  pbit: 0,
  keepWhenSuspended: false,
  multicast: false,
  ...more,
});
export const SERVICES = [
  service("internet", 102),
  service("voice", 444, { innerVlan: 444, uniTag: 65, technologyProfileId: 65, pbit: 7, keepWhenSuspended: true }),
  service("iptv", 333, { innerVlan: 333, uniTag: 66, technologyProfileId: 66, pbit: 5 }),
];

export class DevicesSite {
  readonly site: Site;
  readonly acs: GenieacsLab;
  readonly voltha: VolthaLab;

  private constructor(site: Site, acs: GenieacsLab, voltha: VolthaLab) {
    this.site = site;
    this.acs = acs;
    this.voltha = voltha;
  }
  static async open(): Promise<DevicesSite> {
    const [site, acs, voltha] = await Promise.all([Site.open(), startGenieacs(), startVoltha()]);
    plugOlts(voltha);
    return new DevicesSite(site, acs, voltha);
  }
  async close(): Promise<void> {
    await this.site.close();
    await Promise.all([this.acs.close(), this.voltha.close()]);
  }

  /** What the tenant stands on; by default it binds both. */
  base(
    more: readonly LastmileObject[],
    o: {
      readonly plan?: Partial<ServicePlanSpec>;
      readonly tenant?: Partial<TenantSpec>;
      readonly systems?: TenantSpec["systems"];
      readonly refreshAfter?: string;
      readonly controller?: "VGC" | "ONOS";
    } = {},
  ): readonly LastmileObject[] {
    const systems = o.systems ?? {
      radius: [{ name: "radius-1" }],
      voltha: [{ name: VOLTHA }],
      genieacs: [{ name: ACS }],
    };
    return [
      tenant({ systems, ...o.tenant }),
      radius(this.site.radius.url),
      volthaSystem(this.voltha, o.controller, VOLTHA),
      acsSystem(this.acs, o.refreshAfter, ACS),
      this.plan(o.plan),
      ...more,
    ];
  }
  plan = (spec: Partial<ServicePlanSpec> = {}): ServicePlan => plan({ services: SERVICES, ...spec });

  /** A home with its ONU and a TR-181 router, both plugged in. */
  home(name: string, o: { readonly pon?: number; readonly online?: boolean } = {}) {
    const { serial } = sub(name).spec.onu!;
    const onu = this.voltha.onu({ serial: adapterSerial(serial), olt: "OLT_1", pon: o.pon ?? 0 });
    const cpe = this.cpe(`CPE-${name.toUpperCase()}`, o.online);
    return { onu, cpe, serial, uni: `${adapterSerial(serial)}-1` };
  }
  cpe(serial: string, online = true): Cpe {
    return this.acs.plug({
      serial,
      oui: "00D09E",
      productClass: "RG181",
      manufacturer: "Rigtech",
      dataModel: "TR-181",
      online,
    });
  }
  onuSerial = (name: string): string => sub(name).spec.onu!.serial;
  sub = (name: string, spec: Partial<SubscriberSpec> = {}, cpe: Partial<SubscriberCpe> = {}): Subscriber =>
    sub(name, { cpe: { serial: `CPE-${name.toUpperCase()}`, ...cpe }, ...spec });

  /** The password that RADIUS expects. */
  async password(user: string): Promise<string | undefined> {
    const { rows } = await this.site.radius.pool.query<{ value: string }>(
      "select value from radcheck where username = $1 and attribute = 'Cleartext-Password'",
      [user],
    );
    return rows[0]?.value;
  }
  /** S-tags of the services that the ONU really carries. */
  carried = (onu: OnuHandle): readonly number[] => onu.services.map((s) => s.ponSTag).sort((a, b) => a - b);
  /** What was read a second ago is read again, where `refreshAfter` says so. */
  later = (): Promise<void> => sleep(1100);
  async settled(): Promise<void> {
    await this.voltha.settled();
    await this.site.settle();
  }
}

export const PPP = "Device.PPP.Interface.1";
export const SSID = "Device.WiFi.SSID.2.SSID";
