/** What a tenant's subscribers stand on. */
import type { Tenant } from "../../api/types.generated.ts";
import type { Catalog } from "../catalog.ts";
import type { Owner } from "../owner.ts";
import type { ResolvedTenant, VlanPool } from "../resolved.ts";
import { addressPlansOf, addressPool } from "./allocation.ts";
import { parseRange } from "./vlan-pool.ts";

export function resolveTenant(catalog: Catalog, tenant: Tenant, owner: Owner): ResolvedTenant {
  const { addressPools, vlanPools, cpeTemplates } = tenant.spec;
  return {
    scope: "tenant",
    owner,
    addressPlans: addressPlansOf(tenant),
    pools: addressPools.filter((p) => p.nasPool === undefined).map(addressPool),
    vlanPools: vlanPools.map(vlanPool),
    olts: oltsOf(tenant).filter((olt) => registers(catalog, tenant, olt)),
    templates: cpeTemplates.map(({ name, script, weight }) => ({ name, script, weight })),
  };
}
const oltsOf = ({ spec }: Tenant): readonly string[] => [...new Set(spec.servingAreas.flatMap((a) => a.olts))];
const volthasOf = ({ spec }: Tenant): readonly string[] => (spec.systems.voltha ?? []).map((b) => b.name);

/** An OLT that several tenants use is registered once: by the first of them by name. */
function registers(catalog: Catalog, tenant: Tenant, olt: string): boolean {
  const mine = volthasOf(tenant);
  const sharing = [...catalog.tenants()].filter(
    (t) => oltsOf(t).includes(olt) && volthasOf(t).some((name) => mine.includes(name)),
  );
  return mine.length > 0 && sharing.every((t) => tenant.metadata.name <= t.metadata.name);
}
const vlanPool = ({ name, vlanDomain, serviceVlans }: Tenant["spec"]["vlanPools"][number]): VlanPool => ({
  name,
  vlanDomain,
  serviceVlans: serviceVlans.map(parseRange),
});
