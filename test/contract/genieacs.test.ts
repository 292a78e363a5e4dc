import { makeRig } from "./genieacs.rig.ts";
import { describeLaws } from "./laws.ts";

// A router is there before anybody claims it: without a mark it is nobody's object, and nothing that could be adopted.
for (const dataModel of ["TR-181", "TR-098"] as const)
  describeLaws(`genieacs/device ${dataModel}`, makeRig(dataModel), ["names"]);
