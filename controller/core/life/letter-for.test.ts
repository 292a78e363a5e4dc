import { expect, it } from "vitest";
import { masked } from "./letter-for.ts";

it.each([
  ["john@example.com", "j…@example.com"],
  ["nobody", "…"],
  ["@example.com", "…"],
  ["n\0@example.com", "…"], // no table takes it, and the row of one would hold up those of all
  ["a@exa\ud800mple.com", "…"],
])("of an address people see what tells it to those who know: %j", (address, shown) =>
  expect(masked(address)).toBe(shown),
);
