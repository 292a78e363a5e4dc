import { describe, expect, it } from "vitest";
import type { ExternalSystem } from "../api/types.generated.ts";
import { closedNow } from "./maintenance.ts";
import { radius } from "./resolve/fixture.ts";

type Window = NonNullable<ExternalSystem["spec"]["maintenanceWindows"]>[number];
const nightly: Window = { schedule: "0 2 * * *", duration: "2h", timeZone: "UTC", gates: ["Disruptive"] };
const system = (...maintenanceWindows: readonly Window[]): ExternalSystem => {
  const plain = radius();
  return { ...plain, spec: { ...plain.spec, maintenanceWindows } };
};
const at = (text: string): number => Date.parse(`2026-11-21T${text}:00Z`);

describe("closedNow", () => {
  it.each<[string, readonly Window[], string, RegExp | undefined]>([
    ["without windows nothing waits", [], "12:00", undefined],
    ["inside", [nightly], "03:59", undefined],
    ["it ends by the minute", [nightly], "04:00", /the next one opens at 2026-11-22T02:00Z/],
    ["before", [nightly], "01:59", /outside the maintenance windows of radius-1; .* 2026-11-21T02:00Z/],
    ["one that is open is enough", [nightly, { ...nightly, schedule: "0 12 * * *" }], "13:00", undefined],
    ["the earlier one is named", [nightly, { ...nightly, schedule: "0 12 * * *" }], "05:00", /2026-11-21T12:00Z/],
    ["longer than from one to the next: always open", [{ ...nightly, duration: "25h" }], "01:00", undefined],
    [
      "a schedule that nobody understands never opens",
      [{ ...nightly, schedule: "0 2 * * 9" }],
      "03:00",
      /correct its schedule/,
    ],
    [
      "nor does one in a zone that does not exist",
      [{ ...nightly, timeZone: "Mars/Olympus" }],
      "03:00",
      /correct its schedule/,
    ],
  ])("%s", (_, windows, time, words) => {
    const closed = closedNow(system(...windows), at(time));
    if (words === undefined) expect(closed).toBeUndefined();
    else expect(closed?.message).toMatch(words);
  });
  it("the verdict is asked for again when it is over", () => {
    const one = system(nightly);
    const seen = ["01:00", "02:00", "03:00", "04:00", "02:30"].map((t) => closedNow(one, at(t)) === undefined);
    expect(seen).toEqual([false, true, true, false, true]);
  });
  it("gates what its windows say", () => {
    expect(closedNow(system(nightly), at("12:00"))?.gates).toBe("Disruptive");
    expect(closedNow(system({ ...nightly, gates: ["All"] }), at("12:00"))?.gates).toBe("All");
  });
});
