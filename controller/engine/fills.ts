/** How full the pools of the tenants are, as it was when they were counted last: for metrics, never for decisions. */

import type { Session } from "../../reconcilers/system.ts";
import type { Tenant } from "../api/types.generated.ts";
import { type OwnerKey, parseOwner } from "../core/owner.ts";
import { type Fill, fallbackFill, type PoolFill, vlanFill } from "../core/resolve/capacity.ts";
import { DEFAULT_VRF } from "../core/resolve/pools.ts";
import { resolveTenant } from "../core/resolve/tenant.ts";
import type { Store } from "../store/store.ts";
import { Counted } from "./counted.ts";
import type { Declared } from "./declared.ts";

export interface Counting {
  readonly declared: Declared;
  readonly sessions: () => ReadonlyMap<string, Session>;
  readonly valuesIn: Store["valuesIn"];
  /** Tenants that this process looks after. */
  readonly tenants: () => ReadonlyMap<string, OwnerKey>;
}

export class Fills {
  readonly #counted = new Counted<PoolFill>();
  readonly #o: Counting;
  constructor(o: Counting) {
    this.#o = o;
  }

  all(): readonly PoolFill[] {
    return this.#counted.all();
  }
  /** Of every pool once. @throws Fault of an endpoint that did not answer; the others are counted all the same. */
  async count(signal: AbortSignal): Promise<void> {
    const tenants = this.#tenants();
    const counts = new Map([["the store", this.#ofStore(tenants)]]);
    for (const [name, session] of this.#o.sessions())
      if (session.fills)
        counts.set(
          name,
          this.#of(tenants, (t, owner) => this.#ask(session, t, owner, signal)),
        );
    await this.#counted.keep(counts);
  }

  #tenants(): readonly (readonly [Tenant, OwnerKey])[] {
    const { declared, tenants } = this.#o;
    return [...tenants()].flatMap(([name, key]) => {
      const tenant = declared.tenant(name);
      return tenant ? [[tenant, key] as const] : [];
    });
  }
  async #of(
    tenants: readonly (readonly [Tenant, OwnerKey])[],
    ask: (tenant: Tenant, owner: OwnerKey) => Promise<readonly Fill[]>,
  ): Promise<readonly PoolFill[]> {
    const out: PoolFill[] = [];
    for (const [tenant, owner] of tenants)
      for (const fill of await ask(tenant, owner)) out.push({ ...fill, tenant: tenant.metadata.name });
    return out;
  }
  #ask(session: Session, tenant: Tenant, owner: OwnerKey, signal: AbortSignal): Promise<readonly Fill[]> {
    return session.fills!(resolveTenant(this.#o.declared.catalog, tenant, parseOwner(owner)), signal);
  }
  /** What the store itself gives out: VLAN tags, and addresses while the address plan is away. */
  #ofStore(tenants: readonly (readonly [Tenant, OwnerKey])[]): Promise<readonly PoolFill[]> {
    return this.#of(tenants, async ({ spec }) => {
      const out: Fill[] = [];
      for (const pool of spec.vlanPools) out.push(vlanFill(pool, await this.#o.valuesIn("vlan", pool.vlanDomain)));
      for (const pool of spec.addressPools) {
        if (pool.fallback === undefined) continue;
        const fill = fallbackFill(pool, await this.#o.valuesIn("ipv4", pool.vrf ?? DEFAULT_VRF));
        if (fill) out.push(fill);
      }
      return out;
    });
  }
}
