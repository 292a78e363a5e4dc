import { startStandin } from "../lab/netbox/server.ts";
import { describeLaws } from "./laws.ts";
import { parts } from "./netbox.parts.ts";
import { lacksOf, makeRig } from "./netbox.rig.ts";

for (const [what, part] of parts) describeLaws(`netbox/${what}`, makeRig(part, startStandin), lacksOf(part));
