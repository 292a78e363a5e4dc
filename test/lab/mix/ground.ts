/** One tenant with all six systems, as the core sees them: what they want, and how their fields are compared. Nothing is connected. */
import type {
  ExternalSystem,
  LastmileObject,
  SiteSurvey,
  Subscriber,
  SubscriberSpec,
} from "../../../controller/api/types.generated.ts";
import { Catalog } from "../../../controller/core/catalog.ts";
import type { Endpoint } from "../../../controller/core/compose.ts";
import { plan, radius, subscriber, tenant } from "../../../controller/core/resolve/fixture.ts";
import { Sensitive } from "../../../controller/core/sensitive.ts";
import { systems } from "../../../reconcilers/index.ts";
import type { Resource } from "../../../reconcilers/system.ts";

export const INSTALLATION = "lab";
export const OWNER = {
  installation: INSTALLATION,
  tenant: "acme",
  kind: "Subscriber",
  namespace: "isp-acme",
  name: "john",
};
const PINNED = "10.0.1.100";
/** Type by name. */
export const TYPES = new Map([
  ["radius-1", "RADIUS"],
  ["netbox-1", "NetBox"],
  ["acs-1", "GenieACS"],
  ["voltha-1", "VOLTHA"],
  ["billing-1", "Billing"],
  ["tickets-1", "Tickets"],
]);
export const SYSTEMS = [...TYPES.keys()];

const system = (name: string, spec: Partial<ExternalSystem["spec"]>): ExternalSystem => ({
  apiVersion: "lastmile.dev/v1alpha1",
  kind: "ExternalSystem",
  metadata: { name },
  spec: {
    type: TYPES.get(name) as ExternalSystem["spec"]["type"],
    mode: "Enforce",
    paused: false,
    address: "http://127.0.0.1:1",
    limits: { concurrency: 4, requestsPerSecond: 50 },
    ...spec,
  },
});
const line = {
  vlanMode: "Shared",
  technologyProfileId: 64,
  pbit: 0,
  keepWhenSuspended: false,
  multicast: false,
} as const;
const SERVICES = [
  { ...line, name: "internet", vlan: 102 },
  {
    ...line,
    name: "voice",
    vlan: 444,
    innerVlan: 444,
    uniTag: 65,
    technologyProfileId: 65,
    pbit: 7,
    keepWhenSuspended: true,
  },
];
const OLTS = [1, 2].map((n) => ({
  ...{ name: `olt${n}`, serial: `OLT_${n}`, address: `olt${n}.example:50060` },
  ...{ uplinkPort: 16777216, nniPorts: [16777216] },
}));

function endpoints(): readonly ExternalSystem[] {
  const [made, controller] = [radius(), { type: "VGC", address: "http://127.0.0.1:1" } as const];
  const nas = made.spec.radius!.nas.map((n) => ({ ...n, vendor: "MikroTik" as const }));
  return [
    { ...made, spec: { ...made.spec, radius: { nas } } },
    system("netbox-1", {}),
    system("acs-1", { genieacs: { refreshAfter: "24h", taskExpiry: "168h" } }),
    system("voltha-1", {
      address: "127.0.0.1:1",
      voltha: { controller, settleAfterRecovery: "0s", olts: OLTS },
    }),
    system("billing-1", { address: "postgresql://127.0.0.1:1/billing" }),
    system("tickets-1", { address: "postgresql://127.0.0.1:1/tickets", tickets: { technicians: [] } }),
  ];
}
function base(): readonly LastmileObject[] {
  const named = (name: string) => [{ name }];
  const made = tenant({
    systems: {
      radius: named("radius-1"),
      netbox: named("netbox-1"),
      genieacs: named("acs-1"),
      voltha: named("voltha-1"),
      billing: named("billing-1"),
      tickets: named("tickets-1"),
    },
  });
  const policies = { ...made.spec.policies, requireSurvey: true, activation: { require: ["InstallationCompleted"] } };
  const common = {
    services: SERVICES,
    ipv4Assignment: "Dynamic",
    suspension: { mode: "Reject", billing: "Continue", throttle: "1Mbps", addressList: "unpaid" },
  } as const;
  return [
    { ...made, spec: { ...made.spec, policies: policies as typeof made.spec.policies } },
    ...endpoints(),
    plan({ ...common, billing: { product: "res-100" } } as Partial<Parameters<typeof plan>[0]>),
    plan({ ...common, speed: { down: "1Gbps", up: "500Mbps" }, billing: { product: "res-1000" } } as object, "fast"),
  ];
}

/** The customer as he is declared. */
export interface Wish {
  readonly state: "Active" | "Suspended" | "Terminated" | "None";
  readonly mode: "Reject" | "Throttle" | "WalledGarden";
  readonly plan: "basic" | "fast";
  readonly onu: 0 | 1;
  readonly cpe: 0 | 1;
  /** Undefined: an address from the pool. */
  readonly pinned: boolean;
  readonly name: 0 | 1;
}
export const FIRST: Wish = { state: "None", mode: "Reject", plan: "basic", onu: 0, cpe: 0, pinned: false, name: 0 };
export const ONUS = ["ALCL00000001", "ALCL00000002"] as const;
export const CPES = ["CPE-0", "CPE-1"] as const;
const NAMES = ["john@acme.example", "doe@acme.example"] as const;

export function declared(wish: Wish): Subscriber | undefined {
  if (wish.state === "None") return undefined;
  const { state: serviceState, mode } = wish;
  return subscriber({
    serviceState,
    ...(serviceState === "Suspended" && { suspension: { reason: "NonPayment", mode } }),
    planRef: { name: wish.plan },
    onu: { olt: "olt1", serial: ONUS[wish.onu] },
    cpe: { serial: CPES[wish.cpe], wifi: [{ band: "5GHz", ssid: "John", management: "Enforce" }] },
    billing: { account: "ACC-1" },
    radius: { passwordScheme: "Cleartext", rotation: "WithDevice", username: NAMES[wish.name] },
    ...(wish.pinned && { networkProfile: { option82Policy: "Ignore", staticIPv4: PINNED } }),
  } as Partial<SubscriberSpec>);
}
const SURVEY: SiteSurvey = {
  apiVersion: "lastmile.dev/v1alpha1",
  kind: "SiteSurvey",
  metadata: { name: "john", namespace: OWNER.namespace },
  spec: {
    ...{ subscriberRef: { name: "john" }, state: "Completed" },
    ...{ completedAt: "2026-11-10T10:00:00Z", serviceability: "Serviceable" },
  },
};

export interface Means {
  readonly catalog: (wish: Wish, surveyed: boolean) => Catalog;
  readonly endpoint: (name: string) => Endpoint;
  /** By name of the endpoint; only their tables and traits are used. */
  readonly resources: ReadonlyMap<string, readonly Resource[]>;
  readonly password: Sensitive;
}
/** The tables of fields are those of the systems themselves. */
export async function means(): Promise<Means> {
  const objects = base();
  const open = endpoints().map((e) => [e.metadata.name, systems.get(e.spec.type)!(e.spec, e.metadata.name)] as const);
  const configured = new Map(open);
  const password = new Sensitive("correct-horse-battery");
  const credentials = { token: new Sensitive("0".repeat(40)), username: password, password };
  const resources = new Map<string, readonly Resource[]>();
  for (const [endpoint, one] of open) {
    const session = await one.connect({ endpoint, digest: (text) => text, credentials });
    resources.set(endpoint, session.resources);
    await session.close();
  }
  return {
    catalog: (wish, surveyed) =>
      new Catalog([...objects, ...(surveyed ? [SURVEY] : []), ...[declared(wish) ?? []].flat()]),
    endpoint: (name) => configured.get(name)!,
    resources,
    password,
  };
}
