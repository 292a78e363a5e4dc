import { describe, expect, it } from "vitest";
import { fill, missing } from "./template.ts";
import { userNameFrom, userNameProblem } from "./username.ts";

const facts = { name: "john", number: "SUB-1", realm: "acme.example" };
describe("user names", () => {
  it.each([
    ["{name}@{realm}", "john@acme.example"],
    ["{number}.{name}@{realm}", "SUB-1.john@acme.example"],
  ])("%s makes %s", (template, made) => expect(userNameFrom(template, facts)).toBe(made));
  it("makes no half a name", () => expect(userNameFrom("{email}@{realm}", facts)).toBeUndefined());
  it.each([
    ["john@acme", "dot", "FreeRADIUS's stock filter rejects a realm without a dot"],
    ["john", "realm", "no realm"],
    ["john@other.example", "none of the tenant's", "somebody else's realm"],
    [`${"j".repeat(250)}@acme.example`, "253", "longer than an attribute"],
  ])("%s is refused (%s): %s", (name, word) => expect(userNameProblem(name, ["acme.example"])).toContain(word));
  it("takes a realm in any case, and any realm on explicit adoption", () => {
    expect(userNameProblem("john@ACME.example", ["acme.example"])).toBeUndefined();
    expect(userNameProblem("john@other.example", undefined)).toBeUndefined();
  });
});

describe("templates", () => {
  it("names what is missing", () =>
    expect(missing("{olt}/{port}:{onuId}", { olt: "a", port: "" })).toEqual(["port", "onuId"]));
  it("never reaches into prototypes", () => expect(fill("{constructor}", {})).toBeUndefined());
});
