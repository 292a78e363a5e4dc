/** What the demo plays on: a fresh store, two RADIUS databases, a copy of the examples, and the real command line. */
import { hash } from "node:crypto";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { type Io, processIo } from "../../controller/cli/io.ts";
import { execute } from "../../controller/cli/program.ts";
import { type DatabaseServer, openDatabase, stopDatabase } from "../../controller/store/embedded.ts";
import { atDatabase, makeScene, type Place, type Scene } from "./demo-scene.ts";
import { type Gate, openGate } from "./gate.ts";
import { type Lake, startLake } from "./lake.ts";
import { type Standin, startStandin } from "./netbox/server.ts";
import { type Mailbox, openMailbox } from "./smtp.ts";
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
  /** What a command prints for programs, without a word about it. */
  ask(...argv: readonly string[]): Promise<unknown>;
  /** What the last line of the demo invites to. @throws Error when it does not work */
  lookAround(): Promise<void>;
  /** A statement on the RADIUS database of acme, as a person with psql would write it. */
  radius(sql: string, ...values: readonly string[]): Promise<readonly (readonly string[])[]>;
  readonly hillnet: Hillnet;
  readonly lakenet: Lakenet;
  close(): Promise<void>;
}

/** What the third provider works with. */
export interface Hillnet {
  /** By name of the ExternalSystem. */
  readonly places: Readonly<Record<string, Place>>;
  readonly netbox: Standin;
  /** The way to it: it can be shut. */
  readonly gate: Gate;
  billing(sql: string): Promise<readonly (readonly string[])[]>;
}

/** What the fourth provider works with. */
export interface Lakenet {
  /** By name of the ExternalSystem. */
  readonly places: Readonly<Record<string, Place>>;
  readonly lake: Lake;
  /** Of what it sets up later, by name of the ExternalSystem. */
  readonly office: Readonly<Record<string, Place>>;
  readonly mailbox: Mailbox;
  /** Until what was touched is as it will be. */
  settled(): Promise<void>;
}

export async function openStage(signal: AbortSignal): Promise<Stage> {
  const server = await openDatabase({ url: process.env["DATABASE_URL"], home: HOME });
  const { store, databases } = await freshDatabases(server);
  const scene = await makeScene({ home: HOME, examples: join(ROOT, "examples"), store, databases });
  const io = processIo(process.env);
  const { DATABASE_URL: given, ...own } = scene.env;
  // An embedded database is found by its home, as whoever looks around afterwards finds it, and its master key with it.
  const env = { ...own, ...(!server.embedded && { DATABASE_URL: given }), LASTMILE_INSTALLATION: "demo" };
  const pool = poolOf(databases["radius-acme"]);
  const hillnet = await openHillnet(server);
  const lakenet = await openLakenet(server, hillnet);
  return {
    io,
    scene: { ...scene, env },
    folder: relative(ROOT, scene.folder),
    signal,
    async lastmile(...argv) {
      io.out(io.paint(["bold", "cyan"], `$ lastmile ${argv.map((a) => (a.includes(" ") ? `"${a}"` : a)).join(" ")}`));
      const exit = await execute(argv, { io, env, cwd: ROOT, signal });
      io.out("");
      return exit;
    },
    async ask(...argv) {
      const said: string[] = [];
      const silent = { ...io, out: (text: string) => void said.push(text) };
      await execute([...argv, "-o", "json"], { io: silent, env, cwd: ROOT, signal });
      return JSON.parse(said.join("\n"));
    },
    async lookAround() {
      const said: string[] = [];
      const silent = { ...io, out: () => undefined, err: (text: string) => void said.push(text) };
      const { DATABASE_URL } = env;
      const typed = { LASTMILE_INSTALLATION: "demo", LASTMILE_HOME: HOME, ...(DATABASE_URL && { DATABASE_URL }) };
      const exit = await execute(["get", "subscribers"], { io: silent, env: typed, cwd: ROOT, signal });
      if (exit !== 0) throw new Error(`nobody could look around: ${said.join("\n")}`);
    },
    async radius(sql, ...values) {
      const { rows } = await pool.query<string[]>({ text: sql, values: [...values], rowMode: "array" });
      return rows;
    },
    hillnet,
    lakenet,
    async close() {
      await Promise.all([pool.end(), hillnet.close(), lakenet.close()]);
      if (server.embedded) await stopDatabase({ home: HOME });
    },
  };
}

const HILLNET = { hillnet: "demo_radius_hillnet", billing: "demo_billing" } as const;
async function openHillnet(server: DatabaseServer): Promise<Hillnet & { close(): Promise<void> }> {
  const [radius, billing] = [
    await server.ensureDatabase(HILLNET.hillnet),
    await server.ensureDatabase(HILLNET.billing),
  ];
  const netbox = await startStandin();
  const gate = await openGate(netbox.url);
  const pool = poolOf(billing);
  return {
    ...{ netbox, gate },
    places: {
      "radius-hillnet": atDatabase(radius),
      "billing-hillnet": atDatabase(billing),
      "netbox-hillnet": { address: gate.url, secret: { token: netbox.token } },
    },
    billing: async (sql) => (await pool.query<string[]>({ text: sql, rowMode: "array" })).rows,
    async close() {
      await Promise.all([pool.end(), gate.close()]);
      await netbox.close();
    },
  };
}
const LAKENET = {
  lakenet: "demo_radius_lakenet",
  lakeBilling: "demo_billing_lakenet",
  tickets: "demo_tickets_lakenet",
} as const;
async function openLakenet(server: DatabaseServer, { netbox }: Hillnet): Promise<Lakenet & { close(): Promise<void> }> {
  const radius = await server.ensureDatabase(LAKENET.lakenet);
  const billing = await server.ensureDatabase(LAKENET.lakeBilling);
  const tickets = await server.ensureDatabase(LAKENET.tickets);
  const lake = await startLake();
  const mailbox = await openMailbox();
  return {
    ...{ lake, mailbox },
    office: { "tickets-lakenet": atDatabase(tickets), "mail-lakenet": { address: mailbox.address, secret: {} } },
    places: {
      "radius-lakenet": atDatabase(radius),
      "billing-lakenet": atDatabase(billing),
      "netbox-lakenet": { address: netbox.url, secret: { token: netbox.token } },
      "acs-lakenet": { address: lake.acs.url, secret: {} },
      "voltha-lakenet": { address: lake.voltha.grpc, controller: lake.voltha.vgc, secret: {} },
    },
    settled: async () => {
      await lake.voltha.settled();
      await sleep(1100); // what was read a second ago is read again
    },
    async close() {
      await Promise.all([lake.close(), mailbox.close()]);
    },
  };
}
/** The server may be stopped while the connection idles. */
function poolOf(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on("error", () => undefined);
  return pool;
}

/** Every demo begins at the beginning, so that it can be watched twice. */
async function freshDatabases(server: DatabaseServer) {
  const names = {
    store: server.embedded ? "lastmile" : "lastmile_demo",
    acme: "demo_radius_acme",
    nordnetz: "demo_radius_nordnetz",
    ...HILLNET,
    ...LAKENET,
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
