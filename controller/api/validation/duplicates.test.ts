import { expect, test } from "vitest";
import { type JsonObject, numberFromSource } from "../json.ts";
import type { Schema } from "../schema.ts";
import { duplicates } from "./duplicates.ts";

const schema = {
  type: "object",
  properties: { ports: { type: "array", "x-kubernetes-list-type": "set", items: { type: "integer" } } },
} as unknown as Schema;
const [whole, float] = [numberFromSource("100"), numberFromSource("100.0")];

test.each([
  [[whole, whole], ["ports[1]"], "the same number"],
  [[float, float], ["ports[1]"], "and the same float"],
  [[whole, float], [], "but to the server an integer is no float, though both mean a hundred"],
])("a set %j: %j, %s", (ports, paths) => {
  expect(duplicates({ ports } as JsonObject, undefined, schema).map((p) => p.path)).toEqual(paths);
});
