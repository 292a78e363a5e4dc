import { describeLaws } from "./laws.ts";
import { makeRig } from "./voltha.rig.ts";

// Nothing there holds a marker, so nothing lists what is ours: the claim on the port keeps others away.
describeLaws("voltha/uni on VGC", makeRig, ["marks", "scan"]);
