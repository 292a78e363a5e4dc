/** /metrics, /healthz, /readyz, which ask nobody who is asking: on the loopback interface unless told otherwise. And what devices ask and tell. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Check } from "./health.ts";
import { type Answer, plain } from "./http-answer.ts";
import { answerDevices, type Devices } from "./http-devices.ts";

export interface Endpoints {
  metrics(): Promise<{ readonly type: string; readonly text: string }>;
  healthz(): readonly Check[];
  readyz(): Promise<readonly Check[]>;
  /** Left out: nobody of their side is answered. */
  readonly devices?: Devices | undefined;
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
type Routes = ReadonlyMap<string, () => Promise<Answer>>;

/** Rejects with Node's error, such as EADDRINUSE. */
export async function openHttp(endpoints: Endpoints, { host = "127.0.0.1", port }: HttpOptions): Promise<Listening> {
  const routes: Routes = new Map([
    ["/metrics", async () => ({ status: 200, ...(await endpoints.metrics()) })],
    ["/healthz", async () => judged(endpoints.healthz())],
    ["/readyz", async () => judged(await endpoints.readyz())],
  ]);
  const server = createServer((request, response) => {
    // Whatever went wrong is for the log, not for whoever asks.
    const failed = () => plain(500, "the answer could not be made\n");
    void answer(endpoints, routes, request)
      .catch(failed)
      .then((found) => send(response, found));
  });
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

function send(response: ServerResponse, { status, type, text, headers }: Answer): void {
  response.writeHead(status, { ...headers, "content-type": type, "cache-control": "no-store" });
  response.end(text); // Node leaves the text out for HEAD
}

async function answer({ devices }: Endpoints, routes: Routes, request: IncomingMessage): Promise<Answer> {
  const special = await answerDevices(devices, request);
  if (special) return special;
  if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "only GET is answered\n");
  const route = routes.get((request.url ?? "").split("?", 1)[0] ?? "");
  return route ? route() : plain(404, `there are ${[...routes.keys()].join(", ")}\n`);
}

function judged(checks: readonly Check[]): Answer {
  const ok = checks.every((c) => c.ok);
  const text = `${JSON.stringify({ status: ok ? "ok" : "failing", checks })}\n`;
  return { status: ok ? 200 : 503, type: "application/json", text };
}
