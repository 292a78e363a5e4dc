/** Field work: installation tickets and the technicians who complete them. README.md says what is written where. */
import { openDatabase, preparing } from "../postgres.ts";
import type { System } from "../system.ts";
import { type FieldworkConfig, parseConfig } from "./config.ts";
import { desired } from "./desired.ts";
import { hints } from "./hints.ts";
import { postgresDriver } from "./postgres-driver.ts";
import { resources } from "./resources.ts";
import { ensureSchema } from "./schema.ts";

export const fieldwork: System<FieldworkConfig> = {
  type: "Tickets",
  parseConfig,
  desired,
  connect: async (config, deps) => {
    const desk = { technicians: config.technicians, now: () => Date.now() };
    const driver = postgresDriver(openDatabase(config, deps), desk);
    return {
      resources: resources(driver, deps.endpoint),
      slots: config.slots,
      hints: (signal) => hints(driver, deps.endpoint, signal),
      tickets: driver.desk,
      ping: async (signal) => ({ version: await driver.version(signal) }),
      close: () => driver.close(),
    };
  },
  prepare: preparing(ensureSchema),
};

/** For `init --print-sql`. */
export { schemaSql } from "./schema.ts";
