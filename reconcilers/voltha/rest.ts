/** The wire to the controller: JSON over HTTP, whose every failure leaves as a coded Fault. */
import { type Fault, fault } from "../errors.ts";
import type { ClientDeps } from "../system.ts";
import { cut, openWire, type Wire } from "../wire.ts";
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
const JSON_BOTH_WAYS = { Accept: "application/json", "Content-Type": "application/json" };

export function connectRest(config: VolthaConfig, { credentials }: ClientDeps): Rest {
  const { slots, requestsPerSecond, controller } = config;
  const { username, password } = credentials;
  const wire = openWire({
    name: "the controller",
    baseUrl: controller.address,
    ...{ slots, requestsPerSecond, timeoutMs: TIMEOUT_MS, headers: JSON_BOTH_WAYS },
    ...(username && password && { auth: { username: username.reveal(), password: password.reveal() } }),
  });
  return { call: (method, path, body, signal) => send(wire, { method, path, body, signal }), close: wire.close };
}

interface Call {
  readonly method: Method;
  readonly path: string;
  readonly body: unknown;
  readonly signal: AbortSignal;
}
async function send(wire: Wire, { method, path, body, signal }: Call): Promise<Reply> {
  const data = body === undefined ? undefined : JSON.stringify(body);
  const answer = await wire.ask({ method, path, signal, body: data });
  if (answer.status === 401 || answer.status === 403)
    throw fault("Denied", `the controller refuses the caller (${answer.status})`);
  if (answer.status === 429) throw fault("Unavailable", "the controller takes no more requests now (429)");
  if (answer.status >= 300 && answer.status < 400)
    throw fault("Misconfigured", `the controller's address redirects elsewhere (${answer.status}): name that`);
  if (answer.status > 500) throw cut(method, `the controller or a proxy before it failed (${answer.status})`);
  return { code: answer.status, text: answer.data ?? "" };
}

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
