/** "Namespaced tenancy": nothing of one tenant reaches another. Every title is a sentence of the promise. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, subscriber } from "../../acceptance/declarations.ts";
import { soon } from "../cluster.ts";
import { condition, openSite, type Site, secret } from "../site.ts";
import { ACTIVE, becomes, checks, converges, groups, message, REJECTED } from "./words.ts";

type Spec = Record<string, unknown>;
interface Declared {
  readonly metadata: object;
}
const within = (namespace: string, object: object): object => ({
  ...object,
  metadata: { ...(object as Declared).metadata, namespace },
});
const tenantOf = (name: string, namespace: string, realm: string): object => ({
  apiVersion: "lastmile.dev/v1alpha1",
  kind: "Tenant",
  metadata: { name },
  spec: {
    namespace,
    realms: [realm],
    systems: { radius: [{ name: "radius-1" }] },
    servingAreas: [{ name: `area-${name}`, olts: [`olt-${name}`], nas: ["bng2"] }],
    addressPools: [{ name: "cgn", use: "IPv4", prefixes: ["100.70.0.0/20"], vrf: name, nasPool: `${name}-pool` }],
  },
});
const onu = (serial: string, olt = "olt-other"): Spec => ({ onu: { olt, serial } });
const others = (name: string, spec: Spec = {}): object =>
  within("isp-other", subscriber(name, { ...onu(`OTHR0000${name.length}${name.length}00`), ...spec }));

let site: Site;
const ready = async (name: string, namespace: string): Promise<string> =>
  condition(await site.read("subscribers", name, namespace), "Ready");
const password = async (user: string): Promise<string | undefined> => {
  const sql = "select value from radcheck where username = $1 and attribute = 'Cleartext-Password'";
  return (await site.radius.query<{ value: string }>(sql, [user])).rows[0]?.value;
};

beforeAll(async () => {
  site = await openSite({
    more: [
      tenantOf("other", "isp-other", "other.example"),
      within("isp-other", plan("basic", { speed: { down: "10Mbps", up: "5Mbps" } })),
      plan("acme-only"),
    ],
  });
  await site.run();
  await site.apply(subscriber("anna"), subscriber("bert"), others("anna", onu("OTHR00000001")));
  await converges(site, "anna", "bert");
  await soon(async () => expect(await ready("anna", "isp-other")).toBe("True Converged"));
});
afterAll(() => site?.close());

describe("a namespace without a Tenant", () => {
  it("a Subscriber in a namespace without a Tenant is refused with a clear condition", async () => {
    await site.apply(within("isp-nobody", subscriber("nemo", onu("NEMO00000001", "olt-late"))));
    await soon(async () => expect(await ready("nemo", "isp-nobody")).toMatch(/^False (TenantUnknown|Refused)/));
    const nemo = await site.read("subscribers", "nemo", "isp-nobody");
    expect(message(nemo)).toMatch(/isp-nobody/);
    expect(condition(nemo, "Stalled")).toMatch(/^True/);
    const { rows } = await site.radius.query("select 1 from radcheck where username like 'nemo%'");
    expect(rows).toEqual([]);
  });
  it("it goes on by itself when its Tenant is declared", async () => {
    await site.apply(tenantOf("late", "isp-nobody", "late.example"), within("isp-nobody", plan("basic")));
    await soon(async () => expect(await ready("nemo", "isp-nobody")).toBe("True Converged"));
    expect(await checks(site, "nemo@late.example")).toEqual(ACTIVE);
  });
  it("a Subscriber without a Tenant can be deleted at once", async () => {
    await site.kubectl("create", "namespace", "isp-empty");
    await site.apply(within("isp-empty", subscriber("nix")));
    await soon(async () => expect(await ready("nix", "isp-empty")).toMatch(/^False/));
    const gone = await site.kubectl("delete", "-n", "isp-empty", "subscriber", "nix", "--timeout=60s");
    expect(gone.code, gone.text).toBe(0);
    await site.kubectl("delete", "namespace", "isp-empty", "--wait=false");
  });
});

describe("two tenants", () => {
  it("objects of the same name are two: each has its own account, by its own plan", async () => {
    expect(await groups(site, "anna@acme.example")).toEqual(["acme:basic:mikrotik"]);
    expect(await groups(site, "anna@other.example")).toEqual(["other:basic:generic"]);
  });
  it("a plan of another tenant does not exist", async () => {
    await site.apply(others("paul", { planRef: { name: "acme-only" } }));
    await soon(async () => expect(await ready("paul", "isp-other")).toMatch(/^False (PlanUnknown|Refused)/));
    expect(await checks(site, "paul@other.example")).toEqual([]);
  });
  it("a user name in the realm of another tenant is refused, and the holder keeps his account", async () => {
    const before = await password("bert@acme.example");
    await site.apply(others("thief", { ...onu("OTHR00000002"), radius: { username: "bert@acme.example" } }));
    await soon(async () => expect(await ready("thief", "isp-other")).toMatch(/^False/));
    expect(await password("bert@acme.example")).toBe(before);
    expect(await groups(site, "bert@acme.example")).toEqual(["acme:basic:mikrotik"]);
  });
  it("a deletion in one touches nothing of the other", async () => {
    const gone = await site.kubectl("delete", "-n", "isp-other", "subscriber", "anna", "--timeout=60s");
    expect(gone.code, gone.text).toBe(0);
    expect(await checks(site, "anna@other.example")).toEqual(REJECTED);
    expect(await checks(site, "anna@acme.example")).toEqual(ACTIVE);
  });
  it("a second Tenant for the same namespace is refused by a condition, and the first goes on", async () => {
    await site.apply(tenantOf("thief", "isp-acme", "thief.example"));
    await soon(async () => expect(condition(await site.read("tenants", "thief"), "Ready")).toMatch(/^False/));
    expect(message(await site.read("tenants", "thief"))).toContain("acme");
    await site.apply(subscriber("carl"));
    await converges(site, "carl");
    expect(await checks(site, "carl@thief.example")).toEqual([]);
    await site.kubectl("delete", "tenant", "thief", "--timeout=60s");
  });
});

describe("secrets by reference from Kubernetes Secrets", () => {
  const withSecret = { radius: { passwordSecretRef: { name: "pw" }, rotation: "Force" } };
  it("a Secret of the namespace is used", async () => {
    await site.apply(secret("isp-acme", "pw", { password: "Acme-Secret-0001" }), subscriber("saul", withSecret));
    await converges(site, "saul");
    expect(await password("saul@acme.example")).toBe("Acme-Secret-0001");
  });
  it("never across tenants: a Secret of that name elsewhere is not read", async () => {
    await site.apply(others("sara", { ...withSecret, ...onu("OTHR00000003") }));
    await soon(async () => expect(await ready("sara", "isp-other")).toBe("False SecretMissing"));
    expect(message(await site.read("subscribers", "sara", "isp-other"))).toContain("pw");
    expect(await checks(site, "sara@other.example")).toEqual([]);
  });
  it("it goes on by itself when the Secret is there", async () => {
    await site.apply(secret("isp-other", "pw", { password: "Other-Secret-0002" }));
    await soon(async () => expect(await ready("sara", "isp-other")).toBe("True Converged"));
    expect(await password("sara@other.example")).toBe("Other-Secret-0002");
  });
  it("re-read when they change, and only for whom it changed", async () => {
    await site.apply(secret("isp-acme", "pw", { password: "Acme-Secret-0003" }));
    await soon(async () => expect(await password("saul@acme.example")).toBe("Acme-Secret-0003"));
    expect(await password("sara@other.example")).toBe("Other-Secret-0002");
  });
  it("the Secret deleted: the account stays as it is", async () => {
    await site.kubectl("delete", "-n", "isp-acme", "secret", "pw");
    await site.apply(subscriber("after"));
    await converges(site, "after");
    expect(await password("saul@acme.example")).toBe("Acme-Secret-0003");
  });
});

describe("duplicates", () => {
  it("the same user name: the newcomer is refused and the holder named, the holder wins", async () => {
    await site.apply(subscriber("zora", { radius: { username: "anna@acme.example" } }));
    await becomes(site, "zora", /^False (IdentityConflict|Refused)/);
    expect(message(await site.read("subscribers", "zora"))).toContain("anna");
    await converges(site, "anna");
    expect(await groups(site, "anna@acme.example")).toEqual(["acme:basic:mikrotik"]);
  });
  it("a name before the holder's in the alphabet changes nothing: the holder wins", async () => {
    const before = await password("bert@acme.example");
    await site.apply(subscriber("aaron", { radius: { username: "bert@acme.example" } }));
    await becomes(site, "aaron", /^False (IdentityConflict|Refused)/);
    expect(message(await site.read("subscribers", "aaron"))).toContain("bert");
    expect(await password("bert@acme.example")).toBe(before);
    await site.apply(subscriber("bert", { installation: { notes: "ring twice" } }), subscriber("zoe"));
    await converges(site, "zoe", "bert");
  });
  it("the newcomer is deleted at once, and takes nothing of the holder with it", async () => {
    const gone = await site.kubectl("delete", "-n", "isp-acme", "subscriber", "zora", "--timeout=60s");
    expect(gone.code, gone.text).toBe(0);
    expect(await checks(site, "anna@acme.example")).toEqual(ACTIVE);
  });
  it("the same subscriber number is refused by name", async () => {
    await site.apply(subscriber("yves", { subscriberNumber: "SUB-anna" }));
    await becomes(site, "yves", /^False (IdentityConflict|Refused)/);
    expect(message(await site.read("subscribers", "yves"))).toContain("anna");
    expect(await checks(site, "yves@acme.example")).toEqual([]);
    await converges(site, "anna");
  });
  it("the same ONU is refused by name", async () => {
    const { spec } = (await site.read("subscribers", "anna"))!;
    await site.apply(subscriber("xena", { onu: spec["onu"] }));
    await becomes(site, "xena", /^False (IdentityConflict|Refused)/);
    expect(message(await site.read("subscribers", "xena"))).toContain("anna");
    await converges(site, "anna");
  });
  it("a static address that is taken is refused and the holder named; free again after the edit", async () => {
    const fixed = (address: string): Spec => ({ networkProfile: { staticIPv4: address } });
    await site.apply(subscriber("willi", fixed("10.0.1.20")));
    await converges(site, "willi");
    await site.apply(subscriber("vera", fixed("10.0.1.20")));
    await becomes(site, "vera", /^False (IdentityConflict|Refused)/);
    expect(message(await site.read("subscribers", "vera"))).toContain("willi");
    await site.apply(subscriber("vera", fixed("10.0.1.21")));
    await converges(site, "vera");
  });
});
