/** One PostgreSQL for the whole run. Nothing of it is kept, so nothing of it needs to survive a power cut. */
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { openDatabase, stopDatabase } from "../../controller/store/embedded.ts";
import { migrate } from "../../controller/store/migrate.ts";
import { databaseUrl, TEMPLATE } from "./template.ts";

declare module "vitest" {
  export interface ProvidedContext {
    databaseUrl: string;
  }
}

const PREFIX = "lastmile-test-";
const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" };

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["DATABASE_URL"];
  await sweep();
  const home = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  await chmod(home, 0o711); // the account of the server passes through
  const state = join(home, "state");
  const end = async (): Promise<void> => {
    if (!given) await stopDatabase({ home, state });
    await rm(home, { recursive: true, force: true });
  };
  try {
    const { url } = await openDatabase({ url: given, home, state, settings });
    await makeTemplate(url);
    project.provide("databaseUrl", url);
    return end;
  } catch (e) {
    await end(); // vitest calls the teardown only of a setup that came to its end
    throw e;
  }
}

/** A run that was killed could not stop its server; the next one does. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(PREFIX) && Number(name.slice(PREFIX.length).split("-")[0]);
    if (!pid || existsSync(`/proc/${pid}`)) continue;
    const home = join(tmpdir(), name);
    await stopDatabase({ home, state: join(home, "state") });
    await rm(home, { recursive: true, force: true });
  }
}

async function makeTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`drop database if exists "${TEMPLATE}"`);
  await client.query(`create database "${TEMPLATE}"`);
  await client.end();
  await migrate(databaseUrl(url, TEMPLATE));
}
