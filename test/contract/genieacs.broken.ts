/** What stands between us and an NBI now and then: each path begins with what goes wrong. */
import { createServer, type ServerResponse } from "node:http";
import { type Broken, listen, stop } from "../lab/netbox/broken.ts";

const VERSION = { "GenieACS-Version": "1.2.16+261120e49c" };
const json = (res: ServerResponse, code: number, text: string, headers = {}): void => {
  res.writeHead(code, { "Content-Type": "application/json", ...VERSION, ...headers }).end(text);
};
const html = (res: ServerResponse, code: number, headers = {}): void => {
  res.writeHead(code, { "Content-Type": "text/html", ...headers }).end("<!DOCTYPE html><html><body>Hi</body></html>");
};
const device = JSON.stringify([{ _id: "A-B-C", _deviceId: { _SerialNumber: "C" } }]);

const WAYS: Readonly<Record<string, (res: ServerResponse) => void>> = {
  "no-credentials": (res) => html(res, 401),
  forbidden: (res) => html(res, 403),
  "html-404": (res) => html(res, 404),
  "html-200": (res) => html(res, 200),
  "html-200 of an ACS": (res) => html(res, 200, VERSION),
  "bad-query": (res) => json(res, 400, "SyntaxError: Unexpected end of JSON input"),
  "wrong-method": (res) => html(res, 405, VERSION),
  "error-500": (res) => html(res, 500),
  "bad-gateway": (res) => html(res, 502),
  "no-database": (res) => html(res, 503, VERSION),
  "too-many": (res) => html(res, 429, { "Retry-After": "7" }),
  redirect: (res) => res.writeHead(301, { Location: "https://elsewhere.example/" }).end(),
  "cut-json": (res) => json(res, 200, device.slice(0, 20)),
  "cut-body": (res) => {
    res.writeHead(200, { "Content-Type": "application/json", ...VERSION, "Content-Length": "5000" }).write(device);
    setImmediate(() => res.destroy());
  },
  reset: (res) => res.destroy(),
  "not-a-list": (res) => json(res, 200, JSON.stringify({ detail: "welcome" })),
  "half-a-list": (res) => json(res, 200, "[\n\n]", { total: "2" }),
  "no-ids": (res) => json(res, 200, JSON.stringify([{ _tags: [] }])),
  "no-serials": (res) => json(res, 200, JSON.stringify([{ _id: "A-B-C" }])),
  "no-objects": (res) => json(res, 200, JSON.stringify([null])),
};
export const ways = Object.keys(WAYS);

export async function startBroken(): Promise<Broken> {
  const server = createServer((req, res) => {
    req.resume();
    WAYS[decodeURIComponent(req.url?.split("/")[1] ?? "")]?.(res) ?? res.destroy();
  });
  return { url: await listen(server), close: () => stop(server) };
}
