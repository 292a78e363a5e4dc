import { fc, it as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { SubscriberSchedule, SubscriberSpec } from "../api/types.generated.ts";
import { Catalog, keyOfObject } from "./catalog.ts";
import { subscriber } from "./resolve/fixture.ts";
import { specAt, stagesOf, timingAt } from "./schedule.ts";

const spec = (more: Partial<SubscriberSpec> = {}): SubscriberSpec => subscriber(more).spec;
const plan = (name: string) => ({ planRef: { name } });
const suspend = (resumeAt?: string) =>
  ({ serviceState: "Suspended", suspension: { reason: "NonPayment", ...(resumeAt && { resumeAt }) } }) as const;
const [JAN, FEB, MAR] = ["2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z"] as const;
const at = (moment: string): number => Date.parse(moment);
const seen = (s: SubscriberSpec, moment: string) => {
  const { planRef, serviceState, suspension } = specAt(s, at(moment));
  return [planRef?.name, serviceState, suspension?.reason].filter((v) => v !== undefined).join(" ");
};

describe("what counts", () => {
  it.each<[string, Partial<SubscriberSpec>, string, string]>([
    ["nothing is scheduled", {}, JAN, "basic Active"],
    ["before the moment: as declared", { schedule: [{ at: FEB, set: plan("fast") }] }, JAN, "basic Active"],
    ["at the moment itself", { schedule: [{ at: FEB, set: plan("fast") }] }, FEB, "fast Active"],
    ["it stays in force", { schedule: [{ at: JAN, set: plan("fast") }] }, MAR, "fast Active"],
    [
      "a field that a later change does not name stays",
      {
        schedule: [
          { at: JAN, set: plan("fast") },
          { at: FEB, set: suspend() },
        ],
      },
      MAR,
      "fast Suspended NonPayment",
    ],
    ["a suspension ends by itself", suspend(FEB), FEB, "basic Active"],
    ["and not before", suspend(FEB), JAN, "basic Suspended NonPayment"],
    ["a scheduled one, too", { schedule: [{ at: JAN, set: suspend(FEB) }] }, MAR, "basic Active"],
    [
      "an entry has the last word over the end of a suspension at its moment",
      { ...suspend(FEB), schedule: [{ at: FEB, set: { serviceState: "Terminated" } }] },
      FEB,
      "basic Terminated",
    ],
    [
      "a plan change at the end of a suspension: both",
      { ...suspend(FEB), schedule: [{ at: FEB, set: plan("fast") }] },
      FEB,
      "fast Active",
    ],
    [
      "a plan change during a suspension leaves it suspended",
      { ...suspend(MAR), schedule: [{ at: JAN, set: plan("fast") }] },
      FEB,
      "fast Suspended NonPayment",
    ],
    [
      "a resume ahead of time: the date of the suspension means nothing any more",
      {
        ...suspend(FEB),
        schedule: [
          { at: JAN, set: { serviceState: "Active" } },
          { at: "2027-01-15T00:00:00Z", set: { serviceState: "Terminated" } },
        ],
      },
      MAR,
      "basic Terminated",
    ],
    [
      "another suspension, without an end, takes the place of one that has one",
      { ...suspend(FEB), schedule: [{ at: JAN, set: { serviceState: "Suspended", suspension: { reason: "Fraud" } } }] },
      MAR,
      "basic Suspended Fraud",
    ],
    ["over before it began, as last year's may be", suspend("2020-01-01T00:00:00Z"), JAN, "basic Active"],
  ])("%s", (_, declared, moment, what) => expect(seen(spec(declared), moment)).toBe(what));

  it("a named profile takes the place of the one that is written in the subscriber", () => {
    const inline = { networkProfile: { serviceVlan: 100, option82Policy: "Ignore" } } as const;
    const after = specAt(
      spec({ ...inline, schedule: [{ at: JAN, set: { networkProfileRef: { name: "own" } } }] }),
      at(JAN),
    );
    expect([after.networkProfile, after.networkProfileRef]).toEqual([undefined, { name: "own" }]);
  });
  it("the hour that a time zone has twice is told apart by its offset", () => {
    const twice = [
      { at: "2026-10-25T02:30:00+01:00", set: plan("winter") },
      { at: "2026-10-25T02:30:00+02:00", set: plan("summer") },
    ];
    const s = spec({ schedule: twice });
    expect(seen(s, "2026-10-25T00:29:59Z")).toBe("basic Active");
    expect(seen(s, "2026-10-25T00:30:00Z")).toBe("summer Active");
    expect(seen(s, "2026-10-25T01:30:00Z")).toBe("winter Active");
  });
});

describe("what comes next", () => {
  it("is said with what has been", () => {
    const s = spec({ ...suspend(FEB), schedule: [{ at: MAR, set: { ...plan("fast"), serviceState: "Terminated" } }] });
    expect(timingAt(s, at(JAN))).toEqual({ applied: undefined, next: { at: at(FEB), change: "resumed" } });
    expect(timingAt(s, at(FEB))).toEqual({
      applied: { at: at(FEB), change: "resumed" },
      next: { at: at(MAR), change: "plan fast, terminated" },
    });
    expect(timingAt(s, at(MAR))?.next).toBeUndefined();
    expect(timingAt(spec(), at(JAN))).toBeUndefined();
  });
});

/** Around the change to summer time, in every notation. */
const moment = fc.record({
  hours: fc.integer({ min: -30, max: 30 }),
  offset: fc.constantFrom("Z", "+01:00", "+02:00", "-05:00", "+05:45"),
});
const OFFSETS: Readonly<Record<string, number>> = { Z: 0, "+01:00": 60, "+02:00": 120, "-05:00": -300, "+05:45": 345 };
const written = ({ hours, offset }: { readonly hours: number; readonly offset: string }): string => {
  const local = Date.UTC(2027, 2, 28, 1 + hours) + (OFFSETS[offset] ?? 0) * 60_000;
  return new Date(local).toISOString().replace(".000Z", offset);
};
const set: fc.Arbitrary<SubscriberSchedule["set"]> = fc.oneof(
  fc.constantFrom("a", "b", "c").map(plan),
  fc.constantFrom("Active", "Terminated").map((serviceState) => ({ serviceState }) as const),
  fc.option(moment, { nil: undefined }).map((m) => suspend(m && written(m))),
  fc.constantFrom("p", "q").map((name) => ({ networkProfileRef: { name }, serviceState: "Active" }) as const),
);
const declared = fc
  .record({
    state: fc.option(moment, { nil: undefined }),
    schedule: fc.uniqueArray(fc.record({ at: moment, set }), { maxLength: 8, selector: ({ at: m }) => m.hours }),
  })
  .map(({ state, schedule }) =>
    spec({
      ...(state && suspend(written(state))),
      schedule: schedule.map((e) => ({ at: written(e.at), set: e.set })),
    }),
  );
const some = fc.integer({ min: -40, max: 40 }).map((hours) => Date.UTC(2027, 2, 28, hours, 30));

describe("whatever is scheduled", () => {
  property.prop([declared, some])("the order in which it is written says nothing", (s, now) => {
    const turned = { ...s, schedule: s.schedule?.toReversed() ?? [] };
    expect({ ...specAt(turned, now), schedule: s.schedule }).toEqual(specAt(s, now));
  });
  property.prop([declared, some])("what counts is not changed by what made it so, once more", (s, now) => {
    expect(specAt(specAt(s, now), now)).toEqual(specAt(s, now));
  });
  property.prop([declared, some, some])("between two moments of its own nothing changes", (s, a, b) => {
    const [first, second] = [Math.min(a, b), Math.max(a, b)];
    const between = stagesOf(s).some(({ from }) => from > first && from <= second);
    if (!between) expect(specAt(s, second)).toEqual(specAt(s, first));
    expect((timingAt(s, first)?.next?.at ?? Number.POSITIVE_INFINITY) <= second).toBe(between);
  });
  property.prop([declared])("one state counts at a moment, and who is not suspended has no suspension", (s) => {
    const moments = stagesOf(s).map(({ from }) => from);
    expect(moments).toEqual([...new Set(moments)].toSorted((a, b) => a - b));
    for (const { spec: stage } of stagesOf(s))
      expect(stage.suspension !== undefined).toBe(stage.serviceState === "Suspended");
  });
  property.prop([declared, some])("nobody is suspended beyond the end of the suspension", (s, now) => {
    const { serviceState, suspension } = specAt(s, now);
    if (serviceState === "Suspended" && suspension?.resumeAt)
      expect(Date.parse(suspension.resumeAt)).toBeGreaterThan(now);
  });
  property.prop([declared, fc.array(some)])("however time passes, a catalog ends at what counts", (s, moments) => {
    const john = { ...subscriber(), spec: s };
    const key = keyOfObject(john);
    const catalog = new Catalog([john], Number.NEGATIVE_INFINITY);
    let latest = Number.NEGATIVE_INFINITY;
    for (const now of moments) {
      const due = catalog.due(now).length > 0;
      latest = Math.max(latest, now);
      const before = catalog.timing(key)?.next?.at ?? Number.POSITIVE_INFINITY;
      expect(due).toBe(before <= now);
      catalog.advance(now);
      expect(catalog.get(key)).toMatchObject({ spec: specAt(s, latest) });
      expect(catalog.due(latest)).toEqual([]);
    }
  });
});

describe("a catalog", () => {
  it("forgets who is withdrawn, and goes by the new declaration of who is declared anew", () => {
    const john = subscriber({ schedule: [{ at: JAN, set: plan("fast") }] });
    const catalog = new Catalog([john], at("2026-12-01T00:00:00Z"));
    catalog.remove(keyOfObject(john));
    expect(catalog.due(at(MAR))).toEqual([]);
    catalog.put(subscriber({ schedule: [{ at: FEB, set: plan("fast") }] }));
    expect([catalog.due(at(JAN)), catalog.due(at(FEB))]).toEqual([[], [keyOfObject(john)]]);
  });
});
