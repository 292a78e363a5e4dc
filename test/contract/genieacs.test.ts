import { makeRig } from "./genieacs.rig.ts";
import { describeLaws } from "./laws.ts";

// A router is there before anybody claims it: without a mark it is nobody's object, and nothing that could be adopted.
describeLaws("genieacs/device TR-181", makeRig("TR-181"), ["names"]);
// Only names and places differ.
describeLaws("genieacs/device TR-098", makeRig("TR-098"), ["names", "time"]);
