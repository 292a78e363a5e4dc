/** The smallest complete declarations of a provider, to be changed where a test wants something else. */
type Spec = Record<string, unknown>;

const NAMESPACE = "isp-acme";

const object = (kind: string, metadata: Spec, spec: Spec): object => ({
  apiVersion: "lastmile.dev/v1alpha1",
  kind,
  metadata,
  spec,
});

/** Two areas: `mitte` (olt1) on a MikroTik router, `nord` (olt2) on a generic one that wants the VLAN. */
export const tenant = (spec: Spec = {}): object =>
  object(
    "Tenant",
    { name: "acme" },
    {
      namespace: NAMESPACE,
      realms: ["acme.example", "biz.acme.example"],
      systems: { radius: [{ name: "radius-1" }] },
      servingAreas: [
        { name: "mitte", olts: ["olt1"], nas: ["bng1"] },
        { name: "nord", olts: ["olt2"], nas: ["bng2"] },
      ],
      addressPools: [
        { name: "cgn", use: "IPv4", prefixes: ["100.64.0.0/20"], vrf: "internet", nasPool: "cgn-pool" },
        { name: "cgn-2", use: "IPv4", prefixes: ["100.65.0.0/20"], vrf: "internet" },
        { name: "pd", use: "PD", prefixes: ["2001:db8:2::/48"], prefixLength: 56, vrf: "internet", nasPool: "pd-pool" },
        { name: "res-v4", use: "IPv4", prefixes: ["10.0.1.0/24"], vrf: "internet", gateway: "FirstHost" },
        { name: "res-v6", use: "IPv6Address", prefixes: ["2001:db8::/64"], vrf: "internet" },
        { name: "res-pd", use: "PD", prefixes: ["2001:db8:1::/48"], prefixLength: 56, vrf: "internet" },
      ],
      ...spec,
    },
  );

export const radius = (address: string, spec: Spec = {}, name = "radius-1"): object =>
  object(
    "ExternalSystem",
    { name },
    {
      type: "RADIUS",
      address,
      credentialsRef: { namespace: "lastmile-system", name: "radius" },
      radius: {
        nas: [
          { name: "bng1", address: "192.0.2.10", vendor: "MikroTik" },
          { name: "bng2", address: "192.0.2.11", vendor: "Generic", sendVlan: true },
        ],
      },
      ...spec,
    },
  );

/** Any other system; its credentials bear the name of its type. */
export const system = (name: string, type: string, address: string, spec: Spec = {}): object =>
  object(
    "ExternalSystem",
    { name },
    {
      type,
      address,
      credentialsRef: { namespace: "lastmile-system", name: type.toLowerCase() },
      ...spec,
    },
  );

/** 100 Mbit/s down, 50 Mbit/s up, PPPoE, address from the router's pool. */
export const plan = (name: string, spec: Spec = {}): object =>
  object(
    "ServicePlan",
    { name, namespace: NAMESPACE },
    {
      speed: { down: "100Mbps", up: "50Mbps" },
      ipv4Assignment: "Pool",
      pools: { ipv4: "cgn" },
      services: [{ name: "internet", vlan: 102 }],
      ...spec,
    },
  );

export const profile = (name: string, spec: Spec): object =>
  object("NetworkProfile", { name, namespace: NAMESPACE }, spec);

export const subscriber = (name: string, spec: Spec = {}, metadata: Spec = {}): object =>
  object(
    "Subscriber",
    { name, namespace: NAMESPACE, ...metadata },
    {
      subscriberNumber: `SUB-${name}`,
      customer: { id: `cust-${name}` },
      planRef: { name: "basic" },
      onu: { olt: "olt1", serial: serial(name) },
      ...spec,
    },
  );

/** Passed, unless told otherwise. */
export const survey = (name: string, spec: Spec = {}): object =>
  object(
    "SiteSurvey",
    { name: `survey-${name}`, namespace: NAMESPACE },
    {
      subscriberRef: { name },
      state: "Completed",
      completedAt: "2026-11-15T14:30:00+01:00",
      serviceability: "Serviceable",
      ...spec,
    },
  );

/** A serial number of the right shape that is one subscriber's own. */
function serial(name: string): string {
  let sum = 7;
  for (const letter of name) sum = (sum * 31 + letter.charCodeAt(0)) % 0xffffffff;
  return `ALCL${sum.toString(16).toUpperCase().padStart(8, "0")}`;
}

/** The same subscriber at the other area's OLT. */
export const atOlt2 = (name: string): Spec => ({ onu: { olt: "olt2", serial: serial(name) } });

/** Ten subscribers of plan `basic`, named sub-0 to sub-9, each changed by the same spec. */
export const ten = (spec: (index: number) => Spec = () => ({})): object[] =>
  Array.from({ length: 10 }, (_, index) => subscriber(`sub-${index}`, spec(index)));
