/** What a change takes of the tenants' budgets, where nothing of them is used. */
import type { Tenant } from "../../api/types.generated.ts";
import type { Impact } from "../../core/model.ts";
import { budgetLimit } from "../../core/policy.ts";
import type { Budget } from "../../store/budget.ts";
import type { World } from "./world.ts";

const never = (): never => {
  throw new Error("a plan reserves nothing");
};

export interface BudgetUse {
  readonly tenant: string;
  readonly impact: Impact;
  readonly customers: number;
  readonly allowed: number;
  readonly live: number;
}
export function budgetOf(world: World, tenant: (name: string) => Tenant | undefined, uses: BudgetUse[]): Budget {
  return {
    async room(name, impact, owners) {
      const { percent, floor } = budgetLimit(tenant(name), impact);
      const live = world.live(name);
      const allowed = Math.max(floor, Math.floor((live * percent) / 100));
      uses.push({ tenant: name, impact, customers: owners.length, allowed, live });
      return { left: allowed, granted: new Set() };
    },
    reserve: never,
    open: async () => [],
    close: never,
  };
}
