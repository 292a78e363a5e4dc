import { readFileSync } from "node:fs";
import { fc, it } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { type Phase, phaseOf, type Sight } from "./phase.ts";
import { ALLOWED, GROUPS, TRANSITIONS } from "./transitions.ts";

const PHASES: readonly Phase[] = [...GROUPS.Coming, "Active", "Degraded", "Suspended", ...GROUPS.Ending];
const BEFORE: readonly (Phase | undefined)[] = [undefined, ...PHASES];
/** Nothing is known, nothing is made. */
const DARK: Sight = {
  wanted: "Active",
  service: undefined,
  surveying: false,
  awaited: false,
  done: false,
  over: false,
  sure: false,
  begun: false,
  served: true,
};
const DONE = { done: true, over: true, sure: true, begun: true } as const;

describe("the phase", () => {
  const rows: readonly [why: string, before: Phase | undefined, sight: Partial<Sight>, after: Phase][] = [
    ["declared just now, nobody has looked", undefined, {}, "Pending"],
    ["held before anything was made, such as by a pause", "Pending", { sure: true, service: "Out" }, "Pending"],
    ["a survey is missing: nothing is made", "Pending", { sure: true, surveying: true }, "Surveying"],
    ["the survey is there: an outage right then is no reason to go on surveying", "Surveying", {}, "Pending"],
    ["an account is made, billing refuses", "Pending", { sure: true, begun: true, service: "In" }, "Provisioning"],
    ["a device has never come", "Provisioning", { sure: true, awaited: true, service: "Out" }, "AwaitingInstallation"],
    [
      "its system is down: whether it came nobody knows",
      "AwaitingInstallation",
      { service: "In" },
      "AwaitingInstallation",
    ],
    ["the device came, and refuses a value", "AwaitingInstallation", { sure: true, service: "In" }, "Provisioning"],
    ["all is in place", "AwaitingInstallation", { ...DONE, service: "In" }, "Active"],
    ["it was served before Lastmile knew it", undefined, { ...DONE, service: "In" }, "Active"],
    ["RADIUS is down: who is served stays served", "Active", {}, "Active"],
    ["another system is at fault: the customer is served", "Active", { service: "In", sure: true }, "Active"],
    ["surely locked out", "Active", { service: "Out", sure: true }, "Degraded"],
    ["back", "Degraded", { ...DONE, service: "In" }, "Active"],
    ["the account is fine, whether the device is nobody knows", "Degraded", { service: "In" }, "Degraded"],
    ["to be suspended, and still let in", "Active", { wanted: "Suspended", service: "In" }, "Active"],
    ["to be suspended, and nobody knows", "Active", { wanted: "Suspended" }, "Active"],
    ["kept out, whatever else is open", "Active", { wanted: "Suspended", service: "Out" }, "Suspended"],
    [
      "to be resumed, and still kept out: it is no trouble of the network",
      "Suspended",
      { service: "Out" },
      "Suspended",
    ],
    [
      "resumed before the technician came: it waits for him, as it did",
      "Suspended",
      { served: false, sure: true, awaited: true, service: "Out" },
      "AwaitingInstallation",
    ],
    ["the same, and its system is down", "Suspended", { served: false }, "Suspended"],
    ["let in again", "Suspended", { service: "In", sure: true }, "Active"],
    [
      "declared suspended from the start",
      "Provisioning",
      { ...DONE, wanted: "Suspended", service: "Out" },
      "Suspended",
    ],
    [
      "the same, before its account is there",
      "Pending",
      { wanted: "Suspended", service: "Out", sure: true },
      "Pending",
    ],
    ["its end is declared: that is known without any system", "Active", { wanted: "Terminated" }, "Terminating"],
    ["every system is out of service", "Terminating", { ...DONE, wanted: "Terminated", service: "Out" }, "Terminated"],
    ["only a router is unplugged", "Terminating", { over: true, wanted: "Terminated" }, "Terminated"],
    ["its retention ends in a system that is down", "Terminated", { wanted: "Terminated" }, "Terminated"],
    ["declared again before anything was taken away", "Terminating", { service: "In" }, "Active"],
    ["declared again, restored in part", "Terminated", { sure: true, begun: true }, "Provisioning"],
    ["declared again, and nobody could look", "Terminated", {}, "Terminated"],
  ];
  it.each(rows)("%s: %s", (_why, before, sight, after) => expect(phaseOf(before, { ...DARK, ...sight })).toBe(after));
});

const bool = fc.boolean();
const sights: fc.Arbitrary<Sight> = fc
  .record({
    wanted: fc.constantFrom("Active" as const, "Suspended" as const, "Terminated" as const),
    service: fc.constantFrom("In" as const, "Out" as const, undefined),
    surveying: bool,
    awaited: bool,
    done: bool,
    over: bool,
    sure: bool,
    begun: bool,
    served: bool,
  })
  .map((s) => ({ ...s, over: s.over || s.done, sure: s.sure || s.done, surveying: s.surveying && !s.done }));
const befores = fc.constantFrom(...BEFORE);

describe("whatever the systems show", () => {
  it.prop([befores, sights])("a phase results, and only a turn that is drawn", (before, sight) => {
    const after = phaseOf(before, sight);
    expect(PHASES).toContain(after);
    if (after !== before) expect(ALLOWED).toContain(`${before ?? "[*]"}>${after}`);
  });
  it.prop([befores, sights])("the same sight again changes nothing", (before, sight) => {
    const after = phaseOf(before, sight);
    expect(phaseOf(after, sight)).toBe(after);
  });
  it.prop([fc.constantFrom(...PHASES), fc.array(fc.constantFrom<Sight["service"]>(undefined, "In"), { maxLength: 5 })])(
    "systems that are slow or unknown move nobody who is declared Active",
    (before, views) => {
      const at = before === "Surveying" || before === "Terminating" ? "Pending" : before;
      const moved = views.reduce<Phase>((p, service) => phaseOf(p, { ...DARK, service, begun: true }), at);
      // Only a resume may show meanwhile: an account that was seen to let somebody in is no unknown.
      expect([at, at === "Suspended" ? "Active" : at]).toContain(moved);
    },
  );
  it("every turn that is drawn can happen", () => {
    const seen = new Set<string>();
    const walk = fc.sample(fc.tuple(befores, sights), { numRuns: 60_000, seed: 7 });
    for (const [before, sight] of walk) seen.add(`${before ?? "[*]"}>${phaseOf(before, sight)}`);
    expect([...ALLOWED].filter((t) => !seen.has(t))).toEqual([]);
  });
});

describe("docs/lifecycle.md", () => {
  const page = readFileSync(new URL("../../../docs/lifecycle.md", import.meta.url), "utf8");
  const [drawing = ""] = /```mermaid[\s\S]*?```/.exec(page) ?? [];
  it("draws exactly the turns of the table", () => {
    const drawn = [...drawing.matchAll(/^ *(\S+) --> (\w+): (.*)$/gm)].map(([, from, to, when]) => ({
      from,
      to,
      when,
    }));
    expect(drawn).toEqual(TRANSITIONS.map(({ from, to, when }) => ({ from, to, when })));
  });
  it("draws the groups as they are", () => {
    const groups = [...drawing.matchAll(/state (\w+) \{([^}]*)\}/g)].map(([, name, in_ = ""]) => [
      name,
      in_.trim().split(/\s+/),
    ]);
    expect(Object.fromEntries(groups)).toEqual(GROUPS);
  });
  it("says of every phase what each system shows", () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, phase]) => phase);
    for (const phase of PHASES) expect(rows).toContain(phase);
  });
});
