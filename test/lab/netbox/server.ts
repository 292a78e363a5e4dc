/** A stand-in for NetBox on 127.0.0.1: answers as the real one does, and goes wrong on demand. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Api, type Reply } from "./api.ts";
import { listen, stop } from "./broken.ts";
import { Tables } from "./tables.ts";

/** What happens to the next request that fits. `after`: the effect stands, and nobody hears of it. */
export interface Trouble {
  readonly on: RegExp;
  readonly what: "drop-before" | "drop-after" | "cut" | "error-500" | "throttle";
}
export interface Account {
  /** As the change log names it; undefined: admin. */
  readonly user?: string;
  readonly writes: boolean;
  /** `ipam.add_ipaddress` and so on; undefined: all. */
  readonly grants?: ReadonlySet<string>;
}
export interface Standin {
  readonly url: string;
  readonly token: string;
  readonly db: Tables;
  readonly api: Api;
  /** By token, without its keyword. */
  readonly accounts: Map<string, Account>;
  readonly trouble: Trouble[];
  /** `METHOD path` of every request. */
  readonly log: string[];
  latencyMs: number;
  close(): Promise<void>;
}
const V2 = `nbt_${"k".repeat(12)}.${"t".repeat(40)}`;
export const V1 = "0123456789abcdef0123456789abcdef01234567";

export async function startStandin(): Promise<Standin> {
  const db = new Tables();
  const server = createServer((req, res) => {
    serve(standin, req, res).catch((e: unknown) => res.writeHead(500).end(String(e)));
  });
  const url = await listen(server);
  const standin: Standin = {
    url,
    token: V2,
    db,
    api: new Api(db, url),
    accounts: new Map([
      [V2, { writes: true }],
      [V1, { writes: true }],
    ]),
    trouble: [],
    log: [],
    latencyMs: 0,
    close: () => stop(server),
  };
  return standin;
}

async function serve(s: Standin, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const text = await read(req);
  const url = new URL(req.url ?? "/", s.url);
  const method = req.method ?? "GET";
  const line = `${method} ${url.pathname}`;
  const id = randomUUID();
  s.log.push(line);
  if (s.latencyMs > 0) await sleep(s.latencyMs);
  const trouble = next(s.trouble, line);
  if (trouble === "drop-before") return void res.destroy();
  if (trouble === "error-500") return html(res, 500);
  if (trouble === "throttle")
    return send(res, { code: 429, body: { detail: "Request was throttled." } }, { "Retry-After": "1" });
  s.db.request = { id, user: s.accounts.get(tokenIn(req))?.user ?? "admin" };
  const reply = answer(s, req, url, text);
  if (trouble === "drop-after") return void res.destroy();
  if (!reply) return html(res, 404);
  if (trouble !== "cut") return send(res, reply, { "X-Request-ID": id });
  const whole = JSON.stringify(reply.body ?? null);
  res.writeHead(reply.code, { "Content-Type": "application/json" }).end(whole.slice(0, whole.length / 2));
}

function answer(s: Standin, req: IncomingMessage, url: URL, text: string): Reply | undefined {
  const method = req.method ?? "GET";
  const denied = authorize(s, req, url.pathname);
  if (denied) return { code: 403, body: { detail: denied } };
  if (url.pathname === "/api/status/")
    return method === "GET"
      ? {
          code: 200,
          body: { "netbox-version": "4.7.3", "netbox-full-version": "4.7.3", plugins: {}, "rq-workers-running": 1 },
        }
      : { code: 405, body: { detail: `Method "${method}" not allowed.` } };
  const type = req.headers["content-type"] ?? "application/json";
  if (text !== "" && !type.startsWith("application/json"))
    return { code: 415, body: { detail: `Unsupported media type "${type}" in request.` } };
  const body = parse(text);
  if (body === BAD)
    return {
      code: 400,
      body: {
        detail: "JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
      },
    };
  return s.api.answer({ method, path: url.pathname, query: url.searchParams, body, match: req.headers["if-match"] });
}

const BAD = Symbol("bad");
function parse(text: string): unknown {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    return BAD;
  }
}

const VERBS: Readonly<Record<string, string>> = { GET: "view", POST: "add", PATCH: "change", DELETE: "delete" };
const tokenIn = (req: IncomingMessage): string =>
  /^(?:Bearer|Token) (\S+)$/.exec(req.headers.authorization ?? "")?.[1] ?? "";
function authorize(s: Standin, req: IncomingMessage, path: string): string | undefined {
  const token = tokenIn(req);
  const keyword = req.headers.authorization?.split(" ")[0];
  if (token === "") return "Authentication credentials were not provided.";
  const account = s.accounts.get(token);
  if (!account) return keyword === "Bearer" ? "Invalid v2 token" : "Invalid v1 token";
  const verb = VERBS[req.method ?? "GET"] ?? "change";
  const [, app, plural] = /^\/api\/(\w+)\/([\w-]+)\//.exec(path) ?? [];
  const what = path.includes("/available-ips/") ? "ipam.ipaddress" : MODELS[`${app}/${plural}`];
  const [on, model] = what?.split(".") ?? [];
  const allowed = !account.grants || what === undefined || account.grants.has(`${on}.${verb}_${model}`);
  return allowed && (verb === "view" || account.writes)
    ? undefined
    : "You do not have permission to perform this action.";
}
const MODELS: Readonly<Record<string, string>> = {
  "ipam/ip-addresses": "ipam.ipaddress",
  "ipam/prefixes": "ipam.prefix",
  "tenancy/tenants": "tenancy.tenant",
  "extras/custom-fields": "extras.customfield",
  "core/object-changes": "core.objectchange",
};

function next(all: Trouble[], line: string): Trouble["what"] | undefined {
  const at = all.findIndex((t) => t.on.test(line));
  return at < 0 ? undefined : all.splice(at, 1)[0]!.what;
}
function send(res: ServerResponse, { code, body, etag }: Reply, more: Readonly<Record<string, string>> = {}): void {
  const headers = {
    "Content-Type": "application/json",
    "API-Version": "4.7",
    ...(etag && { ETag: etag }),
    ...more,
  };
  if (code === 204) res.writeHead(204, headers).end();
  else res.writeHead(code, headers).end(JSON.stringify(body));
}
function html(res: ServerResponse, code: number): void {
  res.writeHead(code, { "Content-Type": "text/html; charset=utf-8" }).end("<!DOCTYPE html><html></html>");
}
async function read(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
