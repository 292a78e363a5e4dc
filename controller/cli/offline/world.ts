/** Everything that the base declares, in place: what a plan would find in the store and in the systems. */
import { type Observed, type RefKey, refKey, type State, type Subject } from "../../core/model.ts";
import { type OwnerKey, ownerKey, parseOwner, tenantOf, token } from "../../core/owner.ts";
import type { OwnedClaim } from "../../store/claims.ts";

/** What stands, by owner. */
export class World {
  readonly subjects = new Map<OwnerKey, Subject>();
  readonly observed = new Map<RefKey, Observed>();
  readonly #claims = new Map<string, OwnedClaim>();

  add(subject: Subject): void {
    const owner = ownerKey(subject.owner);
    this.subjects.set(owner, subject);
    for (const claim of subject.claims) {
      const name = nameOf(claim);
      if (!this.#claims.has(name)) this.#claims.set(name, { ...claim, owner });
    }
    for (const { ref, spec } of subject.desired) {
      const key = refKey(ref);
      const state = spec as State; // outputs stay symbolic, and equal themselves
      this.observed.set(key, { ref, id: ref.key, token: token(owner, key), retired: false, state, outputs: {} });
    }
  }
  holder(claim: OwnedClaim): OwnerKey | undefined {
    return this.#claims.get(nameOf(claim))?.owner;
  }
  values(kind: string, scope: string): readonly string[] {
    return [...this.#claims.values()].filter((c) => c.kind === kind && c.scope === scope).map((c) => c.value);
  }
  claimsOf(owner: OwnerKey): readonly OwnedClaim[] {
    const { claims = [] } = this.subjects.get(owner) ?? {};
    return claims.map((c) => ({ ...c, owner })).filter((c) => this.holder(c) === owner);
  }
  /** Customers of a tenant who have anything in service. */
  live(tenant: string): number {
    const of = [...this.subjects.keys()].filter((key) => tenantOf(key) === tenant && this.serves(key));
    return of.filter((key) => parseOwner(key).kind === "Subscriber").length;
  }
  /** Whether anything of it is in service. */
  serves(owner: OwnerKey): boolean {
    return (this.subjects.get(owner)?.desired.length ?? 0) > 0;
  }
}
const nameOf = ({ kind, scope, value }: OwnedClaim | Subject["claims"][number]): string =>
  JSON.stringify([kind, scope, value]);
