/** A real NetBox on 127.0.0.1: PostgreSQL from the lock file, Redis from Debian, NetBox from PyPI. */
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { ownDatabase } from "./database.ts";
import { CACHE, install } from "./install.ts";
import { inTurn } from "./turns.ts";

export interface NetBox {
  readonly url: string;
  readonly token: string;
  /** Of one who may look at everything and write nothing. */
  readonly readOnly: string;
  stop(): Promise<void>;
}
const START_MS = 180_000;
const secret = (): string => randomBytes(40).toString("base64url");

export async function startNetBox(): Promise<NetBox> {
  const root = await mkdtemp(join(tmpdir(), "netbox-"));
  const redisPort = await freePort();
  const redis = startRedis(redisPort);
  const ends: (() => Promise<unknown>)[] = [() => end(redis), () => rm(root, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const one of ends) await one();
  };
  try {
    const bin = await inTurn(CACHE, install);
    const netbox = (...args: string[]) => ({ command: join(bin, "netbox"), args, env: { NETBOX_ROOT: root } });
    await run(netbox("setup", "--target", root));
    const database = await ownDatabase(async (url) => {
      await configure(root, url, redisPort);
      await run(netbox("migrate", "--no-input"));
    });
    ends.push(database.drop);
    await configure(root, database.url, redisPort);
    const [token, readOnly] = await makeTokens(netbox("shell", "--interface", "python"), root);
    const port = await freePort();
    ends.unshift(startWeb(join(bin, "gunicorn"), root, port));
    const url = `http://127.0.0.1:${port}`;
    await ready(url);
    return { url, token, readOnly, stop };
  } catch (e) {
    await stop();
    throw e;
  }
}

function startRedis(port: number) {
  const quiet = ["--save", "", "--appendonly", "no", "--loglevel", "warning"];
  return execa("redis-server", ["--bind", "127.0.0.1", "--port", String(port), ...quiet], { reject: false });
}
/** Gives what ends it. */
function startWeb(gunicorn: string, root: string, port: number): () => Promise<void> {
  const args = ["--bind", `127.0.0.1:${port}`, "--workers", "2", "--threads", "3", "--timeout", "120", "netbox.wsgi"];
  const web = execa(gunicorn, args, { env: { NETBOX_ROOT: root }, reject: false, all: true });
  return () => end(web);
}
async function end(process: { kill(signal: "SIGTERM"): unknown } & PromiseLike<unknown>): Promise<void> {
  process.kill("SIGTERM");
  await process;
}

interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}
const run = ({ command, args, env }: Command, input = "") => execa(command, args, { env, input });

async function configure(root: string, databaseUrl: string, redisPort: number): Promise<void> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const text = `
ALLOWED_HOSTS = ['127.0.0.1', 'localhost']
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': '${pathname.slice(1)}', 'USER': '${username}',
    'PASSWORD': '${decodeURIComponent(password)}', 'HOST': '${hostname}', 'PORT': '${port}', 'CONN_MAX_AGE': 300}}
REDIS = {name: {'HOST': '127.0.0.1', 'PORT': ${redisPort}, 'USERNAME': '', 'PASSWORD': '', 'DATABASE': n, 'SSL': False}
    for n, name in enumerate(['tasks', 'caching'])}
SECRET_KEY = '${secret()}${secret()}'
API_TOKEN_PEPPERS = {1: '${secret()}${secret()}'}
ISOLATED_DEPLOYMENT = True
CENSUS_REPORTING_ENABLED = False
RELEASE_CHECK_URL = None
`;
  await writeFile(join(root, "conf", "configuration.py"), text, { mode: 0o600 });
}

async function makeTokens(shell: Command, root: string): Promise<readonly [token: string, readOnly: string]> {
  const file = join(root, "tokens");
  const script = `
from users.models import User, Token
admin, _ = User.objects.get_or_create(username='admin', defaults=dict(email='admin@example.com', is_superuser=True))
def token(writes):
    t = Token(user=admin, version=2, write_enabled=writes); t.token = Token.generate(); plain = t.token; t.save()
    return t.get_auth_header_prefix() + plain
open('${file}', 'w').write(token(True) + '\\n' + token(False))
`;
  await run(shell, `${script}\n`);
  const [token = "", readOnly = ""] = (await readFile(file, "utf8")).split("\n");
  return [token, readOnly];
}

async function ready(url: string): Promise<void> {
  for (const end = Date.now() + START_MS; ; await sleep(500)) {
    const code = await fetch(`${url}/login/`).then(
      (r) => r.status,
      () => 0,
    );
    if (code === 200) return;
    if (Date.now() > end) throw new Error(`NetBox is not up after ${START_MS / 1000} s (${code})`);
  }
}
async function freePort(): Promise<number> {
  const socket = createServer();
  await new Promise<void>((done) => socket.listen(0, "127.0.0.1", done));
  const { port } = socket.address() as { port: number };
  await new Promise((done) => socket.close(done));
  return port;
}
