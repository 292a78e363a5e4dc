/** What still stands for something: an object may only vanish when nothing that was made for it is in service. */
import type { KindName } from "../api/types.generated.ts";
import type { ObjectKey } from "../core/catalog-key.ts";
import type { OwnerKey } from "../core/owner.ts";
import { modeOf } from "../core/policy.ts";
import type { Objects } from "../store/objects.ts";
import type { Store } from "../store/store.ts";
import type { Declared } from "./declared.ts";

export interface StandingView {
  readonly installation: string;
  readonly declared: Declared;
  readonly objects: Pick<Objects, "heads">;
  readonly store: Pick<Store, "entries" | "owners" | "isNamed">;
  readonly now: number;
}

/** Those of these that are declared, or not yet seen out of service everywhere. */
export async function standing(keys: readonly ObjectKey[], v: StandingView): Promise<ReadonlySet<ObjectKey>> {
  const withdrawn = keys.filter((key) => !v.declared.catalog.has(key));
  const over = new Set(withdrawn);
  const owners = await ownersOf(withdrawn, v);
  const entries = await v.store.entries([...owners.values()], v.now);
  for (const [n, key] of [...owners.keys()].entries()) if (entries[n]?.some((e) => !e.shelved)) over.delete(key);
  for (const key of [...over]) if (await supports(key, v)) over.delete(key);
  return new Set(keys.filter((key) => !over.has(key)));
}

/** Whose an object was when it was declared last. One that never was accepted has no owner. */
export async function ownersOf(
  keys: readonly ObjectKey[],
  { installation, objects }: Pick<StandingView, "installation" | "objects">,
): Promise<ReadonlyMap<ObjectKey, OwnerKey>> {
  const owners = new Map<ObjectKey, OwnerKey>();
  if (keys.length === 0) return owners;
  for await (const page of objects.heads({ keys, deleted: true }))
    for (const { key, tenant } of page) owners.set(key, `${installation}/${tenant}/${key}`);
  return owners;
}

/** A system serves whatever is in it, and a tenant whoever is its customer. */
async function supports(key: ObjectKey, { store }: StandingView): Promise<boolean> {
  const [kind, , name = ""] = key.split("/");
  if (kind === "ExternalSystem") return store.isNamed(name);
  if (kind !== "Tenant") return false;
  for (const { live } of (await store.owners(name)).values()) if (live) return true;
  return false;
}

/** Where Lastmile only looks, an object may go without a word. */
export function isEnforced({ kind, namespace, name }: Named, declared: Declared, now: number): boolean {
  if (kind === "ExternalSystem") return declared.system(name)?.spec.mode !== "Observe";
  const tenant = kind === "Tenant" ? declared.tenant(name) : declared.catalog.tenant(namespace ?? "");
  if (!tenant) return false;
  const bound = [...declared.boundSystems(tenant.metadata.name).keys()];
  return bound.some((system) => modeOf(tenant, declared.system(system), system, now) !== "Observe");
}
interface Named {
  readonly kind: KindName;
  readonly namespace: string | undefined;
  readonly name: string;
}
