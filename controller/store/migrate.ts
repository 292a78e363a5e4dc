/** Brings a database to the schema of this program, and refuses one that a newer program has changed. */
import { readdirSync, readFileSync } from "node:fs";
import { runner } from "node-pg-migrate";
import pg from "pg";
import { StoreError, toStoreError } from "./errors.ts";

const directory = new URL("migrations/", import.meta.url);
const schema = "lastmile";
const table = "migrations";
const oldest = 140_000;

const files = (): readonly string[] =>
  readdirSync(directory)
    .filter((f) => f.endsWith(".sql"))
    .sort();
const nameOf = (file: string): string => file.slice(0, -".sql".length);

/** Creates or upgrades the schema `lastmile`. Needs DDL rights only when there is something to do. */
export async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => undefined); // a lost connection fails the statement that is under way
  try {
    await client.connect();
    if (await upToDate(client)) return;
    await runner({
      dbClient: client,
      dir: directory.pathname,
      direction: "up",
      migrationsTable: table,
      migrationsSchema: schema,
      createMigrationsSchema: true,
      singleTransaction: true,
      advisoryLockMode: "wait", // two controllers that start together: one migrates, the other finds it done
      logger: { info: quiet, warn: quiet, error: quiet },
    });
  } catch (e) {
    throw toStoreError("migrate", e);
  } finally {
    await client.end().catch(() => undefined);
  }
}
const quiet = (): void => undefined;

async function upToDate(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ version: number; there: boolean }>(
    "select current_setting('server_version_num')::int as version, to_regclass($1) is not null as there",
    [`${schema}.${table}`],
  );
  if (rows[0] && rows[0].version < oldest)
    throw new StoreError("TooOld", `PostgreSQL ${rows[0].version / 10_000} is too old`);
  if (!rows[0]?.there) return false;
  const known = new Set(files().map(nameOf));
  const done = (await client.query<{ name: string }>(`select name from ${schema}.${table}`)).rows.map((r) => r.name);
  const strange = done.filter((name) => !known.has(name));
  if (strange.length > 0)
    throw new StoreError("NewerStore", `the store has migrations unknown here: ${strange.join(", ")}`);
  return done.length === known.size;
}

/** The same as plain SQL, for `psql -v ON_ERROR_STOP=1`, where the account of Lastmile has no DDL rights. */
export function migrationSql(): string {
  const bookkeeping = `create schema if not exists ${schema};
create table ${schema}.${table} (id serial primary key, name varchar(255) not null, run_on timestamp not null);
`;
  const parts = files().map((file) => {
    const text = readFileSync(new URL(file, directory), "utf8");
    return `${text}insert into ${schema}.${table} (name, run_on) values ('${nameOf(file)}', now());\n`;
  });
  return `begin;\n${bookkeeping}${parts.join("")}commit;\n`;
}
