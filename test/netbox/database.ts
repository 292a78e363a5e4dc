/** A database for one run: a copy of one that is migrated and empty, and made only once. */
import { createReadStream, existsSync } from "node:fs";
import { createGunzip } from "node:zlib";
import { execa } from "execa";
import pg from "pg";
import { openDatabase, stopDatabase } from "../../controller/store/embedded.ts";
import { CACHE, VERSION } from "./install.ts";
import { enter, inTurn, leave } from "./turns.ts";

const TEMPLATE = `netbox_${VERSION.replaceAll(".", "_")}`;
const OWN = `netbox_run_${process.pid}`;
const place = { home: CACHE, state: "/var/lib/lastmile/test-netbox" };
const settings = { fsync: "off", max_connections: "100" };
type EnsureDatabase = (name: string) => Promise<string>;

export interface OwnDatabase {
  readonly url: string;
  drop(): Promise<void>;
}
/** `migrate`: fills the empty database at a URL, where no dump does. */
export function ownDatabase(migrate: (url: string) => Promise<void>): Promise<OwnDatabase> {
  return inTurn(CACHE, async () => {
    await enter(CACHE);
    const { ensureDatabase } = await openDatabase({ url: undefined, ...place, settings });
    await template(ensureDatabase, migrate);
    const url = await fresh(ensureDatabase);
    return { url, drop: () => inTurn(CACHE, () => drop(ensureDatabase)) };
  });
}

/** From a dump (`LASTMILE_NETBOX_DUMP`, needs psql) in seconds, otherwise by NetBox's own migrations in minutes. */
async function template(ensureDatabase: EnsureDatabase, migrate: (url: string) => Promise<void>): Promise<void> {
  const url = await ensureDatabase(TEMPLATE);
  if (await has(url, "select from django_migrations where app = 'lastmile_done'")) return;
  await query(url, "drop schema public cascade; create schema public"); // half of an earlier try
  const dump = process.env["LASTMILE_NETBOX_DUMP"];
  if (dump !== undefined && existsSync(dump)) await restore(url, dump);
  else {
    process.stdout.write("NetBox's own migrations run: this takes minutes, once\n");
    await migrate(url);
  }
  await query(url, "insert into django_migrations (app, name, applied) values ('lastmile_done', 'all', now())");
}
async function restore(url: string, dump: string): Promise<void> {
  const psql = execa("psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", url], { stdin: "pipe", stdout: "ignore" });
  createReadStream(dump).pipe(createGunzip()).pipe(psql.stdin);
  await psql;
}

const dropOwn = (admin: string) => query(admin, `drop database if exists "${OWN}" with (force)`);
async function fresh(ensureDatabase: EnsureDatabase): Promise<string> {
  const admin = await ensureDatabase("postgres");
  await dropOwn(admin);
  await query(admin, `create database "${OWN}" template "${TEMPLATE}"`);
  return ensureDatabase(OWN);
}
async function drop(ensureDatabase: EnsureDatabase): Promise<void> {
  await dropOwn(await ensureDatabase("postgres"));
  if (await leave(CACHE)) await stopDatabase(place);
}

async function query(url: string, text: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
const has = (url: string, text: string): Promise<boolean> =>
  query(url, text)
    .then((n) => n > 0)
    .catch(() => false);
