/** Subjects of a small provider, as resolution hands them to NetBox. */
import { type Desired, isOutput, parseRef, type Ref } from "../../controller/core/model.ts";
import type { Owner } from "../../controller/core/owner.ts";
import type { AddressPool, Allocation, ResolvedTenant } from "../../controller/core/resolved.ts";
import { parseConfig } from "../../reconcilers/netbox/config.ts";
import { desired } from "../../reconcilers/netbox/desired.ts";
import { planSubject, subscriber } from "./radius.subjects.ts";

export const ENDPOINT = "netbox-1";
const config = parseConfig({ address: "https://netbox.example" });
const addressPlans = [{ endpoint: ENDPOINT, tenant: undefined, vrfs: [] }];

const pool = (name: string, use: AddressPool["use"], prefixes: readonly string[], more: Partial<AddressPool> = {}) => ({
  name,
  use,
  prefixes,
  vrf: "internet",
  gateway: "None" as const,
  reserve: [],
  prefixLength: undefined,
  ...more,
});
export const v4 = pool("res-v4", "IPv4", ["10.0.0.0/22", "10.0.8.0/24"], {
  gateway: "FirstHost",
  reserve: ["10.0.3.240/28"],
});
export const pd = pool("res-pd", "PD", ["2001:db8:1::/48"], { prefixLength: 56, reserve: ["2001:db8:1:ff00::/56"] });

export const tenantSubject = (more: Partial<ResolvedTenant> = {}): ResolvedTenant => ({
  scope: "tenant",
  owner: { installation: "lab", tenant: "acme", kind: "Tenant", namespace: "-", name: "acme" },
  addressPlans,
  pools: [v4, pd],
  vlanPools: [{ name: "res", vlanDomain: "mitte", serviceVlans: [[100, 102]] }],
  olts: [],
  templates: [],
  ...more,
});
export const owner = (n: number): Owner => subscriber(n).owner;
export const ground = (): readonly Desired[] => desired(tenantSubject(), ENDPOINT, config).map(told);

export const planTag = (plan: string): Desired => {
  return desired({ ...planSubject({ name: plan }), addressPlans }, ENDPOINT, config)[0]!;
};

export type Taken = Omit<Allocation, "ref">;
/** Another plan, and neither name nor account of the customer any more. */
export function allocation(n: number, a: Taken, edited = false): Desired {
  const key = `isp-acme/s${n}/${a.slot}/${a.value === undefined ? a.pool?.name : `internet/${a.value}`}`;
  const ref: Ref = { system: ENDPOINT, resource: a.holds, key };
  const base = subscriber(n, {
    addressPlans,
    allocations: [{ ...a, ref }],
    dnsName: `s${n}.acme.example`,
  });
  const more = { dnsName: undefined, customerId: undefined, plan: { ...base.plan, name: "fiber-1g" } };
  return desired(edited ? { ...base, ...more } : base, ENDPOINT, config)[0]!;
}

/** What others of the subject give it is told by their names. */
export const told = ({ ref, spec }: Desired): Desired => {
  const entries = Object.entries(spec).map(([field, v]) => {
    if (!isOutput(v)) return [field, v];
    return [field, v.path === "prefix" ? parseRef(v.$output).key.split("/").slice(4).join("/") : v.path];
  });
  return { ref, spec: Object.fromEntries(entries) };
};
