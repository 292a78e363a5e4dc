/** The next step of every plan that a draft declares differently: taken in the draft alone, nothing is written. */
import type { ServicePlan } from "../api/types.generated.ts";
import { keyOfObject } from "../core/catalog.ts";
import { begun, digestOfSpec, type Progress, revisionOf } from "../core/rollout.ts";
import type { Store } from "../store/store.ts";
import type { Declared } from "./declared.ts";
import type { FirstStep } from "./preview.ts";
import { nextOf } from "./rollout-next.ts";
import { adopt } from "./rollouts.ts";
import type { Clock } from "./run/knowledge.ts";

interface Around {
  /** As it is declared now. */
  readonly declared: Declared;
  readonly store: Pick<Store, "entries" | "statusOf">;
  readonly clock: Clock;
}

export async function firstSteps(draft: Declared, around: Around): Promise<readonly FirstStep[]> {
  const steps: FirstStep[] = [];
  for (const object of [...draft.catalog.ofKind("ServicePlan")]) {
    const plan = draft.owner(keyOfObject(object));
    const before = draft.catalog.revisions(keyOfObject(object))?.progress ?? begunAs(object, around.declared);
    if (plan === undefined || !before || isOf(before, object)) continue;
    const progress = await nextOf(object, before, { declared: draft, store: around.store, now: around.clock.now() });
    adopt(draft, { plan, progress });
    const { rollout, members } = progress;
    const subscribers = members.filter((m) => m.step > 0).length;
    if (rollout.state === "Rolling") steps.push({ plan, subscribers, of: rollout.total });
  }
  return steps;
}
const isOf = ({ rollout }: Progress, { spec }: ServicePlan): boolean =>
  revisionOf(rollout, rollout.target).digest === digestOfSpec(spec);

/** Of a plan of which nothing is kept yet: what is declared now counts for all. */
function begunAs(object: ServicePlan, declared: Declared): Progress | undefined {
  const now = declared.catalog.get(keyOfObject(object));
  return now?.kind === "ServicePlan" ? begun(now.spec) : undefined;
}
