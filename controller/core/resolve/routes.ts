import { parsePrefix } from "./address.ts";
import type { Facts } from "./facts.ts";
import { vrfOf } from "./pools.ts";

/** Routed networks of both families, canonical, each once, sorted. */
export function resolveRoutes({ profile, tenant, notes }: Facts): readonly string[] {
  const routes = new Set<string>();
  for (const text of profile.routedSubnets ?? []) {
    const prefix = parsePrefix(text);
    if (!prefix) notes.block("RouteInvalid", `routedSubnets: ${text} is no prefix without host bits`);
    else if (!routes.has(prefix.text)) {
      routes.add(prefix.text);
      notes.claim("prefix", vrfOf(tenant, prefix), prefix.text);
    }
  }
  return [...routes].sort();
}
