/** "Scheduled changes": what time brings, in which order, seen beforehand, and held by the same budgets. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, profile } from "./declarations.ts";
import { BARE, BILLED, customer, MITTE, type Office, office } from "./office.ts";
import { condition, controller, eventually } from "./provider.ts";
import { groupsOf, rows } from "./rows.ts";

type Spec = Record<string, unknown>;
const PLANS = [
  plan("basic", { billing: BILLED }),
  plan("fast", { speed: { down: "1Gbps", up: "500Mbps" }, billing: BILLED }),
  plan("slow", { aliases: ["slow_10mbps"], speed: { down: "10Mbps", up: "5Mbps" }, billing: BILLED }),
  profile("elsewhere", { staticIPv4: "10.0.1.77" }),
];
const on = (name: string): Spec => ({ planRef: { name } });
const OUT = { serviceState: "Suspended", suspension: { reason: "CustomerRequest", mode: "Reject" } };
const past = (day: number): string => `2026-01-${String(day).padStart(2, "0")}T00:00:00+01:00`;
const FUTURE = "2035-01-01T00:00:00+01:00";
const at = (when: string, set: Spec): Spec => ({ at: when, set });

const groupOf = async (p: Office, name: string): Promise<string> => (await groupsOf(p, `${name}@acme.example`)).join();
const out = async (p: Office, name: string): Promise<boolean> =>
  (await rows(p, "radcheck", `${name}@acme.example`)).includes("Auth-Type := Reject");

describe("what counts when", () => {
  let p: Office;
  const LINES: readonly (readonly [name: string, spec: Spec, group: string, out: boolean, why: string])[] = [
    ["coming", { schedule: [at(FUTURE, on("fast"))] }, "acme:basic:mikrotik", false, "not before its time"],
    ["passed", { schedule: [at(past(1), on("fast"))] }, "acme:fast:mikrotik", false, "its time is over"],
    ["aliased", { schedule: [at(past(1), on("slow_10mbps"))] }, "acme:slow:mikrotik", false, "by an alias too"],
    [
      "order",
      { schedule: [at(past(9), on("slow")), at(past(2), on("fast"))] },
      "acme:slow:mikrotik",
      false,
      "in the order of time, not of the list",
    ],
    [
      "zones",
      { schedule: [at("2026-01-01T12:00:00+12:00", on("slow")), at("2026-01-01T06:00:00Z", on("fast"))] },
      "acme:fast:mikrotik",
      false,
      "time is time, wherever",
    ],
    [
      "stays",
      { schedule: [at(past(1), on("fast")), at(past(2), OUT), at(past(3), { serviceState: "Active" })] },
      "acme:fast:mikrotik",
      false,
      "what it sets stays in force",
    ],
    ["off-now", { schedule: [at(past(1), OUT)] }, "", true, "suspended by time"],
    [
      "back",
      {
        schedule: [
          at(past(1), {
            serviceState: "Suspended",
            suspension: { reason: "CustomerRequest", mode: "Reject", resumeAt: past(2) },
          }),
        ],
      },
      "acme:basic:mikrotik",
      false,
      "and back by time",
    ],
    [
      "over",
      { serviceState: "Suspended", suspension: { reason: "CustomerRequest", mode: "Reject", resumeAt: past(2) } },
      "acme:basic:mikrotik",
      false,
      "a suspension that is over",
    ],
  ];
  beforeAll(async () => {
    p = await office({ ...MITTE, systems: BARE }, PLANS);
    for (const [name, spec] of LINES) p.lines[name] = customer(name, spec);
    p.lines["profiled"] = customer("profiled", {
      networkProfile: { staticIPv4: "10.0.1.66" },
      schedule: [at(past(1), { networkProfileRef: { name: "elsewhere" } })],
    });
    p.lines["ended"] = customer("ended");
    await p.applied();
  });
  afterAll(() => p?.end());

  it.each(LINES)("%s: %o is in %s, out: %s; %s", async (name, _spec, group, isOut) => {
    expect(await out(p, name)).toBe(isOut);
    if (!isOut) expect(await groupOf(p, name)).toBe(group);
  });

  it("a profile that is named takes the place of the one in place", async () => {
    expect((await p.show("profiled"))["addresses"]).toMatchObject({ ipv4: "10.0.1.77", source: "NetworkProfile" });
  });

  it("the end of the contract", async () => {
    p.lines["ended"] = customer("ended", { schedule: [at(past(1), { serviceState: "Terminated" })] });
    await p.applied();
    expect(await out(p, "ended")).toBe(true);
    expect(await p.bill("ended")).toBe("CANCELLED");
    expect((await p.show("ended"))["phase"]).toBe("Terminated");
  });

  it("looked at beforehand: plan, explain, status; and afterwards by what it was", async () => {
    expect((await p.plan()).out).toMatch(/2034-12-31T23:00:00Z.*coming.*fast/);
    expect(await p.explain("coming")).toContain("2034-12-31T23:00:00Z");
    expect((await p.show("coming"))["schedule"]).toMatchObject({
      next: { at: "2034-12-31T23:00:00Z", change: expect.stringContaining("fast") },
    });
    expect((await p.show("passed"))["schedule"]).toMatchObject({
      applied: { at: "2025-12-31T23:00:00Z", change: expect.stringContaining("fast") },
    });
  });

  it("an entry that has passed may be removed once it is written above: nothing happens", async () => {
    p.lines["passed"] = customer("passed", on("fast"));
    await p.declared();
    const plan = await p.plan();
    expect(plan.code, plan.text).toBe(0);
    await p.applied();
  });

  it.each([
    ["two for one moment", [at(FUTURE, on("fast")), at("2034-12-31T23:00:00Z", on("slow"))]],
    [
      "a suspension that is over before it begins",
      [at(FUTURE, { ...OUT, suspension: { reason: "Fraud", resumeAt: past(1) } })],
    ],
    ["a plan that does not exist", [at(FUTURE, on("no-such-plan"))]],
    ["a profile that does not exist", [at(FUTURE, { networkProfileRef: { name: "no-such-profile" } })]],
    ["a suspension without its state", [at(FUTURE, { suspension: { reason: "Fraud" } })]],
    ["no time", [{ at: "tomorrow", set: on("fast") }]],
    ["nothing to set", [at(FUTURE, {})]],
  ])("%s is refused when it is declared", async (_why, schedule) => {
    p.lines["bad"] = customer("bad", { schedule });
    await p.declared();
    const answer = await p.lastmile(["validate", p.folder]);
    delete p.lines["bad"];
    expect(answer.code, answer.text).toBe(4);
    expect(answer.text).toMatch(/all\.yaml:\d+.*schedule/);
  });
});

describe("when the moment comes", () => {
  let p: Office;
  beforeAll(async () => {
    p = await office({ ...MITTE, systems: BARE }, PLANS);
    for (let n = 0; n < 10; n++) p.lines[`many-${n}`] = customer(`many-${n}`);
    await p.applied();
  });
  afterAll(() => p?.end());

  it("a controller carries it out by its clock, and what is declared is never rewritten", async () => {
    const when = new Date(Date.now() + 15_000).toISOString();
    p.lines["soon"] = customer("soon", { schedule: [at(when, on("fast"))] });
    await p.declared();
    const before = await readFile(join(p.folder, "all.yaml"), "utf8");
    const running = await controller(p);
    await eventually(
      () => groupOf(p, "soon"),
      (group) => group === "acme:fast:mikrotik",
    );
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(when));
    expect(await readFile(join(p.folder, "all.yaml"), "utf8")).toBe(before);
    running.process.kill("SIGTERM");
    await new Promise((gone) => running.process.once("exit", gone));
  });

  it("due while nobody ran: whoever starts carries it out", async () => {
    p.lines["soon"] = customer("soon", { schedule: [at(past(1), on("slow"))] });
    await p.declared();
    const running = await controller(p);
    await eventually(
      () => groupOf(p, "soon"),
      (group) => group === "acme:slow:mikrotik",
    );
    running.process.kill("SIGTERM");
    await new Promise((gone) => running.process.once("exit", gone));
  });

  it("many at one moment are one set, held as a whole by the budget; their resume is held by none", async () => {
    const tight = { budgets: { suspend: "20%", retire: "20%", disrupt: "20%", minimum: 1, window: "1h" } };
    p.changed["acme"] = { policies: tight };
    for (let n = 0; n < 10; n++)
      p.lines[`many-${n}`] = customer(`many-${n}`, n < 5 ? { schedule: [at(past(1), OUT)] } : {});
    const held = await p.tried();
    expect(held.code, held.text).toBe(3);
    for (let n = 0; n < 5; n++) expect(await out(p, `many-${n}`), String(n)).toBe(false);
    expect(condition(await p.show("many-0"), "Ready")).toBe("False DestructiveLimit");
    const set = /lastmile approve ([0-9a-f]+)/.exec((await p.plan()).out)?.[1] ?? "none named";
    const approved = await p.lastmile(["approve", set, p.folder, "--yes"]);
    expect(approved.code, approved.text).toBe(0);
    await p.applied();
    expect(await out(p, "many-4")).toBe(true);
    for (let n = 0; n < 5; n++)
      p.lines[`many-${n}`] = customer(`many-${n}`, {
        schedule: [at(past(1), OUT), at(past(2), { serviceState: "Active" })],
      });
    await p.applied();
    for (let n = 0; n < 5; n++) expect(await out(p, `many-${n}`), String(n)).toBe(false);
  });
});
