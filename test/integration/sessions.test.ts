/** Live sessions in the whole controller: told in the same run as their account, found again after a restart. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type {
  ExternalSystem,
  LastmileObject,
  ServicePlanSpec,
  Subscriber,
  TenantSpec,
} from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { type LabNas, labNas } from "../lab/radius/nas.ts";
import { radius, SYSTEM, sub, suspended, tenant } from "./objects.ts";
import { Site } from "./site.ts";

const SECRET = "n4s-s3cret";
let site: Site;
let nas: LabNas;
beforeEach(async () => {
  site = await Site.open();
  nas = await labNas(SECRET, site.radius.pool);
  await site.secret("nas", "secret", SECRET, SYSTEM);
});
afterEach(async () => {
  await site.close();
  await nas.close();
});

const secretRef = { namespace: SYSTEM, name: "nas", key: "secret" };
type Vendor = NonNullable<ExternalSystem["spec"]["radius"]>["nas"][number]["vendor"];
function system(vendor: Vendor = "MikroTik", more: object = { secretRef }): ExternalSystem {
  const made = radius(site.radius.url);
  const [bng1] = made.spec.radius!.nas;
  const live = { ...bng1!, address: "127.0.0.1", vendor, coaPort: nas.port, coaPerSecond: 1000, ...more };
  return { ...made, spec: { ...made.spec, radius: { nas: [live] } } };
}
const area = { servingAreas: [{ name: "all", olts: ["olt1"], nas: ["bng1"] }] } as unknown as Partial<TenantSpec>;
const GARDEN: Partial<ServicePlanSpec> = {
  suspension: { mode: "WalledGarden", billing: "Continue", addressList: "unpaid", throttle: "512kbps" },
};
const base = (more: readonly LastmileObject[], vendor?: Vendor): readonly LastmileObject[] => [
  tenant(area),
  system(vendor),
  ...(more.some((o) => o.kind === "ServicePlan") ? [] : [plan()]),
  ...more,
];
const online = async (name: string, id: string): Promise<void> => {
  await site.radius.pool.query(
    `insert into radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctupdatetime, framedipaddress)
     values ($1, $1, $2, '127.0.0.1', now() - interval '1 hour', now(), '10.0.0.1')`,
    [id, `${name}@acme.example`],
  );
  nas.up.add(id);
};
const john = sub("john");
const limited = (mode: "Throttle" | "WalledGarden"): Subscriber => ({
  ...john,
  spec: { ...john.spec, serviceState: "Suspended", suspension: { reason: "NonPayment", mode } },
});

describe("a suspension reaches who is online", () => {
  it("in one run: the rows first, then the session; and says so", async () => {
    await site.declare(base([john]));
    await online("john", "a1");
    expect(await site.condition("john", "SessionsUpdated")).toBe("True SessionsCurrent");
    await site.declare(base([suspended(john)]));
    expect(nas.heard).toEqual(["Disconnect a1"]);
    expect(await site.condition("john", "SessionsUpdated")).toBe("True SessionsCurrent");
    expect(await site.condition("john", "Ready")).toBe("True Suspended");
    expect((await site.status("john"))?.sessions).toMatchObject({
      active: [],
      lastAction: { type: "Disconnect", outcome: "ACK" },
    });
    await site.declare(base([john]));
    expect(nas.heard).toEqual(["Disconnect a1"]);
    expect(await site.condition("john", "Ready")).toBe("True Converged");
  });
  it("whoever is deleted is rejected, then disconnected", async () => {
    await site.declare(base([john]));
    await online("john", "a1");
    await site.declare(base([]));
    expect(nas.heard).toEqual(["Disconnect a1"]);
    expect((await site.accounts()).get("john@acme.example")?.check.join()).toContain("Reject");
  });
  it("while the NAS is silent that is a condition of its own, RADIUS is ready, and it goes on by itself after a restart", async () => {
    await site.declare(base([john]));
    await online("john", "a1");
    nas.trouble.of = "deaf";
    await site.submitNow(base([suspended(john)]));
    await site.until(async () => (await site.condition("john", "SessionsUpdated")) === "False NASSilent");
    expect(await site.condition("john", "RADIUSReady")).toBe("True Converged");
    expect(await site.condition("john", "InService")).toBe("False Suspended");
    expect(await site.message("john", "SessionsUpdated")).not.toContain(SECRET);
    await site.stop();
    nas.trouble.of = undefined;
    await site.start();
    await site.submitNow(base([suspended(john)]));
    await site.until(async () => nas.up.size === 0);
    await site.until(async () => (await site.condition("john", "SessionsUpdated")) === "True SessionsCurrent");
  });
  it("a resume is never held by a budget, however many went before", async () => {
    const tight = (objects: readonly LastmileObject[]) => [
      tenant(area, { budgets: { retire: "0%", suspend: "100%", disrupt: "0%", minimum: 1, window: "24h" } }),
      ...objects.slice(1),
    ];
    const both = [john, sub("ann"), sub("bob")];
    const walled = both.map((s) => ({ ...s, spec: { ...limited("WalledGarden").spec, ...numbered(s) } }));
    await site.declare(tight(base([plan(GARDEN), ...both])));
    for (const [n, s] of both.entries()) await online(s.metadata.name, `s${n}`);
    await site.declare(tight(base([plan(GARDEN), ...walled])));
    expect(nas.heard.sort()).toEqual([0, 1, 2].map((n) => `CoA s${n} 14988/8=512k/512k 14988/19=unpaid`));
    await site.declare(tight(base([plan(GARDEN), ...both])));
    expect(nas.heard.slice(3).sort()).toEqual([0, 1, 2].map((n) => `Disconnect s${n}`));
    for (const s of both) expect(await site.condition(s.metadata.name, "Ready")).toBe("True Converged");
  });
});
const numbered = ({ spec }: Subscriber) => ({ subscriberNumber: spec.subscriberNumber, onu: spec.onu! });

describe("slow, or in the garden", () => {
  it.each([
    ["Throttle", "CoA a1 14988/8=512k/512k", "the service is slow"],
    ["WalledGarden", "CoA a1 14988/8=512k/512k 14988/19=unpaid", "only the pages of the provider"],
  ] as const)("%s: the session stays, and status says how it is limited", async (mode, heard, words) => {
    await site.declare(base([plan(GARDEN), john]));
    await online("john", "a1");
    await site.declare(base([plan(GARDEN), limited(mode)]));
    expect(nas.heard).toEqual([heard]);
    expect((await site.status("john"))?.radius?.state).toBe("Limited");
    expect(await site.condition("john", "InService")).toBe("False Suspended");
    expect(await site.message("john", "InService")).toContain(words);
    expect(await site.condition("john", "Warnings")).toBeUndefined();
  });
  it("where the vendor has nothing for it, it is a Reject, and a warning says why", async () => {
    const profiles = { radius: { profiles: { juniper: "inet" }, attributes: [] } };
    await site.declare(base([plan({ ...GARDEN, ...profiles }), limited("WalledGarden")], "Juniper"));
    expect((await site.accounts()).get("john@acme.example")?.check.join()).toContain("Reject");
    expect(await site.condition("john", "Warnings")).toBe("True SuspendedByReject");
    expect(await site.message("john", "Warnings")).toContain("NAS bng1 is a Juniper");
  });
});

describe("a plan that is edited", () => {
  const fast = plan({ speed: { down: "200Mbps", up: "100Mbps" } });
  it("every session of it hears, at the next look at the latest, and none is lost", async () => {
    await site.declare(base([john, sub("ann")]));
    await online("john", "a1");
    await online("ann", "b1");
    await site.declare(base([fast, john, sub("ann")]));
    await site.scan();
    expect(nas.heard.sort()).toEqual(["CoA a1 14988/8=100M/200M", "CoA b1 14988/8=100M/200M"]);
    expect(nas.up.size).toBe(2);
  });
});

describe("a tenant who does not want it, a NAS that cannot", () => {
  it.each([
    [
      "features.liveSessions",
      { ...area, features: { networkProfiles: true, staticAudit: true, liveSessions: false } },
      {},
    ],
    ["secretRef", area, { secretRef: undefined }],
  ] as const)("%s: nothing is sent, everything else goes on, and status says so", async (word, more, live) => {
    const all = (s: Subscriber) => [tenant(more), system("MikroTik", { secretRef, ...live }), plan(), s];
    await site.declare(all(john));
    await online("john", "a1");
    await site.declare(all(suspended(john)));
    expect(nas.heard).toEqual([]);
    expect(await site.condition("john", "Ready")).toBe("True Suspended");
    expect(await site.condition("john", "SessionsUpdated")).toBe("Unknown SessionsNotTold");
    expect(await site.message("john", "SessionsUpdated")).toContain(word);
  });
  it("switched off later, nobody's service is counted as lost", async () => {
    await site.declare(base([john]));
    await online("john", "a1");
    const features = { networkProfiles: true, staticAudit: true, liveSessions: false };
    await site.declare([tenant({ ...area, features }), system(), plan(), john]);
    expect(nas.heard).toEqual([]);
    expect(await site.condition("john", "Ready")).toBe("True Converged");
  });
});

describe("a plan that reaches its subscribers in steps", () => {
  const PAUSE_MS = 600_000;
  const policies = { rollout: { step: "6", pause: "10m", from: 2, stopAfter: 3 } };
  const people = Array.from({ length: 12 }, (_, n) => sub(`s${n}`));
  const state = async (): Promise<string> => {
    const [found] = await site.installation.store.rolloutsOf([site.owner("ServicePlan/isp-acme/basic")]);
    return `${found?.rollout.state} ${found?.rollout.failed}`;
  };
  const firstStep = async (more: object): Promise<void> => {
    const all = (mbps: number) => [
      tenant(area, policies),
      system("MikroTik", { secretRef, ...more }),
      plan({ speed: { down: `${mbps}Mbps`, up: "50Mbps" } }),
      ...people,
    ];
    await site.declare(all(100));
    for (const [n, { metadata }] of people.entries()) await online(metadata.name, `a${n}`);
    await site.declare(all(200));
    await site.controller.rollOut();
  };
  it("goes on while a NAS takes their sessions one after the other", async () => {
    await firstStep({ coaPerSecond: 1 });
    expect(await state()).toBe("Rolling 0");
    expect(nas.heard.length).toBe(6);
  });
  it("stops where a NAS has said nothing all the pause: a step may have brought it down", async () => {
    await firstStep({ coaPort: 9 });
    expect(await state()).toBe("Rolling 0");
    const now = Date.now() + PAUSE_MS;
    site.now = () => now;
    await site.controller.rollOut();
    expect(await state()).toBe("Stopped 6");
  });
});
