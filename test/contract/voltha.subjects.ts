/** Subjects of a small provider, as resolution hands them to VOLTHA. */
import { type Desired, isOutput } from "../../controller/core/model.ts";
import type { Owner } from "../../controller/core/owner.ts";
import type { ResolvedPlan, ResolvedTenant, UniService } from "../../controller/core/resolved.ts";
import { parseConfig, type VolthaConfig } from "../../reconcilers/voltha/config.ts";
import { desired } from "../../reconcilers/voltha/desired.ts";
import { planSubject, subscriber } from "./radius.subjects.ts";

export const ENDPOINT = "voltha-1";
export const OLT = { name: "olt1", serial: "BBSIM_OLT_0", address: "127.0.0.1:50060" };
export const OLT2 = { name: "olt2", serial: "BBSIM_OLT_1", address: "127.0.0.1:50061" };
export const SETTLE_MS = 600_000;

export interface At {
  readonly grpc: string;
  readonly controller: string;
  readonly type?: "VGC" | "ONOS";
}
export const configAt = ({ grpc, controller, type = "VGC" }: At): VolthaConfig =>
  parseConfig({
    address: grpc,
    limits: { requestsPerSecond: 100_000 },
    voltha: { controller: { type, address: controller }, settleAfterRecovery: "10m", olts: [OLT, OLT2] },
  });
const anywhere = configAt({ grpc: "voltha.example:55555", controller: "http://vgc.example" });

const speed = { downKbps: 100_000, upKbps: 50_000 };
export const internet: UniService = {
  name: "internet",
  speed,
  uniTag: 4096,
  technologyProfileId: 64,
  pbit: 0,
  keepWhenSuspended: false,
  multicast: false,
  serviceVlan: 100,
  innerVlan: 1000,
};
export const voice: UniService = {
  ...internet,
  name: "voice",
  speed: { downKbps: 1000, upKbps: 1000 },
  uniTag: 65,
  technologyProfileId: 65,
  pbit: 7,
  keepWhenSuspended: true,
  multicast: false,
  serviceVlan: 444,
  innerVlan: 444,
};
export const tv: UniService = {
  ...internet,
  name: "tv",
  uniTag: 66,
  technologyProfileId: 66,
  pbit: 4,
  serviceVlan: 555,
  innerVlan: 555,
};

export const serialOf = (n: number): string => `ALCL${n.toString(16).padStart(8, "0").toUpperCase()}`;
export const portOf = (n: number): string => `${serialOf(n)}-1`;
/** Sixteen PONs, filled one after the other. */
export const ponOf = (n: number): number => n % 16;
export const owner = (n: number): Owner => subscriber(n).owner;

export interface Wish {
  readonly services?: readonly UniService[];
  readonly state?: "Active" | "Suspended" | "Terminated";
  readonly olt?: string;
  readonly ponPort?: number;
}
/** The ONU of the n-th subscriber and its port; each has a C-tag of his own for his internet service. */
export function onuAndUni(n: number, { services = [internet], state = "Active", olt = OLT.name, ponPort }: Wish = {}) {
  const own = services.map((s) => (s.name === "internet" ? { ...s, innerVlan: 1000 + (n % 3000) } : s));
  const onu = { olt, serial: serialOf(n), expectedPonPort: ponPort, unis: [{ uni: 1, services: own }] };
  const all = desired(subscriber(n, { onu, state }), ENDPOINT, anywhere).map(told);
  return { onu: all.find((d) => d.ref.resource === "onu")!, uni: all.find((d) => d.ref.resource === "uni")! };
}
/** All that stands there first: OLTs, and the profiles of the plan. */
export function ground(services: readonly UniService[] = [internet, voice, tv]): readonly Desired[] {
  const tenant = { scope: "tenant", owner: owner(0), olts: [OLT.name, OLT2.name] } as unknown as ResolvedTenant;
  const plan = { ...planSubject(), services } as ResolvedPlan;
  return [...desired(tenant, ENDPOINT, anywhere), ...desired(plan, ENDPOINT, anywhere)];
}

/** What others of the subject give it is told as it is foreseen. */
const told = (d: Desired): Desired => {
  const fields = Object.entries(d.spec).map(([f, v]) => [f, isOutput(v) ? (v.foreseen ?? null) : v]);
  return { ...d, spec: Object.fromEntries(fields) };
};
