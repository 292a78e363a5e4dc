/** The attributes of plans against FreeRADIUS's dictionaries, which no schema can hold. */
import { attributeProblem } from "../core/radius-attribute.ts";
import { effectivePlan } from "../core/resolve/plan.ts";
import { type Finding, finding, type World } from "./cross-world.ts";

/** Over one attribute that it cannot read, FreeRADIUS rejects every login of the plan. */
export function* attributes({ declared }: World): Generator<Finding> {
  for (const of of declared) {
    if (of.object.kind !== "ServicePlan") continue;
    for (const [i, asked] of effectivePlan(of.object, "PPPoE").attributes.entries()) {
      const problem = attributeProblem(asked);
      if (problem === undefined) continue;
      const path = `spec.radius.attributes[${i}]`;
      yield finding(of, path, `attribute ${asked.name} ${problem}`, "correct it, or remove it from the plan");
    }
  }
}
