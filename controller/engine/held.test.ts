/** What waits is written when it changes, and never against what another process has written since. */
import { beforeEach, expect, it } from "vitest";
import type { HeldPlan } from "../core/held.ts";
import type { Change, Subject } from "../core/model.ts";
import { parseOwner } from "../core/owner.ts";
import type { HeldRow } from "../store/held.ts";
import { HeldSink } from "./held.ts";
import { Ports } from "./run/ports.ts";
import type { Report } from "./run/reconcile.ts";

const OWNER = "lab/acme/Subscriber/isp/john";
const ref = { system: "radius", resource: "account", key: "john" };
const subject: Subject = { owner: parseOwner(OWNER), desired: [], claims: [], blocked: [] };

let sink: HeldSink;
let stored: Map<string, HeldRow>;
let calls: string[];
let fails: boolean;
const plans = (): readonly HeldPlan[] => [...stored.values()];

beforeEach(() => {
  stored = new Map();
  calls = [];
  fails = false;
  const ports = new Ports(new AbortController().signal, () => Number.POSITIVE_INFINITY);
  const store = {
    heldPlans: async () => {
      calls.push("read");
      if (fails) throw new Error("the store is away");
      return [...stored.values()];
    },
    writeHeld: async (rows: readonly HeldRow[]) => {
      calls.push("write");
      for (const row of rows) stored.set(row.owner, row);
    },
    dropHeld: async (owners: readonly string[]) => {
      calls.push("drop");
      for (const owner of owners) stored.delete(owner);
    },
  };
  sink = new HeldSink(store, ports);
});
/** A run ends that found this state there, and may not go on; undefined: it went on. */
async function ends(state: string | undefined): Promise<void> {
  const hold = { code: "DestructiveLimit", message: "m" } as const;
  const tuple = `radius/account/john|retire|1|${state}`;
  const change: Change = { ref, action: "retire", id: "1", fields: [], after: [], impact: "retire", tuple, hold };
  const plan = { owner: subject.owner, changes: state === undefined ? [] : [change] };
  const report = { plan, planId: "p", seen: new Map([["radius/account/john", null]]) };
  await sink.report(OWNER, subject, report as unknown as Report, true);
}

it("writes what changed, once", async () => {
  for (const state of [undefined, "a", "a", "b", undefined, undefined]) await ends(state);
  expect(calls).toEqual(["read", "write", "write", "drop"]);
  expect(plans()).toEqual([]);
});
it("takes away what another process left, when it is told to forget what it knew", async () => {
  await ends(undefined);
  stored.set(OWNER, {
    owner: OWNER,
    planId: "",
    reason: "DestructiveLimit",
    impact: "retire",
    tuples: ["t"],
    said: ["s"],
  });
  sink.forgetAll();
  expect([...(await sink.owners())]).toEqual([OWNER]);
  await ends(undefined);
  expect(plans()).toEqual([]);
});
it("says that the store is away, and asks again", async () => {
  fails = true;
  await expect(ends("a")).rejects.toThrow("away");
  fails = false;
  await ends("a");
  expect(plans()).toHaveLength(1);
});
