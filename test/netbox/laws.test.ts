import { inject } from "vitest";
import { describeLaws } from "../contract/laws.ts";
import { parts } from "../contract/netbox.parts.ts";
import { lacksOf, makeRig } from "../contract/netbox.rig.ts";

for (const [what, part] of parts) {
  const site = async () => ({ ...inject("netbox"), close: async () => undefined });
  describeLaws(`real NetBox, ${what}`, makeRig(part, site), lacksOf(part));
}
