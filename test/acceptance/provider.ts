/** An internet provider at the command line: a folder of declarations, a store, a RADIUS database, and the program. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type pg from "pg";
import { freshDatabase } from "../lab/database.ts";
import { parseYaml, yaml } from "./yaml.ts";

const PROGRAM = resolve(import.meta.dirname, "../../controller/cli/lastmile");

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Both streams: what a person at a terminal reads. */
  readonly text: string;
}

export interface Provider {
  readonly folder: string;
  /** LASTMILE_HOME. */
  readonly home: string;
  readonly secrets: string;
  readonly env: Record<string, string>;
  readonly radius: pg.Pool;
  readonly store: pg.Pool;
  readonly radiusUrl: string;
  /** Runs the program to its end; the environment may be overridden. */
  readonly lastmile: (args: readonly string[], env?: Record<string, string>) => Promise<Answer>;
  /** Starts the program; it is killed at the end of the test file at the latest. */
  readonly start: (args: readonly string[], env?: Record<string, string>) => ChildProcess;
  readonly declare: (file: string, ...objects: readonly (object | string)[]) => Promise<void>;
  readonly remove: (file: string) => Promise<void>;
  readonly secret: (path: string, value: string) => Promise<void>;
  /** `apply FOLDER --yes`, which may be given more options. */
  readonly apply: (...options: readonly string[]) => Promise<Answer>;
  readonly plan: (...options: readonly string[]) => Promise<Answer>;
  readonly end: () => Promise<void>;
}

/** Makes an empty store and an empty RADIUS database with FreeRADIUS's tables. `declare` comes before the first `apply`. */
export async function provider(): Promise<Provider> {
  const [store, radius] = await Promise.all([freshDatabase(), freshDatabase("template1")]);
  const root = await mkdtemp(join(tmpdir(), "lastmile-acceptance-"));
  const [folder, home, secrets] = [join(root, "declared"), join(root, "home"), join(root, "secrets")];
  await Promise.all([folder, home, secrets].map((path) => mkdir(path)));
  const env = {
    PATH: process.env["PATH"] ?? "",
    ...(process.env["NODE_COMPILE_CACHE"] && { NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] }),
    NO_COLOR: "1",
    DATABASE_URL: store.url,
    LASTMILE_HOME: home,
    LASTMILE_INSTALLATION: "lab",
    LASTMILE_SECRETS: secrets,
  };
  const children = new Set<ChildProcess>();
  const start = (args: readonly string[], more: Record<string, string> = {}): ChildProcess => {
    const child = spawn(PROGRAM, args, { cwd: root, env: { ...env, ...more }, stdio: ["ignore", "pipe", "pipe"] });
    children.add(child);
    child.once("exit", () => children.delete(child));
    return child;
  };
  const lastmile = (args: readonly string[], more?: Record<string, string>): Promise<Answer> =>
    ended(start(args, more));
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };
  const declare: Provider["declare"] = (file, ...objects) => write(join(folder, file), yaml(objects));
  const secret: Provider["secret"] = (path, value) => write(join(secrets, path), value);
  const end = async (): Promise<void> => {
    for (const child of children) child.kill("SIGKILL");
    await Promise.all([store.drop(), radius.drop()]);
    await rm(root, { recursive: true, force: true });
  };
  return {
    ...{ folder, home, secrets, env, lastmile, start, declare, secret, end },
    ...{ radius: radius.pool, store: store.pool, radiusUrl: withoutPassword(radius.url) },
    remove: (file) => rm(join(folder, file), { recursive: true }),
    apply: (...options) => lastmile(["apply", folder, "--yes", "--timeout", "30", ...options]),
    plan: (...options) => lastmile(["plan", folder, ...options]),
  };
}

function withoutPassword(text: string): string {
  const url = new URL(text);
  url.username = "";
  url.password = "";
  return url.href;
}

export async function ended(child: ChildProcess): Promise<Answer> {
  let [out, err, text] = ["", "", ""];
  child.stdout?.on("data", (chunk) => {
    out += chunk;
    text += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    err += chunk;
    text += chunk;
  });
  const code = await new Promise<number>((settle, fail) => {
    child.once("error", fail);
    child.once("close", (exit) => settle(exit ?? -1));
  });
  return { code, out, err, text };
}

export interface Controller {
  readonly process: ChildProcess;
  readonly log: () => string;
}

/** A controller that stays and follows the folder; started when it has taken the folder in once. */
export async function controller(p: Provider, env: Record<string, string> = {}): Promise<Controller> {
  const child = p.start(["run", "--source", `dir:${p.folder}`, "--listen", "off"], env);
  let text = "";
  const keep = (chunk: unknown): void => {
    text += chunk;
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const log = (): string => text;
  await eventually(
    async () => log(),
    (all) => all.includes('"event":"update"'),
  );
  return { process: child, log };
}

/** Asks again until the answer is right, or says what the last one was. */
export async function eventually<T>(ask: () => Promise<T>, right: (answer: T) => boolean, seconds = 120): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (right(answer)) return answer;
    if (Date.now() > end) throw new Error(`still not after ${seconds} s: ${JSON.stringify(answer)}`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

/** Status of one subscriber, as `get -o yaml` prints it. */
export async function statusOf(p: Provider, name: string): Promise<Status> {
  const answer = await p.lastmile(["get", "subscriber", name, "-o", "yaml"]);
  return (parseYaml(answer.out) as { status: Status }).status;
}

export interface Status {
  readonly conditions: readonly { type: string; status: string; reason: string; message: string }[];
  readonly [section: string]: unknown;
}

export function condition(status: Status, type: string): string {
  const found = status.conditions.find((c) => c.type === type);
  return found ? `${found.status} ${found.reason}` : "absent";
}
