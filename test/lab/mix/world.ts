/** One customer, six systems and a controller that is run by hand: real composition, runs and status, without a database. */
import type { SubscriberStatus } from "../../../controller/api/types.generated.ts";
import { type Composed, compose, type Held } from "../../../controller/core/compose.ts";
import type { Mode } from "../../../controller/core/gate.ts";
import { type RefKey, refKey } from "../../../controller/core/model.ts";
import { ownerKey, token as tokenOf } from "../../../controller/core/owner.ts";
import { planOf } from "../../../controller/core/resolve/plan-choice.ts";
import { subscriberStatus } from "../../../controller/core/status/subscriber.ts";
import { Ports } from "../../../controller/engine/run/ports.ts";
import { type Report, reconcile } from "../../../controller/engine/run/reconcile.ts";
import { Backoff } from "../../../controller/queue/backoff.ts";
import { Crash, Faults } from "../faults.ts";
import { declared, FIRST, INSTALLATION, type Means, ONUS, OWNER, SYSTEMS, TYPES, type Wish } from "./ground.ts";
import { Inventory } from "./inventory.ts";
import { Systems } from "./systems.ts";

const JOHN = ownerKey(OWNER);
const NOW = Date.UTC(2026, 10, 22, 12);

export class World {
  readonly systems: Systems;
  readonly inventory = new Inventory();
  readonly paused = new Set<string>();
  readonly approved = new Set<string>();
  /** Each as it was first seen, with what comes between: `event` for whatever happens outside. */
  readonly diary: string[] = [];
  wish: Wish = FIRST;
  surveyed = false;
  /** Whether the budget has a place for him. */
  granted = true;
  /** A neighbour has the second ONU. */
  neighbour = false;
  status: SubscriberStatus | undefined;
  report: Report | undefined;
  subject: Composed | undefined;
  #visited = false;
  #userName: string | undefined;
  readonly #means: Means;

  constructor(means: Means) {
    this.#means = means;
    this.systems = new Systems(means.resources);
  }

  /** One run from nothing but what is stored; `faults` may kill it on the way. */
  async round(faults = new Faults()): Promise<void> {
    const catalog = this.#means.catalog(this.wish, this.surveyed);
    const { endpoint, password } = this.#means;
    const held = this.#held();
    const subject = compose(catalog, JOHN, {
      ...{ installation: INSTALLATION, held, secrets: { password } },
      endpoint: (name) => endpoint(name),
    });
    for (const claim of subject.claims) {
      this.inventory.freed = false;
      if (claim.kind === "userName") this.#userName = claim.value;
      if (claim.kind === "installation") this.#visited = true;
    }
    this.subject = subject;
    const stop = new AbortController();
    try {
      const report = await this.#run(subject, faults, stop.signal);
      this.report = report;
      this.#tell(subject, report);
    } catch (e) {
      if (!(e instanceof Crash)) throw e;
    } finally {
      stop.abort();
    }
  }
  async #run(subject: Composed, faults: Faults, signal: AbortSignal): Promise<Report> {
    const ports = new Ports(signal, () => 60_000);
    for (const name of SYSTEMS) ports.open(name, this.systems.session(name, faults.guard));
    const refused = this.#refused(subject);
    const report = await reconcile(subject, false, {
      ...{ ports, verbs: this.inventory.verbs(faults.guard), backoff: new Backoff(), clock: { now: () => NOW } },
      by: () => ({}),
      mine: () => true,
      // A router is waited for no longer.
      endsSince: () => 0,
      adoption: () => "Never",
      digest: (text) => `#${text.length}`,
      policy: () => ({
        paused: undefined,
        mode: (system): Mode => (this.paused.has(system) ? "Paused" : "Enforce"),
        refused,
        missing: new Map(),
        approved: this.approved,
      }),
      takeOver: async () => undefined,
      bridge: async () => undefined,
      reserve: async () => this.granted,
    });
    if (report === "anew") throw new Error("no secret is made here");
    return report;
  }
  #held(): Held {
    if (this.inventory.freed) return {};
    const { name } = OWNER;
    return {
      ...(this.#userName && { account: { userName: this.#userName, at: this.inventory.accountsAt() } }),
      ...(this.#visited && { visits: ["SUB-1:1"] }),
      ...(name && { subscriberNumber: "SUB-1" }),
    };
  }
  #refused({ claims }: Composed): readonly string[] {
    const taken = this.neighbour ? claims.filter((c) => c.kind === "onuSerial" && c.value.endsWith(ONUS[1])) : [];
    return taken.map((c) => `${c.kind} ${c.value} is mary's`);
  }

  /** As the status sink does: who is gone and not declared has none. */
  #tell(subject: Composed, report: Report): void {
    const subscriber = declared(this.wish);
    const catalog = this.#means.catalog(this.wish, this.surveyed);
    const plan = subscriber && planOf(catalog, subscriber).plan;
    const { blocked, warnings, resolution } = subject;
    const isGone = report.rest === "gone" && !subscriber;
    if (isGone && this.status?.activatedAt === undefined) {
      this.#forget();
      return;
    }
    this.status = subscriberStatus({
      ...{ generation: 1, now: NOW, previous: this.status, blocked, warnings, report, systems: TYPES, resolution },
      timing: undefined,
      declared: subscriber ? { subscriber, plan } : undefined,
    });
    const { phase = "none" } = this.status;
    if (this.diary.at(-1) !== phase) this.diary.push(phase);
    if (isGone) this.#forget();
  }
  #forget(): void {
    if (this.status) this.diary.push("gone");
    this.status = undefined;
    this.#userName = undefined;
    this.#visited = false;
  }
  happens(): void {
    if (this.diary.at(-1) !== "event") this.diary.push("event");
  }
  /** Under our mark and in service, by system. */
  live(resource: string): readonly RefKey[] {
    const mine = [...this.systems.rows].filter(([key, row]) => row.token === this.token(key) && !row.retired);
    return mine.map(([key]) => key).filter((key) => key.split("/")[1] === resource);
  }
  token = (key: RefKey): string => tokenOf(JOHN, key);
  wanted = (): ReadonlySet<RefKey> => new Set(this.subject?.desired.map((d) => refKey(d.ref)));
}
