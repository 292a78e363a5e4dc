/** What people change by hand in RADIUS, and secrets that change without a declaration: found by the scan. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Subscriber } from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { radius, sub, subs, tenant } from "./objects.ts";
import { Site } from "./site.ts";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());
const JOHN = "john@acme.example";
const withSecret = (name: string, rotation: "Force" | "WithDevice" = "WithDevice"): Subscriber =>
  sub(name, {
    radius: { passwordScheme: "Cleartext", rotation, passwordSecretRef: { name, key: "password" } },
  });

describe("a hand edit", () => {
  it.each([
    [
      "another group",
      `update radusergroup set groupname = 'gold' where username = '${JOHN}'`,
      "group",
      "gold",
      "acme:basic:generic",
    ],
    [
      "a reply that is gone",
      `delete from radreply where username = '${JOHN}' and attribute = 'Idle-Timeout'`,
      "idleTimeout",
      "",
      "900",
    ],
    [
      "a rejection",
      `insert into radcheck (username, attribute, op, value) values ('${JOHN}', 'Auth-Type', ':=', 'Reject')`,
      "authType",
      "Reject",
      "",
    ],
  ])(
    "%s is found by the scan and repaired, with before and after in the audit",
    async (_, edit, field, before, after) => {
      await site.declare(site.base(sub("john"), sub("mary")));
      const good = await site.accounts();
      await site.radius.pool.query(edit);
      expect(await site.scan()).toMatchObject([{ event: "scan", drifted: 1 }]);
      expect(await site.accounts()).toEqual(good);
      const [entry] = await site.installation.store.history(site.subscriber("john"));
      expect(entry).toMatchObject({ action: "update", outcome: "Done", changes: [{ field, before, after }] });
      expect(await site.installation.store.history(site.subscriber("mary"))).toHaveLength(1);
      expect(await site.scan()).toMatchObject([{ drifted: 0 }]);
    },
  );
  it("an account deleted by hand is made again, with its password", async () => {
    await site.declare(site.base(sub("john")));
    const good = await site.accounts();
    for (const t of ["radcheck", "radreply", "radusergroup"]) await site.radius.pool.query(`delete from ${t}`);
    await site.radius.pool.query("delete from lastmile.radius_owner where kind = 'account'");
    await site.scan();
    expect(await site.accounts()).toEqual(good);
  });
  it("a group of a plan that was changed is repaired, its members are left alone", async () => {
    await site.declare(site.base(sub("john")));
    const before = await site.dumpRadius();
    await site.radius.pool.query("update radgroupreply set value = '1' where attribute = 'WISPr-Bandwidth-Max-Down'");
    await site.scan();
    const bare = (text: string) => text.replace(/^\(\d+,/gm, "(");
    expect(bare(await site.dumpRadius())).toBe(bare(before));
    expect(await site.installation.store.history(site.subscriber("john"))).toHaveLength(1);
  });
  it("a retired account that was opened by hand is rejected again", async () => {
    await site.declare(site.base(sub("john")));
    await site.declare(site.base());
    await site.radius.pool.query("delete from radcheck where attribute = 'Auth-Type'");
    await site.scan();
    expect((await site.accounts()).get(JOHN)?.check).toContain("Auth-Type := Reject");
  });
  it("drift that would cost more customers than the budget is held as one set", async () => {
    const budgets = { retire: "10%", suspend: "10%", disrupt: "10%", minimum: 1, window: "24h" };
    const objects = [tenant({}, { budgets }), radius(site.radius.url), plan({ ipv4Assignment: "Static" })];
    const all = subs(5).map(
      (s, n): Subscriber => ({
        ...s,
        spec: { ...s.spec, networkProfile: { staticIPv4: `10.0.1.${n + 10}`, option82Policy: "Ignore" } },
      }),
    );
    await site.declare([...objects, ...all]);
    await site.radius.pool.query("update radreply set value = '10.9.9.9' where attribute = 'Framed-IP-Address'");
    const before = await site.dumpRadius();
    await site.scan();
    expect(await site.dumpRadius()).toBe(before);
    expect(await site.condition("s0001", "Ready")).toBe("False DestructiveLimit");
    expect(await site.approveAllHeld()).toHaveLength(5);
    await site.controller.follow();
    await site.settle();
    expect(await site.condition("s0001", "Ready")).toBe("True Converged");
  });
});

describe("a secret of a person", () => {
  it("that is missing holds its subscriber, who has an account when it comes", async () => {
    await site.declare(site.base(withSecret("john"), sub("mary")));
    expect([...(await site.accounts()).keys()]).toEqual(["mary@acme.example"]);
    expect(await site.condition("john", "Ready")).toBe("False SecretMissing");
    await site.secret("john", "password", "first-one");
    await site.scan();
    expect((await site.accounts()).get(JOHN)?.check).toEqual(["Cleartext-Password := first-one"]);
    expect(await site.condition("john", "Ready")).toBe("True Converged");
  });
  it("that is rotated is seen by the scan and waits for the router, with Force it is written, and the audit has digests only", async () => {
    await site.secret("john", "password", "first-one");
    await site.declare(site.base(withSecret("john")));
    await site.secret("john", "password", "second-one");
    await site.scan();
    expect((await site.accounts()).get(JOHN)?.check).toEqual(["Cleartext-Password := first-one"]);
    expect(await site.condition("john", "Ready")).toBe("False RouterNotManaged");
    await site.declare(site.base(withSecret("john", "Force")));
    expect((await site.accounts()).get(JOHN)?.check).toEqual(["Cleartext-Password := second-one"]);
    expect(await site.condition("john", "Ready")).toBe("True Converged");
    const [entry] = await site.installation.store.history(site.subscriber("john"));
    expect(entry).toMatchObject({ action: "update", changes: [{ field: "password" }] });
    expect(JSON.stringify(entry)).not.toMatch(/first-one|second-one/);
  });
  it("that vanishes leaves the account as it is, and the status says why nothing is verified", async () => {
    await site.secret("john", "password", "first-one");
    await site.declare(site.base(withSecret("john")));
    const before = await site.dumpRadius();
    await site.removeSecret("john");
    site.controller.engine.enqueue([site.subscriber("john")]);
    await site.settle();
    expect(await site.dumpRadius()).toBe(before);
    expect(await site.condition("john", "Ready")).toBe("False SecretMissing");
  });
});

describe("one RADIUS for two tenants", () => {
  it("reports the drift of both, not of the one that was looked at last", async () => {
    const second = { ...tenant({ namespace: "isp-beta", realms: ["beta.example"] }), metadata: { name: "beta" } };
    await site.declare(site.base(sub("john"), second));
    await site.radius.pool.query("delete from radreply where attribute = 'Idle-Timeout'");
    await site.scan();
    expect(site.controller.drift.get("radius-1")).toBe(1);
  });
});
