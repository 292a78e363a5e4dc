/** The wire: the NBI's HTTP, whose every failure leaves as a coded Fault. */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import { type Fault, fault } from "../errors.ts";
import { pace, type Turn } from "../pace.ts";
import { type Answer, cut, judge, type Method, type Raw } from "./answers.ts";
import type { GenieacsConfig } from "./config.ts";

export interface Http {
  get(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer>;
  send(method: Exclude<Method, "GET">, path: string, body: unknown, signal: AbortSignal): Promise<Answer>;
  close(): void;
}
/** Waiting for a lock takes up to 30 s, a session up to 120 s (fact 5). */
const TIMEOUT_MS = 160_000;
const READ_TIMEOUT_MS = 60_000;
const MOST_BYTES = 128 * 1024 * 1024;
/** Failed before anything was sent. */
const UNSENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

export function connect(config: GenieacsConfig, authorization: string | undefined): Http {
  const agents = { httpAgent: new HttpAgent({ keepAlive: true }), httpsAgent: new HttpsAgent({ keepAlive: true }) };
  const wire = axios.create({
    ...agents,
    baseURL: config.address,
    maxRedirects: 0, // a redirected POST would arrive as a GET
    maxContentLength: MOST_BYTES,
    responseType: "text",
    transformRequest: [(body: unknown) => body],
    transformResponse: [(text: unknown) => text],
    validateStatus: () => true,
    headers: authorization === undefined ? {} : { Authorization: authorization },
  });
  const turn = pace(config.requestsPerSecond);
  return {
    get: (path, query, signal) =>
      call(wire, turn, { method: "GET", path: `${path}?${new URLSearchParams(query)}`, signal }),
    send: (method, path, body, signal) => call(wire, turn, { method, path, signal, body }),
    close: () => {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

interface Call {
  readonly method: Method;
  readonly path: string;
  readonly signal: AbortSignal;
  readonly body?: unknown;
}
async function call(wire: AxiosInstance, turn: Turn, { method, path, signal, body }: Call): Promise<Answer> {
  await turn(signal).catch(() => undefined);
  if (signal.aborted) throw fault("Unavailable", "the call was given up before it began");
  const answer = await wire
    .request<string>({
      method,
      url: path,
      data: typeof body === "object" ? JSON.stringify(body) : body,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      timeout: method === "GET" ? READ_TIMEOUT_MS : TIMEOUT_MS,
      signal,
    })
    .catch((e: unknown) => Promise.reject(broken(method, e)));
  return judge(method, path.split("?")[0]!, raw(answer), Date.now());
}

function raw({ status, statusText, headers, data }: AxiosResponse<string>): Raw {
  const header = (name: string): string | undefined =>
    headers[name] === undefined ? undefined : String(headers[name]);
  const total = header("total");
  return {
    code: status,
    reason: statusText ?? "",
    text: data ?? "",
    total: total === undefined ? undefined : Number(total),
    version: header("genieacs-version"),
    retryAfter: header("retry-after"),
  };
}

/** A request that it cannot read kills a worker of the NBI, which then says nothing (fact 6). */
function broken(method: Method, e: unknown): Fault {
  const code = e instanceof Error && "code" in e ? String(e.code) : "";
  if (UNSENT.has(code)) return fault("Unavailable", `GenieACS cannot be reached (${code})`);
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code))
    return fault("Misconfigured", `GenieACS's certificate is not trusted (${code})`);
  return cut(method, `the connection to GenieACS ended without an answer${code === "" ? "" : ` (${code})`}`);
}
