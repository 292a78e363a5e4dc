import { describe, expect, it } from "vitest";
import { readKinds } from "../api/kinds.ts";
import { readCrds, readJsonPath } from "./crds.ts";

describe("the kinds of crds/", () => {
  const kinds = readCrds();
  it("are those that the API validates", () => {
    expect(kinds.map((k) => k.kind).sort()).toEqual([...readKinds()].map((k) => k.kind).sort());
    for (const { plural, scope } of readKinds())
      expect(kinds.find((k) => k.plural === plural)?.namespaced).toBe(scope === "Namespaced");
  });
  it("have names that mean one kind each", () => {
    const names = kinds.flatMap((k) => k.names);
    expect(new Set(names).size).toBe(names.length);
    expect(kinds.find((k) => k.names.includes("sub"))?.kind).toBe("Subscriber");
  });
  it("have columns that this program can read: another form of JSONPath would print nothing", () => {
    const form = /^(\.\w+)+(\[\?\(@\.\w+=="[^"]*"\)\](\.\w+)+)?$/;
    for (const { columns } of kinds) for (const { jsonPath } of columns) expect(jsonPath).toMatch(form);
  });
});

describe("readJsonPath", () => {
  const object = { a: { b: 1 }, list: [{ type: "Ready", status: "True" }] };
  it.each([
    [".a.b", 1],
    ['.list[?(@.type=="Ready")].status', "True"],
    ['.list[?(@.type=="Other")].status', undefined],
    [".a.c.d", undefined],
    [".constructor", undefined],
  ])("%s", (path, value) => {
    expect(readJsonPath(object, path)).toBe(value);
  });
});
