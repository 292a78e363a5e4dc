/** One request to the API server, with the credentials of the kubeconfig as they are at that moment. */
import { Agent, type RequestOptions } from "node:https";
import type { Cluster } from "@kubernetes/client-node";
import axios, { type AxiosResponse } from "axios";
import { faultOfStatus, KubeError } from "./api.ts";
import type { Credentials } from "./credentials.ts";
import { nameOf, withoutCredentials } from "./words.ts";

export interface Ask {
  /** What it is about, for the error: `list subscribers`. */
  readonly doing: string;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: object;
  /** Of the body; JSON unless told. */
  readonly type?: string;
  readonly signal: AbortSignal;
}
export interface Transport {
  /** The answer's content. @throws KubeError */
  send(ask: Ask): Promise<unknown>;
  close(): void;
}
const TIMEOUT_MS = 30_000;
const CONNECTIONS = 16;
const MOST_BYTES = 64 * 1024 * 1024;
/** https://github.com/axios/axios/blob/v1.x/lib/adapters/http.js */
const isTooLong = (e: unknown): boolean => e instanceof Error && e.message.startsWith("maxContentLength");

export function openTransport(credentials: Credentials, cluster: Cluster): Transport {
  let used: { readonly tls: string; readonly agent: Agent } | undefined;
  // The library's own agent closes each connection after its request, and does not notice a renewed certificate.
  const agentFor = (o: RequestOptions): Agent => {
    const tls = {
      ca: o.ca,
      cert: o.cert,
      key: o.key,
      servername: o.servername,
      rejectUnauthorized: o.rejectUnauthorized,
    };
    const text = JSON.stringify(tls);
    if (used?.tls === text) return used.agent;
    used?.agent.destroy();
    used = { tls: text, agent: new Agent({ ...tls, keepAlive: true, maxSockets: CONNECTIONS }) };
    return used.agent;
  };
  return {
    async send({ doing, method, path, body, type = "application/json", signal }) {
      const o: RequestOptions = {};
      const config = credentials.current();
      await config.applyToHTTPSOptions(o).catch((e: unknown) => {
        credentials.refused(config);
        throw new KubeError("Unauthorized", doing, withoutCredentials(e));
      });
      const answer = await axios
        .request<string>({
          method,
          url: cluster.server + path,
          httpsAgent: cluster.proxyUrl === undefined ? agentFor(o) : o.agent,
          proxy: false,
          headers: { ...textOnly(o.headers), accept: "application/json", ...(body && { "content-type": type }) },
          ...(o.auth != null && { auth: basic(o.auth) }),
          ...(body && { data: JSON.stringify(body) }),
          signal,
          timeout: TIMEOUT_MS,
          maxRedirects: 0,
          maxContentLength: MOST_BYTES,
          responseType: "text",
          transformResponse: [(text: unknown) => text],
          validateStatus: () => true,
        })
        .catch((e: unknown) => {
          // Never the client's own error: it holds the token that it sent.
          if (isTooLong(e)) throw new KubeError("TooLong", doing, `the answer has more than ${MOST_BYTES} bytes`);
          throw new KubeError("Unreachable", doing, `no answer from ${cluster.server} (${nameOf(e)})`);
        });
      if (answer.status === 401) credentials.refused(config);
      return contentOf(doing, answer);
    },
    close: () => used?.agent.destroy(),
  };
}

function contentOf(doing: string, { status, data, headers }: AxiosResponse<string>): unknown {
  const content = parsed(data);
  if (status >= 200 && status < 300) {
    if (content === undefined) throw new KubeError("Unreachable", doing, "the answer is no JSON");
    return content;
  }
  const words = messageOf(content) ?? `HTTP ${status}`;
  throw new KubeError(faultOfStatus(status), doing, words, wishedMs(String(headers["retry-after"] ?? "")));
}
/** RFC 9110, 10.2.3. Nobody is asked again at once, nor left for a day, because some proxy says so. */
function wishedMs(text: string): number | undefined {
  const seconds = Number(text);
  return seconds > 0 ? 1000 * Math.min(seconds, LONGEST_WISH_S) : undefined;
}
const LONGEST_WISH_S = 60;
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
const messageOf = (content: unknown): string | undefined =>
  typeof content === "object" && content !== null && "message" in content && typeof content.message === "string"
    ? content.message
    : undefined;
const textOnly = (headers: RequestOptions["headers"]): Record<string, string> =>
  Object.fromEntries(Object.entries(headers ?? {}).flatMap(([k, v]) => (typeof v === "string" ? [[k, v]] : [])));
function basic(auth: string): { readonly username: string; readonly password: string } {
  const at = auth.indexOf(":");
  return { username: auth.slice(0, at), password: auth.slice(at + 1) };
}
