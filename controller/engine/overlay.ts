/** What would be declared if a source's update were taken in: nothing is written, the running state is left alone. */
import type { ObjectKey } from "../core/catalog.ts";
import type { OwnerKey } from "../core/owner.ts";
import type { SourceUpdate } from "../sources/source.ts";
import type { Objects, StoredObject } from "../store/objects.ts";
import type { Json } from "../store/status.ts";
import type { Declared } from "./declared.ts";
import { missing } from "./intake.ts";

export interface Overlay {
  /** Owners that the update has a say in: all that it declares, what it withdraws, and who depends on either. */
  readonly keys: readonly OwnerKey[];
}

/** Lays the update over `declared`, which must be a copy of its own. */
export async function overlay(
  update: SourceUpdate,
  declared: Declared,
  objects: Objects,
  prune: boolean,
): Promise<Overlay> {
  const gone = [...update.deletes, ...(prune && update.complete ? await missing(update, objects) : [])];
  const rows = [
    ...update.upserts.map((u) => row(update, u.key, u.object as unknown as Json)),
    ...gone.map((key) => deleted(update, key, declared)),
  ];
  const touched = new Set<OwnerKey>();
  touch(rows, declared, touched);
  declared.put(rows);
  touch(rows, declared, touched);
  return { keys: [...touched] };
}

const row = (update: SourceUpdate, key: ObjectKey, object: Json): StoredObject => ({
  key,
  tenant: "",
  sourceId: update.sourceId,
  object,
  origin: {},
  digest: "",
  generation: 0,
  deletedAt: undefined,
  seq: 0,
});
const deleted = (update: SourceUpdate, key: ObjectKey, declared: Declared): StoredObject => ({
  ...row(update, key, (declared.catalog.get(key) ?? { kind: key.split("/", 1)[0] ?? "" }) as unknown as Json),
  deletedAt: 1,
});

/** The owners that these objects have a say in, as the catalog stands now. */
export function touch(rows: readonly { readonly key: ObjectKey }[], declared: Declared, into: Set<OwnerKey>): void {
  const add = (key: ObjectKey): void => {
    const owner = declared.owner(key);
    if (owner) into.add(owner);
  };
  for (const { key } of rows) {
    add(key);
    const object = declared.catalog.get(key);
    if (object) for (const d of declared.catalog.dependants(object)) add(d);
  }
}
