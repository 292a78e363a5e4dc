import { expect, test } from "vitest";
import { hosts } from "./fallback.ts";

test.each([
  ["None", ["10.100.0.1", "10.100.0.2", "10.100.0.3", "10.100.0.4", "10.100.0.5", "10.100.0.6"]],
  ["FirstHost", ["10.100.0.2", "10.100.0.3", "10.100.0.4", "10.100.0.5", "10.100.0.6"]],
  ["LastHost", ["10.100.0.1", "10.100.0.2", "10.100.0.3", "10.100.0.4", "10.100.0.5"]],
] as const)("the gateway of the fallback network is nobody's address (%s)", (gateway, given) =>
  expect([...hosts({ field: "address", vrf: "global", prefix: "10.100.0.0/29", gateway })]).toEqual(given),
);
