/** Databases of one run on the server of the benchmark: made empty, dropped afterwards. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { schemaSql } from "../../reconcilers/radius/index.ts";

export interface RadiusDatabase {
  readonly pool: pg.Pool;
  readonly url: URL;
  close(): Promise<void>;
}

/** An empty RADIUS database. */
export async function openRadius(server: string): Promise<RadiusDatabase> {
  const { url, drop } = await makeDatabase(server);
  const pool = new pg.Pool({ connectionString: url.href, max: 4 });
  pool.on("error", () => undefined); // an idle connection that is still closing when its database is dropped
  await pool.query(schemaSql());
  const close = async (): Promise<void> => {
    await pool.end();
    await drop();
  };
  return { pool, url, close };
}

export async function makeDatabase(server: string): Promise<{ readonly url: URL; drop(): Promise<void> }> {
  const name = `bench_${randomBytes(4).toString("hex")}`;
  await onServer(server, `create database ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` });
  return { url, drop: () => onServer(server, `drop database ${name} with (force)`) };
}

async function onServer(server: string, text: string): Promise<void> {
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(text);
  await admin.end();
}
