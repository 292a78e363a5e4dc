import { expect, it } from "vitest";
import { Memory } from "../../../test/lab/memory.ts";
import { Ports } from "./ports.ts";

it("names its sessions in one order, whichever connected first", () => {
  const session = new Memory({ name: "x", marker: "inline", fields: {} }).session((_, call) => call());
  for (const order of [
    ["radius-1", "radius-2"],
    ["radius-2", "radius-1"],
  ]) {
    const ports = new Ports(new AbortController().signal, () => Number.POSITIVE_INFINITY);
    for (const name of order) ports.open(name, session);
    expect([...ports.sessions().keys()]).toEqual(["radius-1", "radius-2"]);
  }
});
