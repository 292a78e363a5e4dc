/** What holds effects back: pauses, modes, plans whose group is not there yet, and systems that are down. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ExternalSystem, LastmileObject, Subscriber } from "../../controller/api/types.generated.ts";
import { PAUSED } from "../../controller/core/policy.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { freshDatabase } from "../lab/database.ts";
import { annotated, radius, sub, subs, suspended, tenant } from "./objects.ts";
import { Site } from "./site.ts";
import { cutConnections } from "./tables.ts";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

const system = (spec: Partial<ExternalSystem["spec"]>): ExternalSystem => {
  const made = radius(site.radius.url);
  return { ...made, spec: { ...made.spec, ...spec } };
};
const JOHN = "john@acme.example";

describe("paused", () => {
  it.each<[string, () => readonly LastmileObject[], string]>([
    ["the tenant", () => [tenant({ paused: true }), system({}), plan()], "Tenant acme is paused"],
    ["the system", () => [tenant(), system({ paused: true }), plan()], "ExternalSystem radius-1 is paused"],
  ])("%s: nothing is written, deletion included, until it goes on", async (_, paused, words) => {
    await site.declare(site.base(sub("john"), sub("mary")));
    const before = await site.dumpRadius();
    await site.declare([...paused(), suspended(sub("john")), sub("new")]);
    expect(await site.dumpRadius()).toBe(before);
    expect(await site.condition("john", "Ready")).toBe("False Paused");
    expect(await site.message("john")).toContain(words);
    await site.declare(site.base(suspended(sub("john")), sub("new")));
    const after = await site.accounts();
    expect(after.get(JOHN)?.check).toContain("Auth-Type := Reject");
    expect(after.get("mary@acme.example")?.retired).toBe(true);
    expect(after.has("new@acme.example")).toBe(true);
  });
  it("the annotation: this subscriber only", async () => {
    await site.declare(site.base(sub("john"), sub("mary")));
    await site.declare(site.base(annotated(suspended(sub("john")), { [PAUSED]: "true" }), suspended(sub("mary"))));
    expect((await site.accounts()).get(JOHN)?.check).toHaveLength(1);
    expect((await site.accounts()).get("mary@acme.example")?.check).toContain("Auth-Type := Reject");
    expect(await site.condition("john", "Ready")).toBe("False Paused");
    await site.declare(site.base(annotated(suspended(sub("john")), { [PAUSED]: "false" }), suspended(sub("mary"))));
    expect((await site.accounts()).get(JOHN)?.check).toContain("Auth-Type := Reject");
  });
  it("the annotation of one who is withdrawn: outlives the process", async () => {
    await site.declare(site.base(sub("john"), sub("mary")));
    await site.declare(site.base(sub("john"), annotated(sub("mary"), { [PAUSED]: "true" })));
    await site.declare(site.base(sub("john")));
    await site.restart();
    expect((await site.accounts()).get("mary@acme.example")?.retired).toBe(false);
    expect(await site.condition("mary", "Ready")).toBe("False Paused");
    await site.declare(site.base(sub("john"), sub("mary")));
    await site.declare(site.base(sub("john")));
    expect((await site.accounts()).get("mary@acme.example")?.retired).toBe(true);
  });
});

describe("mode Observe", () => {
  it.each<[string, () => readonly LastmileObject[]]>([
    ["of the system", () => [tenant(), system({ mode: "Observe" }), plan()]],
    [
      "of the binding",
      () => [tenant({ systems: { radius: [{ name: "radius-1", mode: "Observe" }] } }), system({}), plan()],
    ],
  ])("%s: drift is shown, and nothing is written", async (_, observing) => {
    await site.declare(site.base(sub("john"), sub("mary")));
    await site.radius.pool.query(`delete from radreply where username = '${JOHN}'`);
    const before = await site.dumpRadius();
    await site.declare([...observing(), sub("john")]);
    expect(await site.scan()).toMatchObject([{ event: "scan" }]);
    expect(await site.dumpRadius()).toBe(before);
    expect(await site.condition("john", "InSync")).toBe("False Drifted");
    expect(await site.condition("john", "Ready")).toBe("False ObserveOnly");
  });
});

describe("maintenance windows", () => {
  const nightly = { schedule: "0 2 * * *", duration: "2h", timeZone: "UTC", gates: ["Disruptive" as const] };
  const at = (s: Subscriber, staticIPv4: string): Subscriber => ({
    ...s,
    spec: { ...s.spec, networkProfile: { ipv4Assignment: "Static", staticIPv4, option82Policy: "Ignore" } },
  });
  const addresses = async (): Promise<readonly string[]> =>
    [...(await site.accounts()).values()].map(
      (a) => a.reply.find((r) => r.startsWith("Framed-IP"))?.slice(-8) ?? "none",
    );

  it("what interrupts waits for the next one, which is named; a suspension does not; it goes on when it opens", async () => {
    const base = (...more: readonly LastmileObject[]) => [
      tenant(),
      system({ maintenanceWindows: [nightly] }),
      plan(),
      ...more,
    ];
    site.now = () => Date.parse("2026-11-21T12:00:00Z");
    await site.declare(base(at(sub("john"), "10.0.1.5"), sub("mary")));
    await site.declare(base(at(sub("john"), "10.0.1.6"), suspended(sub("mary"))));
    expect(await addresses()).toEqual(["10.0.1.5", "none"]);
    expect((await site.accounts()).get("mary@acme.example")?.check).toContain("Auth-Type := Reject");
    expect(await site.condition("john", "Ready")).toBe("False OutsideWindow");
    expect(await site.condition("john", "Stalled")).toBe("False Progressing");
    expect(await site.message("john")).toContain("the next one opens at 2026-11-22T02:00Z");
    const { subjects } = await site.controller.preview(undefined, { prune: false });
    expect(subjects.flatMap((s) => s.plan.changes.map((c) => c.hold?.message))).toEqual([
      "outside the maintenance windows of radius-1; the next one opens at 2026-11-22T02:00Z",
    ]);
    const before = await site.dumpRadius();
    site.controller.retryWindows();
    await site.settle();
    expect(await site.dumpRadius()).toBe(before);
    site.now = () => Date.parse("2026-11-22T02:00:00Z");
    site.controller.retryWindows();
    await site.settle();
    expect(await addresses()).toEqual(["10.0.1.6", "none"]);
    expect(await site.condition("john", "Ready")).toBe("True Converged");
  });
});

describe("plans", () => {
  it("an edit reaches the group and no account", async () => {
    await site.declare(site.base(...subs(5)));
    const before = await site.accounts();
    await site.declare([tenant(), system({}), plan({ speed: { down: "200Mbps", up: "50Mbps" } }), ...subs(5)]);
    const { rows } = await site.radius.pool.query(
      "select value from radgroupreply where attribute = 'WISPr-Bandwidth-Max-Down'",
    );
    expect(rows).toEqual([{ value: "200000000" }]);
    expect(await site.accounts()).toEqual(before);
    expect(await site.installation.store.history(site.subscriber("s0000"))).toHaveLength(1);
    expect((await site.status("s0000"))?.radius?.downKbps).toBe(200_000);
  });
  it("a subscriber waits for a group that is held, and goes on by itself when it is there", async () => {
    await site.radius.pool.query(
      "insert into radgroupreply (groupname, attribute, op, value) values ('acme:basic:generic', 'Filter-Id', '=', 'x')",
    );
    await site.declare(site.base(sub("john")));
    expect((await site.accounts()).size).toBe(0);
    expect(await site.condition("john", "Ready")).toBe("False Blocked");
    expect(await site.message("john")).toContain("radius-1/group/acme:basic:generic");
    await site.radius.pool.query("delete from radgroupreply");
    site.controller.engine.enqueue([site.owner("ServicePlan/isp-acme/basic")]);
    await site.settle();
    expect(await site.condition("john", "Ready")).toBe("True Converged");
  });
});

describe("a system that is down", () => {
  it("holds its own subscribers and nobody else, shows it, and heals by itself", async () => {
    const second = await freshDatabase("template1");
    await site.credentials(second.url, "radius-2");
    await site.prepare(second.url, "radius-2");
    const beta = {
      ...tenant({ namespace: "isp-beta", realms: ["beta.example"], systems: { radius: [{ name: "radius-2" }] } }),
      metadata: { name: "beta" },
    };
    const inBeta = <T extends LastmileObject>(o: T): T => ({
      ...o,
      metadata: { ...o.metadata, namespace: "isp-beta" },
    });
    const ours = [beta, radius(second.url, "radius-2"), inBeta(plan()), inBeta(sub("bob"))];
    const up = new URL(site.radius.url);
    const name = up.pathname.slice(1);
    await site.declare(site.base(sub("john"), ...ours.slice(0, 3)));
    await second.pool.query(`alter database "${name}" with allow_connections false`);
    await cutConnections(second.pool, name);
    await site.submitNow([...site.base(suspended(sub("john"))), ...ours]);
    const bob = site.owner("Subscriber/isp-beta/bob", "beta");
    await site.until(async () => (JSON.stringify(await site.statusOf(bob)) ?? "").includes('"Converged"'));
    await site.until(async () => (await site.condition("john", "Ready")) === "False Unavailable");
    expect(await site.condition("john", "InService")).toBe("Unknown Unavailable");
    await site.controller.endpoints.ping();
    await site.controller.writeStatuses();
    const status = async (system: string) => JSON.stringify(await site.statusOf(`test/-/ExternalSystem/-/${system}`));
    expect(await status("radius-1")).toContain('"reason":"Unavailable"');
    expect(await status("radius-2")).toContain('"status":"True","reason":"Reachable"');
    const tenantOf = async (t: string) => JSON.stringify(await site.statusOf(site.owner(`Tenant/-/${t}`, t)));
    expect(await tenantOf("acme")).toContain('"type":"RADIUSReady"');
    expect(await tenantOf("acme")).toContain('"reason":"Unavailable"');
    expect(await tenantOf("beta")).not.toContain("Unavailable");
    const scanned = await site.scanNow();
    expect(scanned).toMatchObject([
      { event: "trouble", doing: "scan radius-1 for drift", error: { code: "Unavailable" } },
      { event: "scan", endpoint: "radius-2" },
    ]);
    await second.pool.query(`alter database "${name}" with allow_connections true`);
    await site.settle(60_000);
    expect(await site.condition("john", "Ready")).toBe("True Suspended");
    await site.stop();
    await second.drop();
  });
});
