/** Wiring: from settings to a controller on its store. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { setFlagsFromString } from "node:v8";
import type pg from "pg";
import { systems } from "../reconcilers/index.ts";
import { budgetLimit } from "./core/policy.ts";
import { Controller, type ControllerOptions } from "./engine/controller.ts";
import { secretFiles } from "./sources/secrets.ts";
import { openBudget } from "./store/budget.ts";
import { type Calls, openCalls, openPool } from "./store/calls.ts";
import { type DatabaseServer, openDatabase } from "./store/embedded.ts";
import { openErasing } from "./store/erasing.ts";
import { recordInstallation } from "./store/installation.ts";
import { type KeySource, readKeys } from "./store/keys.ts";
import { fenced, type Leases, openLeases } from "./store/leases.ts";
import { migrate } from "./store/migrate.ts";
import { type Objects, openObjects } from "./store/objects.ts";
import { openSecrets, type Secrets } from "./store/secrets.ts";
import { openStore, type Store } from "./store/store.ts";

export interface Settings {
  /** Where the embedded database and the master key live. */
  readonly home: string;
  readonly databaseUrl: string | undefined;
  readonly installation: string;
  readonly keyFile: string | undefined;
  readonly secretsDir: string;
  /** Names this process among the holders of partitions. */
  readonly holder: string;
}

export function settingsFrom(env: NodeJS.ProcessEnv, cwd: string): Settings {
  const home = resolve(cwd, env["LASTMILE_HOME"] ?? ".lastmile");
  return {
    home,
    databaseUrl: env["DATABASE_URL"],
    installation: env["LASTMILE_INSTALLATION"] ?? "lastmile",
    keyFile: env["LASTMILE_KEY_FILE"],
    secretsDir: resolve(cwd, env["LASTMILE_SECRETS"] ?? join(home, "secrets")),
    holder: `${hostname()}-${process.pid}-${randomBytes(4).toString("hex")}` /* in containers host and pid repeat */,
  };
}

/** V8 lets a heap grow fourfold before it looks for garbage; most of ours, the declared objects, never becomes any. */
setFlagsFromString("--heap-growing-percent=30");

/** The store and what stands around it, opened once per process. */
export interface Installation {
  readonly settings: Settings;
  readonly server: DatabaseServer;
  readonly calls: Calls;
  readonly leases: Leases;
  readonly store: Store;
  readonly objects: Objects;
  readonly secrets: Secrets;
  controller(
    more?: Partial<
      Pick<
        ControllerOptions,
        "clock" | "onBegin" | "onBreaker" | "onMail" | "onReport" | "onError" | "window" | "store" | "secretSource"
      >
    >,
  ): Controller;
  close(): Promise<void>;
}

export async function openInstallation(settings: Settings): Promise<Installation> {
  const server = await openDatabase({ url: settings.databaseUrl, home: settings.home });
  await migrate(server.url);
  const pool: pg.Pool = openPool(server.url);
  try {
    return await onPool(pool, server, settings);
  } catch (e) {
    await pool.end(); // an idle connection would keep a process alive that has nothing left to do
    throw e;
  }
}

/** The key that somebody else keeps, or our own beside the database. */
export const keySource = ({ keyFile }: Settings, { directory }: DatabaseServer): KeySource =>
  keyFile ? { file: keyFile, make: false } : { file: join(directory, "master.key"), make: true };

async function onPool(pool: pg.Pool, server: DatabaseServer, settings: Settings): Promise<Installation> {
  const calls = openCalls(pool);
  await recordInstallation(calls, settings.installation);
  const keys = await readKeys(keySource(settings, server));
  const secrets = await openSecrets(calls, keys);
  const leases = openLeases(calls, settings.holder);
  const store = openStore(pool, { leases });
  const objects = openObjects(calls);
  return {
    settings,
    server,
    calls,
    leases,
    store,
    objects,
    secrets,
    controller: (more) =>
      new Controller({
        installation: settings.installation,
        store,
        objects,
        alone: openObjects(fenced(calls, () => leases.proofOfSingleton())),
        secrets,
        erasing: openErasing(calls),
        leases,
        budget: (tenant) => openBudget(calls, leases, (name, impact) => budgetLimit(tenant(name), impact)),
        systems,
        secretSource: secretFiles(settings.secretsDir),
        clock: { now: () => Date.now() },
        ...more,
      }),
    close: async () => {
      await leases.release().catch(() => undefined); // a lost database lets the lease run out by itself
      await pool.end();
    },
  };
}
