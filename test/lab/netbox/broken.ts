/** What stands between us and a NetBox now and then: each path begins with what goes wrong. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const json = (res: ServerResponse, code: number, body: unknown, headers = {}): void => {
  res.writeHead(code, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
};
const html = (res: ServerResponse, code: number): void => {
  res
    .writeHead(code, { "Content-Type": "text/html; charset=utf-8" })
    .end("<!DOCTYPE html><html><body>Hello</body></html>");
};
const half = JSON.stringify({ count: 0, next: null, previous: null, results: [] }).slice(0, 20);

const WAYS: Readonly<Record<string, (res: ServerResponse) => void>> = {
  "no-token": (res) => json(res, 403, { detail: "Authentication credentials were not provided." }),
  "wrong-token": (res) => json(res, 403, { detail: "Invalid v2 token" }),
  "no-permission": (res) => json(res, 403, { detail: "You do not have permission to perform this action." }),
  "html-403": (res) => html(res, 403),
  "html-404": (res) => html(res, 404),
  "html-200": (res) => html(res, 200),
  "object-404": (res) => json(res, 404, { detail: "No IPAddress matches the given query." }),
  "error-500": (res) => html(res, 500),
  "bad-gateway": (res) => html(res, 502),
  "no-worker": (res) => json(res, 503, { detail: "Unable to process request: RQ worker process not running." }),
  "too-many": (res) => json(res, 429, { detail: "Request was throttled." }, { "Retry-After": "7" }),
  redirect: (res) => res.writeHead(301, { Location: "https://elsewhere.example/" }).end(),
  "cut-json": (res) => res.writeHead(200, { "Content-Type": "application/json" }).end(half),
  "cut-body": (res) => {
    res.writeHead(200, { "Content-Type": "application/json", "Content-Length": "5000" }).write(half);
    setTimeout(() => res.destroy(), 20);
  },
  reset: (res) => res.destroy(),
  "not-a-list": (res) => json(res, 200, { detail: "welcome" }),
  everything: (res) =>
    json(res, 200, { count: 1, next: null, previous: null, results: [{ id: 999, custom_fields: {} }] }),
  "no-ids": (res) => json(res, 200, { count: 1, next: null, previous: null, results: [{ address: "10.0.0.1/32" }] }),
};
export const ways = Object.keys(WAYS);

export interface Broken {
  readonly url: string;
  close(): Promise<void>;
}
export async function startBroken(): Promise<Broken> {
  const server = createServer((req, res) => {
    req.resume();
    WAYS[req.url?.split("/")[1] ?? ""]?.(res) ?? res.destroy();
  });
  return { url: await listen(server), close: () => stop(server) };
}

export async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
export async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}
