/** NetBox: the address plan. README.md says what stands where. */
import type { ClientDeps, Session, System } from "../system.ts";
import { changes } from "./changes.ts";
import { connect, type Http } from "./client.ts";
import { authorization, type NetboxConfig, parseConfig } from "./config.ts";
import { desired } from "./desired.ts";
import { fills } from "./fills.ts";
import { namesOf } from "./names.ts";
import { ping, prepare } from "./prepare.ts";
import { resources } from "./resources.ts";

export const netbox: System<NetboxConfig> = {
  type: "NetBox",
  parseConfig,
  desired,
  connect: async (config, deps) => sessionOf(open(config, deps), config, deps.endpoint),
  prepare: async (config, deps, signal) => {
    const http = open(config, deps);
    try {
      await prepare(http, signal);
    } finally {
      http.close();
    }
  },
};
const open = (config: NetboxConfig, deps: ClientDeps): Http => connect(config, authorization(deps));

function sessionOf(http: Http, config: NetboxConfig, endpoint: string): Session {
  const names = namesOf(http);
  return {
    resources: resources(http, endpoint, names),
    slots: config.slots,
    changes: (since, signal) => changes(http, since, signal),
    fills: (tenant, signal) => fills(http, { names, endpoint }, tenant, signal),
    ping: async (signal) => ({ version: await ping(http, signal) }),
    close: async () => http.close(),
  };
}
