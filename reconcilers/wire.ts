/** HTTP as every system is spoken to: text in and out, nothing followed, every failure a coded Fault without a value. */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import axios, { type AxiosRequestConfig, type AxiosResponse } from "axios";
import { type Fault, fault } from "./errors.ts";
import { pace } from "./pace.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export interface WireOptions {
  /** As people call it, in errors. */
  readonly name: string;
  readonly baseUrl: string;
  readonly requestsPerSecond: number;
  readonly timeoutMs: number;
  /** Connections at the same time; undefined: as many as are asked for. */
  readonly slots?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: { readonly username: string; readonly password: string };
}
export interface Ask {
  readonly method: Method;
  /** With its query. */
  readonly path: string;
  readonly signal: AbortSignal;
  /** As it goes out; undefined: none. */
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Other than usual. */
  readonly timeoutMs?: number;
}
export interface Wire {
  /** Whatever the status. @throws Fault when there is no answer. */
  ask(ask: Ask): Promise<AxiosResponse<string>>;
  close(): void;
}
const MOST_BYTES = 256 * 1024 * 1024;

export function openWire(o: WireOptions): Wire {
  const sockets = { keepAlive: true, ...(o.slots !== undefined && { maxSockets: o.slots }) };
  const agents = { httpAgent: new HttpAgent(sockets), httpsAgent: new HttpsAgent(sockets) };
  const wire = axios.create({
    ...agents,
    baseURL: o.baseUrl,
    maxRedirects: 0, // a redirected POST would arrive as a GET
    maxContentLength: MOST_BYTES,
    responseType: "text",
    transformRequest: [(body: unknown) => body],
    transformResponse: [(text: unknown) => text],
    validateStatus: () => true,
    headers: { ...o.headers },
    ...(o.auth && { auth: o.auth }),
  });
  const turn = pace(o.requestsPerSecond);
  return {
    async ask({ method, path, signal, body, headers, timeoutMs = o.timeoutMs }) {
      await turn(signal).catch(() => undefined);
      if (signal.aborted) throw fault("Unavailable", "the call was given up before it began");
      const request: AxiosRequestConfig = {
        method,
        url: path,
        data: body,
        headers: { ...headers },
        timeout: timeoutMs,
      };
      return wire
        .request<string>({ ...request, signal })
        .catch((e: unknown) => Promise.reject(broken(o.name, method, e)));
    },
    close() {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

/** Failed before anything was sent. */
const UNSENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);
/** Never the client's own error: it holds the headers that it sent. */
function broken(name: string, method: Method, e: unknown): Fault {
  const code = e instanceof Error && "code" in e ? String(e.code) : "";
  if (UNSENT.has(code)) return fault("Unavailable", `${name} cannot be reached (${code})`);
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code))
    return fault("Misconfigured", `the certificate of ${name} is not trusted (${code})`);
  return cut(method, `the connection to ${name} ended without an answer${code === "" ? "" : ` (${code})`}`);
}

/** No answer, or half of one. A read is asked again; of a write nobody knows whether it was done. */
export const cut = (method: Method, what: string): Fault => fault(method === "GET" ? "Unavailable" : "Lost", what);
