import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import type { Nas } from "./config.ts";
import { ACK, CANNOT, GONE, judge, type LiveSession, type Says, type Told } from "./live.ts";

const NOW = 1_000_000_000;
const minute = 60_000;
const nas = { name: "bng1", dynamic: { port: 3799, perSecond: 20, secret: "a/b/c" } } as Nas;
const session = (more: Partial<LiveSession> = {}): LiveSession => ({
  ...{ key: "u1", id: "a1", user: "ann", nas: "192.0.2.1", port: undefined, mac: undefined, address: undefined },
  ...{ start: NOW - 60 * minute, heard: NOW - minute, interval: 600, told: undefined },
  ...more,
});
const says = (more: Partial<Says> = {}): Says => ({
  ...{ rejected: false, coa: undefined, disconnect: undefined, planCoa: undefined, ended: undefined, now: NOW },
  ...more,
});
const told = (type: Told["type"], outcome: string, ago: number): Told => ({ type, outcome, at: NOW - ago });
const shown = (s: LiveSession, now: Says, at: Nas | undefined = nas, canTell = true, interim?: number): string => {
  const v = judge(s, now, at, canTell, interim);
  return v.kind === "Due" ? `${v.type} ${v.why}` : v.kind;
};

describe("what an open session still has to hear", () => {
  const ago = (minutes: number) => NOW - minutes * minute;
  const rows: readonly [string, Partial<LiveSession>, Partial<Says>, string][] = [
    ["nothing has changed", {}, {}, "Current"],
    ["what changed before it began", {}, { coa: ago(90), disconnect: ago(90) }, "Current"],
    ["what changed since", {}, { coa: ago(5) }, "CoA account"],
    ["its plan", {}, { planCoa: ago(5) }, "CoA plan"],
    ["the graver one, whichever was later", {}, { coa: ago(1), disconnect: ago(5) }, "Disconnect account"],
    [
      "who is rejected has no session, whenever that was said",
      { start: NOW },
      { rejected: true },
      "Disconnect rejected",
    ],
    ["a login that may have read the former rows", { start: ago(5) + 4_000 }, { coa: ago(5) }, "CoA account"],
    [
      "not so who logged in after the change ended a session",
      { start: ago(5) + 4_000 },
      { disconnect: ago(5), ended: ago(5) + 1_000 },
      "Current",
    ],
    ["told", { told: told("CoA", ACK, 4 * minute) }, { coa: ago(5) }, "Current"],
    ["told of an earlier change", { told: told("CoA", ACK, 6 * minute) }, { coa: ago(5) }, "CoA account"],
    [
      "told what is less than it must hear",
      { told: told("CoA", ACK, 1) },
      { disconnect: ago(5) },
      "Disconnect account",
    ],
    ["no answer is no word", { told: told("CoA", "no answer", 1) }, { coa: ago(5) }, "CoA account"],
    ["sent by somebody who died", { told: told("Disconnect", "sent", 1) }, { rejected: true }, "Disconnect rejected"],
    ["a CoA that cannot be", { told: told("CoA", `${CANNOT}401`, 1) }, { coa: ago(5) }, "Disconnect account"],
    ["that was another change", { told: told("CoA", `${CANNOT}401`, 9 * minute) }, { coa: ago(5) }, "CoA account"],
    ["its end was acknowledged", { told: told("Disconnect", ACK, 10) }, { rejected: true }, "Ending"],
    ["it was gone", { told: told("CoA", GONE, 10) }, { coa: ago(5) }, "Ending"],
    [
      "it lives on after its end",
      { told: told("Disconnect", ACK, 9 * minute) },
      { rejected: true },
      "Disconnect rejected",
    ],
    ["nobody reports on it", { heard: ago(32) }, { rejected: true }, "Stale"],
    ["no interval is known: a day and a half", { heard: NOW - 35 * 60 * minute, interval: undefined }, {}, "Current"],
    ["and then not", { heard: NOW - 37 * 60 * minute, interval: undefined }, {}, "Stale"],
    ["a gap is no interval", { heard: NOW - 8 * 60 * minute, interval: 86_400 }, {}, "Stale"],
  ];
  test.each(rows)("%s", (_, s, now, expected) => expect(shown(session(s), says(now))).toBe(expected));
  test("the vendor has no attribute for it", () => {
    expect(shown(session(), says({ planCoa: NOW - 1 }), nas, false)).toBe("Disconnect plan");
  });
  test("nobody can tell that NAS", () => {
    const mute = { ...nas, dynamic: { ...nas.dynamic, secret: undefined } };
    expect(shown(session(), says({ coa: NOW }), undefined)).toBe("CoA account"); // the default of the helper
    expect(judge(session(), says({ coa: NOW }), undefined, true).kind).toBe("Untold");
    expect(shown(session(), says({ rejected: true }), mute)).toBe("Untold");
  });
  test("the interval that the plan asks for counts where it is longer", () => {
    expect(shown(session({ interval: 60, heard: NOW - 20 * minute }), says(), nas, true, 600)).toBe("Current");
  });
});

const time = fc.integer({ min: NOW - 120 * minute, max: NOW });
const maybe = fc.option(time, { nil: undefined });
property.prop([time, maybe, maybe, maybe, maybe, fc.boolean()])(
  "what was told and acknowledged now is never due again: nothing flaps",
  (start, coa, disconnect, planCoa, ended, rejected) => {
    const now = says({ coa, disconnect, planCoa, ended, rejected });
    const s = session({ start, heard: NOW });
    const v = judge(s, now, nas, true);
    if (v.kind !== "Due") return;
    const after = judge({ ...s, told: { type: v.type, outcome: ACK, at: NOW } }, now, nas, true);
    expect(after.kind).not.toBe("Due");
  },
);
