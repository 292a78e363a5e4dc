import { describe, expect, it } from "vitest";
import { lastWritten, sameText } from "./written.ts";

const row = (action: string, fields: Readonly<Record<string, string>>) => ({
  ...{ owner: "o", ref: "r", action },
  changes: Object.entries(fields).map(([field, after]) => ({ field, before: "", after })),
});

describe("lastWritten", () => {
  it.each([
    ["what was made", [row("create", { rate: "1" })], "1"],
    ["the last of several", [row("create", { rate: "1" }), row("update", { rate: "2" })], "2"],
    ["nothing, where we made the object without it", [row("create", { name: "x" })], ""],
    ["nothing, where we took it away", [row("create", { rate: "1" }), row("update", { rate: "" })], ""],
    ["unknown, where the object was adopted as it was", [row("adopt", { name: "x" })], undefined],
    ["nothing of an object that was destroyed since", [row("create", { rate: "1" }), row("destroy", {})], ""],
    ["unknown, without any row", [], undefined],
  ])("%s", (_what, rows, value) => {
    expect(lastWritten(rows)("o", "r", "rate")).toBe(value);
  });
  it("keeps owners apart", () => {
    expect(lastWritten([row("create", { rate: "1" })])("other", "r", "rate")).toBe(undefined);
  });
});

it.each([
  ["(secret 1a:2b)", "(generated 1a:2b)", true],
  ["(secret 1a:2b)", "(secret 1a:2c)", false],
  ["(generated, NT 1a)", "(secret 1a)", true],
  ["10.0.0.1", "10.0.0.1", true],
  ["", "10.0.0.1", false],
])("%s and %s: %s", (a, b, same) => {
  expect(sameText(a, b)).toBe(same);
});
