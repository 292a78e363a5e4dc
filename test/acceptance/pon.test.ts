/** Services on the PON: several on a port, profiles that follow the plan, moves and replacements, claims, suspension, outages. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshDatabase } from "../lab/database.ts";
import type { OnuHandle } from "../lab/voltha/lab.ts";
import {
  type Access,
  access,
  aSecondLater,
  carried,
  dials,
  home,
  INTERNET,
  IPTV,
  type Item,
  letIn,
  OLT1,
  OLT2,
  tags,
  VOICE,
} from "./access.ts";
import { system } from "./declarations.ts";
import { condition } from "./provider.ts";

const SERVICES = { services: [INTERNET, VOICE, IPTV] };
const PLANS = [home("basic", SERVICES), home("fast", { ...SERVICES, speed: { down: "300Mbps", up: "100Mbps" } })];
const ALL = ["internet", "voice", "iptv"];
const port = (serial: string, services = ALL, uni = 1, olt = "olt1", expectedPonPort?: number): object => ({
  onu: { olt, serial, unis: [{ uni, services }], ...(expectedPonPort !== undefined && { expectedPonPort }) },
});
/** S-tag and technology profile of each. */
const outer = (onu: OnuHandle): readonly string[] =>
  onu.services.map((t) => `${t.ponSTag}/${t.technologyProfileId}`).sort();
const THREE = ["102/64", "444/65", "555/66"];

interface Programmed {
  readonly tagInfo: {
    readonly ponSTag: number;
    readonly upstreamBandwidthProfile: string;
    readonly downstreamBandwidthProfile: string;
  };
}
const vgc = async <T>(p: Access, path: string): Promise<T> =>
  (await fetch(`${p.voltha.vgc}/vgc/v1/${path}`)).json() as Promise<T>;
const programmed = async (p: Access, onu: OnuHandle): Promise<readonly Programmed[]> => {
  const devices = await vgc<{ devices?: { id: string }[] }>(p, "devices");
  const found = await Promise.all(
    (devices.devices ?? []).map(({ id }) =>
      vgc<{ subscribers?: Programmed[] }>(p, `programmed-subscribers/${id}/${onu.uniPort}`),
    ),
  );
  return found.flatMap((one) => one.subscribers ?? []);
};
/** Rates of the internet service as the controller holds them, in kbit/s: guaranteed and in excess together. */
async function speedOn(p: Access, onu: OnuHandle, sTag = 102): Promise<{ readonly down: number; readonly up: number }> {
  const one = (await programmed(p, onu)).find((s) => s.tagInfo.ponSTag === sTag);
  const rate = async (id: string): Promise<number> => (await vgc<{ pir: number }>(p, `profiles/${id}`)).pir;
  return {
    down: await rate(one!.tagInfo.downstreamBandwidthProfile),
    up: await rate(one!.tagInfo.upstreamBandwidthProfile),
  };
}

describe("a line on the PON", () => {
  let p: Access;
  let anna: OnuHandle;
  let bert: OnuHandle;
  beforeAll(async () => {
    p = await access({}, PLANS);
    anna = p.onu("ACME00000001");
    bert = p.onu("ACME00000002");
    p.lines["anna"] = { ...tags(1001), ...port("ACME00000001") };
    p.lines["bert"] = {
      networkProfile: { serviceVlan: 300, qinqEnabled: false },
      ...port("ACME00000002", ["internet"]),
    };
    await p.applied();
  });
  afterAll(() => p?.end());

  it("data, voice and IPTV on one port, each with its tags and technology profile", () => {
    expect(outer(anna)).toEqual(THREE);
    expect(anna.services.find((t) => t.ponSTag === 102)).toMatchObject({ ponCTag: 1001 });
    expect(anna.services.find((t) => t.ponSTag === 444)).toMatchObject({ uniTagMatch: 65 });
  });

  it("QinQ and single tag: the one carries a C-tag of its own, the other none", async () => {
    expect((await p.show("bert"))["network"]).toMatchObject({ vlan: "300" });
    expect(bert.services).toHaveLength(1);
    expect(bert.services[0]).toMatchObject({ ponSTag: 300 });
    expect([0, 300, 4096]).toContain(bert.services[0]!.ponCTag);
  });

  it("status and explain: where the ONU is, its states and its reason, in words", async () => {
    const status = await p.show("anna");
    expect(condition(status, "VOLTHAReady")).toBe("True Converged");
    expect(status.onu).toMatchObject({
      olt: "olt1",
      serial: "ACME00000001",
      ponPort: "0",
      adminState: "ENABLED",
      operState: "ACTIVE",
      connectState: "REACHABLE",
    });
    expect([...(status.onu!["services"] as string[])].sort()).toEqual([...ALL].sort());
    expect(await p.explain("anna")).toMatch(/ACME00000001 on olt1[\s\S]*(flows-pushed|download-success): \S+/);
  });

  it("a slow ONU: Converged is said, and its reason and flow status shown, when its services are set in it", async () => {
    p.onu("ACME00000009");
    await p.voltha.settled();
    p.voltha.stepMs = 500;
    try {
      p.lines["slow"] = { ...tags(1010), ...port("ACME00000009") };
      await p.applied();
      const { onu, conditions } = await p.show("slow");
      expect(condition({ conditions }, "VOLTHAReady")).toBe("True Converged");
      expect(onu).toMatchObject({ reason: "omci-flows-pushed", flowStatus: "ALL_FLOWS_PROVISIONED" });
    } finally {
      p.voltha.stepMs = 1;
      delete p.lines["slow"];
      await p.applied("--prune");
    }
  });

  it("a bandwidth profile follows the plan: another speed is another profile on the line", async () => {
    expect(await speedOn(p, anna)).toEqual({ down: 100_000, up: 50_000 });
    p.lines["anna"] = { ...p.lines["anna"], planRef: { name: "fast" } };
    await p.applied();
    expect(await speedOn(p, anna)).toEqual({ down: 300_000, up: 100_000 });
    expect(outer(anna)).toEqual(THREE);
    expect(await speedOn(p, anna, 444)).toEqual({ down: 1000, up: 1000 });
  });

  it("a changed VLAN is on the line, and the old one is not", async () => {
    p.lines["anna"] = { ...p.lines["anna"], ...tags(1005) };
    await p.applied();
    expect(outer(anna)).toEqual(THREE);
    expect(anna.services.find((t) => t.ponSTag === 102)).toMatchObject({ ponCTag: 1005 });
  });

  it("an ONU that has never been seen: AwaitingDevice, no error; explain says so; discovered, it is served", async () => {
    p.lines["cora"] = { ...tags(1003), ...port("ACME00000003") };
    await p.applied();
    const status = await p.show("cora");
    expect(condition(status, "Ready")).toBe("True AwaitingDevice");
    expect(condition(status, "InService")).toBe("False AwaitingDevice");
    expect(await p.explain("cora")).toMatch(/ACME00000003/);
    const cora = p.onu("ACME00000003");
    await p.applied();
    expect(outer(cora)).toEqual(THREE);
    expect(condition(await p.show("cora"), "Ready")).toBe("True Converged");
  });

  it("moved to another PON port by a technician: served there, and the port is told", async () => {
    anna.move(OLT1, 2);
    p.lines["anna"] = { ...tags(1005), planRef: { name: "fast" }, ...port("ACME00000001", ALL, 1, "olt1", 2) };
    await p.applied();
    expect(outer(anna)).toEqual(THREE);
  });

  it("… and status says where it is now", async () => {
    expect((await p.show("anna")).onu).toMatchObject({ ponPort: "2" });
  });

  it("not on the PON port that was expected: reported, and served all the same", async () => {
    p.lines["bert"] = { ...p.lines["bert"], onu: { olt: "olt1", serial: "ACME00000002", expectedPonPort: 3 } };
    await p.applied();
    const { conditions } = await p.show("bert");
    expect(condition({ conditions }, "VOLTHAReady")).toBe("True Converged");
    expect(JSON.stringify(conditions)).toMatch(/PON port/);
  });

  it("the flows are lost by a reboot, whatever the controller says: repaired", async () => {
    p.lines["bert"] = { ...p.lines["bert"], ...port("ACME00000002", ["internet"]) };
    bert.reboot();
    await p.applied();
    expect(bert.services).toHaveLength(1);
  });

  it("the flows are lost by a cycle of the OLT, whatever the controller says: repaired after it has settled", async () => {
    await p.voltha.oltCycle(OLT1);
    await p.applied();
    await aSecondLater();
    await p.applied();
    expect(outer(anna)).toEqual(THREE);
    expect(bert.services).toHaveLength(1);
  });

  it("a service taken away by hand in the controller is drift, and comes back", async () => {
    await fetch(`${p.voltha.vgc}/vgc/v1/services/${bert.uniPort}`, { method: "DELETE" });
    await p.voltha.settled();
    expect(bert.services).toEqual([]);
    const drift = await p.lastmile(["drift"]);
    expect(drift.code, drift.text).toBe(2);
    await p.applied();
    expect(bert.services).toHaveLength(1);
  });

  const refused = async (name: string, spec: Record<string, unknown>): Promise<string> => {
    const before = carried(anna);
    p.lines[name] = spec;
    try {
      const answer = await p.tried();
      expect(answer.code, answer.text).toBeOneOf([3, 4]);
      expect(carried(anna)).toEqual(before);
      return answer.text;
    } finally {
      delete p.lines[name];
    }
  };
  it("two subscribers claim one ONU port: the second is refused, the holder named, the line untouched", async () => {
    const said = await refused("thief", { ...tags(1009), ...port("ACME00000001", ["internet"]) });
    expect(said).toMatch(/thief[\s\S]*ACME00000001[\s\S]*anna/);
  });

  it("two subscribers claim one pair of tags in a VLAN domain: the second is refused, the holder named", async () => {
    const dora = p.onu("ACME00000004");
    const said = await refused("dora", {
      networkProfile: { serviceVlan: 102, innerVlan: 1005 },
      ...port("ACME00000004"),
    });
    expect(said).toMatch(/dora[\s\S]*102\.1005[\s\S]*anna/);
    expect(dora.services).toEqual([]);
  });

  it("an ONU serves one subscriber: another one on its second port is refused by name", async () => {
    p.lines["flat"] = { ...tags(1006), ...port("ACME00000001", ["internet"], 2) };
    try {
      const answer = await p.tried();
      expect(answer.text).toMatch(/ACME00000001[\s\S]*anna/);
    } finally {
      delete p.lines["flat"];
    }
  });

  it("suspended: voice stays, internet is gated by RADIUS, IPTV leaves the line; resumed, all is back", async () => {
    p.lines["cora"] = {
      ...p.lines["cora"],
      serviceState: "Suspended",
      suspension: { reason: "NonPayment", mode: "Reject" },
    };
    const cora = p.onuOf("ACME00000003");
    await p.applied();
    expect(outer(cora)).toEqual(["102/64", "444/65"]);
    expect((await letIn(p)).filter((pair) => pair.startsWith("cora@"))).toEqual([]);
    p.lines["cora"] = { ...tags(1003), ...port("ACME00000003") };
    await p.applied();
    expect(outer(cora)).toEqual(THREE);
    expect((await letIn(p)).filter((pair) => pair.startsWith("cora@"))).toHaveLength(1);
  });

  it("terminated: the line is empty, the others' is not; declared again, it is served again", async () => {
    const cora = p.onuOf("ACME00000003");
    p.lines["cora"] = { ...tags(1003), ...port("ACME00000003"), serviceState: "Terminated" };
    await p.applied();
    expect(cora.services).toEqual([]);
    expect(await programmed(p, cora)).toEqual([]);
    expect(outer(anna)).toEqual(THREE);
    p.lines["cora"] = { ...tags(1003), ...port("ACME00000003") };
    await p.applied();
    expect(outer(cora)).toEqual(THREE);
  });

  it("deleted from the folder: the same", async () => {
    delete p.lines["cora"];
    await p.applied("--prune");
    expect(p.onuOf("ACME00000003").services).toEqual([]);
  });
});

describe("replacements and moves are plain edits", () => {
  let p: Access;
  let old: OnuHandle;
  beforeAll(async () => {
    p = await access({}, PLANS);
    old = p.onu("ACME00000001");
    p.lines["anna"] = { ...tags(1001), ...port("ACME00000001") };
    await p.applied();
  });
  afterAll(() => p?.end());

  it("another ONU, which is not there yet: AwaitingDevice, and nobody is told that all is well", async () => {
    p.lines["anna"] = { ...tags(1001), ...port("ACME00000002") };
    await p.applied();
    expect(condition(await p.show("anna"), "Ready")).toBe("True AwaitingDevice");
    expect(await p.explain("anna")).toMatch(/ACME00000002/);
  });

  it("… and the old one goes on to serve until the new one is there", () => expect(outer(old)).toEqual(THREE));

  it("discovered, the new one is served, and nothing is left on the old one", async () => {
    const fresh = p.onu("ACME00000002");
    await p.applied();
    expect(outer(fresh)).toEqual(THREE);
    expect(old.services).toEqual([]);
    expect(await programmed(p, old)).toEqual([]);
  });

  // A replaced ONU goes back on the shelf and to the next customer: nobody has declared it any more.
  it("the old ONU is free for somebody else", async () => {
    p.lines["next"] = { ...tags(1009), ...port("ACME00000001", ["internet"]) };
    try {
      const answer = await p.tried();
      expect(answer.code, answer.text).toBe(0);
      expect(outer(old)).toEqual(["102/64"]);
    } finally {
      delete p.lines["next"];
      await p.tried("--prune");
    }
  });

  it("another OLT: served there; nothing of it is left at the first", async () => {
    const onu = p.onuOf("ACME00000002");
    onu.move(OLT2, 1);
    p.lines["anna"] = { ...tags(1001), ...port("ACME00000002", ALL, 1, "olt2") };
    await p.applied();
    expect(outer(onu)).toEqual(THREE);
    const { onu: shown } = await p.show("anna");
    expect(shown).toMatchObject({ olt: "olt2", ponPort: "1" });
    expect(await programmed(p, onu)).toHaveLength(3);
  });

  it("another port of the ONU, which it does not have: said, and nobody is told that all is well", async () => {
    const bert = p.onu("ACME00000003");
    p.lines["bert"] = { ...tags(1002), ...port("ACME00000003", ["internet"]) };
    await p.applied();
    expect(outer(bert)).toEqual(["102/64"]);
    p.lines["bert"] = { ...tags(1002), ...port("ACME00000003", ["internet"], 2) };
    await p.tried();
    const status = await p.show("bert");
    expect(condition(status, "VOLTHAReady")).toMatch(/^False/);
    expect(await p.explain("bert")).toMatch(/ACME00000003-2|UNI 2|port 2/i);
    p.lines["bert"] = { ...tags(1002), ...port("ACME00000003", ["internet"]) };
    await p.applied();
    expect(outer(bert)).toEqual(["102/64"]);
  });

  it("another router: what was ours leaves the one before, and the new one has it", async () => {
    const [first, second] = [p.router("LR-0001"), p.router("LR-0002")];
    p.lines["bert"] = { ...p.lines["bert"], cpe: { serial: "LR-0001" } };
    await p.applied();
    expect(await letIn(p)).toContain(dials(first));
    p.lines["bert"] = { ...p.lines["bert"], cpe: { serial: "LR-0002" } };
    await p.applied();
    expect(await letIn(p)).toContain(dials(second));
    expect(dials(first)).not.toContain("bert@acme.example");
    expect(p.acs.tagsOf(first.id).join()).toContain("decommissioned-");
    expect(p.acs.tagsOf(second.id).join()).not.toContain("decommissioned-");
  });
});

describe("an OLT that cannot be reached", () => {
  let p: Access;
  const onus: OnuHandle[] = [];
  const ready = async (): Promise<readonly string[]> => {
    const { out } = await p.lastmile(["get", "sub", "-o", "json"]);
    const { items } = JSON.parse(out) as { items: { status: { conditions: never[] } }[] };
    return items.map(({ status }) => condition(status as never, "Ready"));
  };
  beforeAll(async () => {
    p = await access({}, [home("basic", { services: [INTERNET] })]);
    for (let n = 1; n <= 5; n++) {
      onus.push(p.onu(`ACME0000000${n}`));
      p.lines[`sub-${n}`] = { ...tags(1000 + n), onu: { olt: "olt1", serial: `ACME0000000${n}` } };
    }
    await p.applied();
  });
  afterAll(() => p?.end());

  it("one condition on the ExternalSystem with the OLT's name and how many it concerns, no noise per subscriber", async () => {
    p.voltha.oltDown(OLT1);
    await p.voltha.settled();
    const before = p.voltha.requests.filter((line) => !line.startsWith("GET")).length;
    await p.apply("--timeout", "5");
    const status = await p.xs("voltha-1");
    const down = status.conditions.find((c) => c.reason === "OLTDown");
    expect(down?.message).toMatch(/olt1/);
    expect(down?.message).toMatch(/\b5\b/);
    expect(await ready()).toEqual(Array(5).fill("True Converged"));
    expect(p.voltha.requests.filter((line) => !line.startsWith("GET")).length).toBe(before);
  });

  it("the other OLT goes on", async () => {
    const other = p.onu("ACME00000009", 0, OLT2);
    p.lines["far"] = { ...tags(1009), onu: { olt: "olt2", serial: "ACME00000009" } };
    await p.declared();
    await p.apply("--timeout", "5");
    expect(other.services).toHaveLength(1);
    expect(condition(await p.show("far"), "Ready")).toBe("True Converged");
  });

  it("it comes back: everything is as before, and the condition is gone", async () => {
    p.voltha.oltUp(OLT1);
    await p.voltha.settled();
    await p.applied();
    await aSecondLater();
    await p.applied();
    for (const onu of onus) expect(onu.services).toHaveLength(1);
    expect((await p.xs("voltha-1")).conditions.map((c) => c.reason)).not.toContain("OLTDown");
  });
});

describe("the bill of a fibre line", () => {
  const line = (n: number): Record<string, unknown> => ({
    ...tags(1000 + n),
    onu: { olt: "olt1", serial: `ACME0000000${n}` },
    cpe: { serial: `LR-000${n}` },
    billing: { account: `ACC-${n}` },
  });
  const billed = async (require: readonly string[]) => {
    const db = await freshDatabase("template1");
    const url = new URL(db.url);
    url.username = "";
    url.password = "";
    const price = { amount: "29.90", currency: "EUR", period: "Monthly" };
    const p = await access(
      {
        policies: { activation: { require } },
        systems: { billing: [{ name: "billing-1" }] },
        more: [system("billing-1", "Billing", url.href)],
      },
      [home("basic", { services: [INTERNET], billing: { product: "res-100", price } })],
    );
    const state = async (name: string): Promise<string> => {
      const { rows } = await db.pool.query<{ state: string }>("select state from billing.services where number = $1", [
        `SUB-${name}`,
      ]);
      return rows[0]?.state ?? "none";
    };
    const end = async (): Promise<void> => {
      await p.end();
      await db.drop();
    };
    return { p, state, end };
  };

  it("activation.require [ONUActive, CPEOnline]: no bill before both are seen", async () => {
    const { p, state, end } = await billed(["ONUActive", "CPEOnline"]);
    try {
      p.lines["anna"] = line(1);
      await p.applied();
      expect(await state("anna")).toBe("PENDING");
      const billing = (await p.show("anna"))["billing"] as Item;
      expect(billing["billingStarted"]).toBe(false);
      p.onu("ACME00000001");
      await p.applied();
      expect(await state("anna")).toBe("PENDING");
      p.router("LR-0001");
      await p.applied();
      expect(await state("anna")).toBe("ACTIVE");
      expect((await p.show("anna"))["billing"]).toMatchObject({ billingStarted: true });
    } finally {
      await end();
    }
  });

  it("an ONU without its router is not enough, and a router without its ONU neither; seen once, an outage ends no bill", async () => {
    const { p, state, end } = await billed(["ONUActive", "CPEOnline"]);
    try {
      p.lines["bert"] = line(2);
      const router = p.router("LR-0002");
      await p.applied();
      expect(await state("bert")).toBe("PENDING");
      const onu = p.onu("ACME00000002");
      await p.applied();
      expect(await state("bert")).toBe("ACTIVE");
      onu.power(false);
      router.online = false;
      await p.applied();
      expect(await state("bert")).toBe("ACTIVE");
    } finally {
      await end();
    }
  });

  it("without CPEOnline the bill starts without the router", async () => {
    const { p, state, end } = await billed(["ONUActive"]);
    try {
      p.onu("ACME00000003");
      p.lines["cora"] = line(3);
      await p.applied();
      expect(await state("cora")).toBe("ACTIVE");
      expect(condition(await p.show("cora"), "Ready")).toBe("True AwaitingDevice");
    } finally {
      await end();
    }
  });
});
