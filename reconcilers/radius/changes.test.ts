import { describe, expect, test } from "vitest";
import { reachOf } from "./changes.ts";
import { accountFields, groupFields } from "./fields.ts";

describe("how a written field reaches running sessions", () => {
  test.each(Object.entries(accountFields))("account: %s", (field, { disruptive }) => {
    const coa = ["group", "replyOverrides"].includes(field);
    expect(reachOf("account", { [field]: "x" })).toBe(disruptive ? "Disconnect" : coa ? "CoA" : undefined);
  });
  test("group: what a vendor reads in a session, and nothing else", () => {
    const reaching = Object.keys(groupFields).filter((f) => reachOf("group", { [f]: "x" }) !== undefined);
    expect(reaching.sort()).toEqual(
      [
        ...["ciscoPairs", "filter", "huaweiDown", "huaweiPeakDown", "huaweiPeakUp", "huaweiProfile", "huaweiUp"],
        ...["juniperService", "mikrotikProfile", "mikrotikRate", "wisprDown", "wisprUp"],
      ].sort(),
    );
  });
  test("the gravest of several counts", () => {
    expect(reachOf("account", { group: "fast", address: null })).toBe("Disconnect");
    expect(reachOf("account", { group: "fast", sessionTimeout: "1" })).toBe("CoA");
  });
  test("a reject is seen in the rows, and needs no note", () => {
    expect(reachOf("account", { authType: "Reject", group: null })).toBeUndefined();
    expect(reachOf("account", { authType: null, group: "basic" })).toBe("CoA");
  });
});
