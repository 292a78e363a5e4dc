/** Small valid objects with their defaults, for tests. */
import type {
  ExternalSystem,
  NetworkProfile,
  ServicePlan,
  ServicePlanSpec,
  Subscriber,
  SubscriberSpec,
  Tenant,
  TenantSpec,
} from "../../api/types.generated.ts";

const apiVersion = "lastmile.dev/v1alpha1";
const named = (name: string) => ({ name, namespace: "isp-acme" });

export const tenant = (spec: Partial<TenantSpec> = {}, name = "acme"): Tenant => ({
  apiVersion,
  kind: "Tenant",
  metadata: { name },
  spec: {
    namespace: "isp-acme",
    paused: false,
    timeZone: "UTC",
    realms: ["acme.example"],
    userNameTemplate: "{name}@{realm}",
    systems: { radius: [{ name: "radius-1" }] },
    servingAreas: [
      { name: "mitte", olts: ["olt1"], nas: ["bng1"], vlanDomain: "ring" },
      { name: "nord", olts: ["olt2"], nas: ["bng2"] },
    ],
    addressPools: [
      { name: "v4", use: "IPv4", prefixes: ["10.0.1.0/24"], vrf: "internet", gateway: "FirstHost" },
      { name: "cgn", use: "IPv4", prefixes: ["100.64.0.0/20"], vrf: "internet", gateway: "None", nasPool: "bng-cgn" },
      {
        name: "bng-pd",
        use: "PD",
        prefixes: ["2001:db8:2::/48"],
        prefixLength: 56,
        vrf: "internet",
        gateway: "None",
        nasPool: "bng-pd",
      },
      { name: "pd", use: "PD", prefixes: ["2001:db8:1::/48"], prefixLength: 56, vrf: "internet", gateway: "None" },
      { name: "north", use: "IPv4", prefixes: ["10.9.0.0/16"], vrf: "x", gateway: "None", servingAreas: ["nord"] },
    ],
    vlanPools: [],
    cpeTemplates: [],
    defaultVlan: 110,
    features: { networkProfiles: true, staticAudit: true, liveSessions: true },
    policies: {
      requireSurvey: false,
      cpe: { onRetire: "Keep" },
      adoption: "Never",
      activation: { require: ["RADIUSReady"] },
      retention: { resources: "720h", personalData: "4320h" },
      budgets: { retire: "10%", suspend: "25%", disrupt: "5%", minimum: 5, window: "24h" },
      installation: {
        leadDays: 3,
        count: "WorkingDays",
        at: "10:00",
        team: "field_operations",
        holidays: [],
        sla: { Low: "72h", Normal: "24h", High: "8h", Urgent: "4h" },
      },
    },
    ...spec,
  },
});

export const radius = (name = "radius-1", nas: readonly string[] = ["bng1", "bng2"]): ExternalSystem => ({
  apiVersion,
  kind: "ExternalSystem",
  metadata: { name },
  spec: {
    type: "RADIUS",
    mode: "Enforce",
    paused: false,
    address: "postgresql://db.example/radius",
    limits: { concurrency: 4, requestsPerSecond: 50 },
    radius: {
      nas: nas.map((n, i) => ({
        name: n,
        address: `192.0.2.${i + 1}`,
        vendor: "Generic",
        coaPort: 3799,
        sendVlan: false,
        coaPerSecond: 20,
        option82: {
          circuitAttribute: "ADSL-Agent-Circuit-Id",
          remoteAttribute: "ADSL-Agent-Remote-Id",
          encoding: "Text",
        },
      })),
    },
  },
});

export const plan = (spec: Partial<ServicePlanSpec> = {}, name = "basic"): ServicePlan => ({
  apiVersion,
  kind: "ServicePlan",
  metadata: named(name),
  spec: {
    aliases: [],
    speed: { down: "100Mbps", up: "50Mbps" },
    accessType: "PPPoE",
    ipv4Assignment: "None",
    ipv6AssignmentMode: "None",
    pools: {},
    sessionTimeout: "24h",
    idleTimeout: "15m",
    interimInterval: "10m",
    simultaneousUse: 1,
    radius: { profiles: {}, attributes: [] },
    services: [],
    cpe: { templates: [], mappings: [], parameters: [] },
    suspension: { mode: "Reject", billing: "Continue" },
    ...spec,
  },
});

export const profile = (spec: Partial<NetworkProfile["spec"]> = {}, name = "john"): NetworkProfile => ({
  apiVersion,
  kind: "NetworkProfile",
  metadata: named(name),
  spec: { option82Policy: "Ignore", ...spec },
});

export const subscriber = (spec: Partial<SubscriberSpec> = {}, name = "john"): Subscriber => ({
  apiVersion,
  kind: "Subscriber",
  metadata: named(name),
  spec: {
    subscriberNumber: "SUB-1",
    paused: false,
    customer: { id: "c-1", language: "en" },
    planRef: { name: "basic" },
    serviceState: "Active",
    onu: { olt: "olt1", serial: "ALCL12345678" },
    radius: { passwordScheme: "Cleartext", rotation: "WithDevice" },
    ...spec,
  },
});
