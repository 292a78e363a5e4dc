/** "Older inputs with deprecation warnings; `lastmile convert` rewrites them": the same counts before and after. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan, profile, subscriber } from "./declarations.ts";
import { house } from "./house.ts";
import { condition, type Provider, statusOf } from "./provider.ts";
import { everything } from "./rows.ts";

const OLDER = { vlanId: 777, ipv4Address: "10.0.1.50" };
const COMMENTED = `# kept: the first line
apiVersion: lastmile.dev/v1alpha1
kind: Subscriber
metadata: {name: commented, namespace: isp-acme}   # kept: beside the name
spec:
  subscriberNumber: "SUB-commented"
  customer: {id: c-1, firstName: Mia, lastName: Berg}
  planRef: {name: fiber_250mbps}   # kept: an alias
  vlanId: 778   # kept: beside the older field
  onu: {olt: olt1, serial: ALCL0000C001}
`;

describe("convert", () => {
  let p: Provider;
  let before: string;
  const remark = async (name: string): Promise<string> =>
    (await statusOf(p, name)).conditions.find((c) => c.type === "Warnings")?.message ?? "";
  const NAMES = ["older", "wins", "prefix", "speed", "named"] as const;
  beforeAll(async () => {
    const faster = plan("faster", { aliases: ["fiber_250mbps"], speed: { down: "250Mbps", up: "100Mbps" } });
    p = await house({ budgets: { minimum: 100 } }, [faster]);
    await p.declare(
      "lines.yaml",
      subscriber("older", OLDER),
      profile("wins", { serviceVlan: 555, staticIPv4: "10.0.1.51" }),
      subscriber("wins", { ...OLDER, networkProfileRef: { name: "wins" } }),
      subscriber("prefix", { ipv4PrefixId: 12, ipv6PrefixId: 13 }),
      JSON.parse(JSON.stringify(subscriber("speed", { planRef: undefined, bandwidth_mbps: 250 }))) as object,
      subscriber("named", { customer: { id: "c-named", firstName: "Mia", lastName: "Berg" } }),
    );
    await writeFile(join(p.folder, "commented.yaml"), COMMENTED);
    const done = await p.apply();
    if (done.code !== 0) throw new Error(done.text);
    before = await everything(p);
  });
  afterAll(() => p?.end());

  it.each([
    ["older", /vlanId.*serviceVlan|serviceVlan.*vlanId/s],
    ["older", /ipv4Address.*staticIPv4|staticIPv4.*ipv4Address/s],
    ["prefix", /ipv4PrefixId/],
    ["prefix", /ipv6PrefixId/],
    ["speed", /bandwidth_mbps.*planRef|planRef.*bandwidth_mbps/s],
    ["named", /firstName/],
  ])("%s: the deprecation warning names the older field and what takes its place (%s)", async (name, words) => {
    expect(condition(await statusOf(p, name), "Warnings")).toContain("OlderField");
    expect(await remark(name)).toMatch(words);
  });

  it("without --write it only tells", async () => {
    const texts = await Promise.all(["lines.yaml", "commented.yaml"].map((f) => readFile(join(p.folder, f), "utf8")));
    const told = await p.lastmile(["convert", p.folder]);
    expect(told.code, told.text).toBeOneOf([2, 3]);
    for (const name of NAMES) expect(told.out, name).toContain(name);
    expect(await Promise.all(["lines.yaml", "commented.yaml"].map((f) => readFile(join(p.folder, f), "utf8")))).toEqual(
      texts,
    );
  });

  it("with it every older input is rewritten; comments stay; the rest is word for word as it was", async () => {
    const done = await p.lastmile(["convert", p.folder, "--write", "--pool", "12=cgn", "--pool", "13=pd"]);
    expect(done.code, done.text).toBeOneOf([0, 2]);
    const lines = await readFile(join(p.folder, "lines.yaml"), "utf8");
    expect(lines).not.toMatch(/vlanId|ipv4Address|PrefixId|bandwidth_mbps|firstName|lastName/);
    expect(lines).toContain("staticIPv4: 10.0.1.50");
    const commented = await readFile(join(p.folder, "commented.yaml"), "utf8");
    for (const comment of ["# kept: the first line", "# kept: beside the name", "# kept: an alias"])
      expect(commented).toContain(comment);
    expect(commented).toContain('subscriberNumber: "SUB-commented"');
    expect(commented).toMatch(/planRef: *\{ ?name: faster ?\}/);
  });

  it("nothing changes in any system, and no remark is left", async () => {
    const plan = await p.plan();
    expect(plan.code, plan.text).toBe(0);
    const done = await p.apply();
    expect(done.code, done.text).toBe(0);
    expect(await everything(p)).toBe(before);
    for (const name of ["older", "wins", "speed", "named"])
      expect(condition(await statusOf(p, name), "Warnings"), name).not.toContain("OlderField");
    expect((await p.lastmile(["convert", p.folder])).code).toBe(0);
  });
});
