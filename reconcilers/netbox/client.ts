/** The wire: JSON over HTTP, whose every failure leaves as a coded Fault. */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import { type Fault, fault } from "../errors.ts";
import { pace, type Turn } from "../pace.ts";
import { type Answer, cut, judge, type Method } from "./answers.ts";
import type { NetboxConfig } from "./config.ts";

export type Query = Readonly<Record<string, string | number | readonly (string | number)[]>>;
export interface Http {
  get(path: string, query: Query, signal: AbortSignal): Promise<Answer>;
  /** `match`: the ETag of what was seen; anything newer is left alone (412). */
  send(
    method: Exclude<Method, "GET">,
    path: string,
    body: unknown,
    signal: AbortSignal,
    match?: string,
  ): Promise<Answer>;
  /** Ids of the requests that we wrote with, the last of them: NetBox's change log names them. */
  readonly own: ReadonlySet<string>;
  close(): void;
}
/** As many as one look at the change log shows. */
const OWN = 1000;
const TIMEOUT_MS = 60_000;
const MOST_BYTES = 128 * 1024 * 1024;
/** Failed before anything was sent. */
const UNSENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

export function connect(config: NetboxConfig, authorization: string): Http {
  const agents = {
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets: config.slots }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: config.slots }),
  };
  const wire = axios.create({
    ...agents,
    baseURL: config.address,
    timeout: TIMEOUT_MS,
    maxRedirects: 0, // a redirected POST would arrive as a GET
    maxContentLength: MOST_BYTES,
    responseType: "text",
    transformResponse: [(text: unknown) => text],
    validateStatus: () => true,
    headers: { Authorization: authorization, Accept: "application/json" },
  });
  const own = new Set<string>();
  const turn = pace(config.requestsPerSecond);
  return {
    own,
    get: (path, query, signal) => call(wire, turn, { method: "GET", path: `${path}${spell(query)}`, signal }),
    send: (method, path, body, signal, match) =>
      call(wire, turn, { method, path, signal, body, ...(match !== undefined && { match }) }, (id) =>
        remember(own, id),
      ),
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
  readonly match?: string;
}
async function call(
  wire: AxiosInstance,
  turn: Turn,
  { method, path, signal, body, match }: Call,
  answered: (requestId: string) => void = () => undefined,
): Promise<Answer> {
  await turn(signal).catch(() => undefined);
  if (signal.aborted) throw fault("Unavailable", "the call was given up before it began");
  const headers = {
    ...(body !== undefined && { "Content-Type": "application/json" }),
    ...(match !== undefined && { "If-Match": match }),
  };
  const data = body === undefined ? undefined : JSON.stringify(body);
  const answer = await wire
    .request<string>({ method, url: path, data, headers, signal })
    .catch((e: unknown) => Promise.reject(broken(method, e)));
  answered(String(answer.headers["x-request-id"] ?? ""));
  return judge(method, path.split("?")[0]!, raw(answer), Date.now());
}

function remember(own: Set<string>, id: string): void {
  own.add(id);
  for (const oldest of own) if (own.size > OWN) own.delete(oldest);
}

function raw({ status, headers, data }: AxiosResponse<string>) {
  const retry = headers["retry-after"];
  return {
    code: status,
    type: String(headers["content-type"] ?? ""),
    retryAfter: retry === undefined ? undefined : String(retry),
    text: data ?? "",
  };
}

function broken(method: Method, e: unknown): Fault {
  const code = e instanceof Error && "code" in e ? String(e.code) : "";
  if (UNSENT.has(code)) return fault("Unavailable", `NetBox cannot be reached (${code})`);
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code))
    return fault("Misconfigured", `NetBox's certificate is not trusted (${code})`);
  return cut(method, `the connection to NetBox ended without an answer${code === "" ? "" : ` (${code})`}`);
}

/** `?id=1&id=2`. */
function spell(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, v]) =>
    (typeof v === "object" ? v : [v]).map((one): [string, string] => [name, String(one)]),
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}
