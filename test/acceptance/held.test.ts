/** "A ChangeSet id names many plans": the id that a tenant shows is one for `lastmile approve`, and one for its annotation. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, radius, ten, tenant } from "./declarations.ts";
import { house } from "./house.ts";
import type { Provider } from "./provider.ts";
import { parseYaml } from "./yaml.ts";

const POLICIES = { budgets: { retire: "20%", suspend: "20%", disrupt: "20%", minimum: 1 } };
const fraud = { serviceState: "Suspended", suspension: { reason: "Fraud", mode: "Reject" } };
const frauds = (count: number) => ten((index) => (index < count ? fraud : {}));

interface Shown {
  readonly changeSet: string;
  readonly subscribers: number;
  readonly examples: readonly string[];
}
async function held(p: Provider): Promise<readonly Shown[]> {
  const { out } = await p.lastmile(["get", "tenant", "acme", "-o", "yaml"]);
  return (parseYaml(out) as { status: { held?: readonly Shown[] } }).status.held ?? [];
}
const rejected = async (p: Provider): Promise<number> =>
  (await p.radius.query("select 1 from radcheck where attribute = 'Auth-Type' and value = 'Reject'")).rowCount ?? 0;

describe("what a tenant names", () => {
  let p: Provider;
  beforeAll(async () => {
    p = await house(POLICIES);
    await p.declare("lines.yaml", ...ten());
    expect((await p.apply()).code).toBe(0);
    await p.declare("lines.yaml", ...frauds(3));
    expect((await p.apply()).code).toBe(3);
  });
  afterAll(() => p?.end());

  it("is counted in the table", async () => {
    const { out } = await p.lastmile(["get", "tenants"]);
    expect(out).toMatch(/SUBSCRIBERS +HELD +READY/);
    expect(out).toMatch(/^acme +isp-acme +\d+ +3 /m);
  });
  it("is approved in part, which leaves another set, and then that", async () => {
    const [first] = await held(p);
    const [example = ""] = first?.examples ?? [];
    const name = /^Subscriber (\S+): update /.exec(example)?.[1] ?? "";
    const one = await p.lastmile(["approve", first?.changeSet ?? "", "--only", name, "--yes"]);
    expect(one.code, one.text).toBe(0);
    expect(one.err).toContain(example.split(": ")[1]);
    await p.apply();
    expect(await rejected(p)).toBe(1);
    const old = await p.lastmile(["approve", first?.changeSet ?? "", "--yes"]);
    expect(old.code, old.text).not.toBe(0);
    const [rest] = await held(p);
    expect(rest).toMatchObject({ subscribers: 2 });
    const two = await p.lastmile(["approve", rest?.changeSet ?? "", "--yes", "--reason", "fraud"]);
    expect(two.out).toContain("2 subscribers");
    expect((await p.apply()).code).toBe(0);
    expect(await rejected(p)).toBe(3);
    expect(await held(p)).toEqual([]);
  });
  it("is approved by the annotation in the folder, too", async () => {
    await p.declare("lines.yaml", ...frauds(9));
    expect((await p.apply()).code).toBe(3);
    const [set] = await held(p);
    const plain = tenant({ policies: POLICIES }) as { readonly metadata: object };
    const metadata = { ...plain.metadata, annotations: { "lastmile.dev/approve": set?.changeSet } };
    await p.declare("tenant.yaml", { ...plain, metadata }, radius(p.radiusUrl), plan("basic"));
    const done = await p.apply();
    expect(done.code, done.text).toBe(0);
    expect(await rejected(p)).toBe(9);
    expect((await p.lastmile(["approvals"])).out).toContain("annotation lastmile.dev/approve");
  });
});
