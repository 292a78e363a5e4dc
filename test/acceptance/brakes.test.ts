/** Observe, pause, maintenance windows and approvals; backup, recover and the orphan report: what a person holds in hand. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";
import { subscriber } from "./declarations.ts";
import { type Answer, condition } from "./provider.ts";
import { account, everything } from "./rows.ts";
import { statuses, type Town, town } from "./town.ts";

type Spec = Record<string, unknown>;
const fixed = (last: number): Spec => ({ networkProfile: { staticIPv4: `10.0.1.${last}` } });
const billed = (name: string): Spec => ({ billing: { account: `ACC-${name}` } });
const FRAUD = { serviceState: "Suspended", suspension: { reason: "Fraud", mode: "Reject" } };
const ROOMY = { policies: { budgets: { minimum: 100 } } };
const TIGHT = { policies: { budgets: { disrupt: "0%", minimum: 0 } } };
/** Open on 29 February for a minute, and always. */
const NEVER = { schedule: "0 0 29 2 *", duration: "1m" };
const ALWAYS = { schedule: "* * * * *", duration: "24h" };
const bound = (mode: Record<string, string>): Spec => ({
  systems: Object.fromEntries(
    ["radius", "netbox", "billing"].map((type) => [
      type,
      [{ name: `${type}-1`, ...(mode[type] ? { mode: mode[type] } : {}) }],
    ]),
  ),
});
type Declared = { metadata: { name: string }; spec: Spec };

describe("brakes", () => {
  let p: Town;
  const lines: Record<string, Spec> = { anna: fixed(50), bert: fixed(51), cora: billed("cora"), dirk: billed("dirk") };
  const declare = async (tenant: Spec, systems: Record<string, Spec> = {}): Promise<void> => {
    const objects = p.objects({ ...ROOMY, ...tenant }) as readonly Declared[];
    const changed = objects.map((one) => ({ ...one, spec: { ...one.spec, ...systems[one.metadata.name] } }));
    await p.declare("tenant.yaml", ...changed);
    await p.declare("lines.yaml", ...Object.entries(lines).map(([name, spec]) => subscriber(name, spec)));
  };
  const applied = async (...options: readonly string[]): Promise<void> => {
    const answer = await p.apply(...options);
    expect(answer.code, answer.text).toBe(0);
  };
  const address = async (name: string): Promise<string | undefined> =>
    (await account(p, `${name}@acme.example`)).reply.find((row) => row.startsWith("Framed-IP-Address"));
  const check = async (name: string): Promise<readonly string[]> => (await account(p, `${name}@acme.example`)).check;
  const writes = (): number => p.gate.log.filter((line) => !line.startsWith("GET")).length;
  const tables = async (): Promise<string> => {
    const parts = ["customers", "contacts", "services", "subscriptions", "prices"];
    const sql = parts.map((t) => `select '${t}' as t, to_jsonb(x)::text as j from billing.${t} x`).join(" union all ");
    return JSON.stringify((await p.billing.query(`${sql} order by 1, 2`)).rows);
  };
  /** All that the three systems hold. */
  const world = async (): Promise<unknown> => ({
    radius: await everything(p),
    billing: await tables(),
    addresses: await p.list("/api/ipam/ip-addresses/"),
    prefixes: await p.list("/api/ipam/prefixes/"),
  });
  beforeAll(async () => {
    p = await town();
    await declare({});
    await applied();
  });
  afterAll(() => p?.end());

  it("Observe: differences are reported and left alone, and nobody says that all is well", async () => {
    const before = writes();
    lines["eva"] = billed("eva");
    await declare(bound({ netbox: "Observe" }), { "radius-1": { mode: "Observe" } });
    const answer = await p.apply();
    expect(answer.code, answer.text).toBe(3);
    expect(writes()).toBe(before);
    expect(await check("eva")).toEqual([]);
    const { eva } = await statuses(p);
    expect(condition(eva!, "Ready")).toMatch(/^False /);
    expect(condition(eva!, "NetBoxReady")).toBe("False ObserveOnly");
    expect((await p.plan()).out).toContain("ObserveOnly");
  });

  it("a paused system holds what is its own; a paused tenant everything", async () => {
    const billing = await tables();
    await declare({}, { "billing-1": { paused: true } });
    lines["dirk"] = { ...billed("dirk"), ...FRAUD };
    await declare({}, { "billing-1": { paused: true } });
    const answer = await p.apply();
    expect(answer.code, answer.text).toBe(3);
    expect(await check("dirk")).toContain("Auth-Type := Reject");
    expect(await address("eva")).toBeDefined();
    expect(await tables()).toBe(billing);
    lines["dirk"] = billed("dirk");
    await declare({ paused: true });
    expect((await p.apply()).code).toBe(3);
    expect(await check("dirk")).toContain("Auth-Type := Reject");
    await declare({});
    await applied();
    expect(await check("dirk")).not.toContain("Auth-Type := Reject");
  });

  it("outside the window what interrupts customers waits; newcomers, suspension and the end do not", async () => {
    const closed = { "radius-1": { maintenanceWindows: [NEVER] } };
    Object.assign(lines, { anna: fixed(60), dirk: { ...billed("dirk"), ...FRAUD }, nora: fixed(61) });
    lines["eva"] = { ...billed("eva"), serviceState: "Terminated" };
    await declare({}, closed);
    const answer = await p.apply();
    expect(answer.code, answer.text).toBe(3);
    expect(await address("anna")).toBe("Framed-IP-Address := 10.0.1.50");
    expect(await address("nora")).toBe("Framed-IP-Address := 10.0.1.61");
    expect(await check("dirk")).toContain("Auth-Type := Reject");
    expect(await check("eva")).toContain("Auth-Type := Reject");
    const { anna } = await statuses(p);
    expect(condition(anna!, "Ready")).toBe("False OutsideWindow");
    expect(condition(anna!, "InService")).toBe("True InService");
  });

  it("gates: All holds every change; an open window lets them through", async () => {
    lines["nils"] = fixed(62);
    await declare({}, { "radius-1": { maintenanceWindows: [{ ...NEVER, gates: ["All"] }] } });
    const answer = await p.apply();
    expect(answer.code, answer.text).toBe(3);
    expect(await check("nils")).toEqual([]);
    await declare({}, { "radius-1": { maintenanceWindows: [ALWAYS] } });
    await applied();
    expect(await address("anna")).toBe("Framed-IP-Address := 10.0.1.60");
    expect(await address("nils")).toBe("Framed-IP-Address := 10.0.1.62");
  });

  const held = async (): Promise<string> =>
    /lastmile approve ([0-9a-f]+)/.exec((await p.plan()).out)?.[1] ?? "none named";
  const approve = async (...options: readonly string[]): Promise<string> => {
    const set = await held();
    const answer = await p.lastmile(["approve", set, p.folder, "--yes", ...options]);
    expect(answer.code, answer.text).toBe(0);
    return set;
  };

  it("approved in part: exactly that goes, with its reason in the list and in the history", async () => {
    Object.assign(lines, { anna: fixed(70), bert: fixed(71) });
    await declare(TIGHT);
    expect((await p.apply()).code).toBe(3);
    await approve("--only", "anna", "--reason", "ticket 4711");
    expect((await p.lastmile(["approvals"])).out).toContain("ticket 4711");
    expect((await p.apply()).code).toBe(3);
    expect(await address("anna")).toBe("Framed-IP-Address := 10.0.1.70");
    expect(await address("bert")).toBe("Framed-IP-Address := 10.0.1.51");
    expect((await p.lastmile(["history", "anna", "-o", "json"])).out).toContain("ticket 4711");
  });

  it("taken back, it is held again; what was done stays done", async () => {
    const set = await approve();
    const revoked = await p.lastmile(["revoke", set, "--reason", "wrong customers"]);
    expect(revoked.code, revoked.text).toBe(0);
    expect((await p.apply()).code).toBe(3);
    expect(await address("anna")).toBe("Framed-IP-Address := 10.0.1.70");
    expect(await address("bert")).toBe("Framed-IP-Address := 10.0.1.51");
    await approve();
    await applied();
    expect(await address("bert")).toBe("Framed-IP-Address := 10.0.1.71");
  });

  it("backup and restore: another store that goes on where the first one was", async () => {
    delete lines["nils"];
    await declare({});
    await applied("--prune");
    const file = join(p.home, "store.backup");
    const made = await p.lastmile(["backup", file]);
    expect(made.code, made.text).toBe(0);
    const store = await freshDatabase("template1");
    try {
      const before = await world();
      const there = { DATABASE_URL: store.url };
      const back = await p.lastmile(["restore", file], there);
      expect(back.code, back.text).toBe(0);
      const plan = await p.lastmile(["plan", p.folder], there);
      expect(plan.code, plan.text).toBe(0);
      expect((await p.lastmile(["history", "anna"], there)).out).toBe((await p.lastmile(["history", "anna"])).out);
      expect(await world()).toEqual(before);
    } finally {
      await store.drop();
    }
  });

  it("recover: the store is lost, and RADIUS, NetBox and billing are the same before and after", async () => {
    const store = await freshDatabase("template1");
    try {
      const before = await world();
      const there = { DATABASE_URL: store.url };
      const password = (await p.lastmile(["secret", "show", "cora"])).out;
      const back = await p.lastmile(["recover", p.folder], there);
      expect(back.code, back.text).toBe(0);
      const done = await p.lastmile(["apply", p.folder, "--yes", "--timeout", "200"], there);
      expect(done.code, done.text).toBe(0);
      expect(await world()).toEqual(before);
      expect((await p.lastmile(["secret", "show", "cora"], there)).out).toBe(password);
      lines["nils"] = fixed(62);
      await declare({});
      const returned = await p.lastmile(["apply", p.folder, "--yes", "--timeout", "200"], there);
      expect(returned.code, returned.text).toBe(0);
      expect(await address("nils")).toBe("Framed-IP-Address := 10.0.1.62");
    } finally {
      await store.drop();
    }
  });

  describe("a store that was lost, and a declaration with it", () => {
    let store: FreshDatabase;
    const there = (...args: readonly string[]): Promise<Answer> => p.lastmile(args, { DATABASE_URL: store.url });
    beforeAll(async () => {
      delete lines["cora"];
      await declare({});
      store = await freshDatabase("template1");
    });
    afterAll(() => store?.drop());

    it("recover tells who is declared by nobody", async () => {
      expect((await there("recover", p.folder)).out).toMatch(/declared by nobody[\s\S]*cora/);
    });

    it("orphans does not deny, before the first apply, what recover has just told", async () => {
      const blind = await there("orphans"); // no system is declared in that store yet
      expect(blind.code, blind.text).toBe(1);
      expect(blind.text).toContain("lastmile orphans PATH");
      const seeing = await there("orphans", p.folder);
      expect(seeing.code, seeing.text).toBe(2);
      expect(seeing.out).toContain("cora");
      expect(seeing.out).not.toMatch(/anna|bert/);
    });

    it("orphans: what carries our mark and nobody knows is told, system by system, and left alone", async () => {
      const before = await world();
      const done = await there("apply", p.folder, "--yes", "--timeout", "200");
      expect(done.code, done.text).toBe(0);
      const orphans = await there("orphans");
      for (const object of ["radius-1/account", "netbox-1/address", "billing-1/service"])
        expect(orphans.out).toMatch(new RegExp(`${object}.*cora`));
      expect(orphans.out).not.toMatch(/anna|bert/);
      expect(await world()).toEqual(before);
    });
  });
});
