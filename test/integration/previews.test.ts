/** A preview: what would be done, without a write, and the same that is done afterwards. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LastmileObject, Subscriber } from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { radius, snapshot, sub, subs, suspended, tenant } from "./objects.ts";
import { Site } from "./site.ts";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

const look = (objects: readonly LastmileObject[] | undefined) =>
  site.controller.preview(objects && snapshot(objects), { prune: true });
const holds = (p: Awaited<ReturnType<typeof look>>) =>
  p.subjects.map((s) => [
    s.subject.owner.name,
    s.plan.changes.map((c) => `${c.action} ${c.hold?.code ?? "free"}`).join(),
  ]);
const withAddress = (s: Subscriber, staticIPv4: string): Subscriber => ({
  ...s,
  spec: { ...s.spec, networkProfile: { ipv4Assignment: "Static", staticIPv4, option82Policy: "Ignore" } },
});

describe("a preview", () => {
  it("writes nothing anywhere, is the same twice, and is what the audit says afterwards", async () => {
    await site.declare(site.base(sub("john"), sub("mary"), sub("old")));
    const next = site.base(suspended(sub("john")), sub("mary"), sub("new"));
    const before = [await site.dumpStore(), await site.dumpRadius()];
    const first = await look(next);
    const second = await look(next);
    expect([await site.dumpStore(), await site.dumpRadius()]).toEqual(before);
    expect(second.changeSet).toBe(first.changeSet);
    expect(holds(first)).toEqual([
      ["john", "update free"],
      ["new", "create free"],
      ["old", "retire free"],
    ]);
    await site.declare(next);
    for (const s of first.subjects) {
      const [entry] = await site.installation.store.history(s.key);
      expect([s.key, entry?.planId, entry?.action]).toEqual([s.key, s.planId, s.plan.changes[0]?.action]);
    }
    expect((await look(next)).subjects).toEqual([]);
    expect((await look(undefined)).subjects).toEqual([]);
  });
  it("is another set as soon as anything else would be done", async () => {
    await site.declare(site.base(sub("john"), sub("mary")));
    const one = await look(site.base(suspended(sub("john")), sub("mary")));
    const two = await look(site.base(suspended(sub("john")), suspended(sub("mary"))));
    expect(two.changeSet).not.toBe(one.changeSet);
    await site.radius.pool.query(
      "update radreply set value = '7' where username = 'john@acme.example' and attribute = 'Idle-Timeout'",
    );
    expect((await look(site.base(suspended(sub("john")), sub("mary")))).changeSet).not.toBe(one.changeSet);
  });
  it("shows drift without an update", async () => {
    await site.declare(site.base(sub("john"), sub("mary")));
    await site.radius.pool.query("delete from radreply where username = 'john@acme.example'");
    expect(holds(await look(undefined))).toEqual([["john", "update free"]]);
  });
  it("shows what the budget would hold, as a set; and the run holds the same", async () => {
    const budgets = { retire: "10%", suspend: "100%", disrupt: "10%", minimum: 2, window: "24h" };
    const objects = [tenant({}, { budgets }), radius(site.radius.url), plan()];
    await site.declare([...objects, ...subs(10)]);
    const next = [...objects, ...subs(10).slice(3)];
    const shown = holds(await look(next));
    expect(shown).toEqual(["s0000", "s0001", "s0002"].map((name) => [name, "retire DestructiveLimit"]));
    await site.declare(next);
    expect([...(await site.accounts()).values()].filter((a) => a.retired)).toEqual([]);
    expect(holds(await look([...objects, ...subs(10).slice(2)]))).toEqual([
      ["s0000", "retire free"],
      ["s0001", "retire free"],
    ]);
  });
  it("shows who would be refused a value that another holds, and by whom", async () => {
    await site.declare(site.base(withAddress(sub("zoe"), "10.0.1.9")));
    const shown = await look(site.base(withAddress(sub("zoe"), "10.0.1.9"), withAddress(sub("adam"), "10.0.1.9")));
    expect(holds(shown)).toEqual([["adam", "create IdentityConflict"]]);
    expect(shown.subjects[0]?.plan.changes[0]?.hold?.message).toContain(site.subscriber("zoe"));
  });
  it("shows who would be refused when two of the update want one value", async () => {
    await site.declare(site.base());
    const both = site.base(withAddress(sub("zoe"), "10.0.1.9"), withAddress(sub("adam"), "10.0.1.9"));
    expect(holds(await look(both))).toContainEqual(["zoe", "create IdentityConflict"]);
  });
});

describe("no secret", () => {
  it("is anywhere but in radcheck: not in the store, a status, the audit, a plan or an error", async () => {
    await site.secret("john", "password", "KNOWN-first-1");
    const john = sub("john", {
      radius: {
        passwordScheme: "Cleartext",
        rotation: "WithDevice",
        passwordSecretRef: { name: "john", key: "password" },
      },
    });
    const bad = sub("bad", {
      radius: {
        passwordScheme: "Cleartext",
        rotation: "WithDevice",
        passwordSecretRef: { name: "bad", key: "password" },
      },
    });
    await site.secret("bad", "password", "`KNOWN-bad-3`");
    await site.declare(site.base(john, sub("mary"), bad));
    await site.secret("john", "password", "KNOWN-second-2");
    const preview = await look(undefined);
    expect(preview.subjects.map((s) => s.subject.owner.name)).toEqual(["bad", "john"]);
    await site.scan();
    await site.declare(site.base(suspended(john), sub("mary"), bad));
    const { rows } = await site.radius.pool.query("select value from radcheck where attribute like '%Password'");
    const made = rows.map((r) => String(r.value)).filter((v) => !v.startsWith("KNOWN"));
    expect(made).toHaveLength(1);
    const reports = [...site.reports.values()].map((r) => [r.plan, [...r.faults.values()].map((f) => `${f.message}`)]);
    const seen = [
      await site.dumpStore(),
      await site.dumpRadius(["public.radcheck"]),
      JSON.stringify(preview),
      JSON.stringify(reports),
    ].join("\n");
    for (const secret of [...made, "KNOWN-"]) expect(seen.includes(secret), `${secret.slice(0, 6)}…`).toBe(false);
    expect(await site.message("bad")).toContain("password");
  });
});
