/** "Progressive change": an edit of a plan reaches its subscribers in steps, in every system, and shows how far it is. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan } from "./declarations.ts";
import { BARE, BILLED, CALM, customer, type Office, office } from "./office.ts";
import { condition, eventually, type Status } from "./provider.ts";
import { groupsOf } from "./rows.ts";
import { statuses } from "./town.ts";
import { parseYaml } from "./yaml.ts";

type Spec = Record<string, unknown>;
const STEPS = { step: "2", pause: "1h", from: 4, stopAfter: 1 };
const MITTE = {
  servingAreas: [{ name: "mitte", olts: ["olt1"], nas: ["bng1"] }],
  systems: BARE,
  policies: { rollout: STEPS },
};
const SIX = ["r-1", "r-2", "r-3", "r-4", "r-5", "r-6"];
const rate = (mbps: number): Spec => ({ speed: { down: `${mbps}Mbps`, up: "50Mbps" } });

const planOf = async (p: Office, name = "basic"): Promise<Status> =>
  (parseYaml((await p.lastmile(["get", "serviceplan", name, "-o", "yaml"])).out) as { status: Status }).status;
const rollout = async (p: Office): Promise<Spec> => (await planOf(p))["rollout"] as Spec;
const down = async (p: Office, name: string): Promise<unknown> =>
  ((await p.show(name))["radius"] as Spec | undefined)?.["downKbps"];
/** Who has which speed, in status. */
async function speeds(p: Office, names: readonly string[] = SIX): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  const all = await statuses(p);
  for (const name of names) {
    const speed = String((all[name]?.["radius"] as Spec | undefined)?.["downKbps"]);
    found[speed] = (found[speed] ?? 0) + 1;
  }
  return found;
}
const settled = async (p: Office): Promise<void> => {
  await eventually(
    async () => {
      await p.tried();
      return (await rollout(p))["state"];
    },
    (state) => state === "Done",
  );
};

describe("step by step", () => {
  let p: Office;
  beforeAll(async () => {
    p = await office(MITTE, [plan("basic", { billing: BILLED })]);
    for (const name of SIX) p.lines[name] = customer(name);
    await p.applied();
    for (const name of SIX) await p.online(name, `s-${name}`);
    await p.applied();
  });
  afterAll(() => p?.end());

  it("plan shows the first step and nobody else, and changes nothing", async () => {
    p.changed["basic"] = { ...rate(200), billing: { ...BILLED, price: { ...BILLED.price, amount: "39.90" } } };
    await p.declared();
    const shown = await p.plan();
    expect(shown.code, shown.text).toBe(2);
    expect(shown.out).toMatch(/2 of 6/);
    expect(
      SIX.filter((name) => shown.out.includes(`isp-acme/${name} `) || shown.out.includes(`isp-acme/${name}\n`)),
    ).toHaveLength(2);
    expect(await speeds(p)).toEqual({ "100000": 6 });
  });

  it("two first; the others stay on the plan as it was, in every system, on live sessions too", async () => {
    p.nas.heard.length = 0;
    await p.tried();
    expect(await speeds(p)).toEqual({ "100000": 4, "200000": 2 });
    expect(p.nas.heard.map((line) => line.split(" ")[0])).toEqual(["CoA", "CoA"]);
    const prices = await p.bills("select count(*)::int as n from billing.prices where amount = 39.90");
    expect(prices).toEqual([{ n: 2 }]);
    const groups = await Promise.all(SIX.map((name) => groupsOf(p, `${name}@acme.example`)));
    expect(new Set(groups.flat()).size).toBe(2);
  });

  it("the plan says how far it is", async () => {
    expect(await rollout(p)).toMatchObject({
      state: "Rolling",
      released: 2,
      total: 6,
      failed: 0,
      nextAt: expect.any(String),
    });
    expect(condition(await planOf(p), "RolledOut")).toBe("False RollingOut");
    expect(condition(await planOf(p), "Ready")).toMatch(/^False RollingOut/);
    expect((await p.lastmile(["status"])).out).toMatch(/basic.*RollingOut/);
  });

  it("before the pause is over nobody more, however often it is applied", async () => {
    await p.tried();
    await p.tried();
    expect((await rollout(p))["released"]).toBe(2);
  });

  it("who is new starts on the new plan; who is suspended or goes does so at once", async () => {
    const [first = "", second = ""] = await waiting(p);
    p.lines["newcomer"] = customer("newcomer");
    p.lines[first] = customer(first, { serviceState: "Suspended", suspension: { reason: "Fraud", mode: "Reject" } });
    p.lines[second] = customer(second, { serviceState: "Terminated" });
    await p.tried();
    expect(await down(p, "newcomer")).toBe(200_000);
    for (const name of [first, second])
      expect(
        (
          await p.radius.query("select 1 from radcheck where username = $1 and value = 'Reject'", [
            `${name}@acme.example`,
          ])
        ).rowCount,
        name,
      ).toBe(1);
    p.lines[first] = customer(first);
    p.lines[second] = customer(second);
  });

  it("in the end everybody, none lost on the way, and one group is left", async () => {
    p.changed["acme"] = { policies: CALM }; // without the policy, what is left goes at once
    await settled(p);
    await p.tried();
    expect(await speeds(p)).toEqual({ "200000": 6 });
    expect(condition(await planOf(p), "RolledOut")).toMatch(/^True RolledOut/);
    const { rows } = await p.radius.query(
      "select distinct groupname from radusergroup where groupname like 'acme:basic%'",
    );
    expect(rows).toHaveLength(1);
    expect((await p.plan()).code).toBe(0);
  });

  it("a name for people or an alias changes nothing for anybody: no steps", async () => {
    p.changed["basic"] = { ...p.changed["basic"], displayName: "Basic line", aliases: ["basic_100"] };
    await p.tried();
    expect((await rollout(p))["state"]).toBe("Done");
  });
  const waiting = async (of: Office): Promise<readonly string[]> => {
    const all = await statuses(of);
    return SIX.filter((name) => (all[name]?.["radius"] as Spec | undefined)?.["downKbps"] === 100_000);
  };
});
