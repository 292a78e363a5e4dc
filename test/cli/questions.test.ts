/** What people ask while everything runs: who, what, why, when; for people and for programs. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Cli, openCli, PLANTED } from "./rig.ts";

let cli: Cli;
beforeAll(async () => {
  cli = await openCli();
  await cli.lastmile("init", cli.folder);
  expect(await cli.lastmile("apply", cli.folder, "--yes")).toMatchObject({ exit: 0 });
});
afterAll(async () => {
  await cli.expectClean();
  await cli.close();
});

describe("status", () => {
  it("shows tenants, systems and that all is well", async () => {
    const { out, exit } = await cli.lastmile("status");
    expect(exit).toBe(0);
    expect(out).toMatch(/acme +18 +18 +1 +0\nnordnetz +12 +12 +0 +0\n/);
    expect(out).toMatch(/radius-acme +RADIUS +Enforce +True +PostgreSQL/);
    expect(out).toMatch(/Everything is in place\.$/);
  });
  it("is data for programs", async () => {
    const data = JSON.parse((await cli.lastmile("status", "-o", "json")).out);
    expect(data).toMatchObject({ installation: "lastmile", controllers: [], troubles: [] });
  });
});

describe("a declaration that nobody has looked at", () => {
  const raise = (by: number) =>
    cli.store.query(
      `update lastmile.objects set generation = generation + ${by} where key = 'Subscriber/isp-acme/john-doe'`,
    );
  it("is not called ready, whatever was true of the one before", async () => {
    await raise(1);
    const { out } = await cli.lastmile("status");
    expect(out).not.toContain("Everything is in place.");
    expect(out).toMatch(/Subscriber isp-acme\/john-doe +NotObserved +not looked at yet/);
    expect((await cli.lastmile("get", "sub", "john-doe")).out).toMatch(/ Unknown +NotObserved$/);
    expect((await cli.lastmile("explain", "john-doe")).out).toMatch(/\n {2}Not looked at yet: /);
    await raise(-1);
  });
  it("is not called ready where there is no status at all", async () => {
    const owner = "lastmile/acme/Subscriber/isp-acme/john-doe";
    const { rows } = await cli.store.query("delete from lastmile.status where owner = $1 returning *", [owner]);
    expect(rows).toHaveLength(1);
    expect((await cli.lastmile("get", "sub", "john-doe")).out).toMatch(/ Unknown +NotObserved$/);
    expect((await cli.lastmile("status")).out).toMatch(/john-doe +NotObserved +not looked at yet/);
    await cli.store.query("insert into lastmile.status (owner, status) values ($1, $2)", [owner, rows[0].status]);
  });
});

describe("get", () => {
  it("prints the columns of kubectl", async () => {
    const { out } = await cli.lastmile("get", "sub", "-n", "isp-acme");
    const [head, ...rows] = out.split("\n");
    expect(head?.split(/ {2,}/)).toEqual([
      "NAMESPACE",
      "NAME",
      "NUMBER",
      "PLAN",
      "STATE",
      "IPV4",
      "VLAN",
      "READY",
      "REASON",
    ]);
    expect(rows).toHaveLength(18);
    expect(rows.find((r) => r.includes("john-doe"))).toMatch(
      /SUB-ABC123 +residential_100mbps +Active +10\.0\.1\.100 .* True +Converged$/,
    );
  });
  it("adds generation and place with -o wide", async () => {
    const { out } = await cli.lastmile("get", "subscriber", "isp-acme/john-doe", "-o", "wide");
    expect(out).toMatch(/GENERATION +SOURCE +DECLARED IN\n.* 1 +dir:\S+examples +\S+john-doe\.yaml:22$/);
  });
  it.each([
    ["json", (text: string) => JSON.parse(text)],
    ["yaml", (text: string) => parse(text)],
  ] as const)("shows an object with its status as %s", async (format, read) => {
    const { out } = await cli.lastmile("get", "subscribers", "john-doe", "-o", format);
    const object = read(out);
    expect(Object.keys(object)).toEqual(["apiVersion", "kind", "metadata", "spec", "status"]);
    expect(object.status.conditions).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
  });
  it("shows no credentials of an address", async () => {
    const object = (
      await cli.store.query("select object from lastmile.objects where key = 'ExternalSystem/-/radius-acme'")
    ).rows[0].object;
    object.spec.address = "postgresql://root:Credential-In-Address@127.0.0.1/radius";
    await cli.store.query(
      "insert into lastmile.objects (key, tenant, source_id, object, digest, generation, origin, seq) values ('ExternalSystem/-/other', '-', 'x', $1, '', 1, '{}', 0)",
      [object],
    );
    const { out } = await cli.lastmile("get", "xs", "-o", "json");
    await cli.store.query("delete from lastmile.objects where key = 'ExternalSystem/-/other'");
    expect(out).toContain("postgresql://127.0.0.1/radius");
    expect(out).not.toContain("Credential-In-Address");
  });
  it("says how to find what is not there", async () => {
    expect(await cli.lastmile("get", "sub", "nobody")).toEqual({
      exit: 4,
      out: "",
      err: "lastmile: no Subscriber is declared as nobody\n  `lastmile get subscribers` lists all of them",
    });
  });
});

describe("one subscriber", () => {
  it.each(["john-doe", "isp-acme/john-doe", "SUB-ABC123", "john@acme.example"])("is known as %s", async (name) => {
    const { out, exit } = await cli.lastmile("explain", name);
    expect(exit).toBe(0);
    expect(out).toMatch(
      /^Subscriber isp-acme\/john-doe .*:22\n {2}Done: .*\n {2}Customer: in service\.\n {2}Survey survey-john-1: .*$/,
    );
  });
  it("has a history, newest first, with values before and after", async () => {
    await cli.radius.query(
      "update radreply set value = '10.0.1.9' where username = 'john@acme.example' and attribute = 'Framed-IP-Address'",
    );
    expect(await cli.lastmile("apply", cli.folder, "--yes")).toMatchObject({ exit: 0 });
    const { out } = await cli.lastmile("history", "john-doe");
    const lines = out.split("\n");
    expect(lines[1]).toMatch(
      /update +radius-acme\/account\/john@acme\.example +Done +address: 10\.0\.1\.9 → 10\.0\.1\.100$/,
    );
    expect(lines[2]).toMatch(/create .* password, address/);
    const { entries } = JSON.parse((await cli.lastmile("history", "john-doe", "--limit", "1", "-o", "json")).out);
    expect(entries).toHaveLength(1);
  });
  it("shows a password to who asks for it, and writes down that it did", async () => {
    const made = await cli.lastmile("secret", "show", "john-doe");
    expect(made).toMatchObject({ exit: 0, err: "" });
    const { rows } = await cli.radius.query(
      "select value from radcheck where username = 'john@acme.example' and attribute like '%-Password'",
    );
    expect(rows).toEqual([{ value: made.out }]);
    expect((await cli.lastmile("secret", "show", "anna-schmidt")).out).toBe(PLANTED);
    expect((await cli.lastmile("history", "anna-schmidt", "-o", "wide")).out).toMatch(
      / show +store\/secret\/radius-password +Done/,
    );
  });
  it("says that a line without PPPoE has none", async () => {
    const ran = await cli.lastmile("secret", "show", "hauke-jensen");
    expect(ran).toMatchObject({
      exit: 1,
      out: "",
      err: expect.stringContaining("isp-nordnetz/hauke-jensen has no password"),
    });
  });
  it("is asked for by namespace when two have one name", async () => {
    const text = `apiVersion: lastmile.dev/v1alpha1
kind: Subscriber
metadata: { name: john-doe, namespace: isp-nordnetz }
spec:
  subscriberNumber: NN-9999
  customer: { id: nn-9999 }
  planRef: { name: home-dsl }
  onu: { olt: kiel-olt1, serial: HWTC00009999, expectedPonPort: 9, unis: [{ uni: 1 }] }
`;
    await cli.write("nordnetz/subscribers/john.yaml", text);
    expect(await cli.lastmile("apply", cli.folder, "--yes")).toMatchObject({ exit: 0 });
    const ran = await cli.lastmile("explain", "john-doe");
    expect(ran.err).toContain(
      "john-doe may be one of isp-acme/john-doe, isp-nordnetz/john-doe\n  write namespace/name, or add -n",
    );
    expect(await cli.lastmile("explain", "john-doe", "-n", "isp-nordnetz")).toMatchObject({ exit: 0 });
  });
});
