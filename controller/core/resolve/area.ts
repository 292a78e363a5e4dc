/** Where a subscriber is connected, and which RADIUS systems serve that place. */
import type { Subscriber, Tenant, TenantServingArea } from "../../api/types.generated.ts";
import type { Catalog } from "../catalog.ts";
import type { Facts } from "./facts.ts";
import type { Notes } from "./findings.ts";
import { realmOf } from "./username.ts";

/** The area of the ONU's OLT, else the only area. */
export function servingArea(tenant: Tenant, subscriber: Subscriber, notes: Notes): TenantServingArea | undefined {
  const areas = tenant.spec.servingAreas;
  const olt = subscriber.spec.onu?.olt;
  const found = areas.find((a) => olt !== undefined && a.olts.includes(olt));
  if (found) return found;
  const [only] = areas;
  if (areas.length === 1 && only && (olt === undefined || only.olts.length === 0)) return only;
  const why = olt === undefined ? "no ONU says where it is connected" : `no serving area has the OLT ${olt}`;
  return notes.block(
    "ServingAreaUnknown",
    `${why}; ${olt === undefined ? "set onu.olt" : `name one of ${oltsOf(tenant)}`}, or add it to a serving area of tenant ${tenant.metadata.name}`,
  );
}
const oltsOf = (tenant: Tenant): string => tenant.spec.servingAreas.flatMap((a) => a.olts).join(", ") || "its OLTs";

/** Names of the RADIUS systems that must hold the account: bound, with a NAS of the area, for the realm of the user name. */
export function radiusEndpoints(catalog: Catalog, facts: Facts, userName: string): readonly string[] {
  const { tenant, area, notes } = facts;
  if (!area) return [];
  const realm = realmOf(userName)?.toLowerCase();
  // No binding speaks of a realm that is none of the tenant's: such an account may be on any of them.
  const foreign = realm !== undefined && !tenant.spec.realms.includes(realm);
  const endpoints = (tenant.spec.systems.radius ?? [])
    .filter((b) => foreign || !b.realms || (realm !== undefined && b.realms.includes(realm)))
    .filter((b) => catalog.system(b.name)?.spec.radius?.nas.some((n) => area.nas.includes(n.name)))
    .map((b) => b.name);
  if (endpoints.length === 0)
    notes.block(
      "NoRadiusSystem",
      `no RADIUS system of tenant ${tenant.metadata.name} has a NAS of area ${area.name} (${area.nas.join(", ") || "it names none"}) for ${userName}; bind one in systems.radius`,
    );
  return endpoints;
}
