/** Subjects of a small provider, as resolution hands them to RADIUS. */
import type { EffectivePlan, ResolvedPlan, ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { parseConfig } from "../../reconcilers/radius/config.ts";

export const ENDPOINT = "radius-1";
const BNGS = [
  { name: "bng1", vendor: "MikroTik" },
  { name: "bng2", vendor: "Generic", sendVlan: true },
  { name: "bng3", vendor: "Generic", option82: { circuitAttribute: "Agent-Circuit-Id", encoding: "Hex" } },
];
/** `more`: NAS beside the usual three. */
export const configWith = (...more: readonly object[]) =>
  parseConfig({ address: "postgresql://radius-db.example:5432/radius", radius: { nas: [...BNGS, ...more] } });
export const config = configWith();

export const plan: EffectivePlan = {
  namespace: "isp-acme",
  name: "residential-100mbps",
  speed: { downKbps: 100_000, upKbps: 50_000 },
  sessionTimeout: 86_400,
  idleTimeout: 900,
  interimInterval: 600,
  simultaneousUse: 1,
  profiles: {},
  attributes: [{ name: "Framed-MTU", op: "=", value: "1492", target: "reply" }],
};
const owner = (kind: string, name: string) => ({
  installation: "lab",
  tenant: "acme",
  kind,
  namespace: "isp-acme",
  name,
});

export const planSubject = (more: Partial<EffectivePlan> = {}): ResolvedPlan => ({
  scope: "plan",
  owner: owner("ServicePlan", more.name ?? plan.name),
  plan: { ...plan, ...more },
  addressPlans: [],
  services: [],
  areas: [["bng1"], ["bng2"]],
});

const BILLING: ResolvedSubscriber["billing"] = {
  account: undefined,
  subscriptions: [],
  product: undefined,
  price: undefined,
  suspended: "Continue",
  customer: {
    id: undefined,
    name: undefined,
    email: undefined,
    phone: undefined,
    address: undefined,
    language: undefined,
  },
  surveyPassed: undefined,
  facts: [],
};
export const PASSWORD = (n: number): string => `S3CRET-pass-${n}`;
export function subscriber(n: number, more: Partial<ResolvedSubscriber> = {}): ResolvedSubscriber {
  return {
    scope: "subscriber",
    owner: owner("Subscriber", `s${n}`),
    number: `S-${n}`,
    state: "Active",
    liveSessions: true,
    accessType: "PPPoE",
    plan,
    nas: ["bng1"],
    userName: `s${n}@acme.example`,
    password: { value: new Sensitive(PASSWORD(n)), scheme: "Cleartext" },
    ipv4: { assignment: "Static", address: `10.0.${n >> 8}.${n & 255}`, pool: undefined },
    ipv6: {
      mode: "DualStack",
      wanPrefix: `2001:db8:0:${n.toString(16)}::/64`,
      address: undefined,
      delegatedPrefix: `2001:db8:${(1 + (n >> 8)).toString(16)}:${(n & 255).toString(16)}00::/56`,
      delegatedPool: undefined,
    },
    addressSource: "NetworkProfile",
    routes: [`203.0.113.${(n % 32) * 8}/29`],
    vlan: { service: 100, inner: 1000 + n },
    services: [],
    addressPlans: [],
    allocations: [],
    dnsName: undefined,
    customerId: `c-${n}`,
    billing: BILLING,
    devices: { onu: undefined, cpe: undefined },
    onu: undefined,
    cpe: undefined,
    profileName: `s${n}`,
    option82: { policy: "Enforce", circuitId: `OLT1/1/1/1:${n}`, remoteId: undefined },
    ...more,
  };
}
