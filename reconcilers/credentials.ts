/**
 * Which credentials may go where. Who edits an ExternalSystem cannot read the Secret that it names, and must not be able to
 * have it sent to a host of his own: the key `hosts` of the Secret says where it may be used.
 */
import type { Sensitive } from "../controller/core/sensitive.ts";
import { fault } from "./errors.ts";
import type { ClientDeps } from "./system.ts";

const PORTS: Readonly<Record<string, string>> = {
  "postgresql:": "5432",
  "postgres:": "5432",
  "https:": "443",
  "http:": "80",
  "smtps:": "465",
  "smtp:": "25",
};

/** The Secret without its `hosts`. @throws Fault `Misconfigured` where `hosts` does not name the host of every address. */
export function credentialsFor(
  addresses: readonly string[],
  secret: Readonly<Record<string, Sensitive>>,
): ClientDeps["credentials"] {
  const { hosts, ...credentials } = secret;
  if (hosts === undefined) return credentials;
  const named = hosts
    .reveal()
    .toLowerCase()
    .split(/[\s,]+/);
  const isNamed = (address: string): boolean => {
    const to = hostOf(address);
    return to !== undefined && (named.includes(to.name) || named.includes(`${to.name}:${to.port}`));
  };
  if (addresses.every(isNamed)) return credentials;
  throw fault("Misconfigured", "the Secret may not be used for the host of spec.address: its key `hosts` names others");
}

/** `https://host/path`, or `host:port`. */
function hostOf(address: string): { readonly name: string; readonly port: string } | undefined {
  const text = address.includes("://") ? address : `tcp://${address}`;
  if (!URL.canParse(text)) return undefined;
  const { hostname, port, protocol } = new URL(text);
  return hostname === "" ? undefined : { name: hostname.toLowerCase(), port: port || (PORTS[protocol] ?? "") };
}
