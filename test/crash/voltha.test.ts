import { afterAll, beforeAll } from "vitest";
import { type Town, town } from "../contract/voltha.site.ts";
import { campaign } from "./campaign.ts";
import { VolthaWorld } from "./voltha.world.ts";

const COUNT = 2;
let site: Town;
beforeAll(async () => {
  site = await town(COUNT);
});
afterAll(async () => {
  site.close();
  await site.lab.close();
});

// Killed after a call the effect stands and nobody knows of it; killed before the next one it stands and is known.
campaign([COUNT], (pool) => new VolthaWorld(pool, site, COUNT), ["after"]);
