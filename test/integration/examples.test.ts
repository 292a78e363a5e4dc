import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAssembler } from "../../controller/api/load-snapshot.ts";
import { loadPath } from "../../controller/api/load-tree.ts";
import type { SubscriberStatus } from "../../controller/api/types.generated.ts";
import { createValidator } from "../../controller/api/validate.ts";
import { toUpdate } from "../../controller/sources/directory.ts";
import type { SourceUpdate } from "../../controller/sources/source.ts";
import { radius } from "./objects.ts";
import { Site } from "./site.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");
const SYSTEMS = ["radius-acme", "radius-nordnetz"];
let site: Site;
let update: SourceUpdate;
beforeAll(async () => {
  site = await Site.open();
  for (const name of SYSTEMS) await site.credentials(site.radius.url, name);
  const made = toUpdate("dir:/examples", createAssembler(createValidator())(await loadPath(EXAMPLES)));
  const upserts = made.upserts.map((u) => {
    if (u.object.kind !== "ExternalSystem") return u;
    const { address } = radius(site.radius.url, u.object.metadata.name).spec;
    return { ...u, object: { ...u.object, spec: { ...u.object.spec, address } } };
  });
  update = { ...made, upserts };
  await site.submit(update);
});
afterAll(() => site.close());

describe("the examples", () => {
  it("are valid, and converge as a whole: every subscriber is ready, every account is owned", async () => {
    expect([update.complete, update.errors]).toEqual([true, []]);
    const declared = update.upserts.filter((u) => u.object.kind === "Subscriber");
    expect(declared.length).toBeGreaterThanOrEqual(28);
    expect((await site.accounts()).size).toBe(declared.length);
    for (const tenant of ["acme", "nordnetz"]) {
      const all = await site.installation.store.statusOfTenant(tenant);
      const ready = [...all].map(([owner, s]) => [
        owner,
        (s as SubscriberStatus).conditions?.find((c) => c.type === "Ready")?.status,
      ]);
      expect(ready.filter(([, status]) => status !== "True")).toEqual([]);
      expect(ready.length).toBeGreaterThan(10);
    }
  });
  it("write John Doe as the domain describes him", async () => {
    const john = (await site.accounts()).get("john@acme.example");
    expect(john).toMatchObject({ groups: ["acme:residential-100mbps:mikrotik"], owner: site.subscriber("john-doe") });
    expect(john?.reply).toEqual(
      expect.arrayContaining([
        "Delegated-IPv6-Prefix := 2001:db8:1::/56",
        "Framed-IP-Address := 10.0.1.100",
        "Framed-IPv6-Address := 2001:db8::100",
      ]),
    );
  });
  it("leave nothing to do: no effect, no write, no drift, also for a process that starts anew", async () => {
    const before = [await site.dumpRadius(), await site.count("audit")];
    await site.submit(update);
    expect((await site.scan()).map((e) => e.event === "scan" && e.drifted)).toEqual([0, 0]);
    await site.restart();
    expect([...site.reports.values()].reduce((n, r) => n + r.effects, 0)).toBe(0);
    expect((await site.controller.preview(update, { prune: true })).subjects).toEqual([]);
    expect([await site.dumpRadius(), await site.count("audit")]).toEqual(before);
  });
  it("have statuses of tenants and systems", async () => {
    await site.controller.endpoints.ping();
    await site.scan();
    await site.controller.writeStatuses();
    for (const name of SYSTEMS)
      expect(await site.statusOf(`test/-/ExternalSystem/-/${name}`)).toMatchObject({
        version: expect.stringContaining("PostgreSQL"),
        drift: 0,
      });
    expect(await site.statusOf(site.owner("Tenant/-/acme"))).toMatchObject({
      subscribers: { suspended: 1, terminated: 0 },
    });
  });
});
