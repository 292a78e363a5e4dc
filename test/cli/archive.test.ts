/** What is kept of those who have left, and how it is asked for. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { type Cli, openCli, ROOT } from "./rig.ts";

let cli: Cli;
beforeAll(async () => {
  cli = await openCli();
  await cli.lastmile("init", cli.folder);
  expect(await cli.lastmile("apply", cli.folder, "--yes")).toMatchObject({ exit: 0 });
  expect((await cli.lastmile("get", "sub", "--deleted")).out).toBe("No Subscriber is kept that is declared no longer.");
  for (const name of ["kira-lund", "john-doe"]) await cli.remove(`acme/subscribers/${name}.yaml`);
  expect(await cli.lastmile("apply", cli.folder, "--prune", "--yes")).toMatchObject({ exit: 0 });
});
afterAll(async () => {
  await cli.expectClean();
  await cli.close();
});

it("lists subscribers that are declared no longer, each with when, and as it was seen last", async () => {
  const { out } = await cli.lastmile("get", "sub", "--deleted");
  const [head, ...rows] = out.split("\n");
  expect(head).toMatch(/^NAMESPACE +NAME +DELETED +NUMBER +PLAN/);
  expect(rows.map((r) => r.split(/ +/)[1])).toEqual(["john-doe", "kira-lund"]);
  const one = parse((await cli.lastmile("get", "sub", "john-doe", "--deleted", "-o", "yaml")).out);
  expect(one.metadata.deletionTimestamp).toMatch(/^\d{4}-.*Z$/);
  expect(one.status.addresses).toMatchObject({ ipv4: "10.0.1.100" });
  expect(one.status.conditions).toContainEqual(expect.objectContaining({ type: "InService", status: "True" }));
});
it("keeps what everybody had as network profile: declared, in place, or made", async () => {
  const profile = parse((await cli.lastmile("get", "networkprofile", "john-doe", "--deleted", "-o", "yaml")).out);
  expect(profile).toMatchObject({ kind: "NetworkProfile", spec: { serviceVlan: 100, staticIPv4: "10.0.1.100" } });
  expect(profile.status).toMatchObject({ subscriber: "john-doe", source: "Declared" });
  expect(profile.status.deletedAt).toBe(profile.metadata.deletionTimestamp);
  const { out } = await cli.lastmile("get", "networkprofiles", "--deleted");
  expect(out).toMatch(/kira-lund/);
});
it("tells the history of one who has left, with when he left", async () => {
  const { out } = await cli.lastmile("history", "john-doe");
  expect(out).toMatch(/^Subscriber isp-acme\/john-doe .* withdrawn \d{4}-.*Z\nTIME/);
  expect(out).toMatch(/ retire /);
  const data = JSON.parse((await cli.lastmile("history", "SUB-ABC123", "-o", "json")).out);
  expect(data.deletedAt).toMatch(/Z$/);
});
it("says where to look for what is not there", async () => {
  expect(await cli.lastmile("get", "sub", "nobody", "--deleted")).toMatchObject({
    exit: 4,
    err: expect.stringContaining("lastmile get subscribers --deleted"),
  });
  expect((await cli.lastmile("get", "sub", "anna-schmidt", "--deleted")).exit).toBe(4);
});
it("erases the personal data of nobody who is declared", async () => {
  const { exit, err } = await cli.lastmile("erase", "anna-schmidt", "--yes");
  expect([exit, err]).toEqual([1, expect.stringMatching(/is declared; nothing was erased\n {2}take it out/)]);
});
it("asks for what the systems keep, erases when nothing is kept, and says so a second time", async () => {
  const asked = await cli.lastmile("erase", "john-doe", "--yes");
  expect([asked.exit, asked.out]).toEqual([
    3,
    expect.stringMatching(/^Asked for isp-acme\/john-doe: \d objects? in the systems/),
  ]);
  await cli.store.query("delete from lastmile.inventory where owner like '%/john-doe'"); // as a controller does when all is removed
  await cli.store.query("delete from lastmile.ledger where owner like '%/john-doe'");
  await cli.store.query("delete from lastmile.claims where owner like '%/john-doe'");
  const done = await cli.lastmile("erase", "john-doe", "--yes");
  expect([done.exit, done.out]).toEqual([
    0,
    expect.stringMatching(/^Erased: the personal data of isp-acme\/john-doe \(Subscriber/),
  ]);
  expect((await cli.lastmile("erase", "john-doe", "--yes")).err).toMatch(/is erased already/);
  const kept = await cli.lastmile("get", "sub", "SUB-ABC123", "--deleted", "-o", "yaml");
  expect(kept.exit).toBe(4);
  const one = parse((await cli.lastmile("get", "sub", "john-doe", "--deleted", "-o", "yaml")).out);
  expect(one.metadata.annotations["lastmile.dev/erased-at"]).toMatch(/Z$/);
  expect(one.spec.customer).toEqual({ id: "cust-123" });
  const profile = parse((await cli.lastmile("get", "networkprofile", "john-doe", "--deleted", "-o", "yaml")).out);
  expect(profile.spec).toEqual({});
  const { out } = await cli.lastmile("history", "SUB-ABC123", "-o", "wide");
  expect(out).toMatch(/ erase +store\/personal-data\/all/);
  expect(out).not.toMatch(/john@|10\.0\.1\.100|residential/);
});
it("is forgotten when it comes back", async () => {
  const kira = await readFile(join(ROOT, "examples/acme/subscribers/kira-lund.yaml"), "utf8");
  await cli.write("acme/subscribers/kira-lund.yaml", kira);
  expect(await cli.lastmile("apply", cli.folder, "--yes")).toMatchObject({ exit: 0 });
  expect((await cli.lastmile("get", "sub", "--deleted")).out).not.toContain("kira-lund");
});
