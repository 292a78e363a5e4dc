/** User names as RADIUS sees them: case-sensitive, with a realm that FreeRADIUS's stock filter accepts. */
import { fill } from "./template.ts";

const MAX_USERNAME = 253;

export interface NameFacts {
  readonly name: string;
  readonly number: string;
  readonly realm: string;
}

/** Undefined: the template names something that is not known. */
export const userNameFrom = (template: string, facts: NameFacts): string | undefined => fill(template, { ...facts });

/** What is wrong with it, or undefined. `realms` undefined: any realm will do. */
export function userNameProblem(userName: string, realms: readonly string[] | undefined): string | undefined {
  if (userName.length > MAX_USERNAME) return `is longer than ${MAX_USERNAME} characters (RFC 2865, 5.1)`;
  const realm = realmOf(userName);
  // FreeRADIUS's stock filter rejects a realm without a dot.
  if (!realm?.includes(".")) return "has no realm with a dot";
  if (realms && !realms.includes(realm.toLowerCase()))
    return `has the realm ${realm}, which is none of the tenant's (${realms.join(", ") || "it has none"})`;
  return undefined;
}

export function realmOf(userName: string): string | undefined {
  const at = userName.lastIndexOf("@");
  return at < 0 ? undefined : userName.slice(at + 1);
}
