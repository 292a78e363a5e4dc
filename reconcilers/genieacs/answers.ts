/** What the NBI answers and what ends without an answer, as one Fault. Never a body: tasks and devices hold secrets (fact 9). */
import { Fault, fault } from "../errors.ts";
import { cut } from "../wire.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";
/** A status on which the caller decides: done, queued (202), refused (400), gone (404), not reached (504). */
export interface Answer {
  readonly code: number;
  /** The reason phrase: it alone tells the meanings of 202 apart (fact 3); "" over HTTP/2 and behind some proxies. */
  readonly reason: string;
  readonly text: string;
  /** How many there are, whatever `skip` and `limit` say (fact 14). */
  readonly total: number | undefined;
  readonly version: string | undefined;
}
export interface Raw extends Answer {
  readonly retryAfter: string | undefined;
}
const DECIDED = new Set([200, 201, 202, 204, 400, 404]);

/** @throws Fault for everything that GenieACS itself does not say. */
export function judge(method: Method, path: string, raw: Raw, now: number): Answer {
  // Every answer of GenieACS carries its version: a 404 of something in between is no absence.
  if (raw.version !== undefined && DECIDED.has(raw.code)) return raw;
  if (raw.version !== undefined && raw.code === 503 && /^Device is in session/i.test(raw.text))
    throw fault("InUse", "the router is in a session with the ACS, which does not end");
  throw refusal(method, path, raw, now);
}

function refusal(method: Method, path: string, raw: Raw, now: number): Fault {
  const { code } = raw;
  if (code === 401) return fault("Misconfigured", "the proxy before the NBI does not take the credentials (401)");
  if (code === 403) return fault("Denied", `the account may not ${method} ${path} (403)`);
  if (code === 429) {
    const more = { remedy: "it is tried again later", ...retryAfter(raw.retryAfter, now) };
    return new Fault("RateLimited", "TooManyRequests", "GenieACS takes no more requests now (429)", more);
  }
  if (code >= 500) return cut(method, `GenieACS or a proxy before it failed (${code})`);
  if (code >= 300 && code < 400) return fault("Misconfigured", `the address redirects elsewhere (${code}): name that`);
  if (code < 300 || code === 404 || raw.version === undefined)
    return fault("Misconfigured", `there is no NBI of GenieACS at this address (${code})`);
  return new Fault("Rejected", `Http${code}`, `GenieACS refused ${method} ${path} (${code})`);
}

function retryAfter(header: string | undefined, now: number): { readonly retryAfterMs?: number } {
  if (header === undefined) return {};
  const at = /^\d+$/.test(header) ? now + 1000 * Number(header) : Date.parse(header);
  return Number.isNaN(at) ? {} : { retryAfterMs: Math.max(0, at - now) };
}
