/** Fills what is declared from the store. */
import { objectKeyOf } from "../core/compose.ts";
import type { OwnerKey } from "../core/owner.ts";
import type { Objects } from "../store/objects.ts";
import type { Store } from "../store/store.ts";
import { ahead } from "./ahead.ts";
import { chunks } from "./chunks.ts";
import type { Declared } from "./declared.ts";
import { adopt } from "./rollouts.ts";

export interface Stock {
  readonly objects: Objects;
  readonly store: Store;
}

/** Everything declared, the Tenants and systems that are leaving, and what was claimed before. */
export async function fill(into: Declared, stock: Stock): Promise<void> {
  const { objects } = stock;
  for await (const page of ahead(objects.load())) into.put(page);
  for (const kind of ["Tenant", "ExternalSystem"]) {
    for await (const page of objects.load({ kind, deleted: true }))
      into.put(page.filter((r) => r.deletedAt !== undefined));
  }
  for (const moved of await stock.store.rolloutsSince(0)) adopt(into, { plan: moved.plan, progress: moved });
  await hold(into, [...into.owners()], stock);
}
/** What they hold as claims. */
export async function hold(into: Declared, keys: readonly OwnerKey[], { store }: Stock): Promise<void> {
  async function* claims() {
    for (const part of chunks(keys)) yield [part, await store.claimsOf(part)] as const;
  }
  for await (const [part, held] of ahead(claims())) into.hold(part, held);
}
/** Who withdrew them, and whether they stand still: a pause outlives the withdrawal, and the process that saw it. */
export async function recall(into: Declared, gone: readonly OwnerKey[], { objects }: Stock): Promise<void> {
  for (const part of chunks(gone)) {
    for await (const page of objects.load({ keys: part.map(objectKeyOf), deleted: true }))
      into.put(page.filter((r) => r.deletedAt !== undefined));
  }
}
/** Who is withdrawn and still known: a retirement may be held or interrupted, or somebody let him in again. */
export async function leftovers(
  declared: Declared,
  tenants: ReadonlySet<string>,
  { store }: Stock,
): Promise<readonly OwnerKey[]> {
  const found: OwnerKey[] = [];
  for (const tenant of tenants) {
    for (const key of (await store.owners(tenant)).keys()) if (!declared.declares(key)) found.push(key);
  }
  return found;
}
