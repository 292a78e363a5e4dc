/** What systems come to ask for instead of being told: made from what is declared, at the moment of the question. */
import type { Published } from "../../reconcilers/system.ts";
import { keyOf } from "../core/catalog.ts";
import type { Desired } from "../core/model.ts";
import type { OwnerKey } from "../core/owner.ts";
import { onuSerial } from "../core/resolve/serial.ts";
import type { Declared } from "./declared.ts";

/** undefined: nobody declares it. */
export function documentAt(
  path: string,
  declared: Declared,
  publishes: (d: Desired) => Published | undefined,
): unknown {
  for (const owner of owners(path, declared)) {
    for (const d of declared.outline(owner).desired) {
      const found = publishes(d);
      if (found?.path === path) return found.body;
    }
  }
  return undefined;
}

/** Few are worth composing: of all subscribers only the one whose ONU the path names, and what all stand on. */
function* owners(path: string, declared: Declared): Generator<OwnerKey> {
  const name = path.includes("/subscribers/") ? path.toUpperCase() : "";
  for (const { metadata, spec } of name === "" ? [] : declared.catalog.ofKind("Subscriber")) {
    if (!spec.onu || !name.includes(onuSerial(spec.onu.serial))) continue;
    const owner = declared.owner(keyOf("Subscriber", metadata.namespace, metadata.name));
    if (owner) yield owner;
  }
  yield* declared.shared();
}
