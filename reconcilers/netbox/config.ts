/** The part of an ExternalSystem's spec that NetBox needs, and its token, checked. */
import { fault } from "../errors.ts";
import type { ClientDeps } from "../system.ts";

export interface NetboxConfig {
  /** `https://host[:port][/path]`, without a slash at the end. */
  readonly address: string;
  /** Calls at the same time. */
  readonly slots: number;
}
const DEFAULT_SLOTS = 4;
const MIN_SLOTS = 2;

/** `raw`: ExternalSystem.spec. @throws Fault `Misconfigured`, naming the field and what it takes. */
export function parseConfig(raw: unknown): NetboxConfig {
  const spec = record(raw);
  const slots = record(spec["limits"] ?? {})["concurrency"] ?? DEFAULT_SLOTS;
  if (typeof slots !== "number" || !Number.isInteger(slots) || slots < 1)
    throw fault("Misconfigured", "spec.limits.concurrency is not a whole number of at least 1");
  return { address: parseAddress(spec["address"]), slots: Math.max(slots, MIN_SLOTS) };
}

function parseAddress(raw: unknown): string {
  const url = typeof raw === "string" && URL.canParse(raw) ? new URL(raw) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "")
    throw fault("Misconfigured", "spec.address is not https://host[:port][/path]");
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

const V1 = /^[0-9a-f]{40}$/i;
const V2 = /^nbt_[A-Za-z0-9]+\.[A-Za-z0-9]+$/;

/** The header for a token of either version, with or without its keyword. @throws Fault `Misconfigured` */
export function authorization({ credentials }: ClientDeps): string {
  const token = credentials["token"]
    ?.reveal()
    .trim()
    .replace(/^(Bearer|Token) +/i, "");
  if (!token) throw fault("Misconfigured", "the credentials hold no `token`");
  if (V2.test(token)) return `Bearer ${token}`;
  if (V1.test(token)) return `Token ${token}`;
  throw fault("Misconfigured", "the token is neither nbt_<key>.<token> nor 40 hexadecimal digits");
}

function record(raw: unknown): Readonly<Record<string, unknown>> {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) throw fault("Misconfigured", "spec is missing");
  return raw as Readonly<Record<string, unknown>>;
}
