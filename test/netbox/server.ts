/** A real NetBox on 127.0.0.1: PostgreSQL from the lock file, Redis from Debian, NetBox from PyPI. */
import { randomBytes } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import { execa } from "execa";
import pg from "pg";
import { openDatabase, stopDatabase } from "../../controller/store/embedded.ts";
import { CACHE, install, VERSION } from "./install.ts";

export interface NetBox {
  readonly url: string;
  readonly token: string;
  stop(): Promise<void>;
}
/** Migrated and empty; every run works on a copy. */
const TEMPLATE = `netbox_${VERSION.replaceAll(".", "_")}`;
const START_MS = 180_000;
const place = { home: CACHE, state: "/var/lib/lastmile/test-netbox" };
const secret = (): string => randomBytes(40).toString("base64url");

export async function startNetBox(): Promise<NetBox> {
  const bin = await install();
  const root = await mkdtemp(join(tmpdir(), "netbox-"));
  const settings = { fsync: "off", max_connections: "100" };
  const { ensureDatabase } = await openDatabase({ url: undefined, ...place, settings });
  const redisPort = await freePort();
  const quiet = ["--save", "", "--appendonly", "no", "--loglevel", "warning"];
  const redis = execa("redis-server", ["--bind", "127.0.0.1", "--port", String(redisPort), ...quiet], {
    reject: false,
  });
  const ends: (() => Promise<unknown>)[] = [
    () => end(redis),
    () => stopDatabase(place),
    () => rm(root, { recursive: true, force: true }),
  ];
  const stop = async (): Promise<void> => {
    for (const one of ends) await one();
  };
  try {
    const netbox = (...args: string[]) => ({ command: join(bin, "netbox"), args, env: { NETBOX_ROOT: root } });
    await run(netbox("setup", "--target", root));
    await template(netbox("migrate", "--no-input"), ensureDatabase, (url) => configure(root, url, redisPort));
    await configure(root, await fresh(ensureDatabase), redisPort);
    const token = await makeToken(netbox("shell", "--interface", "python"), root);
    const port = await freePort();
    const args = ["--bind", `127.0.0.1:${port}`, "--workers", "2", "--threads", "3", "--timeout", "120", "netbox.wsgi"];
    const web = execa(join(bin, "gunicorn"), args, { env: { NETBOX_ROOT: root }, reject: false, all: true });
    ends.unshift(() => end(web));
    const url = `http://127.0.0.1:${port}`;
    await ready(url);
    return { url, token, stop };
  } catch (e) {
    await stop();
    throw e;
  }
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

/** From a dump (`LASTMILE_NETBOX_DUMP`, needs psql) in seconds, otherwise by NetBox's own migrations in minutes. */
async function template(
  migrate: Command,
  ensureDatabase: (name: string) => Promise<string>,
  configured: (url: string) => Promise<void>,
): Promise<void> {
  const url = await ensureDatabase(TEMPLATE);
  if (await has(url, "select from django_migrations where app = 'lastmile_done'")) return;
  const dump = process.env["LASTMILE_NETBOX_DUMP"];
  if (dump !== undefined && existsSync(dump)) await restore(url, dump);
  else {
    await configured(url);
    await run(migrate);
  }
  await query(url, "insert into django_migrations (app, name, applied) values ('lastmile_done', 'all', now())");
}
async function restore(url: string, dump: string): Promise<void> {
  await query(url, "drop schema public cascade; create schema public"); // half of an earlier try
  const psql = execa("psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", url], { stdin: "pipe", stdout: "ignore" });
  createReadStream(dump).pipe(createGunzip()).pipe(psql.stdin);
  await psql;
}
async function fresh(ensureDatabase: (name: string) => Promise<string>): Promise<string> {
  const admin = await ensureDatabase("postgres");
  await query(admin, "drop database if exists netbox_run with (force)");
  await query(admin, `create database netbox_run template "${TEMPLATE}"`);
  return ensureDatabase("netbox_run");
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

async function makeToken(shell: Command, root: string): Promise<string> {
  const file = join(root, "token");
  const script = `
from users.models import User, Token
admin, _ = User.objects.get_or_create(username='admin', defaults=dict(email='admin@example.com', is_superuser=True))
t = Token(user=admin, version=2); t.token = Token.generate(); plain = t.token; t.save()
open('${file}', 'w').write(t.get_auth_header_prefix() + plain)
`;
  await run(shell, `${script}\n`);
  return (await readFile(file, "utf8")).trim();
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
