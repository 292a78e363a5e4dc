import { afterAll, beforeAll } from "vitest";
import { distinctTimes } from "../contract/genieacs.rig.ts";
import { type GenieacsLab, startGenieacs } from "../lab/genieacs/server.ts";
import { campaign } from "./campaign.ts";
import { GenieacsWorld } from "./genieacs.world.ts";

let lab: GenieacsLab;
beforeAll(async () => {
  lab = await startGenieacs({ now: distinctTimes() });
});
afterAll(() => lab.close());

// Killed after a call the effect stands and nobody knows of it; killed before the next one it stands and is known.
campaign([1], (pool) => new GenieacsWorld(pool, lab), ["after"]);
