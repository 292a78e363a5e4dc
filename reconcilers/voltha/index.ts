/** VOLTHA: OLTs, ONUs and the services on their ports. README.md says what stands where. */
import { performance } from "node:perf_hooks";
import type { ClientDeps, Session, System } from "../system.ts";
import { parseConfig, type VolthaConfig } from "./config.ts";
import { connectCore } from "./core.ts";
import { desired } from "./desired.ts";
import { hints } from "./hints.ts";
import { olt } from "./olt.ts";
import { onos } from "./onos.ts";
import { onu } from "./onu.ts";
import { ping } from "./ping.ts";
import { profile } from "./profile.ts";
import { connectRest } from "./rest.ts";
import { publishes } from "./sadis.ts";
import { type Known, knownOf, type Site, siteOf } from "./site.ts";
import { answersOf } from "./standing.ts";
import { uni } from "./uni.ts";
import { vgc } from "./vgc.ts";

export const voltha: System<VolthaConfig> = {
  type: "VOLTHA",
  parseConfig,
  desired,
  publishes,
  connect: async (config, deps) => open(config, deps),
};

function open(config: VolthaConfig, deps: ClientDeps): Session {
  const core = connectCore(config.address);
  const rest = connectRest(config, deps);
  const stop = new AbortController();
  const until = stop.signal;
  const controller = config.controller.type === "VGC" ? vgc(rest, until) : onos(rest, until);
  const site = siteOf({ endpoint: deps.endpoint, config, core, controller, now, known: knownFor(config), until });
  const asking = connectRest(config, deps);
  return {
    ...sessionOf(site),
    ...(controller.name === "ONOS" && { answers: answersOf(site, asking) }),
    close: async () => {
      stop.abort();
      core.close();
      rest.close();
      asking.close();
    },
  };
}
const now = (): number => performance.now();
/** A ping that fails opens a new session of the same configuration: an outage is what it must not forget. */
const knowledge = new WeakMap<VolthaConfig, Known>();
function knownFor(config: VolthaConfig): Known {
  const known = knowledge.get(config) ?? knownOf(config, now);
  knowledge.set(config, known);
  return known;
}
export const sessionOf = (site: Site): Omit<Session, "close"> => ({
  // In the order in which they stand on each other.
  resources: [olt(site), profile(site), onu(site), uni(site)],
  slots: site.config.slots,
  hints: (signal) => hints(site, signal),
  ping: (signal) => ping(site, signal),
});
