/** What one run knows of its subject's objects, and what it still waits to hear. */

import { Fault } from "../../../reconcilers/errors.ts";
import {
  type Desired,
  type Facts,
  type Observed,
  type Outputs,
  parseRef,
  type Ref,
  type RefKey,
} from "../../core/model.ts";
import { type Owner, type OwnerKey, ownerKey, type Token, token } from "../../core/owner.ts";
import { type Known, knownFrom } from "../../core/plan.ts";
import type { Backoff, Why } from "../../queue/backoff.ts";
import { verdictOf } from "../../queue/breaker.ts";
import type { AuditRow } from "../../store/audit.ts";
import type { Entry } from "../../store/inventory.ts";
import { NotAsked } from "./circuit.ts";
import type { Asking } from "./lane.ts";
import type { Ports } from "./ports.ts";
import type { StoreVerbs } from "./store-verbs.ts";

export interface Clock {
  now(): number;
}
export interface Means {
  readonly ports: Ports;
  readonly verbs: StoreVerbs;
  readonly backoff: Backoff;
  readonly clock: Clock;
  /** On whose word the owner is as it is declared, for the audit. */
  readonly by: (owner: OwnerKey) => AuditRow["by"];
}

const ANSWERED: ReadonlySet<Fault["kind"]> = new Set(["Conflict", "Rejected", "Forbidden", "Waiting"]);
/** The code of a Fault that says whose it is already. */
const TAKEN = "IdentityConflict";

/** What of an owner waits together. */
export const waitKey = (owner: OwnerKey, endpoint: string): string => `${owner}|${endpoint}`;
/** What follows another object reaches further than its system, such as a NAS: what refuses there says nothing of the system. */
export const farKey = (owner: OwnerKey, endpoint: string): string => waitKey(owner, `${endpoint} beyond`);
/** Those who waited for an endpoint that answers again, and need not any longer. */
export const released = (backoff: Backoff, endpoint: string): readonly OwnerKey[] =>
  backoff.release((key) => key.endsWith(waitKey("", endpoint))).map((key) => key.slice(0, key.lastIndexOf("|")));

function whyOf(f: Fault): Why {
  if (f instanceof NotAsked) return "NotAsked";
  if (verdictOf(f) === "Unanswered") return "Down";
  return ANSWERED.has(f.kind) && f.kind !== "Forbidden" ? "Refused" : "Failed";
}

export class Knowledge {
  readonly owner: OwnerKey;
  readonly entries = new Map<RefKey, Entry>();
  readonly seen = new Map<RefKey, Observed | null>();
  readonly faults = new Map<RefKey, Fault>();
  /** For people: what was last seen stays also when an effect has failed since. */
  readonly facts = new Map<RefKey, Facts>();
  readonly underWay = new Map<RefKey, Promise<void>>();
  /** How many looks and effects have ended: a plan is the last one only if none ended since it was begun. */
  answers = 0;
  /** Looks that are under way. */
  looking = 0;
  /** Epoch milliseconds at which something should be tried again. */
  retryAt = Number.POSITIVE_INFINITY;
  #broken: { readonly cause: unknown } | undefined;
  readonly #tokens = new Map<RefKey, Token>();
  readonly #adopted = new Set<RefKey>();
  readonly #by: Asking;
  readonly #means: Means;

  constructor(owner: Owner, small: boolean, means: Means) {
    this.owner = ownerKey(owner);
    this.#by = { tenant: owner.tenant, small, attempts: 0 };
    this.#means = means;
  }

  /** What the system chose: as the inventory remembers it, else as it was seen. */
  outputs = (key: RefKey): Outputs | undefined => this.entries.get(key)?.outputs;
  placed = (key: RefKey): boolean => this.entries.get(key)?.id !== undefined;
  adopted = (key: RefKey): boolean => this.#adopted.has(key) || this.entries.get(key)?.adopted === true;
  /** It was there before it was ours. */
  taken(key: RefKey): void {
    this.#adopted.add(key);
  }
  output: Known = knownFrom(this.seen, this.outputs);

  /** Was chosen before the object was made: it is an intent like any other. */
  foresee(ref: RefKey, needs: readonly RefKey[], outputs: Outputs): void {
    const open = { due: false, id: undefined, shelved: false, adopted: false };
    const entry = { ref, needs, outputs, ...open, intentAt: this.#means.clock.now() };
    this.entries.set(ref, entry);
  }

  /** Whether it is not this owner's, or was asked for and nobody knows what the answer is. */
  isTaken(key: RefKey): boolean {
    if (this.entries.get(key)?.id !== undefined) return false;
    const [have, fault] = [this.seen.get(key), this.faults.get(key)];
    if (fault && ANSWERED.has(fault.kind)) return fault.code === TAKEN;
    if (have !== undefined) return have !== null && have.token !== this.token(key);
    return this.entries.has(key) || fault?.kind === "Unknown";
  }

  token = (key: RefKey): Token => {
    const known = this.#tokens.get(key) ?? token(this.owner, key);
    this.#tokens.set(key, known);
    return known;
  };

  /** All systems side by side: one that fails, lags or backs off leaves its objects unknown, and the others go on. */
  async observe(desired: ReadonlyMap<RefKey, Desired>): Promise<void> {
    const { ports, verbs } = this.#means;
    for (const e of await ports.store(verbs.entries, this.owner, this.#by)) this.entries.set(e.ref, e);
    for (const key of new Set([...desired.keys(), ...this.entries.keys()]))
      this.begin(key, () => this.#look(key, desired.get(key)));
    await this.idle();
  }

  /** True when nothing is under way; otherwise waits for the next answer. Throws what was no answer at all. */
  async idle(): Promise<boolean> {
    const waited = this.underWay.size > 0;
    if (waited) await Promise.race(this.underWay.values());
    if (!this.#broken) return !waited;
    await Promise.all(this.underWay.values()); // the next run must not meet effects of this one
    throw this.#broken.cause;
  }

  begin(key: RefKey, work: () => Promise<void>): void {
    const done: Promise<void> = work()
      .catch((e: unknown) => this.fail(key, e))
      .finally(() => {
        if (this.underWay.get(key) === done) this.underWay.delete(key);
        this.answers++;
      });
    this.underWay.set(key, done);
  }

  /** What was changed shows in others too: what was seen of them counts no more. */
  lookAgain(changed: Ref, desired: ReadonlyMap<RefKey, Desired>): void {
    const { ports } = this.#means;
    for (const key of new Set([...desired.keys(), ...this.entries.keys()])) {
      if (!ports.isFollower(parseRef(key), changed)) continue;
      const before = this.underWay.get(key);
      this.seen.delete(key);
      this.begin(key, async () => {
        await before;
        await this.#look(key, desired.get(key));
      });
    }
  }

  /** Where nothing there can hold a marker, an intent in the inventory is what proves that it is ours. */
  see(key: RefKey, found: Observed | null, intended: boolean): void {
    if (found?.facts) this.facts.set(key, found.facts);
    const resource = found && this.#means.ports.resource(found.ref);
    const unmarked = found !== null && resource?.marker === "store";
    if (unmarked && !intended && resource?.found) this.seen.set(key, null);
    else this.seen.set(key, unmarked ? { ...found, token: intended ? this.token(key) : undefined } : found);
  }

  /** A Fault is an answer; a bug or a lost store ends the run and is never read as one. */
  fail(key: RefKey, e: unknown): void {
    if (!(e instanceof Fault)) {
      this.#broken ??= { cause: e };
      return;
    }
    this.seen.delete(key); // uncertain until it has been looked at again
    if (e.facts) this.facts.set(key, { ...this.facts.get(key), ...e.facts });
    this.faults.set(key, e);
    if (e.kind === "Waiting") return; // it is no trouble: the device reports some time
    const { backoff, clock } = this.#means;
    this.#later(backoff.fail(this.#failing(key, e), e.retryAfterMs, clock.now(), whyOf(e)));
  }

  /** A system that answered everything in this run starts afresh. */
  forgive(): void {
    const failed = new Set([...this.faults].map(([key, f]) => this.#failing(key, f)));
    const fine = new Set([...this.seen.keys()].flatMap((key) => this.#lanes(key)));
    for (const lane of fine.difference(failed)) this.#means.backoff.clear(lane);
  }

  by(key?: RefKey): Asking {
    const { backoff } = this.#means;
    const attempts = key === undefined ? 0 : Math.max(...this.#lanes(key).map((lane) => backoff.attempts(lane)));
    return attempts === 0 ? this.#by : { ...this.#by, attempts };
  }

  async #look(key: RefKey, d: Desired | undefined): Promise<void> {
    this.looking++;
    await this.#find(key, d).finally(() => this.looking--);
  }
  async #find(key: RefKey, d: Desired | undefined): Promise<void> {
    const { ports, backoff, clock } = this.#means;
    const ref = parseRef(key);
    const entry = this.entries.get(key);
    const until = Math.max(...this.#lanes(key).map((lane) => backoff.until(lane, clock.now())));
    if (until > clock.now()) return this.#later(until);
    const lookup = { ref, token: this.token(key), id: entry?.id, ...(d && { spec: d.spec, how: d.how }) };
    const found = await ports.observe(lookup, this.by(key));
    if (found === null && entry) {
      const sure = entry.intentAt + ports.resource(ref).settleMs;
      if (sure > clock.now()) return this.#later(sure);
    }
    this.see(key, found, entry !== undefined);
  }
  /** A run then, at the latest. */
  again(at: number): void {
    this.#later(at);
  }
  #later(at: number): void {
    this.retryAt = Math.min(this.retryAt, at);
  }
  #lane(key: RefKey): string {
    return waitKey(this.owner, parseRef(key).system);
  }
  #beyond(key: RefKey): string | undefined {
    const ref = parseRef(key);
    return this.#means.ports.traits(ref).follows === undefined ? undefined : farKey(this.owner, ref.system);
  }
  #failing(key: RefKey, f: Fault): string {
    return (whyOf(f) === "Refused" && this.#beyond(key)) || this.#lane(key);
  }
  #lanes(key: RefKey): readonly string[] {
    const beyond = this.#beyond(key);
    return [this.#lane(key), ...(beyond === undefined ? [] : [beyond])];
  }
}
