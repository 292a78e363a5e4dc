/** A forge on 127.0.0.1: git's own http-backend behind a password, with the faults that real ones show. */
import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Forge {
  readonly url: string;
  /** Who may read; undefined: everybody. */
  password: string | undefined;
  fault: "none" | "error" | "html" | "cut" | "redirect" | "silent";
  /** Authorization headers as they came. */
  readonly seen: string[];
  close(): Promise<void>;
}

/** @param root folder of bare repositories. */
export async function forge(root: string): Promise<Forge> {
  const server = createServer((request, answer) => void serve(request, answer, state, root));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  const state: Forge = {
    url: `http://127.0.0.1:${port}`,
    password: undefined,
    fault: "none",
    seen: [],
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return state;
}

function serve(request: IncomingMessage, answer: ServerResponse, state: Forge, root: string): void {
  const { authorization = "" } = request.headers;
  state.seen.push(authorization);
  const wanted = state.password && `Basic ${Buffer.from(state.password).toString("base64")}`;
  if (wanted !== undefined && authorization !== wanted) {
    answer.writeHead(401, { "www-authenticate": 'Basic realm="forge"' }).end();
  } else if (state.fault === "error") answer.writeHead(500).end();
  else if (state.fault === "html") answer.writeHead(200, { "content-type": "text/html" }).end("<h1>maintenance</h1>");
  else if (state.fault === "redirect") answer.writeHead(302, { location: `${state.url}/other.git/info/refs` }).end();
  else if (state.fault !== "silent") backend(request, answer, root, state.fault === "cut");
}

function backend(request: IncomingMessage, answer: ServerResponse, root: string, cut: boolean): void {
  const url = new URL(request.url ?? "/", "http://forge");
  const env = {
    PATH: process.env["PATH"],
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: url.pathname,
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method,
    CONTENT_TYPE: request.headers["content-type"],
    HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
    GIT_PROTOCOL: request.headers["git-protocol"] as string | undefined,
    REMOTE_USER: "somebody",
  };
  const cgi = spawn("git", ["http-backend"], { env, stdio: ["pipe", "pipe", "ignore"] });
  request.pipe(cgi.stdin);
  cgi.stdin.on("error", () => undefined);
  const chunks: Buffer[] = [];
  cgi.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  cgi.on("close", () => {
    const all = Buffer.concat(chunks);
    const end = all.indexOf("\r\n\r\n");
    for (const line of all.toString("latin1", 0, end).split("\r\n")) {
      const [name = "", value = ""] = line.split(/: (.*)/);
      if (name === "Status") answer.statusCode = Number.parseInt(value, 10);
      else if (name) answer.setHeader(name, value);
    }
    const body = all.subarray(end + 4);
    if (!cut || request.method === "GET") answer.end(body);
    else {
      answer.write(body.subarray(0, body.length >> 1));
      setTimeout(() => answer.destroy(), 20);
    }
  });
}
