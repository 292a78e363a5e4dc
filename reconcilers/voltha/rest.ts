/** The wire to the controller: JSON over HTTP, whose every failure leaves as a coded Fault. */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import axios, { type AxiosInstance } from "axios";
import { type Fault, fault } from "../errors.ts";
import { pace, type Turn } from "../pace.ts";
import type { ClientDeps } from "../system.ts";
import type { VolthaConfig } from "./config.ts";

export type Method = "GET" | "POST" | "DELETE";
export interface Reply {
  readonly code: number;
  readonly text: string;
}
/** A failure to answer is a Fault; on what an answer means the caller decides. */
export interface Rest {
  call(method: Method, path: string, body: unknown, signal: AbortSignal): Promise<Reply>;
  close(): void;
}
const TIMEOUT_MS = 30_000;
const MOST_BYTES = 256 * 1024 * 1024;
const UNSENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

export function connectRest(config: VolthaConfig, { credentials }: ClientDeps): Rest {
  const agents = {
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets: config.slots }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: config.slots }),
  };
  const { username, password } = credentials;
  const wire = axios.create({
    ...agents,
    baseURL: config.controller.address,
    timeout: TIMEOUT_MS,
    maxRedirects: 0, // a redirected POST would arrive as a GET
    maxContentLength: MOST_BYTES,
    responseType: "text",
    transformResponse: [(text: unknown) => text],
    validateStatus: () => true,
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    ...(username && password && { auth: { username: username.reveal(), password: password.reveal() } }),
  });
  const turn = pace(config.requestsPerSecond);
  return {
    call: (method, path, body, signal) => send(wire, turn, { method, path, body, signal }),
    close: () => {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

interface Call {
  readonly method: Method;
  readonly path: string;
  readonly body: unknown;
  readonly signal: AbortSignal;
}
async function send(wire: AxiosInstance, turn: Turn, { method, path, body, signal }: Call): Promise<Reply> {
  await turn(signal).catch(() => undefined);
  if (signal.aborted) throw fault("Unavailable", "the call was given up before it began");
  const data = body === undefined ? undefined : JSON.stringify(body);
  const answer = await wire
    .request<string>({ method, url: path, data, signal })
    .catch((e: unknown) => Promise.reject(broken(method, e)));
  if (answer.status === 401 || answer.status === 403)
    throw fault("Denied", `the controller refuses the caller (${answer.status})`);
  if (answer.status === 429) throw fault("Unavailable", "the controller takes no more requests now (429)");
  if (answer.status >= 300 && answer.status < 400)
    throw fault("Misconfigured", `the controller's address redirects elsewhere (${answer.status}): name that`);
  if (answer.status > 500) throw cut(method, `the controller or a proxy before it failed (${answer.status})`);
  return { code: answer.status, text: answer.data ?? "" };
}

function broken(method: Method, e: unknown): Fault {
  const code = e instanceof Error && "code" in e ? String(e.code) : "";
  if (UNSENT.has(code)) return fault("Unavailable", `the controller cannot be reached (${code})`);
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code))
    return fault("Misconfigured", `the controller's certificate is not trusted (${code})`);
  return cut(method, `the connection to the controller ended without an answer${code === "" ? "" : ` (${code})`}`);
}
/** No answer. A read is asked again; of a write nobody knows whether it was done. */
const cut = (method: Method, what: string): Fault => fault(method === "GET" ? "Unavailable" : "Lost", what);

/** An answer that nobody foresaw. */
export function unexpected(method: Method, path: string, { code, text }: Reply): Fault {
  if (code >= 500) return cut(method, `the controller failed at ${method} ${path} (${code})`);
  if (code === 404) return fault("Misconfigured", `there is no such controller at this address (404 at ${path})`);
  return fault("BadValue", `the controller refuses ${method} ${path} (${code}): ${text.slice(0, 200)}`);
}
/** @throws Fault: cut off, or no JSON at all. */
export function jsonOf(path: string, { code, text }: Reply): unknown {
  if (code !== 200) throw unexpected("GET", path, { code, text });
  try {
    return JSON.parse(text);
  } catch {
    throw fault("Unavailable", `the answer to ${path} is cut off or no JSON`);
  }
}
