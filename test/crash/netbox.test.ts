import { afterAll, beforeAll } from "vitest";
import { prepare } from "../../reconcilers/netbox/prepare.ts";
import { signal } from "../contract/hand.ts";
import { base, empty, open, seed } from "../contract/netbox.rig.ts";
import { type Standin, startStandin } from "../lab/netbox/server.ts";
import { NetboxWorld } from "../lab/netbox/world.ts";
import { campaign } from "./campaign.ts";

let standin: Standin;
beforeAll(async () => {
  standin = await startStandin();
  const http = open(standin.url, standin.token);
  await prepare(http, signal);
  await empty(http);
  await seed(http, base());
  http.close();
});
afterAll(() => standin.close());

// Killed after a call the effect stands and nobody knows of it; killed before the next one it stands and is known.
campaign([3], (pool) => new NetboxWorld(pool, standin), ["after"]);
