/**
 * Pure: option 82 while a customer moves. FreeRADIUS joins the rows of an account by "and", so two ids cannot both be
 * compared there: the account asks for any id, and a group of its own, which comes before the plan's, rejects whoever comes
 * with neither of the two.
 */
import { type Desired, output, type Ref, type Spec } from "../../controller/core/model.ts";
import type { ResolvedSubscriber } from "../../controller/core/resolved.ts";
import type { Area } from "./area.ts";
import { octets, safe } from "./values.ts";

export interface Guarded {
  readonly groups: readonly Desired[];
  /** Fields of the account that the move changes. */
  readonly account: Spec;
}
const PLACES = [
  {
    id: "circuitId",
    before: "previousCircuitId",
    attribute: "circuitAttribute",
    ids: "circuits",
    member: "movingCircuit",
  },
  { id: "remoteId", before: "previousRemoteId", attribute: "remoteAttribute", ids: "remotes", member: "movingRemote" },
] as const;
/** In the place of an id: there must be one, whichever it is. */
export const ANY = "*";

/** @throws Fault `BadValue` */
export function guarded(s: ResolvedSubscriber, area: Area, endpoint: string): Guarded {
  const groups: Desired[] = [];
  const account: Record<string, Spec[string]> = {};
  // Who is rejected anyway needs no guard, and must not wait for one.
  if (!isAdmitted(s) || s.option82.policy !== "Enforce") return { groups, account };
  for (const place of PLACES) {
    const [now, before] = [s.option82[place.id], s.option82[place.before]];
    if (now === undefined || before === undefined || now === before) continue;
    const attribute = area.option82[place.attribute];
    const spell = (id: string): string =>
      `${attribute} ${octets(safe("an id of option 82", id), area.option82.encoding)}`;
    const ref = guardRef(endpoint, s, place.ids);
    groups.push({ ref, spec: { [place.ids]: [spell(now), spell(before)], authType: "Reject" } });
    account[place.id] = `${attribute} ${ANY}`;
    account[place.member] = output(ref, "name");
  }
  return { groups, account };
}

export const isAdmitted = ({ state, limited }: ResolvedSubscriber): boolean =>
  state === "Active" || limited !== undefined;

/** No plan's group has two colons in a row. */
export const isGuard = (group: string): boolean => group.includes("::");
const guardRef = (system: string, s: ResolvedSubscriber, ids: string): Ref => ({
  system,
  resource: "group",
  key: `${s.owner.tenant}:moving-${ids}::${s.userName}`,
});
