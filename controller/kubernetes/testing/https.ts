/** A local HTTPS server that speaks like an API server. Its certificates prove nothing to anybody else. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** Of the client's certificate. */
  readonly client: string | undefined;
}
export type Answer = (request: Request, response: ServerResponse) => void;
export interface HttpsServer {
  readonly url: string;
  readonly requests: readonly Request[];
  /** Where its certificates and the test's own files are. */
  readonly dir: string;
  answer: Answer;
  /** Connections that were opened so far. */
  connections(): number;
  write(name: string, text: string): string;
  close(): Promise<void>;
}
export const json =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_, response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
/** As the API server says no. */
export const refusal = (code: number, message: string, headers?: Readonly<Record<string, string>>): Answer =>
  json({ kind: "Status", status: "Failure", code, message }, code, headers);

export async function serveHttps(): Promise<HttpsServer> {
  const dir = mkdtempSync(join(tmpdir(), "lastmile-https-"));
  cpSync(join(import.meta.dirname, "certificates"), dir, { recursive: true });
  const file = (name: string): Buffer => readFileSync(join(dir, name));
  const requests: Request[] = [];
  const sockets = new Set<Duplex>();
  let connections = 0;
  const tls = { cert: file("server.crt"), key: file("server.key"), ca: file("ca.crt") };
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false }, async (incoming, response) => {
    let body = "";
    for await (const part of incoming.setEncoding("utf8")) body += part;
    const { method = "", url: path = "", headers } = incoming;
    const client = (incoming.socket as TLSSocket).getPeerCertificate().subject?.CN;
    const request = { method, path, headers, body, client: client?.toString() };
    requests.push(request);
    its.answer(request, response);
  });
  server.on("secureConnection", () => connections++);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { readonly port: number };
  const its: HttpsServer = {
    ...{ url: `https://127.0.0.1:${port}`, requests, dir },
    answer: json({}),
    connections: () => connections,
    write(name, text) {
      writeFileSync(join(dir, name), text);
      return join(dir, name);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return its;
}

/** Of one cluster and one user, as JSON, which is YAML. */
export const kubeconfig = (server: string, user: object, cluster: object = {}): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server, ...cluster } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
