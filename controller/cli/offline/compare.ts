/** What a change of the declarations would do where everything that was declared before is in place. */
import { systems } from "../../../reconcilers/index.ts";
import type { Subject } from "../../core/model.ts";
import type { OwnerKey } from "../../core/owner.ts";
import { Controller } from "../../engine/controller.ts";
import type { Declared } from "../../engine/declared.ts";
import { giveTags } from "../../engine/tags.ts";
import { toUpdate } from "../../sources/directory.ts";
import type { SourceUpdate } from "../../sources/source.ts";
import type { PlanView } from "../plan-view.ts";
import { planOf } from "../planning.ts";
import { type BudgetUse, budgetOf } from "./budget.ts";
import type { Revisions } from "./revisions.ts";
import { leases, objectsOf, secretSource, secretsOf, storeOf } from "./store.ts";
import { systemsOf } from "./systems.ts";
import { World } from "./world.ts";

export interface Comparison {
  readonly view: PlanView;
  readonly budgets: readonly BudgetUse[];
}
const SOURCE = "git";

/** The same controller that runs, on a store and systems in memory. */
export async function compare(
  { base, head }: Revisions,
  installation: string,
  now: number = Date.now(),
): Promise<Comparison> {
  const world = new World();
  const uses: BudgetUse[] = [];
  const objects = objectsOf(SOURCE, timeless(base).upserts);
  const store = storeOf(world);
  const controller = new Controller({
    ...{ installation, objects, leases, secretSource },
    store,
    secrets: secretsOf(),
    budget: (tenant) => budgetOf(world, tenant, uses),
    systems: systemsOf(systems, world),
    clock: { now: () => now },
  });
  try {
    await controller.load();
    const { declared } = controller;
    const owners = [...declared.owners()].sort();
    await giveTags(owners, declared, { valuesIn: store.valuesIn, claim: undefined });
    for (const key of owners) world.add(await standing(declared, key));
    await controller.load(); // with the names that are held by now
    const options = { prune: true, approve: () => APPROVE };
    const { view } = await planOf(controller, { objects, store }, timeless(head), options);
    return { view, budgets: uses.filter((u) => u.customers > 0) };
  } finally {
    controller.engine.close();
    await controller.endpoints.close();
  }
}
/** Whoever nobody ever meant to survey was served before surveys were asked for. */
async function standing(declared: Declared, key: OwnerKey): Promise<Subject> {
  const subject = await declared.subject(key, false);
  const { namespace = "", name } = subject.owner;
  const isMet = subject.blocked.every((b) => b.reason === "AwaitingSurvey");
  if (subject.blocked.length === 0 || !isMet || declared.catalog.surveys(namespace, name).length > 0) return subject;
  declared.hold(
    [key],
    subject.claims.map((c) => ({ ...c, owner: key, service: "live" })),
  );
  return declared.subject(key, false);
}
/** When it will be merged nobody knows: maintenance windows hold nothing here. */
function timeless({ snapshot }: Revisions["base"]): SourceUpdate {
  const update = toUpdate(SOURCE, snapshot);
  const upserts = update.upserts.map((u) => {
    if (u.object.kind !== "ExternalSystem") return u;
    return { ...u, object: { ...u.object, spec: { ...u.object.spec, maintenanceWindows: [] } } };
  });
  return { ...update, upserts };
}
const APPROVE =
  "split the change, or release it when it is merged: `lastmile drift` names the change set for `lastmile approve`";
