/** One subscriber with every reference followed. Pure: the secrets are given, nothing is fetched. */
import type { ServicePlan, SiteSurvey, Subscriber, Tenant } from "../../api/types.generated.ts";
import { type Catalog, namespaceOf } from "../catalog.ts";
import type { HeldAddress, HeldTag } from "../holding.ts";
import type { Owner } from "../owner.ts";
import type { EffectivePlan, ResolvedCpe, ResolvedSubscriber } from "../resolved.ts";
import { rfc3339 } from "../time.ts";
import {
  type Assigned,
  accessTypeOf,
  resolvePassword,
  resolveUserName,
  type Secrets,
  type UserName,
  waitsForDevice,
} from "./account.ts";
import { addressPlansOf } from "./allocation.ts";
import { radiusEndpoints, servingArea } from "./area.ts";
import { requiredFacts, resolveBilling, surveyPassed } from "./billing.ts";
import { resolveOption82 } from "./circuit.ts";
import { type DialIn, resolveCpe, toldBy } from "./cpe.ts";
import type { Facts } from "./facts.ts";
import { EVERYWHERE, type Findings, Notes } from "./findings.ts";
import { resolveInstallation } from "./installation.ts";
import { resolveIpv4 } from "./ipv4.ts";
import { resolveIpv6 } from "./ipv6.ts";
import { warnOlder } from "./older.ts";
import { resolveOnu } from "./onu.ts";
import { effectivePlan, lostPlan, planWarnings } from "./plan.ts";
import { planOf } from "./plan-choice.ts";
import { type EffectiveProfile, effectiveProfile } from "./profile.ts";
import { resolveRoutes } from "./routes.ts";
import { cpeSerial, onuSerial } from "./serial.ts";
import { addressSource } from "./source.ts";
import { completedSurvey, gateBySurvey } from "./survey.ts";
import { resolveSuspension } from "./suspension.ts";
import { internetTags, resolveServices } from "./vlan.ts";

export interface ResolveContext {
  readonly installation: string;
  readonly secrets: Secrets;
  readonly account?: Assigned;
  readonly tags?: readonly HeldTag[];
  readonly addresses?: readonly HeldAddress[];
  /** `number:visit` of the visits that it has claimed. */
  readonly visits?: readonly string[];
}
/** The survey that counts. */
export interface SurveyFound {
  readonly name: string;
  /** RFC 3339. */
  readonly completedAt: string;
  readonly serviceability: string;
  readonly data: Readonly<Record<string, string>>;
}
export type Resolution = Findings & { readonly survey?: SurveyFound } & (
    | {
        readonly ok: true;
        readonly subject: ResolvedSubscriber;
        /** Names of the RADIUS systems that must hold the account. */
        readonly endpoints: readonly string[];
        readonly profile: EffectiveProfile;
      }
    /** `owner` is undefined where the namespace belongs to no tenant. */
    | { readonly ok: false; readonly owner: Owner | undefined }
  );

/** Claims are complete also where something blocks, so that a duplicate is found in the same pass. */
export function resolveSubscriber(catalog: Catalog, subscriber: Subscriber, context: ResolveContext): Resolution {
  const namespace = namespaceOf(subscriber);
  const tenant = catalog.tenant(namespace);
  if (!tenant) {
    const message = `namespace ${namespace} belongs to no tenant; declare a Tenant with spec.namespace: ${namespace}`;
    return {
      ok: false,
      owner: undefined,
      blockers: [{ reason: "TenantUnknown", message }],
      warnings: [],
      claims: [],
      wants: [],
    };
  }
  const owner = ownerOf(context.installation, tenant, subscriber);
  if (subscriber.spec.serviceState === "Terminated") return terminated(catalog, subscriber, tenant, owner);
  const notes = new Notes();
  const profile = effectiveProfile(catalog, subscriber);
  const facts = gather(catalog, subscriber, tenant, profile, notes, context);
  const survey = completedSurvey(catalog, subscriber);
  const isServed = (context.account?.at.length ?? 0) > 0;
  gateBySurvey(survey, tenant, isServed, notes);
  const account = resolveUserName(catalog, facts, context.account);
  const userName = account?.userName;
  const fatal = userName === undefined ? notes.blockers.slice(-1) : [];
  const endpoints = userName === undefined ? [] : endpointsFor(catalog, facts, userName, context.account);
  const values = resolveValues(facts, account, context.secrets);
  for (const endpoint of endpoints) for (const name of namesOf(account)) notes.claim("userName", endpoint, name);
  claimIdentity(subscriber, tenant, notes);
  const limited = resolveSuspension(catalog, facts);
  const installation = resolveInstallation(facts, context.visits ?? [], isServed);
  const found = foundBy(survey);
  const findings = subscriber.spec.serviceState === "Suspended" ? unheld(notes, fatal) : notes;
  if (userName === undefined || findings.blockers.length > 0) return { ok: false, owner, ...found, ...parts(findings) };
  const { spec } = subscriber;
  const subject: ResolvedSubscriber = {
    scope: "subscriber",
    owner,
    number: spec.subscriberNumber,
    state: spec.serviceState,
    nas: nasOf(facts),
    userName,
    ...surroundings(survey, tenant, subscriber, facts.plan),
    ...(limited && { limited }),
    liveSessions: tenant.spec.features.liveSessions,
    installation,
    allocations: notes.allocations,
    dnsName: profile.profile.dnsName,
    ...(waitsForDevice(facts) && { withDevice: deviceFor(account, values.cpe, spec.serviceState) }),
    ...values,
  };
  return { ok: true, subject, endpoints, profile, ...found, ...parts(findings) };
}
function foundBy(survey: SiteSurvey | undefined): { readonly survey?: SurveyFound } {
  if (!survey) return {};
  const { completedAt, serviceability = "", data = {} } = survey.spec;
  const at = rfc3339(Date.parse(completedAt ?? "") || 0);
  return { survey: { name: survey.metadata.name, completedAt: at, serviceability, data } };
}

/** Who is kept out is kept out under every name. */
const deviceFor = (
  account: UserName | undefined,
  cpe: ResolvedCpe | undefined,
  state: Subscriber["spec"]["serviceState"],
): NonNullable<ResolvedSubscriber["withDevice"]> => ({
  ...(account?.rename !== undefined && { rename: account.rename }),
  ...(cpe && { device: toldBy(cpe, state === "Active") }),
});

/** A name that waits is taken already, so that nobody else gets it meanwhile. */
const namesOf = (account: UserName | undefined): readonly string[] =>
  account ? [account.userName, ...(account.rename === undefined ? [] : [account.rename])] : [];

/** Who is suspended is rejected wherever he has an account, whatever serves him by now. */
function endpointsFor(catalog: Catalog, facts: Facts, userName: string, account: Assigned | undefined) {
  const found = radiusEndpoints(catalog, facts, userName);
  const also = facts.subscriber.spec.serviceState === "Suspended" ? (account?.at ?? []) : [];
  return [...new Set([...found, ...also])];
}

function gather(
  catalog: Catalog,
  subscriber: Subscriber,
  tenant: Tenant,
  p: EffectiveProfile,
  notes: Notes,
  { tags = [], addresses = [] }: ResolveContext,
): Facts {
  const choice = planOf(catalog, subscriber);
  if (!choice.plan) notes.block(choice.reason, choice.problem);
  else notes.warnings.push(...planWarnings(choice.plan));
  if (p.missing !== undefined)
    notes.block(
      "ProfileUnknown",
      `NetworkProfile ${p.missing} does not exist in ${namespaceOf(subscriber)}; declare it, or remove networkProfileRef`,
    );
  warnOlder(subscriber, tenant, notes);
  return {
    tenant,
    subscriber,
    profile: p.profile,
    plan: choice.plan,
    tenants: () => catalog.tenants(),
    area: servingArea(tenant, subscriber, notes),
    tags: [...tags],
    addresses,
    notes,
  };
}

/** What concerns others than RADIUS, and needs no more than the declarations. */
const surroundings = (
  survey: SiteSurvey | undefined,
  tenant: Tenant,
  subscriber: Subscriber,
  plan: ServicePlan | undefined,
) => ({
  addressPlans: addressPlansOf(tenant),
  customerId: subscriber.spec.customer.id,
  billing: resolveBilling(subscriber, plan, surveyPassed(survey, tenant), requiredFacts(tenant)),
  devices: { onu: subscriber.spec.onu?.serial, cpe: subscriber.spec.cpe?.serial },
  profileName: subscriber.spec.networkProfileRef?.name ?? subscriber.metadata.name,
});

type Values = Pick<
  ResolvedSubscriber,
  | "accessType"
  | "plan"
  | "password"
  | "ipv4"
  | "ipv6"
  | "addressSource"
  | "routes"
  | "vlan"
  | "services"
  | "option82"
  | "onu"
  | "cpe"
>;
function resolveValues(facts: Facts, account: UserName | undefined, secrets: Secrets): Values {
  const accessType = accessTypeOf(facts);
  const services = resolveServices(facts);
  const vlan = internetTags(services);
  const option82 = resolveOption82(facts, vlan);
  if (accessType === "IPoE" && option82.policy !== "Enforce")
    facts.notes.warn(
      "Unguarded",
      "an IPoE account has no password and option 82 is not enforced: its user name alone logs in",
    );
  const plan = planFor(facts, accessType);
  const password = resolvePassword(facts, secrets);
  const addresses = { ipv4: resolveIpv4(facts), ipv6: resolveIpv6(facts), routes: resolveRoutes(facts) };
  return {
    accessType,
    plan,
    password,
    ...addresses,
    addressSource: addressSource(addresses, facts.profile.staticIPv4 !== undefined),
    vlan,
    services,
    option82,
    onu: resolveOnu(facts, services),
    cpe: resolveCpe(facts, secrets, addresses.ipv6, dialIn(accessType, account, password)),
  };
}
/** A router that dials hears of a name before it is the account's. */
const dialIn = (
  accessType: ResolvedSubscriber["accessType"],
  account: UserName | undefined,
  password: ResolvedSubscriber["password"],
): DialIn =>
  accessType === "PPPoE"
    ? { userName: account?.rename ?? account?.userName, password: password?.value }
    : { userName: undefined, password: undefined };
const planFor = ({ plan, subscriber }: Facts, accessType: ResolvedSubscriber["accessType"]): EffectivePlan =>
  plan ? effectivePlan(plan, accessType) : lostPlan(namespaceOf(subscriber), subscriber.spec.planRef?.name ?? "-");

/** A suspended subscriber must be rejected somewhere, even where its own area cannot be told. */
const nasOf = ({ area, tenant }: Facts): readonly string[] =>
  area?.nas ?? tenant.spec.servingAreas.find((a) => a.nas.length > 0)?.nas ?? [];

function claimIdentity({ spec }: Subscriber, tenant: Tenant, notes: Notes): void {
  notes.claim("subscriberNumber", tenant.metadata.name, spec.subscriberNumber);
  if (spec.onu) notes.claim("onuSerial", EVERYWHERE, onuSerial(spec.onu.serial));
  if (spec.cpe) notes.claim("cpeSerial", EVERYWHERE, cpeSerial(spec.cpe.serial));
}

/** Suspension waits for nothing but a user name: what would hold an active subscriber becomes a remark. */
function unheld(notes: Notes, fatal: Findings["blockers"]): Findings {
  const remarks = notes.blockers.filter((b) => !fatal.includes(b));
  return { blockers: fatal, warnings: [...notes.warnings, ...remarks], claims: notes.claims, wants: notes.wants };
}
const parts = ({ blockers, warnings, claims, wants }: Findings): Findings => ({ blockers, warnings, claims, wants });

/** Nothing is wanted of it any more and nothing can hold that; its number stays known, so that it can come back. */
function terminated(catalog: Catalog, subscriber: Subscriber, tenant: Tenant, owner: Owner): Resolution {
  const { spec } = subscriber;
  const notes = new Notes();
  notes.claim("subscriberNumber", tenant.metadata.name, spec.subscriberNumber);
  const subject: ResolvedSubscriber = {
    scope: "subscriber",
    owner,
    number: spec.subscriberNumber,
    state: "Terminated",
    accessType: "PPPoE",
    plan: lostPlan(namespaceOf(subscriber), spec.planRef?.name ?? "-"),
    nas: [],
    userName: "",
    ...surroundings(completedSurvey(catalog, subscriber), tenant, subscriber, undefined),
    liveSessions: tenant.spec.features.liveSessions,
    allocations: [],
    dnsName: undefined,
    password: undefined,
    ipv4: { assignment: "None" },
    ipv6: {
      mode: "None",
      wanPrefix: undefined,
      address: undefined,
      delegatedPrefix: undefined,
      delegatedPool: undefined,
    },
    addressSource: "None",
    routes: [],
    vlan: { service: undefined, inner: undefined },
    services: [],
    option82: { policy: "Ignore", circuitId: undefined, remoteId: undefined },
    onu: undefined,
    cpe: undefined,
  };
  return { ok: true, subject, endpoints: [], profile: effectiveProfile(catalog, subscriber), ...parts(notes) };
}

const ownerOf = (installation: string, tenant: Tenant, subscriber: Subscriber): Owner => ({
  installation,
  tenant: tenant.metadata.name,
  kind: "Subscriber",
  namespace: namespaceOf(subscriber),
  name: subscriber.metadata.name,
});
