/** What NetBox answers and what ends without an answer, as one Fault. Never the client's own error: it holds the token. */
import { Fault, fault } from "../errors.ts";
import { cut } from "../wire.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";
/** A status on which the caller decides: done, refused (400), gone (404), in the way (409), changed meanwhile (412). */
export interface Answer {
  readonly code: number;
  readonly body: unknown;
}
export interface Raw {
  readonly code: number;
  readonly type: string;
  readonly retryAfter: string | undefined;
  readonly text: string;
}
const DECIDED = new Set([200, 201, 204, 400, 404, 409, 412]);
const INIT = "create the custom fields with `lastmile init`";

/** @throws Fault for everything that is no answer of the API. */
export function judge(method: Method, path: string, raw: Raw, now: number): Answer {
  if (raw.code === 204) return { code: raw.code, body: undefined };
  const json = /^application\/(problem\+)?json\b/.test(raw.type);
  if (DECIDED.has(raw.code) && json) return { code: raw.code, body: parse(method, raw.text) };
  throw refusal(method, path, raw, json, now);
}

function parse(method: Method, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw cut(method, "the answer is cut off or no JSON");
  }
}

function refusal(method: Method, path: string, raw: Raw, json: boolean, now: number): Fault {
  const { code } = raw;
  if (code === 403 || code === 401) return forbidden(method, path, json ? raw.text : "");
  if (code === 429) {
    const more = { remedy: "it is tried again later", ...retryAfter(raw.retryAfter, now) };
    return new Fault("RateLimited", "TooManyRequests", "NetBox takes no more requests now (429)", more);
  }
  if (code >= 500) return cut(method, `NetBox or a proxy before it failed (${code})`);
  if (code >= 300 && code < 400) return fault("Misconfigured", `the address redirects elsewhere (${code}): name that`);
  if (code === 404 || code < 300)
    return fault("Misconfigured", `there is no API of NetBox at this address (${code}, not JSON)`);
  return new Fault("Rejected", `Http${code}`, `NetBox refused ${method} ${path} (${code})`);
}

/** NetBox tells a wrong token, a missing one, a read-only one and a missing permission apart only by its words. */
function forbidden(method: Method, path: string, text: string): Fault {
  if (/credentials were not provided/i.test(text)) return fault("Misconfigured", "NetBox was sent no token");
  if (/invalid (v[12] )?token|token expired|user inactive|invalid username/i.test(text))
    return fault("Misconfigured", "NetBox does not know the token, or it has expired");
  if (/source IP|not permitted to authenticate/i.test(text))
    return fault("Misconfigured", "NetBox does not take the token from this address");
  return fault("Denied", `the token may not write, or its user lacks ${grant(method, path)}`);
}

const VERBS: Readonly<Record<Method, string>> = { GET: "view", POST: "add", PATCH: "change", DELETE: "delete" };
const MODELS: readonly (readonly [part: string, app: string, model: string])[] = [
  ["available-ips", "ipam", "ipaddress"],
  ["available-prefixes", "ipam", "prefix"],
  ["ip-addresses", "ipam", "ipaddress"],
  ["ip-ranges", "ipam", "iprange"],
  ["prefixes", "ipam", "prefix"],
  ["vlan-groups", "ipam", "vlangroup"],
  ["vlans", "ipam", "vlan"],
  ["vrfs", "ipam", "vrf"],
  ["tenants", "tenancy", "tenant"],
  ["tags", "extras", "tag"],
  ["custom-fields", "extras", "customfield"],
  ["journal-entries", "extras", "journalentry"],
];
/** `ipam.add_ipaddress`: what an administrator ticks. */
function grant(method: Method, path: string): string {
  const found = MODELS.find(([part]) => path.includes(`/${part}/`));
  return found ? `${found[1]}.${VERBS[method]}_${found[2]}` : `the permission to ${VERBS[method]} ${path}`;
}

function retryAfter(header: string | undefined, now: number): { readonly retryAfterMs?: number } {
  if (header === undefined) return {};
  const ms = /^[0-9]+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) && ms > 0 ? { retryAfterMs: ms } : {};
}

/** The words of one refused object. */
export function refused(words: string): Fault {
  const said = words.slice(0, 300);
  if (/Duplicate (IP address|prefix)|already exists|must be unique|overlap/i.test(said))
    return fault("NotOwned", `it is taken in NetBox: ${said}`);
  if (/inside range/i.test(said))
    return new Fault("Rejected", "Reserved", said, { remedy: "choose a value outside of the reserved networks" });
  if (/Custom field .* does not exist/i.test(said))
    return new Fault("Rejected", "Misconfigured", said, { remedy: INIT });
  return fault("BadValue", `NetBox refuses it: ${said}`);
}

/** `{field: ["why"]}` in one line. */
export function wordsOf(errors: unknown): string {
  if (typeof errors === "string") return errors;
  if (Array.isArray(errors)) return errors.map(wordsOf).join(" ");
  if (typeof errors !== "object" || errors === null) return "it says no reason";
  return Object.entries(errors)
    .map(([field, why]) => (field === "__all__" ? wordsOf(why) : `${field}: ${wordsOf(why)}`))
    .join("; ");
}
