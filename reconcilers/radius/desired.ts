/** Pure: the accounts and groups that FreeRADIUS's tables should hold for a subject. */
import { hash } from "node:crypto";
import { type Desired, type Ref, refKey, type Spec, type Value, type WithDevice } from "../../controller/core/model.ts";
import { type OwnerKey, ownerKey } from "../../controller/core/owner.ts";
import type {
  EffectivePlan,
  ExtraAttribute,
  ResolvedPlan,
  ResolvedSubject,
  ResolvedSubscriber,
} from "../../controller/core/resolved.ts";
import { Fault, fault } from "../errors.ts";
import { type Area, areaOf, vendorsKey } from "./area.ts";
import { refusal } from "./asked.ts";
import { DEFAULT_OPTION82, isLive, type RadiusConfig, type Vendor } from "./config.ts";
import { EXTRAS, groupCells } from "./fields.ts";
import { guarded, isAdmitted } from "./moving.ts";
import { wantedPassword } from "./password.ts";
import { octets, safe, safeText, safeUserName } from "./values.ts";
import { demandProfiles, isOffered, limits, rates } from "./vendors.ts";

/** @throws Fault `BadValue` or `Misconfigured` for what cannot be written; never for a suspended subscriber's own values. */
export function desired(subject: ResolvedSubject, endpoint: string, config: RadiusConfig): readonly Desired[] {
  switch (subject.scope) {
    case "tenant":
      return [];
    case "plan":
      return groups(subject, endpoint, config);
    default:
      return account(subject, endpoint, config);
  }
}

type Named = Pick<EffectivePlan, "name" | "revision">;
/** No plan's name holds a `~`. */
const groupRef = (endpoint: string, tenant: string, { name, revision }: Named, vendors: readonly Vendor[]): Ref => ({
  system: endpoint,
  resource: "group",
  key: `${tenant}:${name}${revision === undefined ? "" : `~${revision}`}:${vendorsKey(vendors)}`,
});

/** One group for each mix of vendors that the tenant's areas have here and the plan is made for. */
function groups(subject: ResolvedPlan, endpoint: string, config: RadiusConfig): readonly Desired[] {
  const { plan, owner } = subject;
  const mixes = new Map<string, readonly Vendor[]>();
  for (const names of subject.areas) {
    const area = areaOf(config, names);
    if (area) mixes.set(vendorsKey(area.vendors), area.vendors);
  }
  const offered = [...mixes.values()].filter((vendors) => isOffered(vendors, plan));
  // Where none is left, it is said why, and what stands stays.
  return (offered.length > 0 ? offered : [...mixes.values()]).map((vendors) => ({
    ref: groupRef(endpoint, owner.tenant, plan, vendors),
    spec: groupSpec(plan, vendors),
  }));
}

function groupSpec(plan: EffectivePlan, vendors: readonly Vendor[]): Spec {
  const spec: Record<string, Value> = {
    simultaneousUse: text(plan.simultaneousUse),
    interimInterval: text(plan.interimInterval),
  };
  for (const vendor of vendors) Object.assign(spec, rates(vendor, plan));
  const extras = plan.attributes.flatMap((a) => extra(a, spec));
  if (extras.length > 0) spec[EXTRAS] = extras;
  return spec;
}

const PLAN_CELLS = groupCells([]);
/** `reply Name op value`. A value for a list of ours joins the list; a value for a field of ours is refused. */
function extra(a: ExtraAttribute, spec: Record<string, Value>): readonly string[] {
  const name = JSON.stringify(a.name);
  const own = Object.entries(PLAN_CELLS).find(
    ([, c]) => c.table === a.target && c.attributes.some((n) => n.toLowerCase() === a.name.toLowerCase()),
  );
  if (own && (!own[1].many || a.op !== own[1].op))
    throw fault("BadValue", `attribute ${name} is written by Lastmile itself: remove it from the plan's attributes`);
  const why = refusal(a);
  if (why !== undefined) throw fault("BadValue", `attribute ${name} ${why}`);
  safe(`attribute ${name}`, a.value);
  if (!own) return [`${a.target} ${a.name} ${a.op} ${a.value}`];
  const [field] = own;
  spec[field] = [...((spec[field] as readonly string[] | undefined) ?? []), a.value];
  return [];
}

function account(s: ResolvedSubscriber, endpoint: string, config: RadiusConfig): readonly Desired[] {
  const area = areaFor(s, config);
  if (!area) return [];
  const all = s.limited ? limitedIn(s, area, endpoint) : accountIn(s, area, endpoint);
  return s.liveSessions && isLive(config) ? [...all, sessionOf(s, endpoint)] : all;
}
/** What cannot be limited, or guarded as it must be who is let in, is rejected: a suspension never waits, and never opens. */
function limitedIn(s: ResolvedSubscriber, area: Area, endpoint: string): readonly Desired[] {
  const { limited, ...rejected } = s;
  try {
    if (area === LOST) return accountIn(rejected, area, endpoint);
    return accountIn(s, area, endpoint);
  } catch (e) {
    if (!(e instanceof Fault)) throw e;
    return accountIn(rejected, area, endpoint);
  }
}

function accountIn(s: ResolvedSubscriber, area: Area, endpoint: string): readonly Desired[] {
  // Who is suspended is in no group: none that is missing holds that, and none that accepts everybody undoes it.
  const group = s.state === "Active" ? groupRef(endpoint, s.owner.tenant, s.plan, area.vendors) : undefined;
  if (group) demandProfiles(area.vendors, s.plan);
  const spec: Record<string, Spec[string]> = { authType: authType(s), group: group?.key ?? null };
  const guards = guarded(s, area, endpoint);
  for (const [part, fields] of parts(s, area)) merge(spec, s, part, fields);
  Object.assign(spec, guards.account);
  const ref: Ref = { system: endpoint, resource: "account", key: safeUserName(s.userName) };
  const requires = group && { requires: [refKey(group)] };
  const account = { ref, spec, ...requires, ...(s.withDevice && { withDevice: withDevice(s.userName, s.withDevice) }) };
  return [...guards.groups, account];
}
/** Follows the account; that a NAS does not answer holds nothing up. */
const sessionOf = ({ userName, plan }: ResolvedSubscriber, endpoint: string): Desired => ({
  ref: { system: endpoint, resource: "session", key: safeUserName(userName) },
  spec: {},
  how: { interim: plan.interimInterval },
  apart: true,
});
const withDevice = (before: string, { rename, device }: NonNullable<ResolvedSubscriber["withDevice"]>): WithDevice => ({
  ...(rename !== undefined && { rename: { field: "userName", before, after: rename } }),
  ...(device && { device }),
});

/** Undefined: nothing is wanted here. Suspending goes on without a NAS, as it does without a plan. */
function areaFor(s: ResolvedSubscriber, config: RadiusConfig): Area | undefined {
  if (s.state === "Terminated") return undefined;
  if (s.state === "Active") return areaOf(config, s.nas);
  try {
    return areaOf(config, s.nas) ?? LOST;
  } catch (e) {
    if (!(e instanceof Fault)) throw e;
    return LOST;
  }
}
const LOST: Area = { vendors: [], sendVlan: false, option82: { ...DEFAULT_OPTION82 } };

type Fields = () => Spec;
const parts = (s: ResolvedSubscriber, area: Area): readonly (readonly [string, Fields])[] => [
  ["the password", () => ({ password: password(s) })],
  ["option 82", () => option82(s, area)],
  ["the addresses", () => addresses(isWalled(s) ? { ...s, ipv6: NO_IPV6, routes: s.routes.filter(isV4) } : s, area)],
  ["the timeouts", () => timeouts(s)],
  ["the VLAN", () => (area.sendVlan ? vlan(s) : {})],
  ["the suspension", () => (s.limited ? limitsOf(s, area) : {})],
];

/** Lists and filters of the NAS are IPv4's: who is in the garden has no IPv6 that leads around it. */
const isWalled = ({ limited }: ResolvedSubscriber): boolean => limited?.mode === "WalledGarden";
const NO_IPV6: ResolvedSubscriber["ipv6"] = {
  mode: "None",
  wanPrefix: undefined,
  address: undefined,
  delegatedPrefix: undefined,
  delegatedPool: undefined,
};
const isV4 = (route: string): boolean => !route.includes(":");
/** In the account, where no group has to be made first; with what else the group would have said. */
function limitsOf({ limited, plan }: ResolvedSubscriber, { vendors }: Area): Spec {
  const { interimInterval: interim, simultaneousUse } = plan;
  return {
    replyOverrides: [
      ...limits(vendors, limited!),
      ...(interim === undefined ? [] : [`Acct-Interim-Interval ${interim}`]),
    ],
    checkOverrides: simultaneousUse === undefined ? null : [`Simultaneous-Use ${simultaneousUse}`],
  };
}

/** A bad value must never keep anybody from being suspended: what cannot be written is left out of a rejected account. */
function merge(spec: Record<string, Spec[string]>, s: ResolvedSubscriber, part: string, fields: Fields): void {
  try {
    Object.assign(spec, fields());
  } catch (e) {
    if (!(e instanceof Fault)) throw e;
    if (isAdmitted(s)) throw fault("BadValue", `${part} of ${s.userName}: ${e.message}`);
  }
}

/** Rejecting replaces accepting, and stands in the check table: in a reply it does nothing. */
function authType(s: ResolvedSubscriber): Value {
  if (!isAdmitted(s)) return "Reject";
  return s.accessType === "IPoE" ? "Accept" : null;
}

const MOST_PAP_BYTES = 128;
function password(s: ResolvedSubscriber): Value {
  if (!s.password) return null;
  const { value, scheme } = s.password;
  const text = safe("it", value.reveal());
  if (Buffer.byteLength(text) > MOST_PAP_BYTES)
    throw fault("BadValue", `it is longer than ${MOST_PAP_BYTES} bytes, which PAP cannot carry (RFC 2865, 5.2)`);
  return wantedPassword(text, scheme, value.label);
}

function option82(s: ResolvedSubscriber, area: Area): Readonly<Record<string, Value>> {
  if (s.option82.policy !== "Enforce") return { circuitId: null, remoteId: null };
  const { circuitId, remoteId } = s.option82;
  // Without an id nothing would be compared, and an IPoE account would accept anybody.
  if (circuitId === undefined && remoteId === undefined) throw fault("BadValue", "enforced, and no id is known");
  const { circuitAttribute, remoteAttribute, encoding } = area.option82;
  const id = (attribute: string, what: string, value: string | undefined): Value =>
    value === undefined ? null : `${attribute} ${octets(safe(what, value), encoding)}`;
  return {
    circuitId: id(circuitAttribute, "the circuit id", circuitId),
    remoteId: id(remoteAttribute, "the remote id", remoteId),
  };
}

/** Never Framed-IP-Netmask: MikroTik would route the whole network to the subscriber. */
function addresses({ ipv4, ipv6, routes }: ResolvedSubscriber, { vendors }: Area): Spec {
  // 0.0.0.0 as gateway is the subscriber's own address (RFC 2865, 5.22); `::` is its IPv6 twin (RFC 3162, 2.5).
  const to = (six: boolean, gateway: string): Value => {
    const own = routes.filter((r) => r.includes(":") === six).map((r) => `${r} ${gateway} 1`);
    return own.length > 0 ? own : null;
  };
  const delegatedPool = ipv6.delegatedPool === undefined ? null : safeText("the pool's name", ipv6.delegatedPool);
  return {
    address: ipv4.assignment === "Static" || ipv4.assignment === "Dynamic" ? ipv4.address : null,
    pool: ipv4.assignment === "Pool" ? safeText("the pool's name", ipv4.pool) : null,
    routes: to(false, "0.0.0.0"),
    ipv6Routes: to(true, "::"),
    ipv6Prefix: ipv6.wanPrefix ?? null,
    ipv6Address: ipv6.address ?? null,
    delegatedPrefix: ipv6.delegatedPrefix ?? null,
    delegatedPool,
    // These read their own attribute, and not that of RFC 6911.
    mikrotikDelegatedPool: vendors.includes("MikroTik") ? delegatedPool : null,
    juniperDelegatedPool: vendors.includes("Juniper") ? delegatedPool : null,
    huaweiDelegatedPool: vendors.includes("Huawei") ? delegatedPool : null,
  };
}

/** Idle-Timeout stands here and not in the group, because IPoE and PPPoE subscribers may share a plan. */
function timeouts(s: ResolvedSubscriber): Readonly<Record<string, Value>> {
  const { sessionTimeout, idleTimeout } = s.plan;
  return {
    sessionTimeout: text(sessionTimeout === undefined ? undefined : jitter(sessionTimeout, ownerKey(s.owner))),
    idleTimeout: s.accessType === "IPoE" ? null : text(idleTimeout),
  };
}

/** ± 10 %, always the same for one owner: the subscribers of a NAS that restarted do not all return in one second. */
export function jitter(seconds: number, owner: OwnerKey): number {
  const share = Number.parseInt(hash("sha256", `session-timeout ${owner}`, "hex").slice(0, 8), 16) / 0xffff_ffff;
  return Math.round(seconds * (0.9 + 0.2 * share));
}

function vlan({ vlan: { service } }: ResolvedSubscriber): Readonly<Record<string, Value>> {
  if (service === undefined) return {};
  return { tunnelType: "VLAN", tunnelMedium: "IEEE-802", tunnelGroup: String(service) };
}

const text = (n: number | undefined): Value => (n === undefined ? null : String(n));
