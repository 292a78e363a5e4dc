import { describe, expect, test } from "vitest";
import { type GateInput, gate } from "./gate.ts";
import { type Change, type Impact, type Plan, type RefKey, refKey } from "./model.ts";

const open: GateInput = {
  paused: undefined,
  mode: () => "Enforce",
  refused: [],
  missing: new Map(),
  approved: new Set(),
  granted: new Set(),
};
const change = (key: string, action: Change["action"], more: Partial<Change> = {}): Change => ({
  ref: { system: key.split("-")[0] ?? "", resource: "o", key },
  action,
  fields: [],
  after: [],
  ...more,
});
const costly = (key: string, impact: Impact): Change => change(key, "update", { impact, tuple: `tuple of ${key}` });
const plan = (...changes: readonly Change[]): Plan => ({
  owner: { installation: "lab", tenant: "acme", kind: "Subscriber", namespace: "acme", name: "s1" },
  changes,
});
const codes = (p: Plan) => p.changes.map((c) => c.hold?.code ?? "goes");
const at = (key: string): RefKey => refKey(change(key, "none").ref);

describe("gate", () => {
  test("one costly change without a place holds every costly one, in every system; the others go", () => {
    const p = plan(costly("a-1", "disrupt"), costly("b-1", "suspend"), change("c-1", "update"));
    expect(codes(gate(p, { ...open, granted: new Set<Impact>(["disrupt"]) }))).toEqual([
      "DestructiveLimit",
      "DestructiveLimit",
      "goes",
    ]);
    expect(codes(gate(p, { ...open, granted: new Set<Impact>(["disrupt", "suspend"]) }))).toEqual([
      "goes",
      "goes",
      "goes",
    ]);
  });
  test("an approved tuple stands for a place, and only for its own change", () => {
    const p = plan(costly("a-1", "disrupt"), costly("b-1", "disrupt"));
    expect(codes(gate(p, { ...open, approved: new Set(["tuple of a-1", "tuple of b-1"]) }))).toEqual(["goes", "goes"]);
    expect(codes(gate(p, { ...open, approved: new Set(["tuple of a-1"]) }))).toEqual([
      "DestructiveLimit",
      "DestructiveLimit",
    ]);
  });
  test("outside of a maintenance window what interrupts customers waits, or everything; the rest of the systems goes on", () => {
    const closed = (gates: "Disruptive" | "All") => (system: string) =>
      system === "a" ? { gates, message: "the next one opens at 2026-11-22T02:00Z" } : ("Enforce" as const);
    const granted = new Set<Impact>(["disrupt", "suspend", "retire"]);
    const p = plan(
      ...(["disrupt", "suspend", "retire"] as const).map((impact) => costly(`a-${impact}`, impact)),
      change("a-plain", "update"),
      costly("b-1", "disrupt"),
    );
    const held = (gates: "Disruptive" | "All") => codes(gate(p, { ...open, granted, mode: closed(gates) }));
    expect(held("Disruptive")).toEqual(["OutsideWindow", "goes", "goes", "goes", "goes"]);
    expect(held("All")).toEqual([...Array(4).fill("OutsideWindow"), "goes"]);
  });
  test("a suspension does not wait for what stands still elsewhere: a window, a pause, an object that is missing", () => {
    const suspend = costly("b-1", "suspend");
    const elsewhere = costly("a-1", "disrupt");
    const granted = new Set<Impact>(["suspend"]);
    const modes = [{ gates: "Disruptive", message: "later" }, "Paused", "Observe"] as const;
    for (const mode of modes) {
      const p = gate(plan(elsewhere, suspend), { ...open, granted, mode: (s) => (s === "a" ? mode : "Enforce") });
      expect(codes(p)[1]).toBe("goes");
    }
    const missing = new Map([[at("a-1"), ["r/group/fiber"]]]);
    expect(codes(gate(plan(elsewhere, suspend), { ...open, granted, missing }))).toEqual(["Blocked", "goes"]);
  });
  test("a costly change that is held for another reason asks for no place", () => {
    const held = { ...costly("a-1", "disrupt"), hold: { code: "NotOwned", message: "theirs" } } as const;
    expect(codes(gate(plan(held, change("b-1", "update")), open))).toEqual(["NotOwned", "goes"]);
  });
  test("whose name it is says the claim, whether or not the holder was quicker to make it", () => {
    const theirs = { hold: { code: "NotOwned", message: "it has another owner" } } as const;
    const p = plan(change("a-1", "update", theirs), change("b-1", "create"));
    expect(codes(gate(p, { ...open, refused: ["userName is held by ann"] }))).toEqual([
      "IdentityConflict",
      "IdentityConflict",
    ]);
    expect(codes(gate(p, open))).toEqual(["NotOwned", "goes"]);
  });
  test("Observe is asked system by system", () => {
    const mode = (system: string) => (system === "a" ? "Observe" : "Enforce");
    expect(codes(gate(plan(change("a-1", "update"), change("b-1", "create")), { ...open, mode }))).toEqual([
      "ObserveOnly",
      "goes",
    ]);
  });
  test("a pause says why", () => {
    const p = gate(plan(change("a-1", "destroy"), change("b-1", "none")), { ...open, paused: "stocktaking" });
    expect(p.changes.map((c) => c.hold)).toEqual([{ code: "Paused", message: "stocktaking" }, undefined]);
  });
  test.each(["create", "adopt", "update", "restore"] as const)("%s waits for what it stands on", (action) => {
    const missing = new Map([[at("a-1"), ["r/group/fiber"]]]);
    const p = gate(plan(change("a-1", action)), { ...open, missing });
    expect(p.changes[0]?.hold).toEqual({ code: "Blocked", message: "waits for r/group/fiber" });
  });
  test.each(["retire", "destroy", "none"] as const)("%s does not: what goes away stands on nothing", (action) => {
    const missing = new Map([[at("a-1"), ["r/group/fiber"]]]);
    expect(codes(gate(plan(change("a-1", action)), { ...open, missing, refused: ["user x is held by y"] }))).toEqual([
      "goes",
    ]);
  });
  test("a refused claim names the holder", () => {
    const p = gate(plan(change("a-1", "create")), { ...open, refused: ["user x is held by y", "onu z is held by y"] });
    expect(p.changes[0]?.hold).toEqual({
      code: "IdentityConflict",
      message: "user x is held by y; onu z is held by y",
    });
  });
  test("a hold reaches all that comes after it, through any number of steps", () => {
    const p = plan(
      costly("a-1", "disrupt"),
      change("b-1", "update", { after: [at("a-1")] }),
      change("c-1", "update", { after: [at("b-1")] }),
      change("d-1", "none", { after: [at("a-1")] }),
    );
    expect(codes(gate(p, open))).toEqual(["DestructiveLimit", "Blocked", "Blocked", "goes"]);
  });
});
