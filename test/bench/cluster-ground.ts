/** What stands on the cluster before the first subscriber. */
import type { ServicePlan, Tenant } from "../../controller/api/types.generated.ts";
import type { SourceObject } from "../../controller/sources/source.ts";
import { declared, plan, system, tenant } from "./tenant.ts";

/** The router's own pool: who has no profile needs no NetBox. */
const POOL = { name: "cgn", use: "IPv4", prefixes: ["100.64.0.0/10"], vrf: "internet", nasPool: "cgn-pool" };

export function groundOf(url: URL): readonly SourceObject[] {
  const address = Object.assign(new URL(url), { username: "", password: "" }).href;
  return [withPool(), system(address), plan("home"), plan("fast", "500Mbps"), floating()];
}
function withPool(): SourceObject {
  const { kind, metadata, spec } = tenant().object as Tenant;
  return declared({ kind, metadata, spec: { ...spec, addressPools: [...spec.addressPools, POOL] } });
}
function floating(): SourceObject {
  const { kind, metadata, spec } = plan("floating").object as ServicePlan;
  return declared({ kind, metadata, spec: { ...spec, ipv4Assignment: "Pool", pools: { ipv4: POOL.name } } });
}
