import { describe, expect, it } from "vitest";
import { fault } from "../../reconcilers/errors.ts";
import { type Change, type Hold, parseRef } from "../core/model.ts";
import type { Preview, PreviewedSubject } from "../engine/preview.ts";
import { painter } from "./io.ts";
import { isEmpty, planView, type ViewInput } from "./plan-view.ts";
import { planText } from "./render/plan.ts";

const GROUP = "radius-1/group/fiber";
const change = (ref: string, action: Change["action"], more: Partial<Change> = {}): Change => ({
  ...{ ref: parseRef(ref), action, fields: [], after: [] },
  ...more,
});
const hold = (code: Hold["code"], message: string): { hold: Hold } => ({ hold: { code, message } });
const subject = (
  name: string,
  changes: readonly Change[],
  more: Partial<PreviewedSubject["subject"]> = {},
): PreviewedSubject => {
  const owner = { installation: "i", tenant: "acme", kind: "Subscriber", namespace: "isp", name };
  const subject = { owner, desired: [], claims: [], blocked: [], warnings: [], resolution: undefined, ...more };
  return { key: `i/acme/Subscriber/isp/${name}`, subject, plan: { owner, changes }, planId: "p", faults: new Map() };
};
const input: ViewInput = {
  because: new Map(),
  declaredIn: () => undefined,
  written: () => "as it was written last",
  author: () => undefined,
  approve: (id) => `lastmile approve ${id} folder`,
};
const view = (...subjects: readonly PreviewedSubject[]) =>
  planView({ changeSet: "abc", subjects, steps: [], scheduled: [] } satisfies Preview, input);
const NONE = { create: 0, change: 0, retire: 0, restore: 0, held: 0, unknown: 0 };

describe("the summary", () => {
  it.each([
    ["create", { create: 1 }],
    ["adopt", { change: 1 }],
    ["update", { change: 1 }],
    ["restore", { restore: 1 }],
    ["retire", { retire: 1 }],
    ["destroy", { retire: 1 }],
  ] as const)("counts %s", (action, counted) => {
    expect(view(subject("a", [change("r/account/a", action)])).summary).toEqual({ ...NONE, ...counted });
  });
  it("counts what is held as held only", () => {
    const held = change("r/account/a", "update", hold("DestructiveLimit", "used up"));
    expect(view(subject("a", [held])).summary).toEqual({ ...NONE, held: 1 });
  });
  it("counts a subject that cannot be told, and one that could not be seen", () => {
    const blocked = [{ reason: "PlanUnknown", message: "no plan x" }];
    const unseen = { ...subject("b", [change("r/account/b", "none", hold("Blocked", "not observed yet"))]) };
    const faulty = { ...unseen, faults: new Map([["r/account/b", fault("Unavailable", "no answer")]]) };
    expect(
      view(subject("a", [change("r/account/a", "none", hold("Blocked", "no plan x"))], { blocked }), faulty).summary,
    ).toEqual({
      ...NONE,
      held: 1,
      unknown: 1,
    });
  });
  it("is empty when nothing is to do", () => {
    expect(isEmpty(view())).toBe(true);
    expect(planText(view(), painter(false))).toBe("Nothing to do: what is there is what is declared.");
  });
});

describe("waiting", () => {
  const waiting = change("radius-1/account/a", "create", hold("Blocked", `waits for ${GROUP}`));
  it("for another object of the plan is an order of work", () => {
    const [seen] = view(subject("a", [waiting]), subject("fiber", [change(GROUP, "create")])).subjects;
    expect(seen?.changes[0]).toMatchObject({ after: GROUP });
    expect(seen?.changes[0]).not.toHaveProperty("hold");
  });
  it("for an object that is held itself is a hold", () => {
    const plan = view(
      subject("a", [waiting]),
      subject("fiber", [change(GROUP, "adopt", hold("NotOwned", "no owner"))]),
    );
    expect(plan.subjects[0]?.changes[0]?.hold).toMatchObject({ code: "Blocked" });
    expect(plan.summary).toEqual({ ...NONE, held: 2 });
  });
});

describe("the text", () => {
  it("names what is held, and the exact command that releases it", () => {
    const held = change("r/account/a", "retire", {
      impact: "retire",
      ...hold("DestructiveLimit", "the budget is used up"),
    });
    expect(planText(view(subject("a", [held])), painter(false))).toMatchInlineSnapshot(`
      "+ create   ~ change   - retire   ^ restore

      Subscriber isp/a
        because nothing wants it any more
        - r/account/a  retire: the customer loses service
            held: DestructiveLimit: the budget is used up
              lastmile approve abc folder

      Plan: 1 held. Change set abc"
    `);
  });
  it("says that more will follow where a plan reaches its subscribers step by step", () => {
    const steps = [{ plan: "i/acme/ServicePlan/isp-acme/basic", subscribers: 20, of: 200 }];
    const subjects = [subject("a", [change("r/account/a", "update")])];
    expect(planText(planView({ changeSet: "abc", subjects, steps, scheduled: [] }, input), painter(false))).toContain(
      "ServicePlan isp-acme/basic reaches its subscribers step by step: 20 of 200 now, and the others later.",
    );
  });
  it("calls drift what is wanted as it was written last, and nothing that only waits to be carried out", () => {
    const fields = (after: string) => [{ field: "rate", before: "1", after }];
    const told = (after: string, written: ViewInput["written"], author = input.author) =>
      planText(
        planView(
          {
            changeSet: "abc",
            steps: [],
            scheduled: [],
            subjects: [subject("a", [change("r/account/a", "update", { fields: fields(after) })])],
          },
          { ...input, written, author },
        ),
        painter(false),
      );
    expect(told("2", () => "2")).toContain("because it was changed in the system (drift)");
    expect(told("2", () => "2")).toContain("rate  1 → 2  (drift)");
    expect(told("3", () => "1")).toContain("because it was declared before, and is not carried out yet");
    expect(told("3", () => "1")).not.toContain("drift)");
    const author = () => ({ name: "mallory", at: "2026-11-21T03:04:05.678901Z" });
    expect(told("2", () => "2", author)).toContain("update, changed by mallory at 2026-11-21T03:04:05Z");
    expect(told("3", () => "1", author)).not.toContain("mallory"); // it was the declaration that changed
    expect(told("3", () => undefined)).toContain("(drift)"); // adopted as it was: nobody else can have declared it
  });
  it("tells of a system that is down once, however many it hides", () => {
    const unseen = (name: string) => ({
      ...subject(name, [change(`r/account/${name}`, "none", hold("Blocked", "not observed yet"))]),
      faults: new Map([[`r/account/${name}`, fault("Unavailable", "no answer")]]),
    });
    const text = planText(view(...["a", "b", "c", "d", "e"].map(unseen)), painter(false));
    expect(text).toContain(
      "Subscriber isp/a, Subscriber isp/b, Subscriber isp/c and 2 more\n  not seen: Unavailable: r: no answer\n    ",
    );
    expect(text.match(/not seen: Unavailable/g)).toHaveLength(1);
    expect(text).toContain("Plan: 5 not seen.");
    expect(planText(view(unseen("a")), painter(false))).toContain("not seen: Unavailable: r/account/a: no answer");
  });
  it("shows values that are known after apply, and fields that go", () => {
    const fields = [
      { field: "address", before: "", after: "(known after apply)" },
      { field: "pool", before: "cgn", after: "" },
    ];
    const text = planText(view(subject("a", [change("r/account/a", "update", { fields })])), painter(false));
    expect(text).toContain("      address  (none) → (known after apply)\n      pool     cgn → (none)");
  });
  it("is coloured for a terminal only", () => {
    const plan = view(subject("a", [change("r/account/a", "create")]));
    expect(planText(plan, painter(true))).toContain("\u001b[32m+");
    expect(planText(plan, painter(false))).not.toContain("\u001b");
  });
});

describe("what time brings", () => {
  const at = Date.UTC(2027, 0, 1);
  const scheduled = Array.from({ length: 12 }, (_, n) => ({
    key: `i/acme/Subscriber/isp/s${n}`,
    at: at + n * 1000,
    change: "plan fast",
  }));
  it("is told also where there is nothing to do, the next first, and not all of many", () => {
    const text = planText(planView({ changeSet: "abc", subjects: [], steps: [], scheduled }, input), painter(false));
    expect(text).toContain("Nothing to do");
    expect(text).toContain("Scheduled next\n  2027-01-01T00:00:00Z  isp/s0: plan fast\n");
    expect(text).toMatch(/isp\/s9: plan fast\n {2}… and 2 more; -o json shows all$/);
  });
  it("is why something is to be done, where nobody declared anything differently", () => {
    const timing = { applied: { at, change: "resumed" }, next: undefined };
    const { subjects } = view(subject("a", [change("r/account/a", "update")], { timing }));
    expect(subjects[0]?.because).toEqual(["its schedule says so since 2027-01-01T00:00:00Z: resumed"]);
  });
});
