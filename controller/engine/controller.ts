/** One controller: follows the declared objects in the store and keeps every subject of its partitions converged. */

import { fault } from "../../reconcilers/errors.ts";
import type { Configure } from "../../reconcilers/system.ts";
import { closedNow } from "../core/maintenance.ts";
import type { Blocker, Desired, RefKey } from "../core/model.ts";
import { type OwnerKey, tenantOf } from "../core/owner.ts";
import { retentionMs } from "../core/policy.ts";
import type { Sensitive } from "../core/sensitive.ts";
import { Turns } from "../core/turns.ts";
import type { SecretSource } from "../sources/secrets.ts";
import type { SourceUpdate } from "../sources/source.ts";
import { UsedSecrets } from "../sources/used-secrets.ts";
import type { Budget } from "../store/budget.ts";
import type { Erasing } from "../store/erasing.ts";
import type { Leases } from "../store/leases.ts";
import type { Objects, StoredObject } from "../store/objects.ts";
import type { Secrets } from "../store/secrets.ts";
import type { Store } from "../store/store.ts";
import { type Heard, hearApprovals } from "./approving.ts";
import { Changes } from "./changes.ts";
import { type TenantRun, tenantsOf, writeClusterStatuses } from "./cluster-status.ts";
import { Declared, type Declaring } from "./declared.ts";
import { answerAt, subscribersAt } from "./documents.ts";
import { Endpoints } from "./endpoints.ts";
import { Engine, type Options } from "./engine.ts";
import { Fills } from "./fills.ts";
import { HeldSink } from "./held.ts";
import { type Intake, type IntakeOptions, intake } from "./intake.ts";
import { Postman, type PostmanOptions } from "./mail/postman.ts";
import { policyOf } from "./policy.ts";
import type { Preview } from "./preview.ts";
import { purgeDue } from "./purge.ts";
import {
  type Desk,
  type OrphansOptions,
  orphansAt,
  type PreviewOptions,
  previewOf,
  type RecoverOptions,
  recoverBy,
} from "./questions.ts";
import type { Recovered } from "./recovery/recover.ts";
import { Arrivals } from "./rollout-arrivals.ts";
import type { Clock } from "./run/knowledge.ts";
import type { Verb } from "./run/lane.ts";
import type { Report } from "./run/reconcile.ts";
import { generatedVerb, keptVerb, readOnlyVerb } from "./run/secret-verbs.ts";
import { type Read, unlessQuiet } from "./scan/quiet.ts";
import { StatusSink } from "./status-sink.ts";
import { fill, hold, leftovers, recall } from "./stock.ts";
import { TicketCounts } from "./ticket-counts.ts";

export interface ControllerOptions {
  readonly installation: string;
  readonly store: Store;
  readonly objects: Objects;
  /** The same, refused to whoever does not hold the singleton's lease. */
  readonly alone?: Objects;
  readonly secrets: Secrets;
  /** Left out: nothing is erased here. */
  readonly erasing?: Erasing;
  readonly leases: Leases;
  /** Called with the look-up of tenants, for limits are theirs. */
  readonly budget: (tenant: (name: string) => ReturnType<Declared["tenant"]>) => Budget;
  readonly systems: ReadonlyMap<string, Configure>;
  readonly secretSource: SecretSource;
  readonly clock: Clock;
  readonly onError?: Options["onError"];
  /** Hears of every run that ended. */
  readonly onReport?: (key: OwnerKey, report: Report, blocked: readonly Blocker[]) => void;
  readonly onBegin?: Options["onBegin"];
  readonly onBreaker?: Options["onBreaker"];
  /** Hears of every attempt to deliver a mail. */
  readonly onMail?: PostmanOptions["onEnd"];
  readonly window?: number;
}

export class Controller {
  readonly engine: Engine;
  readonly declared: Declared;
  readonly endpoints: Endpoints;
  readonly #o: ControllerOptions;
  /** Subjects that the last scan found different, by endpoint. */
  readonly drift = new Map<string, number>();
  readonly unlessQuiet: Read;
  readonly fills: Fills;
  readonly tickets: TicketCounts;
  readonly #tenants = new Map<OwnerKey, TenantRun>();
  /** Endpoints whose maintenance windows kept nothing from being done when that was looked at last. */
  #open: ReadonlySet<string> = new Set();
  readonly #sink: StatusSink;
  readonly #secrets: UsedSecrets;
  readonly #held: HeldSink;
  readonly #postman: Postman;
  readonly #delivering = new Turns();
  readonly #changes: Changes;
  readonly #arrivals: Arrivals;
  #seq = 0;
  #isLoaded = false;
  readonly #following = new Turns();
  readonly #hearing = new Turns();
  readonly #writing = new Turns();

  constructor(o: ControllerOptions) {
    this.#o = o;
    this.unlessQuiet = unlessQuiet(() => o.clock.now());
    const tenant = (name: string) => this.declared.tenant(name);
    const kept = keptVerb(o.secrets);
    this.engine = new Engine({
      store: o.store,
      budget: o.budget(tenant),
      clock: o.clock,
      digest: o.secrets.digest,
      subject: (key, small) => this.declared.subject(key, small),
      adoption: (key) => tenant(tenantOf(key))?.spec.policies.adoption ?? "Never",
      policy: (key) => policyOf(this.declared, key, o.clock.now()),
      retentionMs: (name) => retentionMs(tenant(name)),
      mine: (key) => o.leases.tends(key),
      holds: (key) => o.leases.holds(key),
      by: (key) => this.declared.by(key),
      takeOver: (owner, value, by) => this.engine.ports.store(kept, { owner, value }, by),
      shared: () => this.declared.shared(),
      onBridge: (owner, scope, value) => {
        this.declared.give([{ owner, kind: "ipv4", scope, value }]);
        this.engine.verified.forget([owner]);
      },
      lasting: (subject) => !(subject as Declaring).secretElsewhere,
      onSame: (key, report) => o.onReport?.(key, report, []),
      aliveMs: () => o.leases.remainingMs(),
      onReport: async (key, subject, report, small) => {
        o.onReport?.(key, report, subject.blocked);
        await this.#held.report(key, subject, report, small);
        // The status of a tenant also tells of its systems, so it is written with theirs.
        if (subject.owner.kind === "Tenant") this.#tenants.set(key, { blocked: subject.blocked, report });
        else await this.#sink.report(key, subject as Declaring, report, small);
        await this.#arrivals.report(key, subject as Declaring, report, small);
        if (report.rest === "gone" && this.declared.ended(key))
          await this.engine.accept(() => this.#changes.succeeding(key));
        if (report.rest === "gone") await this.#changes.purged(key);
      },
      ...(o.onError && { onError: o.onError }),
      ...(o.onBegin && { onBegin: o.onBegin }),
      ...(o.onBreaker && { onBreaker: o.onBreaker }),
      ...(o.window && { window: o.window }),
    });
    this.endpoints = new Endpoints(o.systems, o.secretSource, this.engine.ports, o.secrets.digest);
    this.#secrets = new UsedSecrets(o.secretSource, o.secrets.digest);
    this.declared = this.#declare(generatedVerb(o.secrets));
    const { ports } = this.engine;
    const erase = async (owners: readonly OwnerKey[]) => {
      await o.secrets.erase(owners);
      await o.store.eraseMail(owners);
    };
    this.#held = new HeldSink(o.store, ports);
    const { declared } = this;
    const connect = () => this.endpoints.sync(this.declared.systems());
    this.#changes = new Changes({ ...o, declared, connect });
    this.#arrivals = new Arrivals({ declared, store: o.store, ports });
    this.fills = new Fills({
      declared: this.declared,
      sessions: () => ports.sessions(),
      valuesIn: o.store.valuesIn,
      tenants: () => this.#mine(),
    });
    this.#postman = new Postman({
      ...{ store: o.store, objects: o.objects, secretSource: o.secretSource, declared: this.declared, onEnd: o.onMail },
      sessions: () => ports.sessions(),
      mine: (key) => o.leases.tends(key),
      now: () => o.clock.now(),
    });
    this.tickets = new TicketCounts({ sessions: () => ports.sessions(), tenants: () => this.#bound() });
    this.#sink = new StatusSink({ declared: this.declared, store: o.store, ports, clock: o.clock, erase });
  }

  /** What customers are to be told. One turn after the other. */
  deliver(signal: AbortSignal): Promise<void> {
    return this.#delivering.take(() => this.#postman.turn(signal));
  }
  /** Of ExternalSystems and Tenants, as far as they are this process's to write. */
  writeStatuses(): Promise<void> {
    return this.#writing.take(() => this.#writeStatuses());
  }
  /** Until nothing that began before, runs aside, can still write: then what was laid down may go to others. */
  async quiet(): Promise<void> {
    const turns = [this.#following, this.#hearing, this.#writing, this.#delivering];
    await Promise.all([this.engine.accepted(), ...turns.map((t) => t.over())]);
  }

  async #writeStatuses(): Promise<void> {
    const { installation, store, clock, leases } = this.#o;
    const { declared, endpoints, drift } = this;
    const mine = (key: OwnerKey) => leases.tends(key);
    const now = clock.now();
    const { warnings } = await this.#hear();
    await writeClusterStatuses({
      installation,
      declared,
      endpoints,
      ports: this.engine.ports,
      drift,
      tenants: this.#tenants,
      warnings,
      store,
      mine,
      now,
    });
  }

  /** Acts upon what people have approved at their tenants. Calls queue up: no word counts twice. */
  #hear(): Promise<Heard> {
    const { store, clock } = this.#o;
    return this.#hearing.take(async () => {
      const { declared } = this;
      const heard = await hearApprovals({ declared, store, tenants: this.#mine(), now: clock.now() });
      if (heard.approved) await this.engine.refreshApprovals();
      return heard;
    });
  }

  #mine(): ReturnType<typeof tenantsOf> {
    const { installation, leases } = this.#o;
    return tenantsOf({ installation, declared: this.declared, mine: (key) => leases.tends(key) });
  }

  #bound(): ReadonlyMap<string, ReadonlySet<string>> {
    const names = [...this.#mine().keys()];
    return new Map(names.map((name) => [name, new Set(this.declared.boundSystems(name).keys())]));
  }

  /** What the inventory remembers, one list per owner. */
  entries = (owners: readonly OwnerKey[]) => this.#o.store.entries(owners, this.#o.clock.now());

  #declare(generated: Verb<OwnerKey, Sensitive>): Declared {
    const { installation, clock } = this.#o;
    const { endpoint } = this.endpoints;
    const { ports } = this.engine;
    return new Declared({ installation, now: clock.now(), endpoint, secrets: this.#secrets, generated, ports });
  }

  /** Reads what is declared and connects. Nothing is reconciled yet. */
  async load(): Promise<void> {
    this.#seq = await this.#o.objects.head();
    this.declared.catalog.advance(this.#o.clock.now());
    await fill(this.declared, this.#o);
    await this.endpoints.sync(this.declared.systems());
    this.#isLoaded = true;
  }

  /** Takes up everything that this process is responsible for: what is declared, and what is still to be taken away. */
  async resume(isNew: (key: OwnerKey) => boolean = () => true): Promise<void> {
    this.#sink.forgetAll();
    this.#held.forgetAll();
    this.engine.verified.forgetAll();
    await this.engine.refreshApprovals();
    const tenants = new Set([...this.declared.catalog.tenants()].map((t) => t.metadata.name));
    for (const { tenant } of await this.#o.objects.sources()) tenants.add(tenant);
    for (const name of await this.#o.store.tenants()) tenants.add(name);
    await recall(this.declared, await leftovers(this.declared, tenants, this.#o), this.#o);
    for (const name of tenants) await this.engine.sweep(name, (key) => this.declared.declares(key));
    this.engine.enqueue([...(await this.#held.owners())].filter((key) => !this.declared.declares(key)));
    const keys = [...this.declared.owners()].filter(isNew).sort();
    await this.engine.accept(() => this.#changes.taken(keys));
    this.#changes.settle();
  }

  /** Writes what a source sent into the store, and follows it. */
  async submit(update: SourceUpdate, o: IntakeOptions & { readonly alone?: boolean }): Promise<Intake> {
    const { objects, alone = objects, clock } = this.#o;
    const taken = await intake(update, this.declared, o.alone ? alone : objects, o, clock.now());
    await this.follow();
    return taken;
  }

  /** What an update would do; without one, what the last good declarations would do now: the drift. Changes nothing. */
  preview(update: SourceUpdate | undefined, o: PreviewOptions): Promise<Preview> {
    return previewOf(this.#desk, update, o);
  }
  /** After the loss of the store: remembers again what the systems hold of those whom the update declares. */
  recover(update: SourceUpdate, o: RecoverOptions): Promise<Recovered> {
    return recoverBy(this.#desk, update, o);
  }
  /** What carries our mark and nobody declares; what nothing can mark and nobody claims. */
  orphans(update: SourceUpdate | undefined, o: OrphansOptions): ReturnType<typeof orphansAt> {
    return orphansAt(this.#desk, update, o);
  }
  /** What a system asks for at this path, such as SADIS; undefined: nobody declares it, and nothing of it stands. */
  async document(path: string): Promise<unknown> {
    this.#mustBeLoaded();
    const { declared, endpoints, engine } = this;
    await this.recallOthers(subscribersAt(path, declared));
    const published = (d: Desired) => endpoints.published(d);
    const sessions = engine.ports.sessions();
    return answerAt(path, { declared, published, sessions, closed: endpoints.closed(declared.systems()) });
  }
  /** What others gave those whom they work for: by that they are judged here, too. */
  async recallOthers(asked: Iterable<OwnerKey>): Promise<void> {
    const keys = [...asked];
    const others = (): readonly OwnerKey[] => keys.filter((key) => !this.#o.leases.holds(key));
    if (others().length === 0) return;
    // In turn with what gives tags: who becomes ours meanwhile is not told what he held before.
    await this.engine.accept(async () => {
      await hold(this.declared, others(), this.#o);
      return [];
    });
  }
  /** Something happened to this object, as a device's side says. */
  hint(ref: RefKey): void {
    this.#mustBeLoaded();
    this.engine.told(ref);
  }
  #mustBeLoaded(): void {
    if (!this.#isLoaded) throw fault("Unavailable", "what is declared is not read yet");
  }
  get #desk(): Desk {
    const { declared, endpoints, engine } = this;
    return { ...this.#o, declared, endpoints, engine, draft: () => this.#declare(readOnlyVerb(this.#o.secrets)) };
  }

  /** Takes up what changed in the store since the last look, whoever changed it. Calls queue up, none is lost. */
  follow(): Promise<void> {
    return this.#following.take(() => this.#follow());
  }

  async #follow(): Promise<void> {
    const rows: StoredObject[] = [];
    for await (const page of this.#o.objects.since(this.#seq)) rows.push(...page);
    await this.engine.refreshApprovals();
    if (rows.length === 0 && !this.#changes.isDue() && !(await this.#changes.anyNews())) return;
    await this.engine.accept(() => this.#changes.written(rows));
    this.#changes.settle();
    if (rows.some((r) => /^(Tenant|ExternalSystem)\//.test(r.key))) this.engine.retryHeld();
    this.#seq = Math.max(this.#seq, ...rows.slice(-1).map((r) => r.seq));
    if (rows.some((r) => r.key.startsWith("Tenant/"))) await this.#hear();
  }

  /** What is scheduled for now counts from now on. The clock is asked: a timer knows nothing of one that was set anew. */
  async keepTime(): Promise<void> {
    if (this.#changes.isDue()) await this.follow();
  }

  /** Ends what is due. */
  async purge(): Promise<void> {
    const { store, leases, erasing, clock } = this.#o;
    const { declared, engine } = this;
    await purgeDue({ declared, engine, store, leases, erasing, now: clock.now() });
  }
  /** Releases those of edited plans whose turn has come. */
  async rollOut(): Promise<void> {
    if (!(await this.#changes.mayRoll())) return;
    await this.engine.accept(() => this.#changes.released());
    this.#changes.settle();
  }
  /** Who got no tags asks again. */
  async retryTags(): Promise<void> {
    if (this.#changes.lackTags()) await this.engine.accept(() => this.#changes.tagless());
  }

  /** Whoever keeps a secret elsewhere says nothing when it changes. */
  async rereadSecrets(): Promise<void> {
    const places = await this.#secrets.changed();
    if (places.size > 0) this.engine.again([...this.declared.users(places)]);
  }
  /** A maintenance window that opens lets those go on who wait for it. */
  retryWindows(): void {
    const open = new Set<string>();
    for (const s of this.declared.systems()) if (!closedNow(s, this.#o.clock.now())) open.add(s.metadata.name);
    const opened = [...open].some((name) => !this.#open.has(name));
    this.#open = open;
    if (opened) this.engine.retryHeld();
  }
}
