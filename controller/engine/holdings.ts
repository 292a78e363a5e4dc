/** What owners have claimed before: assigned names and addresses stay theirs. */
import type { Held } from "../core/compose.ts";
import type { OwnerKey } from "../core/owner.ts";
import type { Assigned } from "../core/resolve/account.ts";
import type { OwnedClaim, StandingClaim } from "../store/claims.ts";

interface Holding extends Held {
  /** How many claims the store had when it was last asked. */
  readonly claims: number;
}
const NOTHING: Holding = { claims: 0 };
const NOWHERE: readonly string[] = [];

export class Holdings {
  /** As text: there is one for each owner, and the collector passes texts by. */
  readonly #by = new Map<OwnerKey, string>();

  of(owner: OwnerKey): Holding {
    const text = this.#by.get(owner);
    return text === undefined ? NOTHING : JSON.parse(text);
  }
  /** All that these owners have claimed; who was purged has no name any more. */
  hold(owners: readonly OwnerKey[], claims: readonly StandingClaim[]): void {
    for (const owner of owners) this.#by.delete(owner);
    for (const [owner, own] of Map.groupBy(claims, (c) => c.owner)) this.#keep(owner, own.reduce(withClaim, NOTHING));
  }
  /** What was claimed for them just now. */
  give(claims: readonly OwnedClaim[]): void {
    for (const claim of claims) this.#keep(claim.owner, named(this.of(claim.owner), claim));
  }
  /** Nothing of it is in service, and its retention is over: who waits for its name may have it once it is purged. */
  end(owner: OwnerKey): void {
    this.#keep(owner, { ...this.of(owner), ended: true });
  }

  #keep(owner: OwnerKey, holding: Holding): void {
    this.#by.set(owner, JSON.stringify(holding));
  }
}

const withClaim = (held: Holding, claim: StandingClaim): Holding => ({
  ...named(held, claim),
  claims: held.claims + 1,
});
function named(held: Holding, { kind, scope, value, service }: StandingClaim): Holding {
  switch (kind) {
    case "subscriberNumber":
      return { ...held, subscriberNumber: value };
    case "vlan":
      return { ...held, tags: [...(held.tags ?? []), { vlanDomain: scope, value }] };
    case "ipv4":
      return { ...held, addresses: [...(held.addresses ?? []), { vrf: scope, value }] };
    case "installation":
      return { ...held, visits: [...(held.visits ?? []), value] };
    case "userName":
      return { ...held, account: assigned(held.account, value, scope, service) };
    default:
      return held;
  }
}

/** Of several names the last one counts. */
function assigned(before: Assigned | undefined, userName: string, scope: string, service: StandingClaim["service"]) {
  const at = before?.at ?? NOWHERE;
  return { userName, at: service === "live" ? [...at, scope] : at };
}
