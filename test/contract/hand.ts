/** One object through plan and effect, as the engine does it: the laws speak of what comes out of both. */
import type { Desired, Observed, Plan, State } from "../../controller/core/model.ts";
import { parseRef, refKey } from "../../controller/core/model.ts";
import { ownerKey, token } from "../../controller/core/owner.ts";
import { plan, resolve } from "../../controller/core/plan.ts";
import { Fault } from "../../reconcilers/errors.ts";
import type { Order, Outcome } from "../../reconcilers/system.ts";
import type { Rig } from "./rig.ts";

export const signal = new AbortController().signal;
/** Effects on one object in a row: more means that it never becomes what was asked for. */
const TRIES = 4;

export interface Hand {
  /** `wanted`: what is declared, where the looker knows. */
  look(n: number, wanted?: Desired): Promise<Observed | null>;
  /** `wanted` undefined: no longer declared. `due`: retention is over. */
  plan(n: number, seen: Observed | null, wanted: Desired | undefined, due?: boolean): Plan;
  order(n: number, seen: Observed | null, wanted: Desired | undefined, due?: boolean): Order;
  apply(...orders: readonly Order[]): Promise<readonly Outcome[]>;
  make(n: number, edited?: boolean): Promise<Observed>;
  /** Looks, plans and acts until nothing is left to do; gives what is seen then. */
  settle(n: number, wanted: Desired | undefined, due?: boolean): Promise<Observed | null>;
}

export function hand(rig: Pick<Rig, "resource" | "desired" | "owner">, adoption: "Never" | "Always" = "Never"): Hand {
  const ref = (n: number) => rig.desired(n).ref;
  const mine = (n: number, key: string) => token(ownerKey(rig.owner(n)), key);
  /** Where nothing there holds a marker, the intent in the store proves that it is ours; here there is always one. */
  const proven = (n: number, seen: Observed | null) =>
    seen && rig.resource.marker === "store" ? { ...seen, token: mine(n, refKey(ref(n))) } : seen;

  const self: Hand = {
    async look(n, wanted) {
      const wish = wanted && { spec: wanted.spec, how: wanted.how };
      const lookup = { ref: ref(n), token: mine(n, refKey(ref(n))), id: undefined, ...wish };
      return proven(n, (await rig.resource.observe([lookup], signal)).get(refKey(ref(n))) ?? null);
    },
    plan: (n, seen, wanted, due = false) =>
      plan({
        owner: rig.owner(n),
        token: (key) => mine(n, key),
        desired: wanted ? [wanted] : [],
        seen: new Map([[refKey(ref(n)), proven(n, seen)]]),
        remembered: [{ ref: refKey(ref(n)), needs: [], due }],
        adoption,
        blocked: [],
        fields: () => rig.resource.fields,
        digest: (text) => `digest-of-${text.length}-characters`,
      }),
    order(n, seen, wanted, due) {
      const change = self.plan(n, seen, wanted, due).changes[0]!;
      if (change.action === "none" || change.hold) throw new Error(`nothing to order: ${JSON.stringify(change)}`);
      const spec = resolve(wanted?.spec ?? {}, () => undefined).spec as State;
      const patch = Object.fromEntries(change.fields.map((f) => [f.field, spec[f.field] ?? null]));
      const key = refKey(change.ref);
      return {
        ref: parseRef(key),
        action: change.action,
        token: mine(n, key),
        owner: ownerKey(rig.owner(n)),
        id: change.id,
        patch,
        ...(wanted && { spec, how: wanted.how }),
      };
    },
    apply: (...orders) => rig.resource.apply(orders, signal),
    async make(n, edited) {
      const [outcome] = await self.apply(self.order(n, null, rig.desired(n, edited)));
      if (!outcome || outcome instanceof Fault) throw outcome ?? new Error("made and not there");
      return proven(n, outcome) ?? outcome;
    },
    async settle(n, wanted, due) {
      for (let tries = 0; tries < TRIES; tries++) {
        const seen = await self.look(n, wanted);
        const change = self.plan(n, seen, wanted, due).changes[0];
        if (!change || change.action === "none") return seen;
        if (change.hold) throw new Error(change.hold.message);
        const [outcome] = await self.apply(self.order(n, seen, wanted, due));
        if (outcome instanceof Fault) throw outcome;
      }
      throw new Error("never becomes what was asked for");
    },
  };
  return self;
}
