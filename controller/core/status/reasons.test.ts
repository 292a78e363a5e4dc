import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { asReason, REASONS, reasonOf } from "./reasons.ts";

const core = join(import.meta.dirname, "..");
/** Every reason that resolving and composing can give, read from the calls themselves. */
function given(call: RegExp): readonly string[] {
  const files = globSync("{compose.ts,resolve/*.ts}", { cwd: core }).filter((f) => !/test|fixture/.test(f));
  const texts = files.map((f) => readFileSync(join(core, f), "utf8"));
  return [...new Set(texts.flatMap((t) => [...t.matchAll(call)].map((m) => m[1] ?? "")))];
}

describe("the table of reasons", () => {
  it("has every blocker of the core, with what to do", () => {
    const blockers = given(/(?:\bblock\(\s*|reason: )"([A-Z]\w+)"/g).filter((r) => reasonOf(r).group !== "warning");
    expect(blockers.length).toBeGreaterThan(15);
    expect(blockers.filter((r) => !Object.hasOwn(REASONS, r))).toEqual([]);
  });
  it("has every warning of the core", () => {
    const warnings = given(/\bwarn\(\s*"([A-Z]\w+)"/g);
    expect(warnings.length).toBeGreaterThan(1);
    expect(warnings.filter((r) => reasonOf(r).group !== "warning")).toEqual([]);
  });
  it("tells what to do wherever somebody must act", () => {
    for (const [code, r] of Object.entries(REASONS))
      expect([code, r.mover === "nobody" || r.remedy !== ""]).toEqual([code, true]);
  });
  it("has reasons in the form that Kubernetes takes, and bends others into it", () => {
    for (const code of Object.keys(REASONS)) expect(asReason(code)).toBe(code);
    expect(asReason("42P01")).toBe("Blocked");
  });
  it("takes an unknown reason for one that a person must look at, also a name that every object has", () => {
    for (const code of ["Newer", "toString"]) expect(reasonOf(code).mover).toBe("person");
  });
});
