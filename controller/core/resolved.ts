/** What a system is told about a subject: every reference followed, every default taken, every unit one unit. */

import type { Fallback } from "./holding.ts";
import type { Output, Ref, Told } from "./model.ts";
import type { Owner } from "./owner.ts";
import type { Sensitive } from "./sensitive.ts";

export type ResolvedSubject = ResolvedTenant | ResolvedPlan | ResolvedSubscriber;

/** Networks of which values are taken, in the order in which they are tried. */
export interface AddressPool {
  readonly name: string;
  readonly use: "IPv4" | "IPv6Address" | "WANPrefix" | "PD" | "Routed";
  /** Undefined: the global table. */
  readonly vrf: string | undefined;
  readonly prefixes: readonly string[];
  readonly gateway: "FirstHost" | "LastHost" | "None";
  /** Networks that are never given away. */
  readonly reserve: readonly string[];
  /** Of what is taken from a pool of prefixes. */
  readonly prefixLength: number | undefined;
}
export interface VlanPool {
  readonly name: string;
  readonly vlanDomain: string;
  /** S-tags, each range inclusive. */
  readonly serviceVlans: readonly (readonly [first: number, last: number])[];
}
/** A NetBox that the tenant has bound. */
export interface AddressPlan {
  readonly endpoint: string;
  /** Name of the tenant there; undefined: as here. */
  readonly tenant: string | undefined;
  /** VRFs that it may use; empty: all. */
  readonly vrfs: readonly string[];
}
/** A template of the auto-configuration server: runs on every device that carries its name as a tag. */
export interface CpeTemplate {
  readonly name: string;
  /** Source of a provision. */
  readonly script: string;
  readonly weight: number;
}
/** What a tenant's subscribers stand on: pools, gateways, reserved networks, VLANs, OLTs, templates. */
export interface ResolvedTenant {
  readonly scope: "tenant";
  readonly owner: Owner;
  readonly addressPlans: readonly AddressPlan[];
  /** Pools whose values the BNG hands out itself are not among them. */
  readonly pools: readonly AddressPool[];
  readonly vlanPools: readonly VlanPool[];
  /** Names of the OLTs that it registers: one that several tenants use is registered by the first of them by name. */
  readonly olts: readonly string[];
  readonly templates: readonly CpeTemplate[];
}

/** Kilobits per second, as the subscriber sees them. */
export interface Speed {
  readonly downKbps: number;
  readonly upKbps: number;
  readonly burstDownKbps?: number;
  readonly burstUpKbps?: number;
}
/** An attribute that the operator asks for beside ours. `target`: in which of FreeRADIUS's tables it stands. */
export interface ExtraAttribute {
  readonly name: string;
  readonly op: string;
  readonly value: string;
  readonly target: "check" | "reply";
}
export interface EffectivePlan {
  readonly namespace: string;
  readonly name: string;
  /** While an edit of the plan reaches its subscribers by steps there are several; undefined: the first. */
  readonly revision?: number;
  readonly speed: Speed;
  /** Seconds; undefined: not sent. */
  readonly sessionTimeout: number | undefined;
  readonly idleTimeout: number | undefined;
  readonly interimInterval: number | undefined;
  readonly simultaneousUse: number | undefined;
  /** Names of profiles that exist on the NAS, by vendor in lower case. */
  readonly profiles: Readonly<Record<string, string>>;
  readonly attributes: readonly ExtraAttribute[];
}

/** The shared objects of a plan: one set per tenant and kind of NAS. */
export interface ResolvedPlan {
  readonly scope: "plan";
  readonly owner: Owner;
  readonly plan: EffectivePlan;
  readonly addressPlans: readonly AddressPlan[];
  /** Each with its speed: its own, or the plan's. */
  readonly services: readonly PlanService[];
  /** For each serving area the names of its NAS. */
  readonly areas: readonly (readonly string[])[];
}

export type PasswordScheme = "Cleartext" | "NT" | "SSHA2-512";
export type Ipv4 =
  | { readonly assignment: "None" }
  /** `pool`: around the address; undefined: none is declared. */
  | { readonly assignment: "Static"; readonly address: string; readonly pool: AddressPool | undefined }
  /** Known when the address plan has given one. */
  | { readonly assignment: "Dynamic"; readonly address: Output; readonly pool: AddressPool }
  | { readonly assignment: "Pool"; readonly pool: string };
export interface Ipv6 {
  readonly mode: "None" | "SLAAC" | "Stateful" | "PD" | "DualStack";
  /** Framed-IPv6-Prefix: the /64 of the subscriber's own. */
  readonly wanPrefix: string | Output | undefined;
  /** Framed-IPv6-Address. */
  readonly address: string | Output | undefined;
  /** Delegated-IPv6-Prefix. */
  readonly delegatedPrefix: string | Output | undefined;
  /** Delegated-IPv6-Prefix-Pool: the BNG chooses. */
  readonly delegatedPool: string | undefined;
}
/** A fallback is told only by its value, which is not known here. */
export type AddressSource = "NetworkProfile" | "Subscriber" | "NetBoxDynamic" | "Pool" | "None";
/** One address or network of a subscriber, as the address plan holds it. */
export interface Allocation {
  readonly slot: "ipv4" | "ipv6" | "wanPrefix" | "delegatedPrefix" | "route";
  readonly holds: "address" | "prefix";
  /** Its name in the address plan; whoever uses its value refers to it by `output(ref, "address" | "prefix")`. */
  readonly ref: Ref;
  /** Declared, and only recorded there; undefined: taken from the pool. */
  readonly value: string | undefined;
  /** Where it is taken from, or lies; undefined: a declared value outside all pools. */
  readonly pool: AddressPool | undefined;
  /** For the time while the address plan does not answer. */
  readonly fallback?: Fallback;
}
export interface Subscription {
  readonly product: string;
  readonly trial: boolean;
}
export type ActivationFact = "SurveyPassed" | "InstallationCompleted" | "RADIUSReady" | "ONUActive" | "CPEOnline";
/** Whether a fact must be observed before a bill starts, and why. */
export interface RequiredFact {
  readonly fact: ActivationFact;
  readonly required: boolean;
  readonly reason: string;
}
/** What billing needs to know. */
export interface ResolvedBilling {
  readonly account: string | undefined;
  readonly subscriptions: readonly Subscription[];
  /** Of the plan; undefined: the plan names none. */
  readonly product: string | undefined;
  readonly price: { readonly amount: string; readonly currency: string; readonly period: string } | undefined;
  /** What happens to charges while suspended; undefined: the plan that says it is lost. */
  readonly suspended: "Continue" | "Pause" | "ReducedFee" | undefined;
  readonly customer: {
    readonly id: string | undefined;
    readonly name: string | undefined;
    readonly email: string | undefined;
    readonly phone: string | undefined;
    readonly address: string | undefined;
    readonly language: string | undefined;
  };
  /** Facts of the activation policy that a declared survey answers; undefined: no survey is required. */
  readonly surveyPassed: boolean | undefined;
  /** What the tenant's policy wants to be observed first, in its order. */
  readonly facts: readonly RequiredFact[];
}
/** S-tag and C-tag of one service, and who chose the S-tag. */
export interface ServiceTags {
  readonly name: string;
  readonly service: number | undefined;
  readonly inner: number | undefined;
  /** Undefined: the plan does not name the service. */
  readonly mode: "Shared" | "PerSubscriber" | undefined;
  readonly source: "NetworkProfile" | "Subscriber" | "Plan" | "Pool" | "Tenant";
}
/** One service of a plan, as the access network carries it. */
export interface PlanService {
  readonly name: string;
  readonly speed: Speed;
  /** Tag that the CPE sends; 0: priority-tagged, 4096: untagged. */
  readonly uniTag: number;
  /** Technology profile on the OLT. */
  readonly technologyProfileId: number;
  /** Priority bits (IEEE 802.1p). */
  readonly pbit: number;
  /** Emergency voice stays while the subscriber is suspended. */
  readonly keepWhenSuspended: boolean;
  /** Streams are joined by IGMP. */
  readonly multicast: boolean;
}
/** A service on a port of an ONU. */
export interface UniService extends PlanService {
  /** S-tag and C-tag. */
  readonly serviceVlan: number;
  readonly innerVlan: number | undefined;
}
export interface ResolvedOnu {
  readonly olt: string;
  /** Four letters and eight hexadecimal digits in upper case. */
  readonly serial: string;
  readonly expectedPonPort: number | undefined;
  readonly unis: readonly { readonly uni: number; readonly services: readonly UniService[] }[];
}
/** One value that the CPE is to have. */
export interface CpeSetting {
  /** A logical name of reconcilers/genieacs/names.ts such as `wifi.2.4GHz.ssid`, or a path without its root object. */
  readonly name: string;
  readonly value: string | number | boolean | Sensitive;
  /** Seed: written at installation, after a factory reset and when the declared value changes; then left to the customer. */
  readonly management: "Seed" | "Enforce";
  /** Of a declared parameter. */
  readonly type?: "String" | "Int" | "UnsignedInt" | "Boolean" | "DateTime" | "Base64";
}
/** Where a logical name stands in the data model of some devices. */
export interface CpeMapping {
  readonly name: string;
  /** With its root object, which tells the data model. */
  readonly path: string;
  /** Undefined: of every manufacturer; of every model. */
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
}
export interface ResolvedCpe {
  /** Its object at the GenieACS that it reports to. */
  readonly ref: Ref;
  /** As declared, in one spelling; verified against the device. */
  readonly serial: string;
  readonly oui: string | undefined;
  readonly productClass: string | undefined;
  /** Tags by which templates and presets choose devices. */
  readonly templates: readonly string[];
  readonly settings: readonly CpeSetting[];
  readonly mappings: readonly CpeMapping[];
  readonly onRetire: "Keep" | "FactoryReset";
}
/** Suspended, and let in all the same: slowly, or to the pages of the provider. */
export type Limited =
  | { readonly mode: "Throttle"; readonly speed: Speed }
  /** `list`: address list or filter on the NAS. */
  | { readonly mode: "WalledGarden"; readonly list: string; readonly speed?: Speed };
export type TicketPriority = "Low" | "Normal" | "High" | "Urgent";
/** How the date of an appointment is found. */
export interface AppointmentRules {
  readonly leadDays: number;
  readonly count: "CalendarDays" | "WorkingDays";
  /** `10:00`, in the time zone. */
  readonly at: string;
  /** IANA name. */
  readonly timeZone: string;
  /** `YYYY-MM-DD`: days without appointments. */
  readonly holidays: readonly string[];
  /** From the appointment to the moment by which it must be done. */
  readonly slaSeconds: Readonly<Record<TicketPriority, number>>;
}
/** A visit of a technician. */
export interface ResolvedInstallation {
  /** The ticket system. */
  readonly endpoint: string;
  /** 1: the first installation; a house move is the next. */
  readonly visit: number;
  /** Wished day, `YYYY-MM-DD`. */
  readonly date: string | undefined;
  readonly priority: TicketPriority;
  readonly team: string;
  readonly skills: readonly string[];
  readonly notes: string | undefined;
  /** Serving area. */
  readonly area: string | undefined;
  readonly rules: AppointmentRules;
}
export interface ResolvedSubscriber {
  readonly scope: "subscriber";
  readonly owner: Owner;
  readonly number: string;
  readonly state: "Active" | "Suspended" | "Terminated";
  /** Of who is suspended; left out: rejected. */
  readonly limited?: Limited;
  /** Whether sessions that run are told of changes. */
  readonly liveSessions: boolean;
  readonly accessType: "PPPoE" | "IPoE" | "Static";
  readonly plan: EffectivePlan;
  /** Names of the NAS of its serving area. */
  readonly nas: readonly string[];
  readonly userName: string;
  /** Only PPPoE has one. */
  readonly password: { readonly value: Sensitive; readonly scheme: PasswordScheme } | undefined;
  /** The customer's router dials with user name and password: others wait for it. `rename`: the name that is declared instead. */
  readonly withDevice?: { readonly rename?: string; readonly device?: Told };
  readonly ipv4: Ipv4;
  readonly ipv6: Ipv6;
  readonly addressSource: AddressSource;
  readonly addressPlans: readonly AddressPlan[];
  /** Everything that the address plans should hold for it. */
  readonly allocations: readonly Allocation[];
  readonly dnsName: string | undefined;
  readonly customerId: string | undefined;
  readonly billing: ResolvedBilling;
  /** Undefined: no technician is to come. */
  readonly installation?: ResolvedInstallation | undefined;
  /** Names of the declared ONU and CPE, for those who refer to them. */
  readonly devices: { readonly onu: string | undefined; readonly cpe: string | undefined };
  readonly onu: ResolvedOnu | undefined;
  readonly cpe: ResolvedCpe | undefined;
  readonly profileName: string;
  /** Routed networks, canonical prefixes of both families. */
  readonly routes: readonly string[];
  /** Of the internet service. */
  readonly vlan: { readonly service: number | undefined; readonly inner: number | undefined };
  readonly services: readonly ServiceTags[];
  readonly option82: {
    readonly policy: "Enforce" | "Log" | "Ignore";
    readonly circuitId: string | undefined;
    readonly remoteId: string | undefined;
    /** While the customer moves: what is accepted too. */
    readonly previousCircuitId?: string;
    readonly previousRemoteId?: string;
  };
}
