/** "Suspension is an object": mode for mode and vendor for vendor, the bill, the way back, and what may never hold it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan } from "./declarations.ts";
import { BARE, BILLED, customer, type Office, office } from "./office.ts";
import { condition, controller, eventually } from "./provider.ts";
import { groupsOf, rows } from "./rows.ts";
import { statuses } from "./town.ts";

type Spec = Record<string, unknown>;
const VENDORS = ["MikroTik", "Generic", "Cisco", "Juniper", "Huawei"] as const;
const MODES = ["Reject", "Throttle", "WalledGarden"] as const;
const AREAS = VENDORS.map((vendor, n) => ({
  name: vendor.toLowerCase(),
  olts: [`olt${n + 1}`],
  nas: [`nas-${n + 1}`],
}));
const NAS = VENDORS.map((vendor, n) => ({ name: `nas-${n + 1}`, address: `192.0.2.${n + 1}`, vendor }));
const GARDEN = { mode: "WalledGarden", billing: "Continue", addressList: "unpaid", throttle: "1Mbps" };
const dual = plan("basic", {
  ipv6AssignmentMode: "PD",
  ipv4Assignment: "Pool",
  pools: { ipv4: "cgn", pd: "pd" },
  radius: { profiles: { cisco: "hundred", juniper: "svc(100m)" } },
  billing: BILLED,
  suspension: GARDEN,
});

/** What a server would answer: rows of the account and of its groups. */
async function answer(p: Office, name: string): Promise<readonly string[]> {
  const user = `${name}@acme.example`;
  const groups = await groupsOf(p, user);
  const shared = await Promise.all(groups.map((group) => rows(p, "radgroupreply", group)));
  return [...(await rows(p, "radreply", user)), ...shared.flat()];
}
const rejected = async (p: Office, name: string): Promise<boolean> =>
  (await rows(p, "radcheck", `${name}@acme.example`)).includes("Auth-Type := Reject");

describe("mode by vendor", () => {
  let p: Office;
  const nameOf = (mode: string, n: number): string => `${mode.toLowerCase()}-${n + 1}`;
  const all = MODES.flatMap((mode) => VENDORS.map((vendor, n) => ({ mode, vendor, n, name: nameOf(mode, n) })));
  const line = (n: number, name: string, spec: Spec = {}): Spec =>
    customer(name, {
      onu: { olt: `olt${n + 1}`, serial: `ALCL00${name.length.toString(16).padStart(2, "0")}00${n}A` },
      ...spec,
    });
  const before = new Map<string, readonly string[]>();
  let asked: ReturnType<typeof statuses> | undefined;
  /** As it was after the suspension. */
  const seen = (): ReturnType<typeof statuses> => {
    asked ??= statuses(p);
    return asked;
  };
  beforeAll(async () => {
    p = await office({ servingAreas: AREAS }, [dual], { "radius-1": { radius: { nas: NAS } } });
    for (const { n, name } of all) p.lines[name] = line(n, name);
    await p.applied();
    for (const { name } of all) before.set(name, await answer(p, name));
    for (const { n, mode, name } of all)
      p.lines[name] = line(n, name, { serviceState: "Suspended", suspension: { reason: "NonPayment", mode } });
    await p.applied();
  });
  afterAll(() => p?.end());

  const RIGHT: readonly (readonly [vendor: string, mode: string, row: RegExp, why: string])[] = [
    ["MikroTik", "Throttle", /^Mikrotik-Rate-Limit := 1M\/1M/, "rx/tx: upload first, and slow"],
    ["Generic", "Throttle", /^WISPr-Bandwidth-Max-Down := 1000000$/, "bit/s"],
    ["Huawei", "Throttle", /^Huawei-Output-Average-Rate := 1000000$/, "bit/s in 32 bits"],
    ["MikroTik", "WalledGarden", /^Mikrotik-Address-List := unpaid$/, "the list exists on the NAS"],
    ["Generic", "WalledGarden", /^Filter-Id := unpaid$/, "the filter exists on the NAS"],
    ["Cisco", "WalledGarden", /^Filter-Id := unpaid$/, "the filter exists on the NAS"],
  ];
  it.each(RIGHT)("%s, %s: %s, for %s", async (vendor, mode, row) => {
    const name = nameOf(mode, VENDORS.indexOf(vendor as (typeof VENDORS)[number]));
    expect(await rejected(p, name)).toBe(false);
    const said = await answer(p, name);
    expect(
      said.filter((one) => row.test(one)),
      said.join("\n"),
    ).toHaveLength(1);
    expect(condition((await seen())[name]!, "InService")).toBe("False Suspended");
  });

  it("where a vendor has nothing for it, it is a Reject, and a remark says so: never a silent success", async () => {
    for (const { vendor, mode, name } of all) {
      if (RIGHT.some(([v, m]) => v === vendor && m === mode)) continue;
      expect(await rejected(p, name), name).toBe(true);
      if (mode !== "Reject") expect(condition((await seen())[name]!, "Warnings"), name).toContain("SuspendedByReject");
    }
  });

  it("IPv6 is gated too: in the walled garden nobody is given a prefix or a pool of prefixes", async () => {
    for (const { mode, name } of all) {
      if (mode !== "WalledGarden" || (await rejected(p, name))) continue;
      expect(before.get(name)?.join(), name).toMatch(/IPv6/);
      expect(
        (await answer(p, name)).filter((row) => /IPv6/.test(row)),
        name,
      ).toEqual([]);
    }
  });

  it("status says that IPv6 is suspended", async () => {
    for (const name of ["reject-1", "walledgarden-1"])
      expect((await seen())[name]?.["network"], name).toMatchObject({ ipv6State: "Suspended" });
  });

  it("the old speed is not left beside the new one", async () => {
    const said = await answer(p, "throttle-1");
    expect(
      said.filter((row) => row.startsWith("Mikrotik-Rate-Limit")),
      said.join("\n"),
    ).toHaveLength(1);
  });

  it("a resume is never held by any budget: fifteen at once, where a budget has room for one; the same rows as before", async () => {
    p.changed["acme"] = {
      policies: { budgets: { suspend: "1%", disrupt: "1%", retire: "1%", minimum: 1, window: "24h" } },
    };
    for (const { n, name } of all) p.lines[name] = line(n, name);
    await p.applied();
    for (const { name } of all) {
      expect(await rejected(p, name), name).toBe(false);
      expect(await answer(p, name), name).toEqual(before.get(name));
    }
  });
});

describe("the object", () => {
  let p: Office;
  const suspended = (suspension: Spec): Spec => ({ serviceState: "Suspended", suspension });
  const service = async (name: string): Promise<string> =>
    (await p.bills(`select concat_ws(' ', state, charges) as t from billing.services where number = 'SUB-${name}'`))
      .map((r) => String(r["t"]))
      .join();
  beforeAll(async () => {
    p = await office({ servingAreas: [{ name: "mitte", olts: ["olt1"], nas: ["bng1"] }], systems: BARE }, [
      plan("basic", { billing: BILLED, suspension: { ...GARDEN, billing: "ReducedFee" } }),
    ]);
    for (const name of ["by-plan", "by-line", "paused", "back", "vanishing"]) p.lines[name] = customer(name);
    await p.applied();
    Object.assign(p.lines, {
      "by-plan": customer("by-plan", suspended({ reason: "NonPayment" })),
      "by-line": customer("by-line", suspended({ reason: "Fraud", mode: "Reject", billing: "Continue" })),
      paused: customer("paused", suspended({ reason: "CustomerRequest", mode: "Reject", billing: "Pause" })),
    });
    await p.applied();
  });
  afterAll(() => p?.end());

  it.each([
    ["by-plan", "SUSPENDED ReducedFee", false, "mode and bill as the plan says"],
    ["by-line", "SUSPENDED Continue", true, "the subscriber's own word counts more"],
    ["paused", "SUSPENDED Pause", true, "the bill rests as declared"],
  ])("%s: %s (%s), for %s", async (name, bill, reject) => {
    expect(await service(name)).toBe(bill);
    expect(await rejected(p, name)).toBe(reject);
  });

  it("a billing database that is away holds no suspension, and a NAS that is silent neither", async () => {
    await p.online("back", "back-1");
    p.nas.trouble.of = "deaf";
    const [row] = await p.bills("select current_database() as name");
    const closed = (yes: boolean) => p.store.query(`alter database "${row?.["name"]}" with allow_connections ${yes}`);
    await closed(false);
    await p.store.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [row?.["name"]]);
    p.lines["back"] = customer("back", suspended({ reason: "Abuse", mode: "Reject" }));
    await p.tried("--timeout", "5");
    expect(await rejected(p, "back")).toBe(true);
    await closed(true);
    p.nas.trouble.of = undefined;
    await p.applied();
    expect(await service("back")).toBe("SUSPENDED ReducedFee");
  });

  it("resumeAt: comes back by itself, and says beforehand when", async () => {
    const at = new Date(Date.now() + 20_000).toISOString();
    p.lines["back"] = customer("back", suspended({ reason: "CustomerRequest", mode: "Reject", resumeAt: at }));
    await p.applied();
    expect(await p.explain("back")).toContain(at.slice(0, 19));
    await new Promise((wake) => setTimeout(wake, Math.max(0, Date.parse(at) + 500 - Date.now())));
    await p.applied();
    expect(await rejected(p, "back")).toBe(false);
    expect(await service("back")).toBe("ACTIVE");
    expect((await p.told("back")).slice(-2)).toEqual(["Suspended Sent", "Resumed Sent"]);
  });
});

describe("never blocked", () => {
  let p: Office;
  beforeAll(async () => {
    p = await office({ servingAreas: [{ name: "mitte", olts: ["olt1"], nas: ["bng1"] }], systems: BARE }, [
      plan("second", { billing: BILLED }),
    ]);
    for (const name of ["plan-gone", "profile-gone"]) p.lines[name] = customer(name, { planRef: { name: "second" } });
    await p.applied();
  });
  afterAll(() => p?.end());

  // "Suspension, termination and deletion are never blocked by a missing profile, plan or tenant."
  it.each([
    ["plan-gone", { planRef: { name: "no-such-plan" } }],
    ["profile-gone", { planRef: { name: "second" }, networkProfileRef: { name: "no-such-profile" } }],
  ])("%s: suspended all the same, by a controller that follows the folder", async (name, spec) => {
    p.lines[name] = customer(name, {
      ...spec,
      serviceState: "Suspended",
      suspension: { reason: "Fraud", mode: "Reject" },
    });
    await p.declared();
    const running = await controller(p);
    await eventually(() => rejected(p, name), Boolean, 60);
    running.process.kill("SIGTERM");
  });
});
