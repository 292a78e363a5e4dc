import { describe, expect, it } from "vitest";
import { APPROVE, approvalsAsked, onlyApprovalDiffers } from "./approval.ts";
import { tenant } from "./resolve/fixture.ts";

const saying = (annotations: Record<string, string> | undefined, spec = {}) => {
  const t = tenant(spec);
  return { ...t, metadata: { ...t.metadata, ...(annotations && { annotations }) } };
};

describe("approvalsAsked", () => {
  it.each([
    ["nothing", undefined, []],
    ["one", "3f9a0c11d2e4", ["3f9a0c11d2e4"]],
    ["several, as people write lists", " a,b , c\nd,", ["a", "b", "c", "d"]],
    ["the same twice", "a,a", ["a"]],
    ["an empty word", "", []],
    ["a novel: it is cut, for it is repeated in a condition", "x".repeat(1000), ["x".repeat(64)]],
  ])("%s", (_, word, ids) => {
    expect(approvalsAsked(saying(word === undefined ? undefined : { [APPROVE]: word }))).toEqual(ids);
  });
  it("hears no more than anybody types", () => {
    const many = Array.from({ length: 1000 }, (_, n) => n).join();
    expect(approvalsAsked(saying({ [APPROVE]: many }))).toHaveLength(100);
  });
});

describe("onlyApprovalDiffers", () => {
  it.each([
    ["a first word", saying(undefined), saying({ [APPROVE]: "a" }), true],
    ["another word", saying({ [APPROVE]: "a", x: "y" }), saying({ x: "y", [APPROVE]: "a,b" }), true],
    ["a word that was taken away", saying({ [APPROVE]: "a" }), saying({}), true],
    ["nothing at all: somebody asks for a look", saying({ [APPROVE]: "a" }), saying({ [APPROVE]: "a" }), false],
    ["the spec too", saying(undefined), saying({ [APPROVE]: "a" }, { paused: true }), false],
    ["another annotation too", saying(undefined), saying({ [APPROVE]: "a", "lastmile.dev/paused": "true" }), false],
  ])("%s: %#", (_, a, b, only) => {
    expect(onlyApprovalDiffers(a, b)).toBe(only);
  });
});
