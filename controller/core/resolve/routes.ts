import { parsePrefix } from "./address.ts";
import { record } from "./allocation.ts";
import type { Facts } from "./facts.ts";
import { vrfOf } from "./pools.ts";

/** Routed networks of both families, canonical, each once, sorted. */
export function resolveRoutes(facts: Facts): readonly string[] {
  const { profile, tenant, notes } = facts;
  const routes = new Set<string>();
  for (const text of profile.routedSubnets ?? []) {
    const prefix = parsePrefix(text);
    if (!prefix) notes.block("RouteInvalid", `routedSubnets: ${text} is no prefix without host bits`);
    else if (!routes.has(prefix.text)) {
      routes.add(prefix.text);
      notes.claim("prefix", vrfOf(tenant, prefix), prefix.text);
      record(facts, "route", prefix.text, prefix);
    }
  }
  return [...routes].sort();
}
