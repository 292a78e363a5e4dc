import { World } from "../lab/world.ts";
import { campaign } from "./campaign.ts";

campaign([1, 20], (pool) => new World(pool));
