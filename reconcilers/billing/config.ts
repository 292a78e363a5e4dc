/** The part of an ExternalSystem's spec that billing reads, checked. */
import { parsePostgresAddress, parseSlots, record } from "../spec.ts";

export interface BillingConfig {
  /** `postgresql://host:port/database`; may hold credentials, so it is never printed. */
  readonly address: string;
  /** Connections, and calls at the same time. */
  readonly slots: number;
}

/** `raw`: ExternalSystem.spec. @throws Fault `Misconfigured`, naming the field and what it takes. */
export function parseConfig(raw: unknown): BillingConfig {
  const spec = record(raw, "spec");
  return { address: parsePostgresAddress(spec["address"]), slots: parseSlots(spec["limits"]) };
}
