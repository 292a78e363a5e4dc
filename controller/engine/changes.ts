/** What changed becomes edits: rows that were written, time that passed, steps of roll-outs, tags that came free. */
import type { LastmileObject } from "../api/types.generated.ts";
import { onlyApprovalDiffers } from "../core/approval.ts";
import type { Composed } from "../core/compose.ts";
import type { OwnerKey } from "../core/owner.ts";
import type { Leases } from "../store/leases.ts";
import type { Objects, StoredObject } from "../store/objects.ts";
import type { Store } from "../store/store.ts";
import type { Declared } from "./declared.ts";
import { touch } from "./overlay.ts";
import { adopt, PlanRollouts, shifted } from "./rollouts.ts";
import type { Edit } from "./run/accept.ts";
import type { Clock } from "./run/knowledge.ts";
import { hold } from "./stock.ts";
import { giveTags } from "./tags.ts";

interface ChangesOptions {
  readonly installation: string;
  readonly declared: Declared;
  readonly store: Store;
  readonly objects: Objects;
  readonly leases: Pick<Leases, "tends">;
  readonly clock: Clock;
  /** Connects to what is declared of systems now. */
  readonly connect: () => Promise<unknown>;
}
type Edits = Iterable<Edit>;

const isPlan = (key: OwnerKey): boolean => key.split("/", 3)[2] === "ServicePlan";

export class Changes {
  readonly #o: ChangesOptions;
  readonly #rollouts: PlanRollouts;
  readonly #tagless = new Set<OwnerKey>();
  /** As it was declared before what is being accepted; kept while that fails and is tried again. */
  readonly #before = new Map<OwnerKey, Composed>();

  constructor(o: ChangesOptions) {
    this.#o = o;
    this.#rollouts = new PlanRollouts({ ...o, mine: (key) => o.leases.tends(key) });
  }

  /** The edits were accepted. */
  settle(): void {
    this.#before.clear();
  }
  /** Whether time has passed for something, or the last turn failed after it had. */
  isDue(): boolean {
    return this.#before.size > 0 || this.#o.declared.catalog.due(this.#o.clock.now()).length > 0;
  }
  /** Whether somebody moved a roll-out on. */
  anyNews(): Promise<boolean> {
    return this.#rollouts.anyNews();
  }
  /** Whether a step of a roll-out is due here, or one was left half accepted. */
  async mayRoll(): Promise<boolean> {
    return this.#before.size > 0 || (await this.#rollouts.due()).length > 0;
  }

  /** From here on the rows are what is declared, as it counts now; no run begins before what they cost is reserved. */
  async written(rows: readonly StoredObject[]): Promise<Edits> {
    const { declared, clock, connect } = this.#o;
    const { catalog } = declared;
    const now = clock.now();
    const touched = new Set<OwnerKey>();
    this.#rollouts.wake();
    const changed = [...rows.filter((r) => !this.#isWordOnly(r)), ...catalog.due(now).map((key) => ({ key }))];
    touch(changed, declared, touched);
    for (const key of touched) this.#remember(key);
    catalog.advance(now);
    declared.put(rows);
    if (rows.some((r) => r.key.startsWith("ExternalSystem/"))) await connect();
    await this.#roll(changed.map((r) => declared.owner(r.key) ?? "").filter(isPlan), touched);
    touch(changed, declared, touched);
    for (const key of this.#gone(rows)) touched.add(key);
    for (const key of this.#before.keys()) touched.add(key); // of a turn that failed: it knew more of what is gone by now
    return this.#held([...touched]);
  }
  /** These are this process's from now on, with what was edited while nobody looked. */
  async taken(keys: readonly OwnerKey[]): Promise<Edits> {
    const shifts = new Set<OwnerKey>(this.#before.keys());
    this.#rollouts.wake();
    await this.#roll(keys.filter(isPlan), shifts);
    await hold(this.#o.declared, keys, this.#o); // whoever had them may have given them tags and names
    return this.#given([...shifts.union(new Set(keys))], this.#before);
  }
  /** Releases those of edited plans whose turn has come. */
  async released(): Promise<Edits> {
    const touched = new Set<OwnerKey>(this.#before.keys());
    await this.#roll(this.#rollouts.open(), touched);
    return this.#given([...touched], this.#before);
  }
  /** The name of one who is purged goes to the one who waits for it, and nothing of the former with it. */
  succeeding(key: OwnerKey): Promise<Edits> {
    this.#o.declared.hold([key], []);
    return this.#given([key], new Map());
  }
  lackTags(): boolean {
    return this.#tagless.size > 0;
  }
  /** Who got no tags asks again: somebody may have gone, or the pool may have grown. */
  tagless(): Promise<Edits> {
    return this.#given([...this.#tagless], new Map());
  }
  /** One who was purged: of a plan that is gone for good, its roll-out goes too. */
  async purged(key: OwnerKey): Promise<void> {
    if (isPlan(key) && !this.#o.declared.declares(key)) await this.#rollouts.forget(key);
  }

  /** In the turn of what is being accepted: nobody goes by an older step than others do. */
  async #roll(plans: readonly OwnerKey[], touched: Set<OwnerKey>): Promise<void> {
    const { declared } = this.#o;
    for (const from of [() => this.#rollouts.news(), () => this.#rollouts.move(plans)]) {
      for (const moved of await from()) {
        for (const key of shifted(declared, moved)) {
          touched.add(key);
          this.#remember(key);
        }
        adopt(declared, moved);
      }
    }
  }
  #remember(key: OwnerKey): void {
    if (!this.#before.has(key)) this.#before.set(key, this.#o.declared.outline(key));
  }

  /** Who is withdrawn may have been so before, and be told of a pause or of its end. */
  #gone(rows: readonly StoredObject[]): readonly OwnerKey[] {
    const owning = rows.filter((r) => r.deletedAt !== undefined && /^(Subscriber|ServicePlan|Tenant)\//.test(r.key));
    return owning.map((r) => `${this.#o.installation}/${r.tenant}/${r.key}`);
  }
  #isWordOnly({ key, object, deletedAt }: StoredObject): boolean {
    const before = this.#o.declared.catalog.get(key);
    return !!before && deletedAt === undefined && onlyApprovalDiffers(before, object as unknown as LastmileObject);
  }

  async #held(keys: readonly OwnerKey[]): Promise<Edits> {
    await hold(this.#o.declared, keys, this.#o);
    return this.#given(keys, this.#before);
  }
  /** Tags of pools are claimed before anything is judged by them. */
  async #given(unsorted: readonly OwnerKey[], before: ReadonlyMap<OwnerKey, Composed>): Promise<Edits> {
    const { declared, store, leases } = this.#o;
    const keys = unsorted.toSorted(); // where two of one snapshot want the same, the lesser name wins
    const mine = keys.filter((key) => leases.tends(key));
    const claim: Store["claim"] = (rows) => store.claim(rows);
    const without = await giveTags(mine, declared, { valuesIn: store.valuesIn, claim }, keys);
    for (const key of mine) this.#tagless.delete(key);
    for (const key of without) this.#tagless.add(key);
    return edits(keys, before, declared);
  }
}

function* edits(keys: readonly OwnerKey[], before: ReadonlyMap<OwnerKey, Composed>, d: Declared): Generator<Edit> {
  for (const key of keys) yield { key, before: before.get(key), after: d.outline(key), held: d.claimed(key) };
}
