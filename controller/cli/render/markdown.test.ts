import { describe, expect, it } from "vitest";
import type { LoadProblem } from "../../api/load-problem.ts";
import type { PlanView, SubjectView } from "../plan-view.ts";
import { commentText, problemComment } from "./markdown.ts";

const between = { base: "a".repeat(40), head: "b".repeat(40), folder: "isp" };
const nothing = { create: 0, change: 0, retire: 0, restore: 0, held: 0, unknown: 0 };
const subject = (name: string, more: Partial<SubjectView> = {}): SubjectView => ({
  ...{
    kind: "Subscriber",
    tenant: "acme",
    namespace: "isp-acme",
    name,
    planId: "",
    because: [],
    blocked: [],
    faults: [],
  },
  changes: [{ ref: `radius/account/${name}`, action: "update", fields: [] }],
  ...more,
});
const comment = (subjects: readonly SubjectView[], summary: Partial<PlanView["summary"]>): string =>
  commentText({
    between,
    notes: [],
    budgets: [],
    view: { changeSet: "", subjects, scheduled: [], summary: { ...nothing, ...summary } },
  });

describe("the comment of a pull request", () => {
  it("says so when nothing changes", () => {
    expect(comment([], {})).toContain("### Lastmile plan: nothing changes");
  });
  it("begins with whom it costs most, and counts each customer once", () => {
    const text = comment(
      [
        subject("anna"),
        subject("bert", { changes: [{ ref: "r", action: "update", fields: [], impact: "disrupt" }] }),
        subject("carl", {
          changes: [
            { ref: "r", action: "retire", fields: [], impact: "retire" },
            { ref: "s", action: "retire", fields: [], impact: "retire" },
          ],
        }),
      ],
      { change: 4 },
    );
    expect(text).toContain("**3 customers concerned: 1 loses service, 1 is interrupted.**");
    expect([...text.matchAll(/^#### `Subscriber isp-acme\/(\w+)`/gm)].map((m) => m[1])).toEqual([
      "carl",
      "bert",
      "anna",
    ]);
  });
  it("says what is held, why, and what releases it", () => {
    const hold = { code: "Paused", message: "Tenant acme is paused", release: "undo it" };
    const text = comment([subject("anna", { changes: [{ ref: "r", action: "create", fields: [], hold }] })], {
      held: 1,
    });
    expect(text).toContain("- held: `Paused` `Tenant acme is paused`\n  - `undo it`");
    expect(text).toContain("| create (held) | `r` |");
  });
  it("fits into a comment, and says how much does not", () => {
    const field = { field: "address", before: "x".repeat(190), after: "y".repeat(190), drift: false };
    const many = Array.from({ length: 500 }, (_, n) =>
      subject(`s${n}`, { changes: [{ ref: "r", action: "update", fields: [field] }] }),
    );
    const text = comment(many, { change: 500 });
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/… and \d+ customers or objects more/);
    const shown = [...text.matchAll(/^####/gm)].length;
    expect(text).toContain(`… and ${500 - shown} customers`);
  });
  it("lists problems with their places", () => {
    const problem: LoadProblem = {
      ...{ file: "isp/a.yaml", line: 3, column: 5, kind: "Subscriber", name: "isp/anna", path: "spec.planRef" },
      ...{ message: "the plan `x` <b>is</b> unknown", remedy: "declare it" },
    };
    const text = problemComment(between, [problem]);
    expect(text).toContain(
      "- `isp/a.yaml:3:5` `Subscriber/isp/anna` `spec.planRef`: ``the plan `x` <b>is</b> unknown``\n  - `declare it`",
    );
    const many = problemComment(
      between,
      Array.from({ length: 60 }, () => problem),
    );
    expect(many).toContain("Lastmile: 60 problems");
    expect(many).toContain("… and 10 more");
  });
});
