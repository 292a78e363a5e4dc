/** Which revision of a plan counts for whom while an edit reaches its subscribers one after the other. Pure. */
import type { ServicePlan } from "../api/types.generated.ts";
import type { ObjectKey } from "./catalog-key.ts";
import type { OwnerKey } from "./owner.ts";
import { countsFor, inUse, type Member, type Progress, type Revision, revisionOf } from "./rollout.ts";

/** A plan with what one of its revisions said. Undefined: the first. */
export type RevisedPlan = ServicePlan & { readonly revision?: number };

export class Revisions {
  readonly progress: Progress;
  /** Who is not on the target. */
  readonly #behind: ReadonlyMap<ObjectKey, number>;
  readonly #members: ReadonlyMap<OwnerKey, Member>;
  readonly #made = new Map<number, { readonly of: ServicePlan; readonly plan: RevisedPlan }>();

  constructor(progress: Progress) {
    this.progress = progress;
    const { rollout, members } = progress;
    this.#members = new Map(members.map((m) => [m.owner, m]));
    const behind = members.filter((m) => countsFor(rollout, m) !== rollout.target);
    // An owner is `installation/tenant/` and the key of the object.
    this.#behind = new Map(behind.map((m) => [m.owner.split("/").slice(2).join("/"), m.on]));
  }

  member(owner: OwnerKey): Member | undefined {
    return this.#members.get(owner);
  }
  for(declared: ServicePlan, subscriber: ObjectKey): RevisedPlan {
    return this.#plan(declared, this.#behind.get(subscriber) ?? this.progress.rollout.target);
  }
  /** All that somebody may stand on, the target first. */
  all(declared: ServicePlan): readonly RevisedPlan[] {
    return [...inUse(this.progress)].map((number) => this.#plan(declared, number));
  }
  /** One object for each, because what is made of a plan is kept by it. */
  #plan(declared: ServicePlan, number: number): RevisedPlan {
    const known = this.#made.get(number);
    if (known?.of === declared) return known.plan;
    const plan = asIn(revisionOf(this.progress.rollout, number), declared);
    this.#made.set(number, { of: declared, plan });
    return plan;
  }
}
const asIn = ({ number, spec }: Revision, declared: ServicePlan): RevisedPlan => ({
  ...declared,
  spec,
  ...(number > 1 && { revision: number }),
});
