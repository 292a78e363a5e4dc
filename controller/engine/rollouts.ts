/** Moves edits of plans on, step by step: of this process's plans what is due, and whatever others wrote of theirs. */
import { keyOfObject, type ObjectKey } from "../core/catalog.ts";
import { objectKeyOf } from "../core/compose.ts";
import type { OwnerKey } from "../core/owner.ts";
import { Revisions } from "../core/revisions.ts";
import { countsFor, type Progress, revisionOf } from "../core/rollout.ts";
import { type RolloutTurn, turnOf } from "../core/rollout-turn.ts";
import type { Store } from "../store/store.ts";
import type { Declared } from "./declared.ts";
import { nextOf } from "./rollout-next.ts";
import type { Clock } from "./run/knowledge.ts";

interface Moved {
  readonly plan: OwnerKey;
  readonly progress: Progress;
}
interface RolloutsOptions {
  readonly declared: Declared;
  readonly store: Pick<
    Store,
    | "rolloutHead"
    | "rolloutsSince"
    | "rolloutsOf"
    | "rolloutMarks"
    | "writeRollout"
    | "dropRollout"
    | "entries"
    | "statusOf"
    | "audit"
  >;
  readonly clock: Clock;
  readonly mine: (key: OwnerKey) => boolean;
}

export class PlanRollouts {
  readonly #o: RolloutsOptions;
  #seq = 0;
  /** What this process wrote itself and has not come by in the store yet. */
  readonly #own = new Set<number>();
  /** Where there was nothing to do: as long as its mark is the same, until then. Epoch milliseconds. */
  readonly #resting = new Map<OwnerKey, { readonly mark: string | undefined; readonly until: number }>();

  constructor(o: RolloutsOptions) {
    this.#o = o;
  }

  /** Whether anybody wrote of a step or an edit since the last `news`. */
  async anyNews(): Promise<boolean> {
    return (await this.#o.store.rolloutHead()) > this.#seq;
  }
  async news(): Promise<readonly Moved[]> {
    const found = await this.#o.store.rolloutsSince(this.#seq);
    this.#seq = Math.max(this.#seq, ...found.map((p) => p.seq));
    const others = found.filter((p) => !this.#own.delete(p.seq));
    return others.map(({ plan, rollout, members }) => ({ plan, progress: { rollout, members } }));
  }
  /** What is declared is not as it was. */
  wake(): void {
    this.#resting.clear();
  }
  /** Plans of this process where something is due, or happened since the last look. */
  async due(): Promise<readonly OwnerKey[]> {
    const open = this.open();
    if (open.length === 0) return open;
    const marks = await this.#o.store.rolloutMarks(open);
    const now = this.#o.clock.now();
    return open.filter((plan) => {
      const rest = this.#resting.get(plan);
      return !rest || rest.until <= now || rest.mark !== marks.get(plan);
    });
  }
  /** Plans of this process that are on their way, or stopped there. */
  open(): readonly OwnerKey[] {
    const { declared, mine } = this.#o;
    return [...declared.catalog.ofKind("ServicePlan")].flatMap((plan) => {
      const progress = declared.catalog.revisions(keyOfObject(plan))?.progress;
      if (!progress || (progress.rollout.state === "Done" && progress.members.length === 0)) return [];
      const owner = declared.owner(keyOfObject(plan));
      return owner !== undefined && mine(owner) ? [owner] : [];
    });
  }
  /** Takes up what is declared of these and releases what is due. It is in the store before anybody acts upon it. */
  async move(plans: readonly OwnerKey[]): Promise<readonly Moved[]> {
    const { declared, store, mine, clock } = this.#o;
    const held = plans.filter(mine);
    if (held.length === 0) return [];
    const marks = await store.rolloutMarks(held); // before their members: who arrives meanwhile is seen by the next look
    const stored = new Map((await store.rolloutsOf(held)).map((p) => [p.plan, p]));
    const moved: (Moved & { readonly seq: number })[] = [];
    for (const plan of held) {
      const object = declared.catalog.get(objectKeyOf(plan));
      if (object?.kind !== "ServicePlan") continue;
      const before = stored.get(plan);
      const progress = await nextOf(object, before, { declared, store, now: clock.now() });
      if (progress.rollout === before?.rollout && progress.members === before.members) {
        this.#resting.set(plan, { mark: marks.get(plan), until: progress.rollout.nextAt ?? Number.POSITIVE_INFINITY });
        continue;
      }
      this.#resting.delete(plan);
      await this.#say(plan, before && turnOf(before, progress));
      moved.push({ plan, progress, seq: await store.writeRollout(plan, progress, before) });
    }
    for (const { seq } of moved) this.#own.add(seq); // had one of them failed, the others would be news
    return moved;
  }
  /** Before it counts: a step that was written down and not taken is taken by the next look, and written down again. */
  async #say(plan: OwnerKey, turn: RolloutTurn | undefined): Promise<void> {
    if (!turn) return;
    const { declared, store, clock } = this.#o;
    const { action, revision, before, after } = turn;
    const by = declared.by(plan);
    const changes = [{ field: "released", before, after }];
    const outcome = action === "stop" ? "RolloutStopped" : "Done";
    const row = {
      owner: plan,
      ref: `store/rollout/${revision}`,
      action,
      changes,
      planId: "",
      outcome,
      at: clock.now(),
    };
    await store.audit([{ ...row, ...(by && { by }) }]);
  }
  /** Of a plan that is gone for good. */
  async forget(plan: OwnerKey): Promise<void> {
    this.#o.declared.catalog.revise(objectKeyOf(plan), undefined);
    await this.#o.store.dropRollout(plan);
  }
}

/** Whoever is on another revision from now on, or is told to leave one; and the plan itself. */
export function shifted(declared: Declared, { plan, progress: after }: Moved): readonly OwnerKey[] {
  const { catalog } = declared;
  const key = objectKeyOf(plan);
  const object = catalog.get(key);
  const before = catalog.revisions(key)?.progress;
  const concerned = new Set([...(before?.members ?? []), ...after.members].map((m) => m.owner));
  for (const k of object ? catalog.dependants(object) : NOBODY) {
    const owner = declared.owner(k);
    if (owner !== undefined) concerned.add(owner);
  }
  const [was, is] = [before && placing(before), placing(after)];
  return [plan, ...[...concerned].filter((owner) => was !== undefined && was(owner) !== is(owner))];
}
const NOBODY: ReadonlySet<ObjectKey> = new Set();

/** Says of each what counts for it. Who is told to leave is looked at, though the same counts for him elsewhere. */
function placing({ rollout, members }: Progress): (owner: OwnerKey) => string {
  const byOwner = new Map(members.map((m) => [m.owner, m]));
  return (owner) => {
    const member = byOwner.get(owner);
    const { number, digest } = revisionOf(rollout, countsFor(rollout, member));
    return `${number} ${digest} ${member?.place === "Waiting"}`;
  };
}

export const adopt = ({ catalog }: Declared, { plan, progress }: Moved): void =>
  catalog.revise(objectKeyOf(plan), new Revisions(progress));
