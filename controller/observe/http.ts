/** /metrics, /healthz, /readyz, what systems come to ask for, and hints. On the loopback interface unless told otherwise: nothing here asks who is asking. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Check } from "./health.ts";

export interface Endpoints {
  metrics(): Promise<{ readonly type: string; readonly text: string }>;
  healthz(): readonly Check[];
  readyz(): Promise<readonly Check[]>;
  /** What a system comes to ask for, such as SADIS; undefined: nobody declares it. */
  document?(path: string): unknown;
  /** `POST /hints/<system>/<resource>/<key>`: something happened to this object, so it is looked at again. */
  hint?(ref: string): void;
}
export interface HttpOptions {
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
}
export interface Listening {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}
type Routes = ReadonlyMap<string, () => Promise<Answer>>;
const HINTS = "/hints/";
const DOCUMENTS = "/sadis/";

/** Rejects with Node's error, such as EADDRINUSE. */
export async function openHttp(endpoints: Endpoints, { host = "127.0.0.1", port }: HttpOptions): Promise<Listening> {
  const routes: Routes = new Map([
    ["/metrics", async () => ({ status: 200, ...(await endpoints.metrics()) })],
    ["/healthz", async () => judged(endpoints.healthz())],
    ["/readyz", async () => judged(await endpoints.readyz())],
  ]);
  const server = createServer((request, response) => void respond(endpoints, routes, request, response));
  server.listen(port, host);
  await once(server, "listening");
  const { address, port: bound } = server.address() as AddressInfo;
  return {
    host: address,
    port: bound,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function respond(
  endpoints: Endpoints,
  routes: Routes,
  { method = "", url = "" }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = url.split("?", 1)[0] ?? "";
  const { status, type, text } = special(endpoints, method, path) ?? (await answer(routes, method, path));
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
  response.end(text); // Node leaves the text out for HEAD
}

function special(endpoints: Endpoints, method: string, path: string): Answer | undefined {
  try {
    if (method === "POST" && path.startsWith(HINTS)) return hear(endpoints, path.slice(HINTS.length));
    return published(endpoints, method, path);
  } catch {
    return plain(500, "the answer could not be made\n");
  }
}

const REF = /^[^/]+\/[^/]+\/[^/]+$/;
/** Costs one look at an object that somebody here has declared, and nothing of any other. */
function hear({ hint }: Endpoints, ref: string): Answer | undefined {
  if (!hint || !REF.test(ref)) return undefined;
  hint(decoded(ref));
  return plain(202, "looked at again\n");
}
function published({ document }: Endpoints, method: string, path: string): Answer | undefined {
  if (method !== "GET" || !path.startsWith(DOCUMENTS)) return undefined;
  const found = document?.(decoded(path));
  return found === undefined
    ? undefined
    : { status: 200, type: "application/json", text: `${JSON.stringify(found)}\n` };
}
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

async function answer(routes: Routes, method: string, path: string): Promise<Answer> {
  if (method !== "GET" && method !== "HEAD") return plain(405, "only GET is answered\n");
  const route = routes.get(path);
  if (!route) return plain(404, `there are ${[...routes.keys()].join(", ")}\n`);
  // Whatever went wrong is for the log, not for whoever asks.
  return route().catch(() => plain(500, "the answer could not be made\n"));
}

function judged(checks: readonly Check[]): Answer {
  const ok = checks.every((c) => c.ok);
  const text = `${JSON.stringify({ status: ok ? "ok" : "failing", checks })}\n`;
  return { status: ok ? 200 : 503, type: "application/json", text };
}
const plain = (status: number, text: string): Answer => ({ status, type: "text/plain; charset=utf-8", text });
