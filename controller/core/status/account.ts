/** What a subscriber's RADIUS accounts are known to be, read from what a plan would still do to them. */
import type { SubscriberStatusRadius } from "../../api/types.generated.ts";
import type { Change } from "../model.ts";
import type { Limited } from "../resolved.ts";
import type { RunView } from "./causes.ts";

export type AccountState = NonNullable<SubscriberStatusRadius["state"]>;
export type Wanted = "Active" | "Suspended" | "Terminated";

export const accountsOf = (report: RunView | undefined, systems: ReadonlyMap<string, string>): readonly Change[] =>
  report?.plan.changes.filter((c) => systems.get(c.ref.system) === "RADIUS" && c.ref.resource === "account") ?? [];

/** undefined: not known, because it was not seen, or because two endpoints leave it open. */
export function accountState(
  changes: readonly Change[],
  wanted: Wanted,
  userName: string | undefined,
  limited?: Limited,
): AccountState | undefined {
  // An account under an earlier name decides nothing for who is to be let in, and everything for who is to be kept out.
  const counting = wanted === "Active" ? changes.filter((c) => c.ref.key === userName) : changes;
  const states = counting.map((c) => stateOf(c, wanted, limited));
  const order = wanted === "Active" ? LEAST_SERVICE : MOST_SERVICE;
  return states.includes(undefined) ? undefined : order.find((s) => states.includes(s));
}
/** Where endpoints differ, the one that is farthest from what is wanted counts. */
const LEAST_SERVICE = ["Absent", "Retired", "Rejected", "Limited", "Active"] as const;
const MOST_SERVICE = ["Active", "Limited", "Rejected", "Retired", "Absent"] as const;

function stateOf(c: Change, wanted: Wanted, limited: Limited | undefined): AccountState | undefined {
  switch (c.action) {
    case "create":
    case "adopt":
      return "Absent";
    case "restore":
    case "destroy":
      return "Retired";
    case "retire":
      return undefined; // still there, and whether it lets anybody in was not compared
    case "update":
      return c.hold?.code === "NotOwned" ? "Absent" : updated(c, wanted, limited);
    default:
      if (c.hold) return undefined;
      return wanted === "Terminated" ? gone(c) : declared(wanted, limited);
  }
}
function updated(c: Change, wanted: Wanted, limited: Limited | undefined): AccountState {
  const different = (field: string) => c.fields.find((f) => f.field === field);
  const [auth, own] = [different("authType"), different("replyOverrides")];
  if (auth?.before === "Reject") return "Rejected";
  if (own) return own.before === "" ? "Active" : "Limited";
  return auth ? "Active" : declared(wanted, limited);
}
const declared = (wanted: Wanted, limited: Limited | undefined): AccountState =>
  wanted === "Suspended" ? (limited ? "Limited" : "Rejected") : "Active";
/** What was found retired has an id; what is surely absent has none. */
const gone = (c: Change): AccountState => (c.id === undefined ? "Absent" : "Retired");
