/** The wire: JSON over HTTP, whose every failure leaves as a coded Fault. */
import type { AxiosResponse } from "axios";
import { openWire, type Wire } from "../wire.ts";
import { type Answer, judge, type Method } from "./answers.ts";
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

export function connect(config: NetboxConfig, authorization: string): Http {
  const { address: baseUrl, slots, requestsPerSecond } = config;
  const headers = { Authorization: authorization, Accept: "application/json" };
  const wire = openWire({ name: "NetBox", baseUrl, slots, requestsPerSecond, timeoutMs: TIMEOUT_MS, headers });
  const own = new Set<string>();
  return {
    own,
    get: (path, query, signal) => call(wire, { method: "GET", path: `${path}${spell(query)}`, signal }),
    send: (method, path, body, signal, match) =>
      call(wire, { method, path, signal, body, ...(match !== undefined && { match }) }, (id) => remember(own, id)),
    close: wire.close,
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
  wire: Wire,
  { method, path, signal, body, match }: Call,
  answered: (requestId: string) => void = () => undefined,
): Promise<Answer> {
  const headers = {
    ...(body !== undefined && { "Content-Type": "application/json" }),
    ...(match !== undefined && { "If-Match": match }),
  };
  const data = body === undefined ? undefined : JSON.stringify(body);
  const answer = await wire.ask({ method, path, signal, body: data, headers });
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

/** `?id=1&id=2`. */
function spell(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, v]) =>
    (typeof v === "object" ? v : [v]).map((one): [string, string] => [name, String(one)]),
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}
