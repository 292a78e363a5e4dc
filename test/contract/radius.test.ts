import { describeLaws } from "./laws.ts";
import { accountRig, groupRig } from "./radius.rig.ts";

describeLaws("radius/account", accountRig);
describeLaws("radius/group", groupRig);
