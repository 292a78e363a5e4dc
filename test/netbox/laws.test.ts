import { inject } from "vitest";
import { describeLaws } from "../contract/laws.ts";
import { parts } from "../contract/netbox.parts.ts";
import { lacksOf, makeRig } from "../contract/netbox.rig.ts";

/** One that is taken and one that is declared: the others are written by the same code. */
const KILLED: ReadonlySet<string> = new Set(["address, taken", "prefix, declared"]);

for (const [what, part] of parts) {
  const site = async () => ({ ...inject("netbox"), close: async () => undefined });
  describeLaws(`real NetBox, ${what}`, makeRig(part, site), [
    ...lacksOf(part),
    ...(KILLED.has(what) ? [] : ["time" as const]),
  ]);
}
