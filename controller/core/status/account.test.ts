import { describe, expect, it } from "vitest";
import type { Change } from "../model.ts";
import { type AccountState, accountState, accountsOf, type Wanted } from "./account.ts";
import { account, run, SYSTEMS, USER } from "./fixture.ts";

const gone: Change = { ref: account().ref, action: "none", fields: [], after: [] };
const at = (system: string, rest: Partial<Change> = {}) => account({ ...rest, ref: { ...account().ref, system } });
const resuming = { action: "update", fields: [{ field: "authType", before: "Reject", after: "" }] } as const;

describe("the state of an account", () => {
  const rows: readonly (readonly [string, Wanted, readonly Change[], AccountState | undefined])[] = [
    ["retired and kept", "Terminated", [account()], "Retired"],
    ["surely gone", "Terminated", [gone], "Absent"],
    ["to be destroyed: it was out of service before", "Terminated", [account({ action: "destroy" })], "Retired"],
    [
      "to be retired: nobody compared whether it lets anybody in",
      "Terminated",
      [account({ action: "retire" })],
      undefined,
    ],
    [
      "under an earlier name does not decide who is let in",
      "Active",
      [account(), account({ action: "retire" }, "old")],
      "Active",
    ],
    [
      "under an earlier name decides who is kept out",
      "Suspended",
      [account(), account({ action: "retire" }, "old")],
      undefined,
    ],
    [
      "of two endpoints, wanted active: the one that does not serve counts",
      "Active",
      [at("a"), at("b", resuming)],
      "Rejected",
    ],
    [
      "of two endpoints, wanted suspended: the one that serves counts",
      "Suspended",
      [at("a"), at("b", { action: "update", fields: [{ field: "authType", before: "", after: "Reject" }] })],
      "Active",
    ],
    [
      "of two endpoints, one unseen: not known",
      "Active",
      [at("a"), at("b", { hold: { code: "Blocked", message: "" } })],
      undefined,
    ],
  ];
  it.each(rows)("%s", (_why, wanted, changes, state) => expect(accountState(changes, wanted, USER)).toBe(state));
  it("is read from accounts in RADIUS only", () => {
    const group = account({ ref: { system: "radius-1", resource: "group", key: "g" } });
    expect(accountsOf(run([account(), group, at("billing-1")]), SYSTEMS)).toEqual([account()]);
  });
});
