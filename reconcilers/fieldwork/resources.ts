/** The two resources of field work over whatever system keeps the tickets. */
import { type Observed, type Ref, type RefKey, refKey } from "../../controller/core/model.ts";
import { type Token, token } from "../../controller/core/owner.ts";
import { Fault } from "../errors.ts";
import type { Resource, Scanned, ScanScope } from "../system.ts";
import type { FieldworkDriver, Found, Installed } from "./driver.ts";
import { fields } from "./fields.ts";
import { parseKey } from "./keys.ts";

/** Objects in one call; more do not make it faster. */
const LIMIT = 200;

export const resources = (driver: FieldworkDriver, endpoint: string): readonly Resource[] => [
  ticket(driver, endpoint),
  installation(driver),
];

export function ticket(driver: FieldworkDriver, endpoint: string): Resource {
  return {
    name: "ticket",
    marker: "beside",
    fields,
    limit: LIMIT,
    settleMs: 0, // what was made can be read before the answer comes
    async observe(lookups, signal) {
      const found = await driver.read(
        lookups.map((l) => l.ref.key),
        signal,
      );
      return mapped(
        lookups.map(({ ref }) => [ref, found.get(ref.key)]),
        observed,
      );
    },
    async apply(orders, signal) {
      const outcomes = await driver.apply(orders, signal);
      return outcomes.map((o, n) => (o === null || o instanceof Fault ? o : observed(orders[n]!.ref, o)));
    },
    scan: (scope, signal) => scan(driver, endpoint, scope, signal),
    /** Who was new when there was a ticket system already. */
    claims({ observed: { ref } }) {
      const { tenant, subscriber, visit } = parseKey(ref.key);
      return [{ kind: "installation", scope: tenant, value: `${subscriber}:${visit}` }];
    },
  };
}

/** What a technician did: nothing can hold a mark of ours, so the intent in the store proves whom it concerns. */
export function installation(driver: FieldworkDriver): Resource {
  return {
    name: "installation",
    marker: "store",
    found: true,
    fields: {},
    limit: LIMIT,
    settleMs: 0,
    async observe(lookups, signal) {
      const found = await driver.installed(
        lookups.map((l) => l.ref.key),
        signal,
      );
      return mapped(
        lookups.map(({ ref }) => [ref, found.get(ref.key)]),
        completed,
      );
    },
    async apply(orders, signal) {
      const outcomes = await driver.settle(orders, signal);
      return outcomes.map((o, n) => (o === null || o instanceof Fault ? o : completed(orders[n]!.ref, o)));
    },
  };
}

const mapped = <F>(
  pairs: readonly (readonly [Ref, F | undefined])[],
  to: (ref: Ref, found: F) => Observed,
): ReadonlyMap<RefKey, Observed> =>
  new Map(pairs.flatMap(([ref, one]) => (one ? [[refKey(ref), to(ref, one)] as const] : [])));
const observed = (ref: Ref, found: Found): Observed => ({ ref, ...found, outputs: {} });
const completed = (ref: Ref, { id, retired }: Installed): Observed => ({
  ...{ ref, id, token: undefined as Token | undefined, retired },
  state: {},
  outputs: {},
});

async function* scan(
  driver: FieldworkDriver,
  endpoint: string,
  scope: ScanScope,
  signal: AbortSignal,
): AsyncGenerator<readonly Scanned[]> {
  for (let after = ""; ; ) {
    const page = await driver.page(`${scope.installation}/${scope.tenant}`, after, signal);
    if (page.length === 0) return;
    const keys = page.map((p) => p.key);
    const found = await driver.read(keys, signal);
    yield page.flatMap(({ key, owner }): readonly Scanned[] => {
      const [one, ref] = [found.get(key), { system: endpoint, resource: "ticket", key }];
      // Destroyed since its key was read, or an owner that a hand wrote: a look at the objects of the right one finds it.
      return one?.token === token(owner, refKey(ref)) ? [{ owner, observed: observed(ref, one) }] : [];
    });
    after = keys.at(-1)!;
  }
}
