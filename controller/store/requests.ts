/** Approvals that people ask for at a Tenant: each is acted upon once, however long its word is left standing. */
import type { Calls } from "./calls.ts";
import { fence, type Leases } from "./leases.ts";

export interface Request {
  readonly tenant: string;
  readonly changeSet: string;
}
export interface Asked extends Request {
  readonly used: boolean;
  /** Epoch milliseconds, by the clock of the database. */
  readonly since: number;
}
export interface Requests {
  /** All that these tenants name now: what one of them names no more is forgotten. `keys`: the owners of the tenants. */
  ask(keys: readonly string[], tenants: readonly string[], named: readonly Request[]): Promise<readonly Asked[]>;
  /** From now on it stands for nothing. */
  use(key: string, request: Request): Promise<void>;
}

const ask = `with ${fence},
named as (select * from unnest($4::text[], $5::text[]) n(tenant, change_set)),
gone as (delete from lastmile.requests r where r.tenant = any($3::text[]) and (select ok from fence)
  and not exists (select from named n where (n.tenant, n.change_set) = (r.tenant, r.change_set))),
fresh as (insert into lastmile.requests (tenant, change_set) select tenant, change_set from named where (select ok from fence)
  on conflict do nothing)
select n.tenant, n.change_set as "changeSet", coalesce(r.used, false) as used,
  (extract(epoch from coalesce(r.since, now())) * 1000)::float8 as since
from named n left join lastmile.requests r using (tenant, change_set)`;
const use = `with ${fence}
insert into lastmile.requests (tenant, change_set, used) select $3, $4, true where (select ok from fence)
  on conflict (tenant, change_set) do update set used = true`;

export const openRequests = (calls: Calls, leases: Leases): Requests => ({
  ask: (keys, tenants, named) =>
    calls.query<Asked & { tenant: string }>("ask", ask, [
      ...leases.proof(keys),
      tenants,
      named.map((n) => n.tenant),
      named.map((n) => n.changeSet),
    ]),
  async use(key, { tenant, changeSet }) {
    await calls.query("use", use, [...leases.proof([key]), tenant, changeSet]);
  },
});
