/** Billing's four resources over whatever server does the billing. */
import { type Observed, type Ref, type RefKey, refKey } from "../../controller/core/model.ts";
import { type Token, token } from "../../controller/core/owner.ts";
import { Fault } from "../errors.ts";
import type { Resource, Scanned, ScanScope } from "../system.ts";
import type { BillingDriver, Found } from "./driver.ts";
import { fieldsOf, KINDS, type Kind } from "./fields.ts";
import { parseKey } from "./keys.ts";

/** Objects in one call; more do not make it faster. */
const LIMIT = 500;

export const resources = (driver: BillingDriver, endpoint: string): readonly Resource[] =>
  KINDS.map((kind) => resource(driver, endpoint, kind));

export function resource(driver: BillingDriver, endpoint: string, kind: Kind): Resource {
  return {
    name: kind,
    marker: "beside",
    fields: fieldsOf[kind],
    limit: LIMIT,
    settleMs: 0, // what was made can be read before the answer comes
    ...(kind === "subscription" && { shows: "activation" satisfies Kind }),
    async observe(lookups, signal) {
      const keys = lookups.map((l) => l.ref.key);
      const found = await driver.read(kind, keys, signal);
      const out = new Map<RefKey, Observed>();
      for (const { ref, token } of lookups) {
        const one = found.get(ref.key);
        if (one) out.set(refKey(ref), observed(ref, one, token));
      }
      return out;
    },
    async apply(orders, signal) {
      const outcomes = await driver.apply(kind, orders, signal);
      return outcomes.map((o, n) =>
        o === null || o instanceof Fault ? o : observed(orders[n]!.ref, o, orders[n]!.token),
      );
    },
    scan: (scope, signal) => scan(driver, endpoint, kind, scope, signal),
    claims({ observed: { ref } }) {
      const { tenant, number } = parseKey(ref.key);
      return kind === "service" ? [{ kind: "subscriberNumber", scope: tenant, value: number }] : [];
    },
  };
}
/** Nothing is built on what is not ours: others wait until it is. */
const observed = (ref: Ref, found: Found, own: Token): Observed => ({
  ref,
  ...found,
  ...(found.outputs["activatedAt"] && { begun: true as const }),
  outputs: found.token === own ? found.outputs : {},
});

async function* scan(
  driver: BillingDriver,
  endpoint: string,
  kind: Kind,
  scope: ScanScope,
  signal: AbortSignal,
): AsyncGenerator<readonly Scanned[]> {
  for (let after = ""; ; ) {
    const page = await driver.page(kind, `${scope.installation}/${scope.tenant}`, after, signal);
    if (page.length === 0) return;
    const keys = page.map((p) => p.key);
    const found = await driver.read(kind, keys, signal);
    yield page.flatMap(({ key, owner }): readonly Scanned[] => {
      const [one, ref] = [found.get(key), { system: endpoint, resource: kind, key }];
      // Destroyed since its key was read, or an owner that a hand wrote: a look at the objects of the right one finds it.
      const own = token(owner, refKey(ref));
      return one?.token === own ? [{ owner, observed: observed(ref, one, own) }] : [];
    });
    after = keys.at(-1)!;
  }
}
