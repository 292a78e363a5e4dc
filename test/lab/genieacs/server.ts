/** A stand-in for GenieACS 1.2.16 on 127.0.0.1: its NBI, with simulated routers behind it; it goes wrong on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listen, stop } from "../netbox/broken.ts";
import { answer } from "./api.ts";
import { type Cpe, plugIn } from "./cpe.ts";
import type { Plug } from "./device.ts";
import { type Doc, makeDocuments } from "./documents.ts";
import type { FaultDoc } from "./faults.ts";
import type { Reply, Request } from "./replies.ts";
import type { Acs } from "./sessions.ts";
import type { Task } from "./tasks.ts";
import { makeTroubles, type Trouble, type Troubles } from "./troubles.ts";

export interface GenieacsOptions {
  /** Basic authentication, as of a proxy before the NBI, which has none. */
  readonly user?: string;
  readonly password?: string;
  /** Of every answer. */
  readonly latencyMs?: number;
  readonly now?: () => number;
}
export interface GenieacsLab extends Troubles {
  readonly url: string;
  plug(device: Plug): Cpe;
  devices(): readonly Doc[];
  tasks(): readonly Task[];
  faults(): readonly FaultDoc[];
  presets(): readonly Doc[];
  provisions(): readonly Doc[];
  tagsOf(id: string): readonly string[];
  readonly requests: { readonly method: string; readonly path: string; readonly body: string }[];
  /** Why workers died; the next one goes on. */
  readonly killed: string[];
  latencyMs: number;
  close(): Promise<void>;
}

export async function startGenieacs(options: GenieacsOptions = {}): Promise<GenieacsLab> {
  const clock = options.now ?? Date.now;
  const acs: Acs = {
    docs: makeDocuments(),
    tasks: new Map(),
    faults: new Map(),
    presets: new Map(),
    provisions: new Map(),
    devices: new Map(),
    now: () => new Date(clock()),
  };
  const troubles = makeTroubles();
  const server = createServer((req, res) => {
    serve(req, res).catch(() => res.destroy()); // the client went away in the middle of its request
  });
  const lab: GenieacsLab = {
    ...troubles.hands,
    url: await listen(server),
    plug: (device) => plugIn(acs, device),
    devices: () => [...acs.docs.byId.values()],
    tasks: () => [...acs.tasks.values()],
    faults: () => [...acs.faults.values()],
    presets: () => [...acs.presets.values()],
    provisions: () => [...acs.provisions.values()],
    tagsOf: (id) => (acs.docs.byId.get(id)?.["_tags"] ?? []) as readonly string[],
    requests: [],
    killed: [],
    latencyMs: options.latencyMs ?? 0,
    close: () => stop(server),
  };
  const entry = options.user === undefined ? undefined : basic(options.user, options.password ?? "");

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await read(req);
    const { method = "GET", url: path = "/" } = req;
    lab.requests.push({ method, path, body });
    if (lab.latencyMs > 0) await sleep(lab.latencyMs);
    const trouble = troubles.next(`${method} ${path}`);
    if (trouble?.what === "stall") return;
    const refused =
      inTheWay(trouble) ?? (entry !== undefined && req.headers.authorization !== entry ? NO_ENTRY : undefined);
    const reply = refused ?? work({ method, url: new URL(path, lab.url), body });
    if (!reply || trouble?.what === "drop") res.destroy();
    else send(res, reply);
  }
  function work(request: Request): Reply | undefined {
    try {
      return answer(acs, request);
    } catch (e) {
      lab.killed.push(String(e));
      return undefined;
    }
  }
  return lab;
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
function inTheWay(trouble: Trouble | undefined): Reply | undefined {
  if (trouble?.what === "html") return PAGE;
  return trouble?.what === "refuse" ? { status: trouble.status } : undefined;
}
const html = { "Content-Type": "text/html; charset=utf-8" };
const PAGE: Reply = { status: 200, headers: html, body: "<!DOCTYPE html><html><body>Welcome</body></html>" };
const NO_ENTRY: Reply = {
  status: 401,
  headers: { ...html, "WWW-Authenticate": 'Basic realm="nbi"' },
  body: "<html><head><title>401 Authorization Required</title></head></html>",
};
function send(res: ServerResponse, { status, reason, headers, body }: Reply): void {
  const all = { "GenieACS-Version": "1.2.16+261120e49c", ...headers };
  if (reason === undefined) res.writeHead(status, all);
  else res.writeHead(status, reason, all);
  res.end(body);
}
async function read(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
