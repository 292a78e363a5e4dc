/** Whether a system of the tenant's tells the router of a subscriber what it dials with. */
import type { Subscriber, Tenant } from "../../api/types.generated.ts";

/** The GenieACS that the router reports to: the first that the tenant binds. */
export const acsOf = (tenant: Tenant, { spec }: Subscriber): string | undefined =>
  spec.cpe ? tenant.spec.systems.genieacs?.[0]?.name : undefined;

/** The tag, and the name of provision and preset, of a template that a tenant declares. */
export const tenantTemplate = (tenant: string, template: string): string => `${tenant}_${template}`;
