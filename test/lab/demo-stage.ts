/** What the demo plays on: a fresh store, two RADIUS databases, a copy of the examples, and the real command line. */
import { hash } from "node:crypto";
import { join, relative } from "node:path";
import pg from "pg";
import { type Io, processIo } from "../../controller/cli/io.ts";
import { execute } from "../../controller/cli/program.ts";
import { type DatabaseServer, openDatabase, stopDatabase } from "../../controller/store/embedded.ts";
import { makeScene, type Scene } from "./demo-scene.ts";
import { databaseUrl } from "./template.ts";

export const ROOT = join(import.meta.dirname, "..", "..");
const HOME = join(ROOT, ".lastmile", "demo");

export interface Stage {
  readonly io: Io;
  readonly scene: Scene;
  /** As it is typed on the command line. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Types and runs a command; answers its exit code. */
  lastmile(...argv: readonly string[]): Promise<number>;
  /** A statement on the RADIUS database of acme, as a person with psql would write it. */
  radius(sql: string, ...values: readonly string[]): Promise<readonly (readonly string[])[]>;
  close(): Promise<void>;
}

export async function openStage(signal: AbortSignal): Promise<Stage> {
  const server = await openDatabase({ url: process.env["DATABASE_URL"], home: HOME });
  const { store, databases } = await freshDatabases(server);
  const scene = await makeScene({ home: HOME, examples: join(ROOT, "examples"), store, databases });
  const io = processIo(process.env);
  const env = { ...scene.env, LASTMILE_INSTALLATION: "demo" };
  const pool = new pg.Pool({ connectionString: databases["radius-acme"], max: 1 });
  pool.on("error", () => undefined); // the server may be stopped while the connection idles
  return {
    io,
    scene: { ...scene, env },
    folder: relative(ROOT, scene.folder),
    signal,
    async lastmile(...argv) {
      io.out(io.paint(["bold", "cyan"], `$ lastmile ${argv.join(" ")}`));
      const exit = await execute(argv, { io, env, cwd: ROOT, signal });
      io.out("");
      return exit;
    },
    async radius(sql, ...values) {
      const { rows } = await pool.query<string[]>({ text: sql, values: [...values], rowMode: "array" });
      return rows;
    },
    async close() {
      await pool.end();
      if (server.embedded) await stopDatabase({ home: HOME });
    },
  };
}

/** Every demo begins at the beginning, so that it can be watched twice. */
async function freshDatabases(server: DatabaseServer) {
  const names = {
    store: server.embedded ? "lastmile" : "lastmile_demo",
    acme: "demo_radius_acme",
    nordnetz: "demo_radius_nordnetz",
  };
  const admin = new pg.Client({ connectionString: databaseUrl(server.url, "postgres") });
  await admin.connect();
  for (const name of Object.values(names)) await admin.query(`drop database if exists "${name}" with (force)`);
  await admin.end();
  const databases = {
    "radius-acme": await server.ensureDatabase(names.acme),
    "radius-nordnetz": await server.ensureDatabase(names.nordnetz),
  };
  return { store: await server.ensureDatabase(names.store), databases };
}

/** Enough to see that two secrets are the same. */
export const digest = (secret: string): string => hash("sha256", secret, "hex").slice(0, 12);
