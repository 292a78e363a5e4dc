/** Billing: accounts, services, subscriptions and prices. README.md says what is written where. */
import { openDatabase, preparing } from "../postgres.ts";
import type { System } from "../system.ts";
import { type BillingConfig, parseConfig } from "./config.ts";
import { desired } from "./desired.ts";
import { postgresDriver } from "./postgres-driver.ts";
import { resources } from "./resources.ts";
import { ensureSchema } from "./schema.ts";

export const billing: System<BillingConfig> = {
  type: "Billing",
  parseConfig,
  desired,
  connect: async (config, deps) => {
    const driver = postgresDriver(openDatabase(config, deps));
    return {
      resources: resources(driver, deps.endpoint),
      slots: config.slots,
      ping: async (signal) => ({ version: await driver.version(signal) }),
      close: () => driver.close(),
    };
  },
  prepare: preparing(ensureSchema),
};

/** For `init --print-sql`. */
export { schemaSql } from "./schema.ts";
