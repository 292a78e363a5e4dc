/** The part of an ExternalSystem's spec that NetBox needs, and its token, checked. */
import { fault } from "../errors.ts";
import { parsePerSecond, parseSlots, record, wrong } from "../spec.ts";
import type { ClientDeps } from "../system.ts";

export interface NetboxConfig {
  /** `https://host[:port][/path]`, without a slash at the end. */
  readonly address: string;
  /** Calls at the same time. */
  readonly slots: number;
  readonly requestsPerSecond: number;
}

/** `raw`: ExternalSystem.spec. @throws Fault `Misconfigured`, naming the field and what it takes. */
export function parseConfig(raw: unknown): NetboxConfig {
  const spec = record(raw, "spec");
  const limits = spec["limits"];
  return {
    address: parseAddress(spec["address"]),
    slots: parseSlots(limits),
    requestsPerSecond: parsePerSecond(limits),
  };
}

function parseAddress(raw: unknown): string {
  const url = typeof raw === "string" && URL.canParse(raw) ? new URL(raw) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "")
    throw wrong("spec.address", "is not https://host[:port][/path]");
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
