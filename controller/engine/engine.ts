/** The loop: takes declarations, keeps keys moving, remembers how each stands. Knows nothing of any system. */

import { Fault } from "../../reconcilers/errors.ts";
import type { GateInput } from "../core/gate.ts";
import type { RefKey, Subject } from "../core/model.ts";
import { holdsOf, refKey } from "../core/model.ts";
import { type OwnerKey, tenantOf } from "../core/owner.ts";
import { type Adoption, needs } from "../core/plan.ts";
import type { Digest } from "../core/redact.ts";
import { Turns } from "../core/turns.ts";
import { Backoff } from "../queue/backoff.ts";
import type { Breaker } from "../queue/breaker.ts";
import { KeyQueue, SMALL_EDIT } from "../queue/keys.ts";
import type { Budget } from "../store/budget.ts";
import type { Store } from "../store/store.ts";
import { Ground, isShared } from "./ground.ts";
import { HintPace } from "./hint-pace.ts";
import type { Edit } from "./run/accept.ts";
import { Admission } from "./run/admission.ts";
import { asBefore } from "./run/as-before.ts";
import { type Clock, farKey, released, waitKey } from "./run/knowledge.ts";
import { Ports } from "./run/ports.ts";
import { type Deps, preview, type Report, reconcile } from "./run/reconcile.ts";
import { storeVerbs } from "./run/store-verbs.ts";
import { Verified } from "./run/verified.ts";
import { Whose } from "./run/whose.ts";

export interface Options {
  readonly store: Store;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly digest: Digest;
  /** What is wanted of an owner now, with its secrets. A subject without any desired object is to be taken away. */
  readonly subject: (key: OwnerKey, small: boolean) => Promise<Subject>;
  readonly adoption?: (key: OwnerKey) => Adoption;
  readonly policy?: (key: OwnerKey) => Pick<GateInput, "paused" | "mode">;
  /** Milliseconds between retirement and destruction. */
  readonly retentionMs?: (tenant: string) => number;
  /** Whether work for the owner may begin in this process. */
  readonly mine?: (key: OwnerKey) => boolean;
  /** Whether it still holds the partition of the owner, so that what was begun may end; as `mine` unless told. */
  readonly holds?: (key: OwnerKey) => boolean;
  /** Milliseconds for which the leases of this process still count; asked before every effect. */
  readonly aliveMs?: () => number;
  /** Whether what is wanted stays so until the owner is accepted again; not so where a secret is kept elsewhere. */
  readonly lasting?: (subject: Subject) => boolean;
  /** Keeps a secret that was found in the place of the one that was made. */
  readonly takeOver?: Deps["takeOver"];
  /** Owners of the objects that subscribers stand on; asked when one of those is not known to be in place. */
  readonly shared?: () => Iterable<OwnerKey>;
  /** Hears of every address that was taken from a fallback. */
  readonly onBridge?: (key: OwnerKey, vrf: string, address: string) => void;
  /** Hears of every run that starts. */
  readonly onBegin?: (key: OwnerKey) => void;
  /** On whose word an owner is as it is declared, for the audit. */
  readonly by?: Deps["by"];
  /** Hears of everybody who was found as at the last run, so that none was needed. */
  readonly onSame?: (key: OwnerKey, report: Report) => void;
  /** Hears of every run that ended; awaited. */
  readonly onReport?: (key: OwnerKey, subject: Subject, report: Report, small: boolean) => Promise<void>;
  /** A run that broke: `retry` puts the key back, `stop` ends the engine. */
  readonly onError?: (key: OwnerKey, error: unknown) => "retry" | "stop";
  /** Hears when calls to an endpoint are let through no more, or again. */
  readonly onBreaker?: (endpoint: string, breaker: Breaker) => void;
  readonly backoff?: Backoff;
  /** Keys in flight at once. */
  readonly window?: number;
}
/** How a subject stands after its last run; small, because there is one for each. */
export interface Standing {
  readonly settled: boolean;
  readonly held: boolean;
  readonly faulty: boolean;
  /** For a device that has not reported. */
  readonly awaits: boolean;
  /** Whatever is wrong was refused: the same will be refused again, until a person has changed something. */
  readonly refused: boolean;
  readonly runs: number;
}

/** Milliseconds after which an object of another process is looked at again. */
const LOOK_AGAIN_MS = 2_000;
const MONTH = 30 * 86_400_000;

export class Engine {
  readonly standing = new Map<OwnerKey, Standing>();
  readonly verified = new Verified();
  readonly ports: Ports;
  readonly verbs: ReturnType<typeof storeVerbs>;
  readonly queue: KeyQueue;
  readonly #o: Options;
  readonly #mine: (key: OwnerKey) => boolean;
  readonly #deps: Deps;
  readonly #admission: Admission;
  readonly #backoff: Backoff;
  readonly #abort = new AbortController();
  /** One after the other: the set that was accepted last stands. */
  readonly #accepting = new Turns();
  readonly #ground = new Ground(
    () => this.#seek(),
    (waiting) => this.enqueue(waiting),
  );
  readonly #whose: Whose;
  readonly #pace = new HintPace((owner) => this.#lookAt([owner]));
  #approved: ReadonlySet<string> = new Set();
  readonly #ends = new Map<OwnerKey, number>();

  constructor(o: Options) {
    this.#o = o;
    this.#mine = o.mine ?? (() => true);
    this.#backoff = o.backoff ?? new Backoff();
    this.queue = new KeyQueue(o.window ?? 2000, (key, small) => this.#run(key, small), isShared, tenantOf);
    const alive = o.aliveMs ?? (() => Number.POSITIVE_INFINITY);
    this.ports = new Ports(this.#abort.signal, alive, (endpoint, b) => this.#turned(endpoint, b));
    this.#whose = new Whose(this.ports.tells);
    this.verbs = storeVerbs(o.store, o.clock, o.retentionMs ?? (() => MONTH));
    this.#admission = new Admission(o.budget, o.store, o.clock, this.ports);
    this.#deps = {
      ports: this.ports,
      verbs: this.verbs,
      clock: o.clock,
      digest: o.digest,
      mine: o.holds ?? this.#mine,
      by: o.by ?? (() => undefined),
      takeOver: o.takeOver ?? (async () => undefined),
      backoff: this.#backoff,
      adoption: o.adoption ?? (() => "Never"),
      policy: (subject, owner) => ({
        ...(o.policy?.(owner) ?? { paused: undefined, mode: () => "Enforce" }),
        refused: this.#admission.refused(owner),
        missing: this.#ground.missing(subject),
        approved: this.#approved,
      }),
      bridge: async (owner, d, by) => {
        const value = d.fallback && (await this.ports.store(this.verbs.bridge, { owner, fallback: d.fallback }, by));
        if (!d.fallback || value === undefined) return undefined;
        const outputs = { [d.fallback.field]: value };
        await this.ports.store(this.verbs.intend, { owner, ref: refKey(d.ref), needs: needs(d.spec), outputs }, by);
        o.onBridge?.(owner, d.fallback.vrf, value);
        return outputs;
      },
      reserve: (tenant, impact, owner, small) => this.#admission.reserve(tenant, impact, owner, small),
      endsSince: (owner) => {
        const since = this.#ends.get(owner) ?? o.clock.now();
        this.#ends.set(owner, since);
        return since;
      },
    };
  }

  /** For plans that are shown and not carried out: claims, places and shared objects are judged for all of them together. */
  looking(policy: NonNullable<Options["policy"]>): Deps {
    const rest = { refused: [], missing: new Map(), approved: this.#approved };
    const endsSince = (owner: OwnerKey): number => this.#ends.get(owner) ?? this.#o.clock.now();
    return { ...this.#deps, endsSince, policy: (_, owner) => ({ ...policy(owner), ...rest }) };
  }

  /** The one barrier, and it is in the store only: claims and the costly set of a snapshot, before its first effect. */
  async accept(edits: () => Iterable<Edit> | Promise<Iterable<Edit>>): Promise<readonly OwnerKey[]> {
    const keys = await this.#accepting.take(async () => this.#admission.admit(await edits(), this.#mine));
    this.again(keys);
    return keys;
  }
  /** Until nothing is being accepted of what was asked for so far. */
  accepted(): Promise<unknown> {
    return this.#accepting.over();
  }
  /** What they depend on is another one now. */
  again(keys: readonly OwnerKey[]): void {
    this.verified.forget(keys);
    this.#hurry(keys);
    this.enqueue(keys);
  }
  /** A correction is not kept waiting because what it corrects has failed often. */
  #hurry(keys: readonly OwnerKey[]): void {
    const endpoints = [...this.ports.lanes().keys()];
    for (const key of keys)
      for (const endpoint of endpoints)
        for (const lane of [waitKey(key, endpoint), farKey(key, endpoint)]) this.#backoff.hurry(lane);
  }
  /** Who was refused asks again: the holder may have gone. */
  retryRefused(): void {
    this.enqueue([...this.#admission.refusedOwners()]);
  }

  enqueue(keys: readonly OwnerKey[], small = keys.length <= SMALL_EDIT): void {
    this.queue.add(
      keys.filter((key) => this.#mine(key) || isShared(key)),
      small,
    );
  }
  settle(patience = 0, isWorthIt?: (key: OwnerKey) => boolean): Promise<void> {
    return this.queue.settle(patience, isWorthIt);
  }
  /** What people have allowed by now; whoever is held asks again when that changed. */
  async refreshApprovals(): Promise<void> {
    const before = this.#approved;
    this.#approved = await this.#o.store.approved();
    if (this.#approved.symmetricDifference(before).size === 0) return;
    this.retryHeld();
  }
  /** What holds them may be gone: a pause, a mode, a missing approval. Who is withdrawn is known here and nowhere else. */
  retryHeld(): void {
    this.enqueue([...this.standing].flatMap(([key, s]) => (s.held ? [key] : [])));
  }
  /** Something happened to these objects, as their system says. */
  heard(refs: readonly RefKey[]): void {
    this.#lookAt(this.#whose.of(refs));
  }
  #lookAt(owners: readonly OwnerKey[]): void {
    this.verified.forget(owners);
    this.enqueue(owners, false); // whoever says so: edits of people go first
  }
  /** The same, by whoever may say so over HTTP. */
  told(ref: RefKey): void {
    for (const owner of this.#whose.of([ref])) this.#pace.tell(owner);
  }
  /** Devices report by themselves where the system tells; elsewhere, and where a word was lost, they are looked for. */
  retryAwaiting(): void {
    this.enqueue(
      [...this.standing].flatMap(([key, s]) => (s.awaits ? [key] : [])),
      false,
    );
  }
  /** At a start: what an earlier process left half done for owners that are no longer declared. */
  async sweep(tenant: string, declared: (key: OwnerKey) => boolean): Promise<void> {
    const known = await this.#o.store.owners(tenant);
    const gone = [...known.keys()].filter((key) => !declared(key));
    const live = gone.filter((key) => this.#mine(key) && known.get(key)?.live && !isShared(key));
    if (live.length > 0) await this.#o.budget.reserve(tenant, "retire", live, this.#o.clock.now());
    await this.#admission.recall(tenant);
    this.enqueue(gone);
  }
  async purge(): Promise<void> {
    this.enqueue(await this.#o.store.dueOwners(this.#o.clock.now()));
  }
  #turned(endpoint: string, b: Breaker): void {
    this.#o.onBreaker?.(endpoint, b);
    if (b.state === "Closed") this.queue.wake(released(this.#backoff, endpoint)); // its lane sets the pace
  }
  close(): void {
    this.#abort.abort();
    this.#pace.close();
    this.queue.close();
  }

  async #run(key: OwnerKey, small: boolean): Promise<void> {
    this.#o.onBegin?.(key);
    await this.accepted(); // a set that is being accepted is reserved as one, before any of it is looked at
    if (!this.#mine(key)) return this.#lookOn(key); // lost while it waited: the new holder takes it up
    const since = this.#admission.turn;
    const { turn } = this.verified;
    try {
      if (!small && (await this.#same(key))) return;
      await this.#admission.claimAgain(key, small);
      const { subject, report } = await this.#reconcile(key, small);
      this.#whose.note(subject);
      this.#note(key, report);
      this.#verify(key, subject, report, turn);
      this.#ended(key, subject, report);
      this.#ground.note(subject, report);
      await this.#o.onReport?.(key, subject, report, small);
      if (report.settled) await this.#admission.settled(key, small, since);
      if (report.settled && report.rest === "wanted") await this.#admission.trim(key, subject.claims, small, since);
      if (report.settled && report.rest === "left") await this.#admission.letGo(key, subject.claims, small, since);
      if (report.retryAt !== undefined) this.queue.later(key, report.retryAt - this.#o.clock.now(), small);
    } catch (e) {
      this.verified.drop(key); // it may be as it should be, and nobody has been told
      if (this.#abort.signal.aborted) return;
      if (this.#o.onError?.(key, e) !== "retry") throw e;
      const at = this.#backoff.fail(key, undefined, this.#o.clock.now());
      this.queue.later(key, at - this.#o.clock.now(), small);
    }
  }

  async #reconcile(key: OwnerKey, small: boolean): Promise<{ readonly subject: Subject; readonly report: Report }> {
    const subject = await this.#o.subject(key, small);
    const report = await reconcile(subject, small, this.#deps);
    return report === "anew" ? this.#reconcile(key, small) : { subject, report };
  }

  /** Of a crowd, most need no run. Few are looked at in full, in the store too. */
  async #same(key: OwnerKey): Promise<boolean> {
    if (!this.verified.has(key) || this.#admission.concerns(key)) return false;
    try {
      if (!(await this.verified.look(key, this.ports, false))) return false;
    } catch (e) {
      if (e instanceof Fault) return false; // the run looks again, and says what is wrong
      throw e;
    }
    const report = asBefore(key);
    this.#note(key, report);
    this.#o.onSame?.(key, report);
    return true;
  }
  #ended(key: OwnerKey, { desired }: Subject, { settled }: Report): void {
    if (settled || desired.length > 0) this.#ends.delete(key);
  }
  #verify(key: OwnerKey, subject: Subject, { settled, rest, seen }: Report, turn: number): void {
    const whole = settled && rest === "wanted" && seen.size === subject.desired.length && !isShared(key);
    if (whole && this.#o.lasting?.(subject) !== false) this.verified.keep(key, seen, turn);
    else this.verified.drop(key);
  }

  /** What another process keeps and our subscribers stand on: it is looked at, never touched. */
  async #lookOn(key: OwnerKey): Promise<void> {
    if (!isShared(key)) return;
    try {
      const subject = await this.#o.subject(key, false);
      const { plan, faults } = await preview(subject, this.#deps);
      this.#ground.note(subject, { plan, faults });
      if (!this.#ground.holds(subject)) this.queue.later(key, LOOK_AGAIN_MS, true);
    } catch (e) {
      if (this.#abort.signal.aborted) return;
      if (this.#o.onError?.(key, e) !== "retry") throw e;
      this.queue.later(key, LOOK_AGAIN_MS, true);
    }
  }

  #note(key: OwnerKey, r: Report): void {
    const held = r.plan.changes.some((c) => holdsOf(c).length > 0);
    const runs = (this.standing.get(key)?.runs ?? 0) + 1;
    const faults = [...r.faults.values()];
    const awaits = faults.some((f) => f.kind === "Waiting");
    const trouble = faults.filter((f) => f.kind !== "Waiting");
    const refused = trouble.length > 0 && trouble.every((f) => f.kind === "Rejected");
    this.standing.set(key, { settled: r.settled, held, faulty: trouble.length > 0, awaits, refused, runs });
    this.#backoff.clear(key);
  }

  /** Who has not run here yet may own it, or whoever another process runs. */
  #seek(): void {
    const runsHere = (key: OwnerKey): boolean => this.standing.has(key) && this.#mine(key);
    const shared = [...(this.#o.shared?.() ?? [])];
    this.enqueue(
      shared.filter((key) => !runsHere(key)),
      true,
    );
  }
}
