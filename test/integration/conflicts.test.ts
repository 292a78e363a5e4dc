/** What cannot be as it is declared: unknown references, values that two want, rows of somebody else. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Subscriber } from "../../controller/api/types.generated.ts";
import { plan, profile } from "../../controller/core/resolve/fixture.ts";
import { radius, sub, suspended, tenant } from "./objects.ts";
import { Site } from "./site.ts";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

const withAddress = (s: Subscriber, staticIPv4: string): Subscriber => ({
  ...s,
  spec: { ...s.spec, networkProfile: { ipv4Assignment: "Static", staticIPv4, option82Policy: "Ignore" } },
});
const named = (s: Subscriber, username: string): Subscriber => ({
  ...s,
  spec: { ...s.spec, radius: { ...s.spec.radius, username } },
});
const names = async (): Promise<readonly string[]> => [...(await site.accounts()).keys()];

describe("a reference to nothing", () => {
  it.each([
    ["plan", sub("john", { planRef: { name: "nowhere" } }), "PlanUnknown", "nowhere"],
    ["profile", sub("john", { networkProfileRef: { name: "nobody" } }), "ProfileUnknown", "nobody"],
  ])("an unknown %s holds its subscriber and nobody else, and heals by itself", async (_, john, reason, culprit) => {
    await site.declare(site.base(john, sub("mary")));
    expect(await names()).toEqual(["mary@acme.example"]);
    expect(await site.condition("john", "Ready")).toBe(`False ${reason}`);
    expect(await site.message("john")).toContain(culprit);
    await site.declare(site.base(john, sub("mary"), plan({}, "nowhere"), profile({}, "nobody")));
    expect(await names()).toEqual(["john@acme.example", "mary@acme.example"]);
    expect(await site.condition("john", "Ready")).toBe("True Converged");
  });
  it("a plan that is withdrawn changes nothing for those who have it, and keeps nobody from being suspended", async () => {
    const without = [tenant(), radius(site.radius.url)];
    await site.declare(site.base(sub("john"), sub("mary")));
    const before = await site.accounts();
    await site.declare([...without, sub("john"), sub("mary")]);
    expect(await site.accounts()).toEqual(before);
    await site.declare([...without, sub("john"), suspended(sub("mary"))]);
    expect((await site.accounts()).get("mary@acme.example")?.check).toContain("Auth-Type := Reject");
    expect((await site.accounts()).get("john@acme.example")).toEqual(before.get("john@acme.example"));
  });
});

describe("two who want one", () => {
  it.each([
    ["static address", (s: Subscriber) => withAddress(s, "10.0.1.9"), "10.0.1.9"],
    ["user name", (s: Subscriber) => named(s, "one@acme.example"), "one@acme.example"],
    ["subscriber number", (s: Subscriber) => ({ ...s, spec: { ...s.spec, subscriberNumber: "SUB-X" } }), "SUB-X"],
  ])("%s in one snapshot: the lesser name has it, the other names the holder", async (_, wanting, value) => {
    await site.declare(site.base(wanting(sub("zoe")), wanting(sub("adam"))));
    expect([...(await site.accounts()).values()].map((a) => a.owner)).toEqual([site.subscriber("adam")]);
    expect(await site.condition("zoe", "Ready")).toBe("False IdentityConflict");
    expect(await site.message("zoe")).toContain(`${value} is held by ${site.subscriber("adam")}`);
  });
  it("the holder keeps it also from a lesser name that comes later, who has it when the holder is purged", async () => {
    await site.declare(site.base(withAddress(sub("zoe"), "10.0.1.9")));
    await site.declare(site.base(withAddress(sub("zoe"), "10.0.1.9"), withAddress(sub("adam"), "10.0.1.9")));
    expect(await names()).toEqual(["zoe@acme.example"]);
    expect(await site.message("adam")).toContain(site.subscriber("zoe"));
    await site.declare(site.base(withAddress(sub("adam"), "10.0.1.9")));
    expect((await site.accounts()).get("zoe@acme.example")?.retired).toBe(true);
    expect(await site.condition("adam", "Ready")).toBe("False IdentityConflict");
    await site.endRetention();
    site.controller.engine.enqueue([site.subscriber("adam")]);
    await site.settle();
    expect(await names()).toEqual(["adam@acme.example"]);
  });
  it("an edit towards a taken address is refused, and what is there stays", async () => {
    await site.declare(site.base(withAddress(sub("adam"), "10.0.1.9"), withAddress(sub("zoe"), "10.0.1.10")));
    const before = await site.accounts();
    await site.declare(site.base(withAddress(sub("adam"), "10.0.1.9"), withAddress(sub("zoe"), "10.0.1.9")));
    expect(await site.accounts()).toEqual(before);
    expect(await site.message("zoe")).toContain(site.subscriber("adam"));
  });
});

describe("rows of somebody else", () => {
  const foreign = () =>
    site.radius.pool.query(
      "insert into radcheck (username, attribute, op, value) values ('john@acme.example', 'Cleartext-Password', ':=', 'of-somebody')",
    );
  it("adoption Never: they stay as they are, and the subscriber says NotOwned", async () => {
    await foreign();
    await site.declare(site.base(sub("john"), sub("mary")));
    expect((await site.accounts()).get("john@acme.example")).toMatchObject({
      check: ["Cleartext-Password := of-somebody"],
      groups: [],
      owner: undefined,
    });
    expect(await site.condition("john", "Ready")).toBe("False NotOwned");
    expect(await site.condition("mary", "Ready")).toBe("True Converged");
  });
  it("they are not touched either when the subscriber is withdrawn again", async () => {
    await foreign();
    await site.declare(site.base(sub("john")));
    const before = await site.dumpRadius();
    await site.declare(site.base());
    expect(await site.dumpRadius()).toBe(before);
  });
  it("adoption MatchingOnly: takes what is as declared, refuses what differs and names the fields", async () => {
    await site.secret("john", "password", "of-somebody");
    const john = sub("john", {
      radius: {
        passwordScheme: "Cleartext",
        rotation: "WithDevice",
        passwordSecretRef: { name: "john", key: "password" },
      },
    });
    const objects = [
      tenant({}, { adoption: "MatchingOnly" }),
      radius(site.radius.url),
      plan({ sessionTimeout: "0s", idleTimeout: "0s" }),
      john,
    ];
    await foreign();
    await site.declare(objects);
    expect(await site.message("john")).toContain("differs in group");
    await site.radius.pool.query(
      "insert into radusergroup (username, groupname, priority) values ('john@acme.example', 'acme:basic:generic', 1)",
    );
    site.controller.engine.enqueue([site.subscriber("john")]);
    await site.settle();
    expect((await site.accounts()).get("john@acme.example")?.owner).toBe(site.subscriber("john"));
    expect(await site.condition("john", "Ready")).toBe("True Converged");
  });
  it("adoption Always: takes them over and makes them as declared; the password, which nobody declares, stays", async () => {
    await foreign();
    await site.declare([tenant({}, { adoption: "Always" }), radius(site.radius.url), plan(), sub("john")]);
    const taken = (await site.accounts()).get("john@acme.example");
    expect(taken).toMatchObject({ owner: site.subscriber("john"), groups: ["acme:basic:generic"] });
    expect(taken?.check).toEqual(["Cleartext-Password := of-somebody"]);
  });
  it("an account of another tenant or installation is never taken", async () => {
    await foreign();
    await site.radius.pool.query(
      "insert into lastmile.radius_owner (kind, name, token, owner) values ('account', 'john@acme.example', 'lm_other', 'other/x/Subscriber/n/john')",
    );
    const before = await site.accounts();
    await site.declare([tenant({}, { adoption: "Always" }), radius(site.radius.url), plan(), sub("john")]);
    expect(await site.accounts()).toEqual(before);
    expect(await site.condition("john", "Ready")).toBe("False NotOwned");
  });
});
