/** The server behind the store: the one of DATABASE_URL, or an embedded PostgreSQL that needs no installation. */
import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { findBinaries } from "./embedded/binaries.ts";
import { madeOnce, makePlace, placeOf, STATE } from "./embedded/place.ts";
import { halt, type Settings, serve, USER } from "./embedded/server.ts";
import { StoreError, toStoreError } from "./errors.ts";

export interface DatabaseOptions {
  /** DATABASE_URL; undefined: embedded. */
  readonly url?: string | undefined;
  /** `.lastmile` of the checkout. */
  readonly home: string;
  /** Where root keeps databases; default /var/lib/lastmile. */
  readonly state?: string;
  readonly settings?: Settings;
}
export interface DatabaseServer {
  /** The store's own database. */
  readonly url: string;
  readonly embedded: boolean;
  /** Beside the database, for files of ours such as the master key. */
  readonly directory: string;
  /** Answers the URL of another database on the same server, made if it is not there. */
  ensureDatabase(name: string): Promise<string>;
}

export async function openDatabase(o: DatabaseOptions): Promise<DatabaseServer> {
  if (o.url) return { url: o.url, embedded: false, directory: resolve(o.home), ensureDatabase: ensureOn(o.url) };
  const place = placeOf(o.home, o.state);
  try {
    await makePlace(place);
    const bin = await findBinaries(place.account, o.state ?? (place.account ? STATE : place.directory));
    const password = await madeOnce(join(place.directory, "password"), () => randomBytes(24).toString("base64url"));
    const port = await serve(bin, place, password, o.settings ?? {});
    const ensureDatabase = ensureOn(`postgres://${USER}:${password}@127.0.0.1:${port}/postgres`);
    return { url: await ensureDatabase("lastmile"), embedded: true, directory: place.directory, ensureDatabase };
  } catch (e) {
    throw notOpened(e, place.directory);
  }
}

/** True when it was running. */
export async function stopDatabase(o: Pick<DatabaseOptions, "home" | "state">): Promise<boolean> {
  const place = placeOf(o.home, o.state);
  const bin = await findBinaries(place.account, o.state ?? (place.account ? STATE : place.directory));
  return halt(bin, place);
}

function notOpened(e: unknown, directory: string): StoreError {
  const { code } = e as NodeJS.ErrnoException;
  // Whatever comes from PostgreSQL has its code by now; what is left is the file system.
  const ours = e instanceof StoreError || code === undefined || code === "ENOSPC";
  return ours
    ? toStoreError("open the database", e)
    : new StoreError("NoDatabase", `${directory} cannot be used (${code})`);
}

/** Milliseconds for a server that was adopted while it still recovers. */
const PATIENCE = 60_000;

function ensureOn(server: string): (name: string) => Promise<string> {
  return async (name) => {
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) throw new RangeError(`not a name for a database: ${name}`);
    const client = await connect(server, performance.now() + PATIENCE);
    try {
      const { rowCount } = await client.query("select from pg_database where datname = $1", [name]);
      if (rowCount === 0) await client.query(`create database "${name}"`);
    } catch (e) {
      const duplicate = (e as { code?: string }).code === "42P04" || (e as { code?: string }).code === "23505"; // both: another process was quicker
      if (!duplicate) throw toStoreError(`make database ${name}`, e);
    } finally {
      await client.end();
    }
    const url = new URL(server);
    url.pathname = `/${name}`;
    return url.href;
  };
}

/** 57P03: the server is starting up or recovering, and says so. */
async function connect(url: string, until: number): Promise<pg.Client> {
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    try {
      await client.connect();
      return client;
    } catch (e) {
      await client.end().catch(() => undefined);
      if ((e as { code?: string }).code !== "57P03" || performance.now() > until) throw toStoreError("connect", e);
      await sleep(100);
    }
  }
}
