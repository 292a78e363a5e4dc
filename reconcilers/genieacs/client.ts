/** The wire: the NBI's HTTP, whose every failure leaves as a coded Fault. */
import type { AxiosResponse } from "axios";
import { openWire, type Wire } from "../wire.ts";
import { type Answer, judge, type Method, type Raw } from "./answers.ts";
import type { GenieacsConfig } from "./config.ts";

export interface Http {
  get(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer>;
  send(method: Exclude<Method, "GET">, path: string, body: unknown, signal: AbortSignal): Promise<Answer>;
  close(): void;
}
/** Waiting for a lock takes up to 30 s, a session up to 120 s (fact 5). */
const TIMEOUT_MS = 160_000;
const READ_TIMEOUT_MS = 60_000;

export function connect(config: GenieacsConfig, authorization: string | undefined): Http {
  const { address: baseUrl, requestsPerSecond } = config;
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  const wire = openWire({ name: "GenieACS", baseUrl, requestsPerSecond, timeoutMs: TIMEOUT_MS, headers });
  return {
    get: (path, query, signal) => call(wire, { method: "GET", path: `${path}?${new URLSearchParams(query)}`, signal }),
    send: (method, path, body, signal) => call(wire, { method, path, signal, body }),
    close: wire.close,
  };
}

interface Call {
  readonly method: Method;
  readonly path: string;
  readonly signal: AbortSignal;
  readonly body?: unknown;
}
async function call(wire: Wire, { method, path, signal, body }: Call): Promise<Answer> {
  const answer = await wire.ask({
    method,
    path,
    signal,
    body: typeof body === "string" || body === undefined ? body : JSON.stringify(body),
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    ...(method === "GET" && { timeoutMs: READ_TIMEOUT_MS }),
  });
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
