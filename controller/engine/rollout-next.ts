/** What becomes of one plan now, by what is declared, by whom it serves and by how they are. Reads, and writes nothing. */
import type { ServicePlan, SubscriberStatus } from "../api/types.generated.ts";
import { keyOfObject, namespaceOf } from "../core/catalog.ts";
import { objectKeyOf } from "../core/compose.ts";
import type { OwnerKey } from "../core/owner.ts";
import { goesOn, pausedBy, rolloutPolicy } from "../core/policy.ts";
import { planOf } from "../core/resolve/plan-choice.ts";
import { advanced, begun, digestOfSpec, edited, heard, type Progress, revisionOf } from "../core/rollout.ts";
import type { Store } from "../store/store.ts";
import { chunks } from "./chunks.ts";
import type { Declared } from "./declared.ts";

interface Surroundings {
  readonly declared: Declared;
  readonly store: Pick<Store, "entries" | "statusOf">;
  readonly now: number;
}

/** With the rollout and members of `before` where nothing changes. @param before undefined: nothing was ever kept of the plan. */
export async function nextOf(plan: ServicePlan, before: Progress | undefined, s: Surroundings): Promise<Progress> {
  if (!before) return heard(begun(plan.spec), goesOn(plan), s.now);
  const tenant = s.declared.catalog.tenant(namespaceOf(plan));
  const policy = rolloutPolicy(tenant);
  const paused = (pausedBy(tenant) ?? pausedBy(plan)) !== undefined;
  const { now } = s;
  const changes = digestOfSpec(plan.spec) !== revisionOf(before.rollout, before.rollout.target).digest;
  const standing = changes ? await served(plan, s) : [];
  const told = heard(edited(before, plan.spec, standing, { policy, now }), goesOn(plan), now);
  const here = s.declared.catalog.dependants(plan);
  const next = advanced(told, { policy, now, paused, belongs: (owner) => here.has(objectKeyOf(owner)) });
  return next.rollout.step > told.rollout.step ? excusing(next, s) : next;
}

/** Whom it serves in any system; who is only declared starts on what is declared. */
async function served(plan: ServicePlan, { declared, store, now }: Surroundings): Promise<readonly OwnerKey[]> {
  const { catalog } = declared;
  const key = keyOfObject(plan);
  const all = [...catalog.dependants(plan)].flatMap((k) => {
    const object = catalog.get(k);
    const chosen = object?.kind === "Subscriber" ? planOf(catalog, object).plan : undefined;
    return chosen && keyOfObject(chosen) === key ? (declared.owner(k) ?? []) : [];
  });
  const live: OwnerKey[] = [];
  for (const part of chunks(all)) {
    const entries = await store.entries(part, now);
    live.push(...part.filter((_, n) => entries[n]?.some((e) => !e.shelved)));
  }
  return live;
}

/** Who was not well before his step says nothing about the step. */
async function excusing(p: Progress, { store }: Surroundings): Promise<Progress> {
  const { step } = p.rollout;
  const now = p.members.filter((m) => m.step === step && m.place === "Released").map((m) => m.owner);
  const statuses = await store.statusOf(now);
  const unwell = new Set(now.filter((owner) => !isReady(statuses.get(owner) as SubscriberStatus | undefined)));
  if (unwell.size === 0) return p;
  return { ...p, members: p.members.map((m) => (unwell.has(m.owner) ? { ...m, excused: true } : m)) };
}
const isReady = (status: SubscriberStatus | undefined): boolean =>
  status?.conditions?.some((c) => c.type === "Ready" && c.status === "True") === true;
