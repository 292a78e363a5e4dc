/** A subscriber from its first declaration to the purge, in the tables of RADIUS, the store and its status. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { radius, sub, suspended, tenant, terminated } from "./objects.ts";
import { Site } from "./site.ts";
import type { Account } from "./tables.ts";

const JOHN = "john@acme.example";
let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

async function account(name: string): Promise<Account> {
  const found = (await site.accounts()).get(name);
  if (!found) throw new Error(`no account ${name}`);
  return found;
}
const passwordOf = (a: Account): string | undefined => a.check.find((r) => r.startsWith("Cleartext-Password"));
const REJECT = "Auth-Type := Reject";

describe("declared, suspended and resumed", () => {
  it("has an account in its plan's group, and a status that says so", async () => {
    await site.declare(site.base(sub("john")));
    const made = await account(JOHN);
    expect(made).toMatchObject({ groups: ["acme:basic:generic"], owner: site.subscriber("john"), retired: false });
    expect(passwordOf(made)).toMatch(/^Cleartext-Password := [\w-]{24}$/);
    expect(await site.condition("john", "Ready")).toBe("True Converged");
    expect(await site.condition("john", "InService")).toBe("True InService");
    expect(await site.status("john")).toMatchObject({ radius: { username: JOHN, plan: "basic", state: "Active" } });
    expect(await site.planStatus("basic")).toMatchObject({ subscribers: 1 });
  });
  it("is rejected and keeps its password while suspended; resuming takes no place in any budget", async () => {
    const none = { retire: "0%", suspend: "0%", disrupt: "0%", minimum: 1, window: "24h" };
    const small = [tenant({}, { budgets: none }), radius(site.radius.url), plan()];
    await site.declare([...small, sub("john")]);
    const before = await account(JOHN);
    await site.declare([...small, suspended(sub("john"))]);
    expect((await account(JOHN)).check).toEqual([REJECT, passwordOf(before)]);
    expect(await site.condition("john", "InService")).toBe("False Suspended");
    await site.declare([...small, sub("john")]);
    expect(await account(JOHN)).toEqual(before);
    expect(await site.count("reservations", "impact <> 'suspend'")).toBe(0);
  });
  it("is rejected in the same moment as the plan goes that he was to change to", async () => {
    await site.declare(site.base(sub("john")));
    const lost = suspended(sub("john"));
    await site.declare(site.base({ ...lost, spec: { ...lost.spec, planRef: { name: "gone" } } }));
    expect((await account(JOHN)).check).toContain(REJECT);
    expect((await account(JOHN)).groups).toEqual([]);
  });
  it("is open at both places while he moves, and the end of the move takes no place in any budget", async () => {
    const none = { retire: "0%", suspend: "0%", disrupt: "0%", minimum: 1, window: "24h" };
    const at = (ids: object) => {
      const s = sub("john");
      const networkProfile = { ...s.spec.networkProfile, option82Policy: "Enforce" as const, ...ids };
      return [
        tenant({}, { budgets: none }),
        radius(site.radius.url),
        plan(),
        { ...s, spec: { ...s.spec, networkProfile } },
      ];
    };
    const circuit = async () => (await account(JOHN)).check.filter((r) => r.startsWith("ADSL"));
    const guard = "acme:moving-circuits::john@acme.example";
    await site.declare(at({ circuitId: "old" }));
    expect(await circuit()).toEqual(["ADSL-Agent-Circuit-Id == old"]);
    await site.declare(at({ circuitId: "new", previousCircuitId: "old" }));
    expect(await circuit()).toEqual(["ADSL-Agent-Circuit-Id =* any"]);
    expect((await account(JOHN)).groups).toEqual(["acme:basic:generic", guard]);
    await site.declare(at({ circuitId: "new" }));
    expect(await circuit()).toEqual(["ADSL-Agent-Circuit-Id == new"]);
    expect((await account(JOHN)).groups).toEqual(["acme:basic:generic"]);
    expect(await site.condition("john", "Ready")).toBe("True Converged");
    expect(await site.count("reservations")).toBe(0);
  });
  it("replaces an Accept by the Reject, and puts the Accept back", async () => {
    const line = (s = sub("john")) => ({
      ...s,
      spec: {
        ...s.spec,
        networkProfile: { accessType: "IPoE" as const, option82Policy: "Enforce" as const, circuitId: "olt1/1" },
      },
    });
    await site.declare(site.base(line()));
    const before = await account(JOHN);
    expect(before.check).toContain("Auth-Type := Accept");
    await site.declare(site.base(suspended(line())));
    expect((await account(JOHN)).check.filter((r) => r.startsWith("Auth-Type"))).toEqual([REJECT]);
    await site.declare(site.base(line()));
    expect(await account(JOHN)).toEqual(before);
  });
});

describe("suspended where nothing says any more", () => {
  it("where it is connected: it is rejected at the endpoint that has its account", async () => {
    await site.declare(site.base(sub("john")));
    const lost = suspended(sub("john", { onu: { olt: "gone", serial: "ALCL12345678" } }));
    await site.declare(site.base(lost));
    expect(await account(JOHN)).toMatchObject({ retired: false, check: expect.arrayContaining([REJECT]) });
    expect(await site.condition("john", "InService")).toBe("False Suspended");
  });
});

describe("withdrawn", () => {
  it("is rejected and stands in the ledger; declared again it is the same account with the same password", async () => {
    await site.declare(site.base(sub("john")));
    const before = await account(JOHN);
    await site.declare(site.base());
    expect(await account(JOHN)).toMatchObject({ retired: true, check: expect.arrayContaining([REJECT]) });
    expect(await site.count("ledger")).toBe(1);
    expect(await site.count("claims", "kind = 'userName'")).toBe(1);
    await site.declare(site.base(sub("john")));
    expect(await account(JOHN)).toEqual(before);
    expect(await site.count("ledger")).toBe(0);
    expect(await site.condition("john", "Ready")).toBe("True Converged");
  });
  it("comes back with its password also after a restart", async () => {
    await site.declare(site.base(sub("john")));
    const before = await account(JOHN);
    await site.declare(site.base());
    await site.restart();
    expect((await account(JOHN)).check).toContain(REJECT);
    await site.declare(site.base(sub("john")));
    expect(await account(JOHN)).toEqual(before);
  });
  it("does not come back as another subscriber under its name", async () => {
    await site.declare(site.base(sub("john")));
    await site.declare(site.base());
    const retired = await account(JOHN);
    await site.declare(site.base(sub("john", { subscriberNumber: "SUB-other" })));
    expect(await account(JOHN)).toEqual(retired);
    expect(await site.condition("john", "Ready")).toBe("False IdentityConflict");
    expect(await site.message("john")).toContain("was subscriber SUB-john");
  });
  it("is purged when retention is over: rows, secret, status and claims are gone, and the name is free", async () => {
    await site.declare(site.base(sub("john")));
    await site.declare(site.base());
    await site.endRetention();
    expect((await site.accounts()).size).toBe(0);
    for (const table of ["ledger", "claims", "secrets"]) expect([table, await site.count(table)]).toEqual([table, 0]);
    expect(await site.status("john")).toBeUndefined();
    expect(await site.count("inventory", "owner like '%/Subscriber/%'")).toBe(0);
    await site.declare(site.base(sub("john", { subscriberNumber: "SUB-other" })));
    expect(await site.condition("john", "Ready")).toBe("True Converged");
  });
  it("is purged although another subscriber waits for its name, who then gets it", async () => {
    await site.declare(site.base(sub("john")));
    const before = await account(JOHN);
    await site.declare(site.base());
    await site.declare(site.base(sub("john", { subscriberNumber: "SUB-other" })));
    await site.endRetention();
    await site.settle();
    expect(await site.condition("john", "Ready")).toBe("True Converged");
    expect(passwordOf(await account(JOHN))).not.toBe(passwordOf(before));
  });
  it("ends like one that is Terminated, which keeps its object and can be declared Active again", async () => {
    await site.declare(site.base(sub("gone"), sub("john")));
    const before = await account(JOHN);
    await site.declare(site.base(terminated(sub("john"))));
    const [gone, ended] = [await account("gone@acme.example"), await account(JOHN)];
    expect([gone.retired, ended.retired]).toEqual([true, true]);
    for (const a of [gone, ended]) expect(a.check).toContain(REJECT);
    expect(await site.count("ledger")).toBe(2);
    expect(await site.condition("john", "Ready")).toBe("True Terminated");
    await site.declare(site.base(sub("john")));
    expect(await account(JOHN)).toEqual(before);
    await site.declare(site.base(terminated(sub("john"))));
    await site.endRetention();
    expect((await site.accounts()).size).toBe(0);
    expect(await site.count("secrets")).toBe(0);
    expect(await site.condition("john", "Ready")).toBe("True Terminated");
  });
  it("is rejected also when its tenant, its system and its plan are withdrawn with it", async () => {
    await site.declare(site.base(sub("john"), sub("mary")));
    await site.declare([]);
    for (const [, a] of await site.accounts())
      expect([a.retired, a.check]).toEqual([true, expect.arrayContaining([REJECT])]);
    expect(await site.count("ledger", "owner like '%/Subscriber/%'")).toBe(2);
  });
  it("is rejected also by a controller that starts after everything was withdrawn", async () => {
    await site.declare(site.base(sub("john")));
    const keys = [
      "Subscriber/isp-acme/john",
      "Tenant/-/acme",
      "ExternalSystem/-/radius-1",
      "ServicePlan/isp-acme/basic",
    ];
    await site.stop();
    await site.store.pool.query(
      "update lastmile.objects set deleted_at = now(), seq = seq + 1000 where key = any($1)",
      [keys],
    );
    await site.start();
    await site.settle();
    expect(await account(JOHN)).toMatchObject({ retired: true, check: expect.arrayContaining([REJECT]) });
  });
});

describe("once assigned", () => {
  it("a user name stays when the template or the realm of the tenant changes", async () => {
    await site.declare(site.base(sub("john")));
    const before = await account(JOHN);
    const renamed = tenant({ userNameTemplate: "{number}@{realm}", realms: ["new.example", "acme.example"] });
    await site.declare([renamed, radius(site.radius.url), plan(), sub("john"), sub("mary")]);
    expect(await account(JOHN)).toEqual(before);
    expect([...(await site.accounts()).keys()]).toEqual(["SUB-mary@new.example", JOHN]);
    await site.restart();
    expect([...(await site.accounts()).keys()]).toEqual(["SUB-mary@new.example", JOHN]);
  });
  it("a user name that was given explicitly stays when it is no longer given", async () => {
    const named = (username: string) =>
      sub("john", { radius: { passwordScheme: "Cleartext", rotation: "Force", username } });
    for (const name of ["two@acme.example", "one@acme.example"]) await site.declare(site.base(named(name)));
    await site.declare(site.base(sub("john")));
    expect((await account("one@acme.example")).retired).toBe(false);
    expect((await account("two@acme.example")).retired).toBe(true);
    await site.declare(site.base());
    await site.restart();
    await site.declare(site.base(sub("john")));
    expect((await account("one@acme.example")).retired).toBe(false);
    expect((await site.accounts()).size).toBe(2);
  });
});
