/** The examples on databases of this machine: a copy of the folder in which only addresses and credentials differ. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Scene {
  /** The declarations, to be edited at will. */
  readonly folder: string;
  /** What the program is started with. */
  readonly env: NodeJS.ProcessEnv;
}
export interface SceneOptions {
  /** Where everything of the scene lives. */
  readonly home: string;
  readonly examples: string;
  /** URL of the store. */
  readonly store: string;
  /** URL of the database of each ExternalSystem, with user and password. */
  readonly databases: Readonly<Record<string, string>>;
}

export async function makeScene({ home, examples, store, databases }: SceneOptions): Promise<Scene> {
  const folder = join(home, "examples");
  const secrets = join(home, "secrets");
  await rm(folder, { recursive: true, force: true });
  await cp(examples, folder, { recursive: true });
  for (const [name, url] of Object.entries(databases)) await place(folder, secrets, name, atDatabase(url));
  const env = { LASTMILE_HOME: home, LASTMILE_SECRETS: secrets, DATABASE_URL: store };
  return { folder, env };
}

/** Where a system of the declarations really is, and what opens it. */
export interface Place {
  readonly address: string;
  /** Of the controller beside a VOLTHA. */
  readonly controller?: string;
  readonly secret: Readonly<Record<string, string>>;
}
export function atDatabase(text: string): Place {
  const url = new URL(text);
  const secret = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  url.username = "";
  url.password = "";
  return { address: url.href, secret };
}
/** Credentials stand where credentialsRef names them, never in the address. */
export async function place(folder: string, secrets: string, name: string, at: Place): Promise<void> {
  await writeSecret(join(secrets, "lastmile-system", name), at.secret);
  await readdress(folder, name, at);
}

async function writeSecret(folder: string, values: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [key, value] of Object.entries(values)) await writeFile(join(folder, key), value, { mode: 0o600 });
}

/** Each example names the database of its system by a host that exists nowhere. */
async function readdress(folder: string, system: string, { address, controller }: Place): Promise<void> {
  for (const file of await yamlFiles(folder)) {
    const text = await readFile(file, "utf8");
    const [before, after] = text.split(`metadata: { name: ${system} }\n`);
    if (before === undefined || after === undefined) continue;
    const moved = after.replace(/^( {2}address:) .*$/m, `$1 ${address}`);
    const changed = controller
      ? moved.replace(/^( {4}controller: \{ type: \w+, address:) "[^"]*"/m, `$1 "${controller}"`)
      : moved;
    await writeFile(file, `${before}metadata: { name: ${system} }\n${changed}`);
  }
}
const yamlFiles = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true })).filter((f) => f.endsWith(".yaml")).map((f) => join(folder, f));
