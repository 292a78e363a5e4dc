/** The part of an ExternalSystem's spec that mail reads, checked. */
import { parseSlots, record, text, wrong } from "../spec.ts";

export interface MailConfig {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (RFC 8314). Otherwise STARTTLS where the server offers it. */
  readonly implicitTls: boolean;
  /** Messages on their way at the same time. */
  readonly slots: number;
}

/** Submission with implicit TLS, and relay (RFC 8314, RFC 5321). */
const PORTS = { "smtps:": 465, "smtp:": 25 } as const;

/** `raw`: ExternalSystem.spec. @throws Fault `Misconfigured`, naming the field and what it takes. */
export function parseConfig(raw: unknown): MailConfig {
  const spec = record(raw, "spec");
  const address = text(spec["address"], "spec.address");
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== "smtp:" && url.protocol !== "smtps:") || url.hostname === "" || url.username !== "")
    throw wrong("spec.address", "is not smtp://host:port or smtps://host:port");
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? PORTS[url.protocol] : Number(url.port),
    implicitTls: url.protocol === "smtps:",
    slots: parseSlots(spec["limits"]),
  };
}
