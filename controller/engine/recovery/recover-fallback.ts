/** Pure: addresses of the fallback network that customers use and the address plan does not have yet. */
import { type Desired, isOutput, type RefKey, refKey } from "../../core/model.ts";
import type { OwnerKey } from "../../core/owner.ts";
import { needs } from "../../core/plan.ts";
import { isFallback } from "../../core/resolve/fallback.ts";
import type { OwnedClaim } from "../../store/claims.ts";
import type { Intent } from "../../store/inventory.ts";
import type { Marked } from "./marked.ts";

/** An intent without an object, as it stood when the address was taken. */
export interface Bridged {
  readonly intent: Intent;
  readonly claim: OwnedClaim;
}

/** Whoever uses the value shows it: an object of the same subscriber whose field follows the missing one. */
export function fallbacksOf(owner: OwnerKey, kept: readonly Marked[], desired: readonly Desired[]): readonly Bridged[] {
  const seen = new Map(kept.map(({ observed }) => [refKey(observed.ref), observed]));
  return desired.flatMap(({ ref, spec, fallback }): readonly Bridged[] => {
    const key = refKey(ref);
    if (!fallback || seen.has(key)) return [];
    const value = followers(key, fallback.field, desired)
      .map(({ user, field }) => seen.get(user)?.state[field])
      .find((v) => typeof v === "string" && isFallback(fallback.prefix, v));
    if (typeof value !== "string") return [];
    const intent = { owner, ref: key, needs: needs(spec), outputs: { [fallback.field]: value } };
    return [{ intent, claim: { owner, kind: "ipv4", scope: fallback.vrf, value } }];
  });
}
/** The fields that are filled with what the object chose. */
const followers = (key: RefKey, path: string, desired: readonly Desired[]) =>
  desired.flatMap(({ ref, spec }) =>
    Object.entries(spec).flatMap(([field, v]) =>
      isOutput(v) && v.$output === key && v.path === path ? [{ user: refKey(ref), field }] : [],
    ),
  );
