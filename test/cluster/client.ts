import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import type { ApiServer } from "./server.ts";

export interface Answer {
  readonly status: number;
  readonly text: string;
}
export type Send = (method: string, path: string, body?: string, type?: string) => Promise<Answer>;

/** Requests as the administrator, on connections that are kept, so many at a time. */
export function connect({ url, pki }: ApiServer, maxSockets = 8): { readonly send: Send; readonly close: () => void } {
  const file = (name: string): Buffer => readFileSync(join(pki, name));
  const certificates = { ca: file("ca.crt"), cert: file("admin.crt"), key: file("admin.key") };
  const agent = new Agent({ ...certificates, keepAlive: true, maxSockets });
  const send: Send = (method, path, body, type = "application/json") =>
    new Promise((resolve, reject) => {
      const outgoing = request(url + path, { method, agent, headers: { "content-type": type } }, (incoming) => {
        const parts: Buffer[] = [];
        incoming.on("data", (part: Buffer) => parts.push(part));
        incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
        incoming.on("error", reject);
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  return { send, close: () => agent.destroy() };
}
