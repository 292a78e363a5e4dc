/** What a provider declares around John Doe: its tenant, its plans, two customers who stay as they are, and himself. Pure. */
import type {
  ExternalSystem,
  LastmileObject,
  ServicePlan,
  SiteSurvey,
  Subscriber,
  SubscriberSpec,
  Tenant,
  TenantAddressPool,
} from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { SERVICES } from "./devices.site.ts";
import { NAMESPACE, PER_SUBSCRIBER, sub, tenant } from "./objects.ts";

export const JOHN = "john-doe";
export const NEIGHBOURS = ["ann", "mary"] as const;
export const USER = "john-doe@acme.example";
/** An HG8546M, which speaks TR-098, and one that speaks TR-181. */
export const ROUTERS = ["HW-12345678", "RG-87654321"] as const;
export const ONUS = { first: "ALCL12345678", second: "HWTC12345678", third: "HWTC87654321" } as const;

const pool = (name: string, use: TenantAddressPool["use"], prefix: string, area: string): TenantAddressPool => ({
  ...{ name, use, prefixes: [prefix], vrf: "internet", servingAreas: [area] },
  gateway: use === "IPv4" || use === "IPv6Address" ? "FirstHost" : "None",
  ...(use === "PD" && { prefixLength: 56 }),
  ...(use === "WANPrefix" && { prefixLength: 64 }),
});
const SYSTEMS = {
  radius: [{ name: "radius-1" }],
  netbox: [{ name: "netbox-1" }],
  billing: [{ name: "billing-1" }],
  genieacs: [{ name: "acs-1" }],
  voltha: [{ name: "voltha-1" }],
  tickets: [{ name: "tickets-1" }],
  mail: [{ name: "mail-1" }],
};

const acme = (): Tenant =>
  tenant(
    {
      timeZone: "Europe/Berlin",
      systems: SYSTEMS,
      servingAreas: [
        { name: "mitte", olts: ["olt1"], nas: ["bng1"], vlanDomain: "mitte" },
        { name: "nord", olts: ["olt2"], nas: ["bng1"], vlanDomain: "nord" },
      ],
      addressPools: [
        pool("mitte-v4", "IPv4", "10.0.1.0/24", "mitte"),
        pool("mitte-v6", "IPv6Address", "2001:db8::/64", "mitte"),
        pool("mitte-pd", "PD", "2001:db8:1::/48", "mitte"),
        pool("mitte-wan", "WANPrefix", "2001:db8:0:100::/56", "mitte"),
        pool("nord-v4", "IPv4", "10.0.8.0/24", "nord"),
        pool("nord-wan", "WANPrefix", "2001:db8:8::/56", "nord"),
        pool("nord-pd", "PD", "2001:db8:9::/48", "nord"),
      ],
      vlanPools: ["mitte", "nord"].map((area, n) => ({
        ...{ name: `home-${area}`, vlanDomain: area },
        ...{ serviceVlans: [`${100 + 100 * n}-${109 + 100 * n}`], innerVlans: ["1000-3999"] },
      })),
      cpeTemplates: [{ name: "residential_fiber", script: "log('residential fiber');", weight: 0 }],
    },
    {
      requireSurvey: true,
      activation: { require: ["SurveyPassed", "InstallationCompleted", "ONUActive", "CPEOnline"] },
      budgets: { retire: "100%", suspend: "100%", disrupt: "100%", minimum: 10, window: "1h" },
      rollout: { step: "1", pause: "24h", from: 3, stopAfter: 1 },
      installation: {
        ...{ leadDays: 3, count: "WorkingDays", at: "10:00", team: "field_operations" },
        holidays: ["2026-12-24", "2026-12-25", "2026-12-31", "2027-01-01"],
        sla: { Low: "72h", Normal: "24h", High: "8h", Urgent: "4h" },
      },
    },
  );

/** TR-098 has no place of its own for DHCPv6-PD. */
const PREFIX_OF_HUAWEI = {
  name: "ipv6.pd",
  path: "InternetGatewayDevice.X_HW_DHCPv6.Client.1.RequestPrefixes",
  manufacturer: "Huawei*",
};
/** Prices by plan, in euro a month. */
const PRICES = { "residential-100mbps": "29.90", "fiber-1gbps": "59.90" } as const;
export type PlanName = keyof typeof PRICES;
export function product(name: PlanName, down: string): ServicePlan {
  const [, ...others] = SERVICES;
  return plan(
    {
      speed: { down, up: "50Mbps" },
      aliases: [name.replace("-", "_")],
      ipv4Assignment: "Dynamic",
      ipv6AssignmentMode: "DualStack",
      idleTimeout: "0s",
      services: [{ ...PER_SUBSCRIBER, vlanPool: "home-mitte" }, ...others],
      cpe: { templates: ["residential_fiber"], mappings: [PREFIX_OF_HUAWEI], parameters: [] },
      billing: { product: name, price: { amount: PRICES[name], currency: "EUR", period: "Monthly" } },
      suspension: { mode: "WalledGarden", billing: "Continue", addressList: "unpaid", throttle: "512kbps" },
    },
    name,
  );
}

export const john = (spec: Partial<SubscriberSpec> = {}): Subscriber =>
  sub(JOHN, {
    subscriberNumber: "SUB-ABC123",
    customer: { id: "cust-123", name: "John Doe", email: "john@example.com", phone: "+1234567890", language: "en" },
    serviceAddress: { line: "123 Main St", city: "Springfield", postalCode: "12345" },
    planRef: { name: "residential_100mbps" },
    onu: { olt: "olt1", serial: ONUS.first },
    cpe: { serial: ROUTERS[0], wifi: [{ band: "2.4GHz", ssid: "Doe", management: "Seed" }] },
    billing: { account: "ACC-123" },
    installation: { priority: "Normal", visit: 1, notes: "call before" },
    ...spec,
  });
export const neighbour = (name: string): Subscriber =>
  sub(name, {
    planRef: { name: "residential_100mbps" },
    cpe: { serial: `CPE-${name.toUpperCase()}` },
    billing: { account: `ACC-${name}` },
    customer: { id: `c-${name}`, language: "en" },
  });
export const survey = (of: string, name: string, spec: Partial<SiteSurvey["spec"]>): SiteSurvey => ({
  apiVersion: "lastmile.dev/v1alpha1",
  kind: "SiteSurvey",
  metadata: { name, namespace: NAMESPACE },
  spec: { subscriberRef: { name: of }, state: "Scheduled", ...spec },
});
export const passed = (at: string): Partial<SiteSurvey["spec"]> => ({
  ...{ state: "Completed", completedAt: at, serviceability: "Serviceable" },
  ...{ fiberAvailability: "Available", distanceMeters: 50, data: { distance_to_pole: "50m" } },
});

/** What is declared at a moment. */
export interface Book {
  readonly john: Subscriber | undefined;
  readonly plans: readonly ServicePlan[];
  readonly surveys: readonly SiteSurvey[];
}
export const declaredBy = (book: Book, systems: readonly ExternalSystem[]): readonly LastmileObject[] => [
  acme(),
  ...systems,
  ...book.plans,
  ...book.surveys,
  ...NEIGHBOURS.map(neighbour),
  ...NEIGHBOURS.map((name) => survey(name, `survey-${name}`, passed("2026-11-15T13:30:00Z"))),
  ...(book.john ? [book.john] : []),
];
