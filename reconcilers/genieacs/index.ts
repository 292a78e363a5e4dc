import type { Session as Connection, System } from "../system.ts";
import { connect } from "./client.ts";
import { authorization, type GenieacsConfig, parseConfig } from "./config.ts";
import { desired } from "./desired.ts";
import { hints } from "./hints.ts";
import { itemsOf } from "./list.ts";
import { resources } from "./resources.ts";
import { type Session, sessionOf } from "./session.ts";

export const genieacs: System<GenieacsConfig> = {
  type: "GenieACS",
  parseConfig,
  desired,
  connect: async (config, deps) => connectionOf(sessionOf(connect(config, authorization(deps)), config, deps)),
};

function connectionOf(s: Session): Connection {
  return {
    resources: resources(s),
    slots: s.config.slots,
    hints: (signal) => hints(s, signal),
    ping: async (signal) => {
      const answer = await s.http.get("/devices", { projection: "_id", limit: "1" }, signal);
      itemsOf("devices", answer);
      return { version: answer.version ?? "" };
    },
    close: async () => s.http.close(),
  };
}
