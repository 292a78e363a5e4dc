/** A provider on a cluster: its kinds, tenant `acme`, RADIUS behind a door that can be shut, and the real program. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type pg from "pg";
import { expect, inject } from "vitest";
import { plan, radius, tenant } from "../acceptance/declarations.ts";
import { type Answer, ended } from "../acceptance/provider.ts";
import { yaml } from "../acceptance/yaml.ts";
import { freshDatabase } from "../lab/database.ts";
import { connect } from "./client.ts";
import { freshKinds, freshNamespace, soon, withoutKinds, withoutNamespace } from "./cluster.ts";
import { type Door, openDoor } from "./door.ts";
import type { ApiServer } from "./up.ts";

const ROOT = resolve(import.meta.dirname, "../..");
export const NAMESPACE = "isp-acme";
const NAMESPACES = [NAMESPACE, "isp-other", "isp-nobody", "lastmile-system"];

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
}
export interface Live {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: { readonly conditions?: readonly Condition[]; readonly [part: string]: unknown };
}
export interface Controller {
  readonly process: ChildProcess;
  readonly log: () => string;
  /** Lines of the log with this event. */
  readonly logged: (event: string) => readonly Readonly<Record<string, unknown>>[];
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}
export interface Site {
  readonly kubectl: (...args: readonly string[]) => Promise<Answer>;
  /** `kubectl apply -f -`, which must succeed. */
  readonly apply: (...objects: readonly object[]) => Promise<string>;
  /** `kubectl apply -f -` with options, whatever comes of it. */
  readonly tried: (objects: readonly object[], ...options: readonly string[]) => Promise<Answer>;
  /** undefined: there is none. */
  readonly read: (plural: string, name: string, namespace?: string) => Promise<Live | undefined>;
  readonly list: (plural: string) => Promise<readonly Live[]>;
  /** Writes objects into a file of the folder in which kubectl runs. */
  readonly write: (file: string, ...objects: readonly object[]) => Promise<void>;
  readonly lastmile: (...args: readonly string[]) => Promise<Answer>;
  /** Starts `lastmile run --source kubernetes`, until it logs this event; it is killed at the end at the latest. */
  readonly run: (env?: Readonly<Record<string, string>>, until?: string) => Promise<Controller>;
  readonly radius: pg.Pool;
  readonly store: pg.Pool;
  /** Where the declarations find RADIUS. */
  readonly radiusUrl: string;
  readonly door: Door;
  readonly close: () => Promise<void>;
}
export interface Wishes {
  readonly policies?: Record<string, unknown>;
  readonly more?: readonly object[];
  readonly system?: Record<string, unknown>;
  /** Another API server than that of the run. */
  readonly server?: ApiServer;
}

export async function openSite({ policies = {}, more = [], system = {}, server }: Wishes = {}): Promise<Site> {
  const api = server ?? inject("apiServer");
  const { send, close } = connect(api);
  const [store, database] = await Promise.all([freshDatabase(), freshDatabase("template1")]);
  const root = await mkdtemp(join(tmpdir(), "lastmile-site-"));
  const door = await openDoor(Number(new URL(database.url).port || 5432));
  const { radiusUrl, credentials } = behind(database.url, door.port);
  const children = new Set<ChildProcess>();
  const env = {
    PATH: `${api.bin}:${process.env["PATH"]}`,
    HOME: root,
    NO_COLOR: "1",
    KUBECONFIG: api.kubeconfig,
    DATABASE_URL: store.url,
    LASTMILE_HOME: join(root, "home"),
    LASTMILE_INSTALLATION: "lab",
    LASTMILE_SECRETS: join(root, "secrets"),
  };
  const start = (command: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const child = spawn(command, args, { cwd: root, env: { ...env, ...more }, stdio: "pipe" });
    children.add(child);
    child.once("exit", () => children.delete(child));
    return child;
  };
  const program = (args: readonly string[], more = {}) =>
    start(process.execPath, [join(ROOT, "controller/cli/main.ts"), ...args], more);
  const kubectl: Site["kubectl"] = (...args) => ended(start("kubectl", args));
  const tried: Site["tried"] = (objects, ...options) => {
    const child = start("kubectl", ["apply", "-f", "-", ...options]);
    child.stdin.end(yaml(objects));
    return ended(child);
  };
  const write: Site["write"] = (file, ...objects) => writeFile(join(root, file), yaml(objects));
  const apply: Site["apply"] = async (...objects) => {
    const done = await tried(objects);
    expect(done.code, done.text).toBe(0);
    return done.out;
  };
  const read: Site["read"] = async (plural, name, namespace = NAMESPACE) => {
    const { status, text } = await send("GET", `${collection(plural, namespace)}/${name}`);
    if (status === 404) return undefined;
    expect(status, text).toBe(200);
    return JSON.parse(text) as Live;
  };
  const list: Site["list"] = async (plural) => {
    const { status, text } = await send("GET", `/apis/lastmile.dev/v1alpha1/${plural}`);
    expect(status, text).toBe(200);
    return (JSON.parse(text) as { readonly items: readonly Live[] }).items;
  };
  const lastmile: Site["lastmile"] = (...args) => ended(program(args));
  await Promise.all(["home", "secrets"].map((name) => mkdir(join(root, name))));
  await freshKinds(send);
  for (const name of NAMESPACES) await freshNamespace(send, name);
  const house = [tenant({ policies }), radius(radiusUrl, system), plan("basic"), ...more];
  await initialize(root, house, credentials, lastmile);
  await apply(secret("lastmile-system", "radius", credentials), ...house);
  return {
    ...{ kubectl, apply, tried, write, read, list, lastmile, radiusUrl, door },
    ...{ radius: database.pool, store: store.pool },
    run: (more, until = "listening") =>
      stay(program(["run", "--source", "kubernetes", "--listen", "127.0.0.1:0"], more), until),
    async close() {
      for (const child of children) child.kill("SIGKILL");
      await withoutKinds(send);
      for (const name of NAMESPACES) await withoutNamespace(send, name);
      close();
      await door.close();
      await Promise.all([store.drop(), database.drop()]);
      await rm(root, { recursive: true, force: true });
    },
  };
}

const CLUSTER_SCOPED = new Set(["tenants", "externalsystems"]);
const collection = (plural: string, namespace: string): string =>
  `/apis/lastmile.dev/v1alpha1/${CLUSTER_SCOPED.has(plural) ? "" : `namespaces/${namespace}/`}${plural}`;

type Credentials = Readonly<Record<"username" | "password", string>>;
function behind(text: string, port: number): { readonly radiusUrl: string; readonly credentials: Credentials } {
  const url = new URL(text);
  const credentials = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  [url.username, url.password, url.host] = ["", "", `127.0.0.1:${port}`];
  return { radiusUrl: url.href, credentials };
}

export const secret = (namespace: string, name: string, stringData: Readonly<Record<string, string>>): object => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace },
  stringData,
});

/** The tables of RADIUS are made from the same declarations as files. */
async function initialize(
  root: string,
  house: readonly object[],
  credentials: Credentials,
  lastmile: Site["lastmile"],
): Promise<void> {
  const file = join(root, "declared", "house.yaml");
  await mkdir(dirname(file));
  await writeFile(file, yaml(house));
  const place = join(root, "secrets", "lastmile-system", "radius");
  await mkdir(place, { recursive: true });
  for (const [key, value] of Object.entries(credentials)) await writeFile(join(place, key), value);
  const made = await lastmile("init", dirname(file));
  expect(made.code, made.text).toBe(0);
  await rm(join(root, "secrets"), { recursive: true }); // from here on credentials come from the cluster alone
}

/** Returns when it has logged this event. */
async function stay(child: ChildProcess, until: string): Promise<Controller> {
  let text = "";
  const keep = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const logged: Controller["logged"] = (event) =>
    text
      .split("\n")
      .filter((line) => line.includes(`"event":"${event}"`))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  await soon(() => {
    expect(child.exitCode, text).toBeNull();
    expect(logged(until)).not.toEqual([]);
  });
  const end: Controller["end"] = async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const gone = new Promise<number | null>((settle) => child.once("exit", settle));
    child.kill(signal);
    return gone;
  };
  return { process: child, log: () => text, logged, end };
}

/** `Ready` and its like, as `True Converged`. */
export function condition(object: Live | undefined, type: string): string {
  const found = object?.status?.conditions?.find((c) => c.type === type);
  return found ? `${found.status} ${found.reason}` : "absent";
}
