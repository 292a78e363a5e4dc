/** Pure: a speed in the words of each vendor. Names are those of FreeRADIUS's dictionaries. */
import type { EffectivePlan, Limited, Speed } from "../../controller/core/resolved.ts";
import { fault } from "../errors.ts";
import type { Vendor } from "./config.ts";
import { safeText } from "./values.ts";

type Rates = Readonly<Record<string, string | readonly string[]>>;

/** Attributes of type `integer` hold 32 bits (RFC 8044, 3.1): in bit/s that ends at 4.29 Gbit/s. */
const MAX_BITS = 0xffff_ffff;
/** A MikroTik burst ends when the average of 10 s exceeds 80 % of the limit. */
const BURST = { seconds: 10, threshold: 0.8 } as const;

/** Fields of the group for a plan on the NAS of one vendor. @throws Fault `BadValue` when the vendor needs a profile. */
export function rates(vendor: Vendor, plan: EffectivePlan): Rates {
  const name = plan.profiles[vendor.toLowerCase()];
  return writers[vendor](plan, name === undefined ? undefined : safeText(`the profile for ${vendor}`, name));
}

/** These have no attribute for a rate: a plan without a name for them is not sold where they serve. */
const BY_NAME = { Juniper: "a service to activate", Cisco: "a QoS policy" } as const;
const lacking = (vendors: readonly Vendor[], { profiles }: EffectivePlan): keyof typeof BY_NAME | undefined =>
  (["Juniper", "Cisco"] as const).find((v) => vendors.includes(v) && profiles[v.toLowerCase()] === undefined);

/** Whether the plan can be served on NAS of these vendors. */
export const isOffered = (vendors: readonly Vendor[], plan: EffectivePlan): boolean =>
  lacking(vendors, plan) === undefined;
/** @throws Fault `BadValue`, which says what the plan lacks. */
export function demandProfiles(vendors: readonly Vendor[], plan: EffectivePlan): void {
  const vendor = lacking(vendors, plan);
  if (vendor) demand(vendor, plan, BY_NAME[vendor]);
}

const writers: Readonly<Record<Vendor, (plan: EffectivePlan, profile: string | undefined) => Rates>> = {
  MikroTik: (plan, profile) => ({
    mikrotikRate: mikrotik(plan.speed),
    ...(profile !== undefined && { mikrotikProfile: pppProfile(plan, profile) }),
  }),
  Generic: (plan, profile) =>
    profile === undefined
      ? { wisprUp: bits("Generic", plan, plan.speed.upKbps), wisprDown: bits("Generic", plan, plan.speed.downKbps) }
      : { filter: profile },
  Huawei: (plan, profile) => (profile === undefined ? huawei(plan) : { huaweiProfile: profile }),
  Juniper: (plan, profile) => ({ juniperService: profile ?? demand("Juniper", plan, BY_NAME.Juniper) }),
  Cisco: (plan, profile) => ({ ciscoPairs: cisco(plan, profile ?? demand("Cisco", plan, BY_NAME.Cisco)) }),
};

/** Rows of his own for who is suspended and let in, as `Attribute value`. @throws Fault `BadValue` where a vendor has none. */
export function limits(vendors: readonly Vendor[], { mode, ...limited }: Limited): readonly string[] {
  return [...new Set(vendors.flatMap((v) => [...slow(v, mode, limited.speed), ...walled(v, limited)]))];
}
function slow(vendor: Vendor, mode: Limited["mode"], speed: Speed | undefined): readonly string[] {
  if (!speed) return [];
  const up = speed.upKbps * 1000;
  const down = speed.downKbps * 1000;
  if (vendor === "MikroTik") return [`Mikrotik-Rate-Limit ${mikrotik(speed)}`];
  if (Math.max(up, down) <= MAX_BITS) {
    if (vendor === "Generic") return [`WISPr-Bandwidth-Max-Up ${up}`, `WISPr-Bandwidth-Max-Down ${down}`];
    if (vendor === "Huawei") return [`Huawei-Input-Average-Rate ${up}`, `Huawei-Output-Average-Rate ${down}`];
  }
  if (mode === "WalledGarden") return []; // the garden is what limits there
  throw fault("BadValue", `a ${vendor} NAS cannot be told this throttle`);
}
function walled(vendor: Vendor, limited: object): readonly string[] {
  if (!("list" in limited)) return [];
  const list = safeText("the address list", String(limited.list));
  if (vendor === "MikroTik") return [`Mikrotik-Address-List ${list}`];
  if (vendor === "Generic" || vendor === "Cisco") return [`Filter-Id ${list}`];
  throw fault("BadValue", `a ${vendor} NAS has no attribute for a walled garden`);
}

/** rx/tx as the router sees it: what it receives is the upload. Then burst rate, threshold and time. */
function mikrotik(speed: Speed): string {
  const pair = (up: number, down: number): string => `${mikrotikRate(up)}/${mikrotikRate(down)}`;
  const { upKbps: up, downKbps: down, burstUpKbps, burstDownKbps } = speed;
  if (burstUpKbps === undefined && burstDownKbps === undefined) return pair(up, down);
  const threshold = pair(Math.floor(up * BURST.threshold), Math.floor(down * BURST.threshold));
  return `${pair(up, down)} ${pair(burstUpKbps ?? up, burstDownKbps ?? down)} ${threshold} ${BURST.seconds}/${BURST.seconds}`;
}
/** For who logs in to the router itself the same attribute is the group of rights. */
const pppProfile = (plan: EffectivePlan, profile: string): string =>
  /^(full|write|read)$/i.test(profile) ? demand("MikroTik", plan, "a PPP profile, not of a group of users") : profile;
const mikrotikRate = (kbps: number): string => (kbps % 1000 === 0 ? `${kbps / 1000}M` : `${kbps}k`);

/** Input is what the BNG receives: the upload. */
function huawei(plan: EffectivePlan): Rates {
  const { upKbps, downKbps, burstUpKbps, burstDownKbps } = plan.speed;
  return {
    huaweiUp: bits("Huawei", plan, upKbps),
    huaweiDown: bits("Huawei", plan, downKbps),
    ...(burstUpKbps !== undefined && { huaweiPeakUp: bits("Huawei", plan, burstUpKbps) }),
    ...(burstDownKbps !== undefined && { huaweiPeakDown: bits("Huawei", plan, burstDownKbps) }),
  };
}

/** `UP/DOWN`, or one policy for both directions. */
function cisco(plan: EffectivePlan, profile: string): readonly string[] {
  const [up = "", down = up, ...more] = profile.split("/");
  if (up === "" || down === "" || more.length > 0) demand("Cisco", plan, "a QoS policy, or of two as UP/DOWN");
  return [`subscriber:sub-qos-policy-in=${up}`, `subscriber:sub-qos-policy-out=${down}`];
}

function bits(vendor: Vendor, plan: EffectivePlan, kbps: number): string {
  const rate = kbps * 1000;
  return rate <= MAX_BITS ? String(rate) : demand(vendor, plan, "a profile, because 32 bits end at 4.29 Gbit/s");
}

function demand(vendor: Vendor, plan: EffectivePlan, what: string): never {
  const field = `spec.radius.profiles.${vendor.toLowerCase()}`;
  throw fault("BadValue", `plan ${plan.name}: a ${vendor} NAS needs the name of ${what}: set ${field}`);
}
