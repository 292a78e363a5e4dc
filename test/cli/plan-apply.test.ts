/** From a folder to rows and back: the commands that a person types first, with their exit codes. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, openCli, PLANTED, ROOT } from "./rig.ts";

let cli: Cli;
beforeAll(async () => {
  cli = await openCli();
});
afterAll(async () => {
  await cli.expectClean();
  await cli.close();
});

const ANNA = "acme/subscribers/residential.yaml";
const json = (text: string) => JSON.parse(text);

describe("the first success", () => {
  it("validates without a database", async () => {
    const ran = await cli.with({ DATABASE_URL: "postgres://127.0.0.1:1/none" }).lastmile("validate", cli.folder);
    const notOurs = expect.stringMatching(/^\S*gitops\/\S+: .* is left aside, and \d+ more: -o wide names them$/);
    const each = (await cli.lastmile("validate", cli.folder, "-o", "wide")).err.split("\n");
    for (const line of each) expect(line).toMatch(/gitops\/\S+: .* is not one of ours and is left aside$/);
    expect(ran).toEqual({ exit: 0, err: notOurs, out: expect.stringMatching(/^valid: .*30 Subscribers, 2 Tenants$/) });
  });
  it("says that the tables are missing, and how to make them", async () => {
    const ran = await cli.lastmile("plan", cli.folder);
    expect(ran.exit).toBe(2);
    expect(ran.out).toContain("not seen");
  });
  it("makes the tables, as often as one likes", async () => {
    for (let i = 0; i < 2; i++) {
      const ran = await cli.lastmile("init", cli.folder);
      expect(ran).toMatchObject({ exit: 0, err: "" });
      expect(ran.out).toMatch(/radius-acme +RADIUS +ready/);
    }
  });
  it("plans everything and does nothing", async () => {
    const ran = await cli.lastmile("plan", cli.folder, "-o", "json");
    expect(ran.exit).toBe(2);
    const plan = json(ran.out);
    expect(plan.summary).toEqual({ create: 40, change: 0, retire: 0, restore: 0, held: 0, unknown: 0 });
    expect(plan.subjects).toHaveLength(40);
    expect((await cli.radius.query("select from radcheck")).rowCount).toBe(0);
    const again = await cli.lastmile("plan", cli.folder, "-o", "json");
    expect(json(again.out).changeSet).toBe(plan.changeSet);
  });
  it("refuses to apply a plan that nobody saw", async () => {
    const ran = await cli.lastmile("apply", cli.folder, "--plan", "000000000000", "--yes");
    expect(ran).toMatchObject({ exit: 4, out: "" });
    expect(ran.err).toMatch(
      /the plan is another one now: [0-9a-f]{12}, not 000000000000; nothing was done\n {2}look at it/,
    );
  });
  it("applies exactly the plan that was seen, and then has nothing to do", async () => {
    const { changeSet } = json((await cli.lastmile("plan", cli.folder, "-o", "json")).out);
    const ran = await cli.lastmile("apply", cli.folder, "--plan", changeSet, "--yes");
    expect(ran.exit).toBe(0);
    expect(ran.out).toMatch(/40 changes made: 40 in place\.$/);
    expect(await cli.lastmile("plan", cli.folder)).toEqual({
      exit: 0,
      err: "",
      out: "Nothing to do: what is there is what is declared.",
    });
    expect(await cli.lastmile("drift")).toMatchObject({ exit: 0 });
    const { rows } = await cli.radius.query("select value from radcheck where username = 'anna-schmidt@acme.example'");
    expect(rows).toEqual([{ value: PLANTED }]);
  });
});

describe("a plan", () => {
  it("reads like this", async () => {
    await cli.edit(ANNA, "planRef: { name: residential-100mbps }", "planRef: { name: fiber-1gbps }");
    await cli.edit(
      ANNA,
      "name: residential-50mbps }",
      "name: residential-50mbps }\n  serviceState: Suspended\n  suspension: { reason: NonPayment }",
    );
    await cli.radius.query(
      "update radreply set value = '10.0.1.200' where username = 'john@acme.example' and attribute = 'Framed-IP-Address'",
    );
    const ran = await cli.lastmile("plan", cli.folder);
    expect(ran.exit).toBe(2);
    const text = ran.out.replaceAll(cli.folder, "examples").replace(/[0-9a-f]{12}$/, "ID");
    expect(text).toMatchInlineSnapshot(`
      "+ create   ~ change   - retire   ^ restore

      Subscriber isp-acme/anna-schmidt  examples/acme/subscribers/residential.yaml:3
        because spec.planRef.name changed
        ~ radius-acme/account/anna-schmidt@acme.example  update
            group  acme:residential-100mbps:mikrotik → acme:fiber-1gbps:mikrotik

      Subscriber isp-acme/carla-weber  examples/acme/subscribers/residential.yaml:24
        because spec.serviceState, spec.suspension changed
        ~ radius-acme/account/carla-weber@acme.example  update: the customer is suspended
            authType  (none) → Reject
            group     acme:residential-50mbps:mikrotik → (none)

      Subscriber isp-acme/john-doe  examples/acme/subscribers/john-doe.yaml:22
        because it was changed in the system (drift)
        ~ radius-acme/account/john@acme.example  update: interrupts the customer
            address  10.0.1.200 → 10.0.1.100  (drift)

      Plan: 3 to change. Change set ID"
    `);
  });
  it("is applied: the edit, the suspension, and the repair", async () => {
    const ran = await cli.lastmile("apply", cli.folder, "--yes", "-o", "json");
    expect(ran).toMatchObject({ exit: 0, err: "" });
    const did = json(ran.out).outcomes.filter((o: { effects: number }) => o.effects > 0);
    expect(did.map((o: { subject: string; result: string }) => [o.subject, o.result])).toEqual([
      ["Subscriber isp-acme/anna-schmidt", "in place"],
      ["Subscriber isp-acme/carla-weber", "in place"],
      ["Subscriber isp-acme/john-doe", "in place"],
    ]);
    const { rows } = await cli.radius.query(
      "select value from radreply where username = 'john@acme.example' and attribute = 'Framed-IP-Address'",
    );
    expect(rows).toEqual([{ value: "10.0.1.100" }]);
  });
  it("shows a secret as a digest only", async () => {
    await cli.radius.query(
      "update radcheck set value = 'changed-by-hand' where username = 'jan-novak@acme.example' and attribute like '%-Password'",
    );
    const ran = await cli.lastmile("drift");
    expect(ran.exit).toBe(2);
    expect(ran.out).toMatch(/password {2}\(secret [0-9a-f:]+\) → \(generated [0-9a-f:]+\) {2}\(drift\)/);
    expect(ran.out).not.toContain("changed-by-hand");
    expect(await cli.lastmile("apply", cli.folder, "--yes")).toMatchObject({ exit: 0 });
  });
});

describe("what is not declared any more", () => {
  const KIRA = "acme/subscribers/kira-lund.yaml";
  it("stays without --prune", async () => {
    await cli.remove(KIRA);
    expect(await cli.lastmile("plan", cli.folder)).toMatchObject({ exit: 0 });
  });
  it("goes out of service with it, and comes back as it was", async () => {
    const password = () =>
      cli.radius.query(
        "select value from radcheck where username = 'kira-lund@acme.example' and attribute <> 'Auth-Type'",
      );
    const before = (await password()).rows;
    const plan = await cli.lastmile("plan", cli.folder, "--prune");
    expect(plan.out).toMatch(
      /because declared no longer\n {2}- \S+kira-lund@acme.example {2}retire: the customer loses service/,
    );
    expect(await cli.lastmile("apply", cli.folder, "--prune", "--yes")).toMatchObject({ exit: 0 });
    const { rowCount } = await cli.radius.query(
      "select from radcheck where username = 'kira-lund@acme.example' and attribute = 'Auth-Type' and value = 'Reject'",
    );
    expect(rowCount).toBe(1);
    await cli.write(KIRA, await readFile(join(ROOT, "examples", KIRA), "utf8"));
    expect((await cli.lastmile("plan", cli.folder)).out).toMatch(/ {2}\^ \S+kira-lund@acme.example {2}restore/);
    expect(await cli.lastmile("apply", cli.folder, "--yes")).toMatchObject({ exit: 0 });
    expect((await password()).rows).toEqual(before);
  });
});
