/** The part of an ExternalSystem's spec that billing reads, checked. */
import { fault } from "../errors.ts";

export interface BillingConfig {
  /** `postgresql://host:port/database`; may hold credentials, so it is never printed. */
  readonly address: string;
  /** Connections, and calls at the same time. */
  readonly slots: number;
}
const DEFAULT_SLOTS = 4;
const MIN_SLOTS = 2;

/** `raw`: ExternalSystem.spec. @throws Fault `Misconfigured`, naming the field and what it takes. */
export function parseConfig(raw: unknown): BillingConfig {
  const spec = record(raw, "spec");
  return { address: parseAddress(spec["address"]), slots: parseSlots(spec["limits"]) };
}

function parseAddress(raw: unknown): string {
  const url = typeof raw === "string" && URL.canParse(raw) ? new URL(raw) : undefined;
  if (typeof raw === "string" && url && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1) return raw;
  throw wrong("spec.address", "is not postgresql://host:port/database");
}

function parseSlots(raw: unknown): number {
  const slots = (raw === undefined ? {} : record(raw, "spec.limits"))["concurrency"] ?? DEFAULT_SLOTS;
  if (typeof slots === "number" && Number.isInteger(slots) && slots >= 1) return Math.max(slots, MIN_SLOTS);
  throw wrong("spec.limits.concurrency", "is not a whole number of at least 1");
}

function record(raw: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) throw wrong(path, "is missing");
  return raw as Readonly<Record<string, unknown>>;
}
const wrong = (path: string, what: string) => fault("Misconfigured", `${path} ${what}`);
