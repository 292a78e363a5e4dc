/** A database of its own for a test file: migrated, empty, gone afterwards. */
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import pg from "pg";
import { inject } from "vitest";
import { databaseUrl, TEMPLATE } from "./template.ts";

export interface FreshDatabase {
  readonly pool: pg.Pool;
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/** `template1` gives one without the schema of the store. */
export async function freshDatabase(template: string = TEMPLATE): Promise<FreshDatabase> {
  const server = inject("databaseUrl");
  const name = `test_${randomBytes(6).toString("hex")}`;
  await onServer(server, `create database "${name}" template "${template}"`);
  const url = databaseUrl(server, name);
  const pool = new pg.Pool({ connectionString: url, max: 12 });
  pool.on("error", () => undefined); // tests cut connections on purpose
  const drop = async (): Promise<void> => {
    await pool.end();
    await left(server, name);
    await onServer(server, `drop database if exists "${name}" with (force)`);
  };
  return { pool, url, drop };
}

/** A connection that is still on its way out would be cut, and nobody listens to it any more. */
async function left(server: string, name: string): Promise<void> {
  const open = "select from pg_stat_activity where datname = $1";
  for (let turn = 0; turn < 20 && (await onServer(server, open, [name])) > 0; turn++) await setTimeout(25);
}

async function onServer(url: string, sql: string, values: readonly string[] = []): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, [...values])).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
