/** The part of an ExternalSystem's spec that GenieACS needs, and what a proxy before its NBI asks for, checked. */
import { parseDuration } from "../../controller/core/resolve/duration.ts";
import { fault } from "../errors.ts";
import { parsePerSecond, parseSlots, record, wrong } from "../spec.ts";
import type { ClientDeps } from "../system.ts";

export interface GenieacsConfig {
  /** `http(s)://host[:port][/path]` of the NBI, without a slash at the end. */
  readonly address: string;
  /** Calls at the same time, and devices that are told something at the same time. */
  readonly slots: number;
  readonly requestsPerSecond: number;
  /** A value that was read longer ago is read from the device again before it is believed. */
  readonly refreshAfterMs: number;
  /** How long a task waits for a device that does not report. */
  readonly taskExpirySeconds: number;
}

/** `raw`: ExternalSystem.spec. @throws Fault `Misconfigured`, naming the field and what it takes. */
export function parseConfig(raw: unknown): GenieacsConfig {
  const spec = record(raw, "spec");
  const limits = spec["limits"];
  const block = spec["genieacs"] === undefined ? {} : record(spec["genieacs"], "spec.genieacs");
  return {
    address: parseAddress(spec["address"]),
    slots: parseSlots(limits),
    requestsPerSecond: parsePerSecond(limits),
    refreshAfterMs: 1000 * seconds(block, "refreshAfter", "24h"),
    taskExpirySeconds: seconds(block, "taskExpiry", "168h"),
  };
}

function parseAddress(raw: unknown): string {
  const url = typeof raw === "string" && URL.canParse(raw) ? new URL(raw) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "")
    throw wrong("spec.address", "is not http(s)://host[:port][/path]");
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function seconds(block: Readonly<Record<string, unknown>>, name: string, otherwise: string): number {
  const raw = block[name] ?? otherwise;
  const parsed = typeof raw === "string" ? parseDuration(raw) : undefined;
  if (parsed === undefined || parsed === 0)
    throw wrong(`spec.genieacs.${name}`, `is not a duration such as ${otherwise}`);
  return parsed;
}

/** The NBI asks for nothing itself; a proxy before it may. @throws Fault `Misconfigured` */
export function authorization({ credentials }: ClientDeps): string | undefined {
  const [token, username, password] = ["token", "username", "password"].map((name) => credentials[name]?.reveal());
  if (token) return `Bearer ${token.trim().replace(/^Bearer +/i, "")}`;
  if (username === undefined && password === undefined) return undefined;
  if (!username || !password)
    throw fault("Misconfigured", "the credentials hold only one of `username` and `password`");
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
