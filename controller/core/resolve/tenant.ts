/** What a tenant's subscribers stand on in the address plan. */
import type { Tenant } from "../../api/types.generated.ts";
import type { Owner } from "../owner.ts";
import type { ResolvedTenant, VlanPool } from "../resolved.ts";
import { addressPlansOf, addressPool } from "./allocation.ts";
import { parseRange } from "./vlan-pool.ts";

export function resolveTenant(tenant: Tenant, owner: Owner): ResolvedTenant {
  const { addressPools, vlanPools } = tenant.spec;
  return {
    scope: "tenant",
    owner,
    addressPlans: addressPlansOf(tenant),
    pools: addressPools.filter((p) => p.nasPool === undefined).map(addressPool),
    vlanPools: vlanPools.map(vlanPool),
  };
}
const vlanPool = ({ name, vlanDomain, serviceVlans }: Tenant["spec"]["vlanPools"][number]): VlanPool => ({
  name,
  vlanDomain,
  serviceVlans: serviceVlans.map(parseRange),
});
