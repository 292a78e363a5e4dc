/** Pure: what a written field means to the sessions that run, by kind of object (RFC 5176; the vendors' matrices). */
import type { State } from "../../controller/core/model.ts";
import { groupCells } from "./fields.ts";
import type { Kind } from "./sql.ts";

/** A session hears of it by CoA, or begins anew. */
export type Reach = "CoA" | "Disconnect";

const ACCOUNT: Readonly<Record<string, Reach>> = {
  password: "Disconnect",
  address: "Disconnect",
  pool: "Disconnect",
  routes: "Disconnect",
  ipv6Prefix: "Disconnect",
  ipv6Address: "Disconnect",
  ipv6Routes: "Disconnect",
  delegatedPrefix: "Disconnect",
  delegatedPool: "Disconnect",
  mikrotikDelegatedPool: "Disconnect",
  juniperDelegatedPool: "Disconnect",
  huaweiDelegatedPool: "Disconnect",
  tunnelType: "Disconnect",
  tunnelMedium: "Disconnect",
  tunnelGroup: "Disconnect",
  group: "CoA",
  replyOverrides: "CoA",
};
const GROUP: Readonly<Record<string, Reach>> = {
  mikrotikRate: "CoA",
  mikrotikProfile: "CoA",
  wisprUp: "CoA",
  wisprDown: "CoA",
  filter: "CoA",
  huaweiUp: "CoA",
  huaweiDown: "CoA",
  huaweiPeakUp: "CoA",
  huaweiPeakDown: "CoA",
  huaweiProfile: "CoA",
  juniperService: "CoA",
  ciscoPairs: "CoA",
};
const REACHES = { account: ACCOUNT, group: GROUP } as const;

/** Undefined: it counts from the next login, or (a reject) is seen in the rows themselves. */
export function reachOf(kind: Kind, patch: State): Reach | undefined {
  if (patch["authType"] === "Reject") return undefined;
  const reaches = Object.keys(patch).map((field) => REACHES[kind][field]);
  return reaches.includes("Disconnect") ? "Disconnect" : reaches.find((r) => r !== undefined);
}

/** The group that an account goes to, where nothing else of it reaches a session. */
export function movesTo(kind: Kind, patch: State): string | undefined {
  const { group, ...rest } = patch;
  return kind === "account" && typeof group === "string" && reachOf(kind, rest) === undefined && !("authType" in rest)
    ? group
    : undefined;
}
const CELLS = groupCells([]);
/** What a session hears of its group, in lower case. */
export const LIVE_ATTRIBUTES: readonly string[] = Object.keys(GROUP).flatMap((field) =>
  (CELLS[field]?.attributes ?? []).map((a) => a.toLowerCase()),
);
