/** The contract: what a newcomer writes to add a system. Reads and writes are sets; one subject is a set of one. */

import type { Part } from "../controller/core/end.ts";
import type { Delivery, Letter } from "../controller/core/life/letter.ts";
import type {
  Action,
  Claim,
  Desired,
  FieldTable,
  Observed,
  Ref,
  RefKey,
  Spec,
  State,
} from "../controller/core/model.ts";
import type { OwnerKey, Token } from "../controller/core/owner.ts";
import type { Fill } from "../controller/core/resolve/capacity.ts";
import type { ResolvedSubject, ResolvedTenant } from "../controller/core/resolved.ts";
import type { Sensitive } from "../controller/core/sensitive.ts";
import type { Fault } from "./errors.ts";
import type { TicketDesk } from "./tickets.ts";

/** Where to look: first at the id that the inventory knows, then by marker, then by name. The marker found is verified. */
export interface Lookup {
  readonly ref: Ref;
  readonly token: Token;
  readonly id: string | undefined;
  /** What is wanted of it, if anything: it may say a name that the key does not. */
  readonly spec?: Spec;
  /** `Desired.how`. */
  readonly how?: unknown;
}

/** One effect, all inputs known. `patch` holds the fields to write; null removes. */
export interface Order {
  readonly ref: Ref;
  readonly action: Exclude<Action, "none">;
  readonly token: Token;
  readonly owner: OwnerKey;
  readonly id: string | undefined;
  readonly patch: State;
  /** An account waits for this device to have what it dials with: until then it must not change by itself. */
  readonly awaited?: true;
  /** All that is wanted of it; left out when nothing is. */
  readonly spec?: State;
  /** `Desired.how`. */
  readonly how?: unknown;
}
/** What is there now, read back; null after a destroy. A fault leaves the others standing. */
export type Outcome = Observed | null | Fault;

export interface Resource {
  readonly name: string;
  /** Where the owner marker lives: in the create call, in the same transaction, or nowhere (then the intent proves it). */
  readonly marker: "inline" | "beside" | "store";
  /** Its objects are not made here but found, such as an ONU that somebody plugged in: who has none of them yet creates. */
  readonly found?: true;
  /** Its objects serve another customer tomorrow, such as an ONU that was brought back: nothing of them is kept. */
  readonly lent?: true;
  readonly fields: FieldTable;
  /**
   * Name of a resource with the same keys, whose changes this one carries to where they count, such as an account's to its open
   * sessions: it comes after that one in making and in taking away, and is looked at again whenever that one was changed.
   */
  readonly follows?: string;
  /** What of a customer's service its objects are, which may use what other systems gave. */
  readonly serves?: Part;
  /**
   * What uses its objects: they are taken away when every object that serves so is seen out of service, and none of those is
   * `inUse`. A router is waited for ten minutes, and only at its customer's end.
   */
  readonly outlasts?: Part;
  /** Name of a resource whose changes show in this one, such as a service's state in its subscriptions: it is looked at again. */
  readonly shows?: string;
  /** Items in one call. */
  readonly limit: number;
  /** Milliseconds after a create intent for which "not there" is no answer: replica lag, or a request that may still land. */
  readonly settleMs: number;
  /** Not in the map: surely absent. Anything less than sure throws a Fault. */
  observe(lookups: readonly Lookup[], signal: AbortSignal): Promise<ReadonlyMap<RefKey, Observed>>;
  /** One outcome per order, same order. Each is safe to repeat once the object has been observed again. */
  apply(orders: readonly Order[], signal: AbortSignal): Promise<readonly Outcome[]>;
  /** Everything with the marker of this installation and tenant, in pages: drift scan, orphan report, import, recover. */
  scan?(scope: ScanScope, signal: AbortSignal): AsyncIterable<readonly Scanned[]>;
  /** All that is there, whoever's, where nothing can hold a mark: what nobody claims is reported, and never removed. */
  everything?(signal: AbortSignal): Promise<readonly Observed[]>;
  /** Who wrote it last, where the system keeps a log; for people who look at drift. */
  author?(id: string, signal: AbortSignal): Promise<Author | undefined>;
  /** What the object shows that its owner holds alone: asked when the store was lost. */
  claims?(scanned: Scanned): readonly Claim[];
}
export interface Author {
  readonly name: string;
  /** RFC 3339. */
  readonly at: string;
}
export interface ScanScope {
  readonly installation: string;
  readonly tenant: string;
}
export interface Scanned {
  readonly owner: OwnerKey;
  readonly observed: Observed;
}

/** An open connection to one endpoint. */
export interface Session {
  readonly resources: readonly Resource[];
  /** Calls at the same time; at least 2, because one is reserved for small edits. */
  readonly slots: number;
  /** Spares reading everything again; left out where the endpoint cannot tell. */
  readonly changes?: (since: string | undefined, signal: AbortSignal) => Promise<Changes>;
  /** Objects that something happened to, as soon as the endpoint tells: they are looked at again. Ends with the signal. */
  readonly hints?: (signal: AbortSignal) => AsyncIterable<readonly RefKey[]>;
  /**
   * What it is answered at a path, beside what is declared there: what it still holds must be named, or it can never end it.
   * Undefined: nothing of it stands there. Throws a Fault when that cannot be told.
   */
  readonly answers?: (path: string, declared: unknown, signal: AbortSignal) => Promise<unknown>;
  /** How full the tenant's pools are that it gives out of, where it counts them in a question or two each. */
  readonly fills?: (tenant: ResolvedTenant, signal: AbortSignal) => Promise<readonly Fill[]>;
  /**
   * Tells a customer something, at most once for each call; left out where it is no mail server. A Fault says that the
   * server itself cannot be used, and that nothing was sent.
   */
  readonly deliver?: (letter: Letter, signal: AbortSignal) => Promise<Delivery>;
  /** What people do with the tickets that it keeps. */
  readonly tickets?: TicketDesk;
  /** Version of the endpoint; throws a Fault when it cannot serve us. */
  ping(signal: AbortSignal): Promise<Answering>;
  close(): Promise<void>;
}
export interface Answering {
  readonly version: string;
  /** What is wrong with many at once, such as an OLT that is down: told here, once, and not by each subscriber. */
  readonly troubles?: readonly Trouble[];
}
export interface Trouble {
  /** A code of core/status/reasons.ts. */
  readonly reason: string;
  /** Names what is down, how many it concerns, and what happens next. */
  readonly message: string;
}
/** What an endpoint tells of itself since a cursor. */
export interface Changes {
  /** For the next question. */
  readonly cursor: string;
  /** Whether anything may look different from what it was then, by another hand than this session's. */
  readonly changed: boolean;
}
export interface ClientDeps {
  /** Name of the ExternalSystem. */
  readonly endpoint: string;
  /** Keyed, with the id of its key (`keyid:hex`): what a written secret is remembered by. */
  readonly digest: (text: string) => string;
  readonly credentials: Readonly<Record<string, Sensitive>>;
  /** Secrets that the spec names beside its credentials, such as those of NAS, by `namespace/name/key`; as far as they can be read. */
  readonly secrets?: Readonly<Record<string, Sensitive>>;
}

export interface System<Config> {
  /** `ExternalSystem.spec.type`. */
  readonly type: string;
  /** Coded errors, never a half-made config. */
  parseConfig(raw: unknown): Config;
  /**
   * Pure. What this endpoint should hold for the subject; may refer to outputs of other objects.
   * Throws a Fault of kind Rejected for what this endpoint cannot hold (BadValue, Misconfigured), never for a subscriber
   * who is suspended: the subject is blocked, and what stands stays.
   */
  desired(subject: ResolvedSubject, endpoint: string, config: Config): readonly Desired[];
  /** Again with the same object after a ping that failed: what is known of the endpoint may be kept for it. */
  connect(config: Config, deps: ClientDeps): Promise<Session>;
  /** Pure. What the system comes to ask for instead of being told, such as SADIS; undefined: nothing of this object. */
  publishes?(desired: Desired, config: Config): Published | undefined;
  /** Makes what we need beside the system's own objects, such as tables. Safe to repeat. */
  prepare?(config: Config, deps: ClientDeps, signal: AbortSignal): Promise<void>;
}

/** A document that is served over HTTP. */
export interface Published {
  /** `/sadis/v2/subscribers/ALCL12345678-1` */
  readonly path: string;
  readonly body: unknown;
}
/** A system with its configuration: the type of the configuration is nobody else's business. */
export interface Configured {
  desired(subject: ResolvedSubject): readonly Desired[];
  connect(deps: ClientDeps): Promise<Session>;
  publishes(desired: Desired): Published | undefined;
  prepare(deps: ClientDeps, signal: AbortSignal): Promise<void>;
}
/** @throws Fault `Misconfigured` */
export type Configure = (raw: unknown, endpoint: string) => Configured;

export const bind = <C>(system: System<C>): readonly [type: string, Configure] => [
  system.type,
  (raw, endpoint) => {
    const config = system.parseConfig(raw);
    return {
      desired: (subject) => system.desired(subject, endpoint, config),
      connect: (deps) => system.connect(config, deps),
      publishes: (desired) => system.publishes?.(desired, config),
      prepare: async (deps, signal) => system.prepare?.(config, deps, signal),
    };
  },
];
