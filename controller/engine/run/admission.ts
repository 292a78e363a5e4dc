/** Who may go on: exclusive claims, and places in the destructive budget. Both live in the store. */
import type { Claim, Impact } from "../../core/model.ts";
import { type OwnerKey, tenantOf } from "../../core/owner.ts";
import type { Budget } from "../../store/budget.ts";
import type { Held, OwnedClaim } from "../../store/claims.ts";
import type { Store } from "../../store/store.ts";
import { CHUNK, chunks } from "../chunks.ts";
import { claimsOf, type Edit, Losses, surplus } from "./accept.ts";
import type { Clock } from "./knowledge.ts";
import type { Verb } from "./lane.ts";
import type { Ports } from "./ports.ts";

interface Keeping {
  readonly owner: OwnerKey;
  readonly keep: readonly Claim[];
}

export class Admission {
  readonly #budget: Budget;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #ports: Ports;
  readonly #refused = new Map<
    OwnerKey,
    { readonly claims: readonly OwnedClaim[]; readonly words: readonly string[] }
  >();
  /** Owners with a reservation that has not ended, and the acceptance that asked for it; 0: none of this process. */
  readonly #open = new Map<OwnerKey, number>();
  /** Counts acceptances. A run that began before the last one of its owner has not seen what was accepted. */
  turn = 0;
  readonly #reserving = new Map<string, Verb<OwnerKey, boolean>>();
  /** Owners that may hold more than they want, with the turn that made it so. */
  readonly #surplus = new Map<OwnerKey, number>();
  readonly #close: Verb<OwnerKey, void>;
  readonly #release: Verb<Keeping, void>;
  readonly #letGo: Verb<Keeping, void>;
  readonly #claim: Verb<readonly OwnedClaim[], readonly Held[]>;

  constructor(budget: Budget, store: Store, clock: Clock, ports: Ports) {
    this.#budget = budget;
    this.#store = store;
    this.#clock = clock;
    this.#ports = ports;
    this.#close = {
      name: "close",
      limit: 10_000,
      run: async (owners) => {
        await budget.close(owners);
        return owners.map(() => undefined);
      },
    };
    this.#release = {
      name: "release",
      limit: CHUNK,
      run: async (rows) => {
        await store.release(rows);
        return rows.map(() => undefined);
      },
    };
    this.#letGo = {
      name: "let go",
      limit: CHUNK,
      run: async (rows) => {
        await store.letGo(rows);
        return rows.map(() => undefined);
      },
    };
    this.#claim = {
      name: "claim",
      limit: CHUNK,
      run: async (sets) => {
        const held = Map.groupBy(await store.claim(sets.flat()), (h) => h.owner);
        return sets.map((set) => held.get(set[0]?.owner ?? "") ?? []);
      },
    };
  }

  /**
   * Claims first, chunk by chunk, then the whole costly set at once: also who is another process's counts, for a set waits
   * as a whole. Answers the owners that are ours, in order.
   */
  async admit(edits: Iterable<Edit>, mine: (key: OwnerKey) => boolean): Promise<readonly OwnerKey[]> {
    const turn = ++this.turn;
    const losses = new Losses(this.#ports.fields);
    const keys: OwnerKey[] = [];
    let claiming = Promise.resolve();
    for (const chunk of chunks(edits)) {
      for (const e of chunk) losses.add(e);
      const ours = chunk.filter((e) => mine(e.key));
      for (const e of ours) {
        if (surplus(e)) this.#surplus.set(e.key, turn);
        keys.push(e.key);
      }
      await claiming; // one after the other; the next chunk is made out while the store is at work
      claiming = this.#claimFor(ours);
      claiming.catch(() => undefined); // whoever waits hears of it
    }
    await claiming;
    for (const l of losses.all()) {
      const live = await this.#live(l.owners);
      const ours = live.filter(mine);
      for (const owner of ours) this.#open.set(owner, turn);
      const others = live.filter((owner) => !mine(owner));
      await this.#budget.reserve(l.tenant, l.impact, ours, this.#clock.now(), others);
    }
    return keys;
  }

  /** Reservations outlive the process that made them. */
  async recall(tenant: string): Promise<void> {
    for (const owner of await this.#budget.open(tenant)) this.#keep(owner);
  }

  #keep(owner: OwnerKey): void {
    this.#open.set(owner, this.#open.get(owner) ?? 0);
  }

  /** A bare claim, an intent that never came true or a shelf in the ledger is no service to lose. */
  async #live(owners: readonly OwnerKey[]): Promise<readonly OwnerKey[]> {
    const live: OwnerKey[] = [];
    for (const part of chunks(owners)) {
      const entries = await this.#store.entries(part, this.#clock.now());
      live.push(...part.filter((_, n) => entries[n]?.some((e) => !e.shelved)));
    }
    return live;
  }

  async #claimFor(edits: readonly Edit[]): Promise<void> {
    const wanted = new Map(edits.map((e) => [e.key, claimsOf(e)]));
    for (const key of wanted.keys()) this.#refused.delete(key);
    const rows = [...wanted.values()].flat();
    if (rows.length === 0) return;
    const held = Map.groupBy(await this.#store.claim(rows), (h) => h.owner);
    for (const [owner, by] of held) this.#refuse(owner, wanted.get(owner) ?? [], by);
  }

  /** Who was refused asks again: the holder may have gone. */
  async claimAgain(owner: OwnerKey, small: boolean): Promise<void> {
    const refused = this.#refused.get(owner);
    if (!refused) return;
    const by = { tenant: tenantOf(owner), small, attempts: 0 };
    const held = await this.#ports.store(this.#claim, refused.claims, by);
    if (this.#refused.get(owner) !== refused) return; // another declaration was accepted meanwhile
    if (held.length === 0) this.#refused.delete(owner);
    else this.#refuse(owner, refused.claims, held);
  }

  #refuse(owner: OwnerKey, claims: readonly OwnedClaim[], held: readonly Held[]): void {
    // The status is read by people of the tenant, who learn nothing of another's.
    const by = (holder: OwnerKey): string => (tenantOf(holder) === tenantOf(owner) ? holder : "another tenant");
    this.#refused.set(owner, { claims, words: held.map((h) => `${h.kind} ${h.value} is held by ${by(h.holder)}`) });
  }
  /** What is claimed beyond what is wanted goes when everything wanted is in place and nothing else is left. */
  async trim(owner: OwnerKey, keep: readonly Claim[], small: boolean, since: number): Promise<void> {
    const asked = this.#surplus.get(owner);
    if (asked === undefined || asked > since) return; // a run that began before knows nothing of what is wanted since
    this.#surplus.delete(owner);
    const by = { tenant: tenantOf(owner), small, attempts: 0 };
    await this.#ports.store(this.#release, { owner, keep }, by);
  }
  /** Devices that are out of service go to the next customer at once, whatever else of the owner is kept. */
  async letGo(owner: OwnerKey, keep: readonly Claim[], small: boolean, since: number): Promise<void> {
    const asked = this.#surplus.get(owner);
    if (asked === undefined || asked > since) return;
    await this.#ports.store(this.#letGo, { owner, keep }, { tenant: tenantOf(owner), small, attempts: 0 });
  }
  /** Whether something of it in the store waits for the end of a run. */
  concerns(owner: OwnerKey): boolean {
    return this.#refused.has(owner) || this.#open.has(owner) || this.#surplus.has(owner);
  }
  refusedOwners(): Iterable<OwnerKey> {
    return this.#refused.keys();
  }
  refused(owner: OwnerKey): readonly string[] {
    return this.#refused.get(owner)?.words ?? [];
  }

  /** Impacts that only observation reveals are reserved together with what is planned in the same turn. */
  reserve(tenant: string, impact: Impact, owner: OwnerKey, small: boolean): Promise<boolean> {
    const key = `${tenant}|${impact}`;
    const verb = this.#reserving.get(key) ?? {
      name: "reserve",
      limit: 10_000,
      run: async (owners: readonly OwnerKey[]) => {
        for (const o of owners) this.#keep(o);
        const granted = await this.#budget.reserve(tenant, impact, owners, this.#clock.now());
        return owners.map((o) => granted.has(o));
      },
    };
    this.#reserving.set(key, verb);
    return this.#ports.store(verb, owner, { tenant, small, attempts: 0 });
  }

  /** A place that was used stays counted in its window; a refusal falls, for nothing is wanted any more. `since`: `turn` when the run began. */
  async settled(owner: OwnerKey, small: boolean, since: number): Promise<void> {
    const asked = this.#open.get(owner);
    if (asked === undefined || asked > since) return;
    await this.#ports.store(this.#close, owner, { tenant: tenantOf(owner), small, attempts: 0 });
    if (this.#open.get(owner) === asked) this.#open.delete(owner);
  }
}
