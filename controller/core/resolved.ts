/** What a system is told about a subject: every reference followed, every default taken, every unit one unit. */
import type { Owner } from "./owner.ts";
import type { Sensitive } from "./sensitive.ts";

export type ResolvedSubject = ResolvedPlan | ResolvedSubscriber;

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
  /** For each serving area the names of its NAS. */
  readonly areas: readonly (readonly string[])[];
}

export type PasswordScheme = "Cleartext" | "NT" | "SSHA2-512";
export type Ipv4 =
  | { readonly assignment: "None" }
  | { readonly assignment: "Static"; readonly address: string }
  | { readonly assignment: "Pool"; readonly pool: string };
export interface Ipv6 {
  readonly mode: "None" | "SLAAC" | "Stateful" | "PD" | "DualStack";
  /** Framed-IPv6-Prefix: the /64 of the subscriber's own. */
  readonly wanPrefix: string | undefined;
  /** Framed-IPv6-Address. */
  readonly address: string | undefined;
  /** Delegated-IPv6-Prefix. */
  readonly delegatedPrefix: string | undefined;
  /** Delegated-IPv6-Prefix-Pool: the BNG chooses. */
  readonly delegatedPool: string | undefined;
}
export interface ResolvedSubscriber {
  readonly scope: "subscriber";
  readonly owner: Owner;
  readonly number: string;
  readonly state: "Active" | "Suspended" | "Terminated";
  readonly accessType: "PPPoE" | "IPoE" | "Static";
  readonly plan: EffectivePlan;
  /** Names of the NAS of its serving area. */
  readonly nas: readonly string[];
  readonly userName: string;
  /** Only PPPoE has one. */
  readonly password: { readonly value: Sensitive; readonly scheme: PasswordScheme } | undefined;
  readonly ipv4: Ipv4;
  readonly ipv6: Ipv6;
  /** Routed networks, canonical prefixes of both families. */
  readonly routes: readonly string[];
  readonly vlan: { readonly service: number | undefined; readonly inner: number | undefined };
  readonly option82: {
    readonly policy: "Enforce" | "Log" | "Ignore";
    readonly circuitId: string | undefined;
    readonly remoteId: string | undefined;
  };
}
