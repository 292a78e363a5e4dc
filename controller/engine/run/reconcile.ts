/** One subject, from what is remembered to what is verified. Reads as if it were alone; its asks travel in bulk. */

import { Fault, fault } from "../../../reconcilers/errors.ts";
import type { Order } from "../../../reconcilers/system.ts";
import { type GateInput, gate } from "../../core/gate.ts";
import {
  type Change,
  type Desired,
  type Facts,
  type Impact,
  isDone,
  type Outputs,
  type Plan,
  type RefKey,
  refKey,
  type Seen,
  type State,
  type Subject,
} from "../../core/model.ts";
import type { OwnerKey } from "../../core/owner.ts";
import { type Adoption, type Known, needs, type PlanInput, plan, planId, resolve } from "../../core/plan.ts";
import type { Digest } from "../../core/redact.ts";
import type { Sensitive } from "../../core/sensitive.ts";
import { takenOver } from "../../core/take-over.ts";
import { StoreError } from "../../store/errors.ts";
import { Books, type Rest } from "./books.ts";
import { Knowledge, type Means } from "./knowledge.ts";
import type { Asking } from "./lane.ts";

export interface Deps extends Means {
  /** Whether this process still holds the partition of the owner. */
  readonly mine: (owner: string) => boolean;
  readonly adoption: (owner: string) => Adoption;
  readonly digest: Digest;
  readonly policy: (subject: Subject, owner: string) => Omit<GateInput, "granted">;
  /** Keeps a secret in the place of the one that was made for the owner. */
  readonly takeOver: (owner: string, secret: Sensitive, by: Asking) => Promise<void>;
  /** Takes a value of the fallback and remembers it as chosen; undefined: there is none left. */
  readonly bridge: (owner: OwnerKey, d: Desired, by: Asking) => Promise<Outputs | undefined>;
  readonly reserve: (tenant: string, impact: Impact, owner: string, small: boolean) => Promise<boolean>;
  /** Since when nothing is wanted of it any more, as far as this process knows; epoch milliseconds. */
  readonly endsSince: (owner: OwnerKey) => number;
}
export interface Report {
  readonly plan: Plan;
  readonly planId: string;
  /** Nothing left to do, held or unknown. */
  readonly settled: boolean;
  readonly faults: ReadonlyMap<RefKey, Fault>;
  readonly known: Known;
  /** As it was found, or left. */
  readonly seen: Seen;
  /** For people. */
  readonly facts: ReadonlyMap<RefKey, Facts>;
  /** Whether the object was once as it should be: only then has the inventory its id. */
  readonly placed: (ref: RefKey) => boolean;
  /** Whether the object was there before it was ours. */
  readonly adopted: (ref: RefKey) => boolean;
  readonly rest: Rest;
  /** How many effects stand that this run made. */
  readonly effects: number;
  /** Epoch milliseconds. */
  readonly retryAt?: number;
}
/** Times that one value is written in one run: more means that the object never becomes what was asked for. */
const TRIES = 2;
/** A router's clean-up is waited for so long; afterwards the rest goes on without it. */
const ROUTER_MS = 600_000;
/** A session that was just told to end: its Stop comes after the NAS's answer. */
const STOP_MS = 2_000;
const EVERY: ReadonlySet<Impact> = new Set(["retire", "suspend", "disrupt"]);

/**
 * Every answer leads to a new plan, and every plan starts what it can: a slow system keeps no other waiting.
 * `anew`: a secret was found that takes the place of the made one, so something else is wanted now.
 */
export async function reconcile(subject: Subject, small: boolean, deps: Deps): Promise<Report | "anew"> {
  const run = new Run(subject, small, deps);
  const { known } = run;
  await known.observe(run.desired);
  for (;;) {
    const { answers, looking } = known;
    const p = await run.plan(); // may ask for a place in the budget: answers that come meanwhile are not in `p`
    if (known.answers !== answers) continue; // an effect that ended meanwhile would be made a second time
    const secret = run.takenOver(p);
    if (secret) {
      if (!(await known.idle())) continue;
      await deps.takeOver(known.owner, secret, known.by());
      return "anew";
    }
    run.start(p, looking === 0);
    if (known.answers !== answers || !(await known.idle())) continue;
    if (await run.bridge()) continue;
    const rest = await run.books.tidy(p, subject);
    run.comeBack(p);
    known.forgive();
    const settled = subject.blocked.length === 0 && p.changes.every(isDone);
    const retry = Number.isFinite(known.retryAt) && { retryAt: known.retryAt };
    const { faults, output, seen, facts } = known;
    const { effects } = run.books;
    return {
      plan: p,
      /** Made when somebody asks: most runs have no effect, and theirs is nobody's business. */
      get planId() {
        return run.id();
      },
      ...{ settled, rest, faults, known: output, seen, facts, effects, ...retry },
      ...{ placed: known.placed, adopted: known.adopted },
    };
  }
}

/** What a run would do first, holds included. Reads only. */
export async function preview(subject: Subject, deps: Deps): Promise<Pick<Report, "plan" | "planId" | "faults">> {
  const run = new Run(subject, false, deps);
  await run.known.observe(run.desired);
  for (let idle = false; !idle; ) idle = await run.known.idle(); // each answer is one object of one system
  return { plan: await run.plan(), planId: run.id(), faults: run.known.faults };
}

class Run {
  readonly known: Knowledge;
  readonly books: Books;
  readonly desired: ReadonlyMap<RefKey, Desired>;
  readonly #subject: Subject;
  readonly #small: boolean;
  readonly #deps: Deps;
  readonly #asked = new Set<Impact>();
  readonly #granted = new Set<Impact>();
  readonly #tries = new Map<string, number>();
  #first: Plan | undefined;
  #id: string | undefined;

  constructor(subject: Subject, small: boolean, deps: Deps) {
    this.known = new Knowledge(subject.owner, small, deps);
    this.books = new Books(this.known, deps);
    this.desired = new Map(subject.desired.map((d) => [refKey(d.ref), d]));
    this.#subject = subject;
    this.#small = small;
    this.#deps = deps;
  }

  async plan(): Promise<Plan> {
    const p = plan(this.#input());
    this.#first ??= p;
    if (p.changes.some((c) => c.impact && !this.#asked.has(c.impact))) await this.#reserve(p);
    return this.#gate(p, this.#granted);
  }
  #gate(p: Plan, granted: ReadonlySet<Impact>): Plan {
    const gated = gate(p, { ...this.#deps.policy(this.#subject, this.known.owner), granted });
    return { ...gated, changes: gated.changes.map((c) => this.#unlessTaken(c)) };
  }
  #unlessTaken(c: Change): Change {
    const on = c.hold || c.action === "none" ? undefined : this.#recorded(c).find((key) => this.known.isTaken(key));
    return on === undefined ? c : { ...c, hold: { code: "Blocked", message: `waits for ${on}` } };
  }
  /** Of what the change would write: the objects that record it. */
  #recorded({ ref, action, fields }: Change): readonly RefKey[] {
    const values = this.desired.get(refKey(ref))?.unlessTaken ?? [];
    const written = values.filter((v) => action !== "update" || fields.some((f) => f.after.includes(v.value)));
    return written.map((v) => v.ref);
  }
  /** What stands still for another reason takes no place from those who go. */
  async #reserve(p: Plan): Promise<void> {
    const { tenant } = this.#subject.owner;
    for (const { impact, hold } of this.#gate(p, EVERY).changes) {
      if (!impact || hold || this.#asked.has(impact)) continue;
      this.#asked.add(impact);
      if (await this.#deps.reserve(tenant, impact, this.known.owner, this.#small)) this.#granted.add(impact);
    }
  }
  /** Of the first plan: what was intended, before any of it was done. */
  id(): string {
    this.#id ??= planId(this.#first ?? { owner: this.#subject.owner, changes: [] }, this.#input());
    return this.#id;
  }

  takenOver(p: Plan): Sensitive | undefined {
    return p.changes.some((c) => c.action === "adopt") ? takenOver(p, this.#input()) : undefined;
  }

  /** Starts each change whose makers have nothing left to do. A failure reaches its dependants and nobody else. */
  start(p: Plan, allSeen: boolean): void {
    const { underWay, faults } = this.known;
    const open = new Set<RefKey>();
    for (const c of p.changes) if (c.action !== "none" || c.hold) open.add(refKey(c.ref));
    for (const c of p.changes) {
      const key = refKey(c.ref);
      if (c.action === "none" || c.hold || underWay.has(key) || faults.has(key) || c.after.some((r) => open.has(r)))
        continue;
      if (this.#recorded(c).some((r) => this.#undecided(r, p))) continue;
      // Approved one by one, and one that is not approved holds them all: so all must be in the plan.
      if (c.impact && !this.#granted.has(c.impact) && !allSeen) continue;
      const tries = this.#tried(c);
      const awaited = p.changes.some((other) => other.tells?.ref === key && other.waiting);
      this.known.begin(key, () => this.#effect(c, tries, awaited));
    }
  }

  /** How often the same was asked of it now: what becomes known one by one is written one by one, and each counts alone. */
  #tried({ ref, action, fields }: Change): number {
    const asked = fields.length > 0 ? fields.map((f) => [f.field, f.after]) : [[action]];
    const counts = asked.map((a) => {
      const id = JSON.stringify([refKey(ref), ...a]);
      const count = (this.#tries.get(id) ?? 0) + 1;
      this.#tries.set(id, count);
      return count;
    });
    return Math.max(...counts);
  }

  /** Whether it may yet turn out to be another's, also by what was answered since the plan was made. */
  #undecided(key: RefKey, p: Plan): boolean {
    const { seen, underWay } = this.known;
    if (underWay.has(key) || this.known.isTaken(key)) return true;
    return seen.get(key) === null && !p.changes.some((c) => c.action === "create" && c.hold && refKey(c.ref) === key);
  }

  /** A value of our own where the system that should choose one cannot be reached. Answers whether there is a new one. */
  async bridge(): Promise<boolean> {
    const { known } = this;
    const gaps = [...this.desired.values()].filter((d) => d.fallback && this.#unreached(refKey(d.ref)));
    const given = await Promise.all(gaps.map((d) => this.#deps.bridge(known.owner, d, known.by())));
    gaps.forEach((d, n) => {
      const outputs = given[n];
      if (outputs) known.foresee(refKey(d.ref), needs(d.spec), outputs);
    });
    return given.some((outputs) => outputs !== undefined);
  }
  #unreached(key: RefKey): boolean {
    const { faults, outputs } = this.known;
    return faults.get(key)?.kind === "Transient" && outputs(key) === undefined;
  }

  /** What waits for time alone is looked at again when that is over. */
  comeBack({ changes }: Plan): void {
    const { known } = this;
    const { clock, ports, endsSince } = this.#deps;
    const held = changes.filter((c) => c.hold);
    if (this.books.effects > 0 && held.some((c) => c.hold?.code === "SessionsOpen")) known.again(clock.now() + STOP_MS);
    if (this.#ends() && !this.#isImpatient() && held.some((c) => ports.traits(c.ref).outlasts === "Router"))
      known.again(endsSince(known.owner) + ROUTER_MS);
  }
  #ends(): boolean {
    const { desired, blocked } = this.#subject;
    return desired.length === 0 && blocked.length === 0;
  }
  #isImpatient(): boolean {
    const { clock, endsSince } = this.#deps;
    return this.#ends() && clock.now() - endsSince(this.known.owner) >= ROUTER_MS;
  }

  async #effect(c: Change, tries: number, awaited: boolean): Promise<void> {
    const { ports, verbs } = this.#deps;
    const { owner } = this.known;
    const key = refKey(c.ref);
    if (tries > TRIES)
      throw fault("NotConverging", `${c.action} leaves ${c.fields.map((f) => f.field).join(", ")} different`);
    const order: Order = { ...this.#order(c), ...(awaited && { awaited }) };
    const row = { owner, ref: key, needs: needs(this.desired.get(key)?.spec ?? {}) };
    const adopted = c.action === "adopt" && { adopted: true as const };
    if (c.action === "create" || adopted) await ports.store(verbs.intend, { ...row, ...adopted }, this.known.by());
    if (adopted) this.known.taken(key);
    // Before the effect: what is in service again must never stand in the ledger as out of it.
    if (c.action === "restore") await ports.store(verbs.unshelve, row, this.known.by());
    // Reads and most effects touch no fenced row, so the lease is asked last of all.
    if (!this.#deps.mine(owner)) throw new StoreError("Fenced", `${owner} is held by another process`);
    try {
      const now = await ports.apply(order, this.known.by(key));
      const kept = now !== null && this.desired.has(key);
      await Promise.all([this.books.record(c, this.id(), "Done"), kept && this.books.confirm(row, now)]);
      this.known.see(key, now, true);
      this.known.lookAgain(c.ref, this.desired);
    } catch (e) {
      if (e instanceof Fault) await this.books.record(c, this.id(), e);
      throw e;
    }
  }

  #order(c: Change): Order {
    const key = refKey(c.ref);
    const d = this.desired.get(key);
    const { spec, unknown } = resolve(d?.spec ?? {}, this.known.output);
    if (unknown.length > 0) throw fault("BadValue", `${key} uses what ${unknown.join(", ")} does not give`);
    const want = { ...this.known.outputs(key), ...spec } as State;
    const patch = Object.fromEntries(c.fields.map((f) => [f.field, want[f.field] ?? null]));
    const action = c.action as Order["action"];
    const { token, owner } = this.known;
    return { ref: c.ref, action, token: token(key), owner, id: c.id, patch, ...(d && { spec: want, how: d.how }) };
  }

  #input(): PlanInput {
    const { ports, adoption } = this.#deps;
    // Bound to the owner: equal digests of two customers would tell that they share a password.
    const digest: Digest = (text) => this.#deps.digest(`${this.known.owner} ${text}`);
    const { owner, desired, blocked } = this.#subject;
    const { seen, entries, token } = this.known;
    const remembered = [...entries.values()];
    return {
      owner,
      token,
      desired,
      blocked,
      seen,
      remembered,
      adoption: adoption(this.known.owner),
      digest,
      fields: ports.fields,
      traits: ports.traits,
      ...(this.#isImpatient() && { impatient: true as const }),
    };
  }
}
