/** Reads what every system reads of an ExternalSystem's spec. @throws Fault `Misconfigured`, naming the field */
import { type Fault, fault } from "./errors.ts";

const DEFAULT_SLOTS = 4;
const MIN_SLOTS = 2;

/** Calls at the same time; one is reserved for small edits. `limits`: `spec.limits`. */
export function parseSlots(limits: unknown): number {
  const slots = limit(limits, "concurrency") ?? DEFAULT_SLOTS;
  if (typeof slots === "number" && Number.isInteger(slots) && slots >= 1) return Math.max(slots, MIN_SLOTS);
  throw wrong("spec.limits.concurrency", "is not a whole number of at least 1");
}

const DEFAULT_PER_SECOND = 50;
/** Requests per second of a system that is spoken to over HTTP. `limits`: `spec.limits`. */
export function parsePerSecond(limits: unknown): number {
  const n = limit(limits, "requestsPerSecond") ?? DEFAULT_PER_SECOND;
  if (typeof n === "number" && n > 0) return n;
  throw wrong("spec.limits.requestsPerSecond", "is not a number above 0");
}

const limit = (limits: unknown, name: string): unknown =>
  limits === undefined ? undefined : record(limits, "spec.limits")[name];

/** pg would let others win over host, user and password. */
const TLS: ReadonlySet<string> = new Set(["sslmode", "sslrootcert", "sslcert", "sslkey"]);

/** Never repeated in an error: it may hold a password. */
export function parsePostgresAddress(raw: unknown): string {
  const address = text(raw, "spec.address");
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length <= 1)
    throw wrong("spec.address", "is not postgresql://host:port/database");
  if ([...url.searchParams.keys()].every((k) => TLS.has(k))) return address;
  throw wrong("spec.address", `takes no parameters but ${[...TLS].join(", ")}`);
}

export function text(raw: unknown, path: string): string {
  if (typeof raw !== "string" || raw === "") throw wrong(path, "is missing");
  return raw;
}
export function record(raw: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) throw wrong(path, "is missing");
  return raw as Readonly<Record<string, unknown>>;
}
export const wrong = (path: string, what: string): Fault => fault("Misconfigured", `${path} ${what}`);
