/** What goes wrong at a terminal: each time it is said what, where and how to mend it, and nothing is half done. */
import { cp, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Cli, openCli } from "./rig.ts";

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

const JOHN = "acme/subscribers/john-doe.yaml";
const RESIDENTIAL = "acme/subscribers/residential.yaml";

describe("declarations that are wrong", () => {
  const saved = () => join(cli.home, "saved");
  beforeEach(() => rename(cli.folder, saved()).then(() => copy(saved(), cli.folder)));
  afterEach(async () => {
    await rm(cli.folder, { recursive: true });
    await rename(saved(), cli.folder);
  });
  const rows: readonly (readonly [string, () => Promise<void>, RegExp])[] = [
    [
      "an unknown plan",
      () => cli.edit(JOHN, "name: residential_100mbps", "name: residential_10mbps"),
      /john-doe\.yaml:\d+:\d+ Subscriber\/isp-acme\/john-doe spec\.planRef\S*: .*\n {2}\S/,
    ],
    [
      "an unknown profile",
      () => cli.edit(JOHN, "networkProfileRef: { name: john-doe }", "networkProfileRef: { name: jon-doe }"),
      /john-doe\.yaml:\d+:\d+ Subscriber\/isp-acme\/john-doe spec\.networkProfileRef\S*: .*\n {2}\S/,
    ],
    [
      "two subscribers with one address",
      () => cli.edit(JOHN, "staticIPv4: 10.0.1.100", "staticIPv4: 10.100.50.25"),
      /spec\.\S+: .*10\.100\.50\.25.*\n {2}\S/,
    ],
    [
      "two subscribers with one user name",
      () => cli.edit(RESIDENTIAL, "passwordSecretRef:", "username: john@acme.example, passwordSecretRef:"),
      /john-doe\.yaml:\d+:\d+ Subscriber\/isp-acme\/john-doe spec\.radius\.username: .*held by .*anna-schmidt.*\n {2}\S/,
    ],
    ["a tab", () => cli.edit(JOHN, "  subscriberNumber:", "\tsubscriberNumber:"), /john-doe\.yaml:\d+:\d+ .*\n {2}\S/],
    ["a file that is no text", () => cli.write("acme/odd.yaml", "\u0000\u0001"), /odd\.yaml:\d+:\d+.*\n {2}\S/],
    [
      "an unknown field",
      () => cli.edit(JOHN, "subscriberNumber:", "subscriberNumer:"),
      /john-doe\.yaml:26:3 Subscriber\/isp-acme\/john-doe spec\.subscriberNumer: .*\n {2}.*subscriberNumber/,
    ],
    [
      "a link out of the folder",
      () => symlink("/etc/hostname", join(cli.folder, "acme", "link.yaml")),
      /link\.yaml:1:1: is a link out of the folder\n {2}copy the file/,
    ],
  ];
  it.each(rows)("%s", async (_what, spoil, words) => {
    await spoil();
    const validated = await cli.lastmile("validate", cli.folder);
    expect(validated.out).toMatch(words);
    expect(validated.exit).toBe(4);
    for (const command of [["plan"], ["apply", "--yes"]]) {
      const ran = await cli.lastmile(...command, cli.folder);
      expect(ran.err).toMatch(words);
      expect(ran.err).toMatch(/lastmile: \d+ problems? in the declarations; nothing was done$/);
      expect(ran).toMatchObject({ exit: 4, out: "" });
    }
  });
  it("a folder that is empty or not there: nothing is withdrawn, not even with --prune", async () => {
    await rm(cli.folder, { recursive: true });
    const gone = await cli.lastmile("apply", cli.folder, "--prune", "--yes");
    expect(gone).toMatchObject({ exit: 4, err: expect.stringContaining("does not exist\n  correct the path") });
    await mkdir(cli.folder);
    const empty = await cli.lastmile("apply", cli.folder, "--prune", "--yes");
    expect(empty).toMatchObject({ exit: 4, err: expect.stringContaining("holds no object of lastmile.dev") });
    expect((await cli.lastmile("status")).out).toContain("Everything is in place.");
  });
});

describe("systems that disagree", () => {
  it("a row of somebody else is refused by name and left as it is", async () => {
    await cli.radius.query(
      "insert into radcheck (username, attribute, op, value) values ('SUB-777777@acme.example', 'Cleartext-Password', ':=', 'of-somebody-else')",
    );
    await cli.write("acme/subscribers/foreign.yaml", subscriber("foreign", "SUB-777777", "SUB-777777@acme.example"));
    const plan = await cli.lastmile("plan", cli.folder);
    expect(plan.out).toMatch(/held: NotOwned: it has no owner, and adoption is off\n {8}remove or rename it/);
    expect(plan.out).not.toContain("of-somebody-else");
    const ran = await cli.lastmile("apply", cli.folder, "--yes");
    expect(ran.exit).toBe(3);
    expect(ran.out).toMatch(/Subscriber isp-acme\/foreign +held +0 +NotOwned/);
    expect((await cli.lastmile("explain", "foreign")).out).toMatch(/it waits for a person \(NotOwned\)/);
    await cli.radius.query("delete from radcheck where username = 'SUB-777777@acme.example'");
    expect(await cli.lastmile("apply", cli.folder, "--yes")).toMatchObject({ exit: 0 });
  });
  it("a secret that is missing holds its subscriber and nobody else", async () => {
    const secret = join(cli.home, "secrets", "isp-acme", "later");
    await cli.write("acme/subscribers/later.yaml", subscriber("later", "SUB-777778", "later@acme.example", "later"));
    const ran = await cli.lastmile("apply", cli.folder, "--yes");
    expect(ran.exit).toBe(3);
    expect(ran.out).toMatch(/Subscriber isp-acme\/later +held +0 +SecretMissing/);
    expect(await cli.lastmile("secret", "show", "later")).toMatchObject({ exit: 1, out: "" });
    await mkdir(secret, { recursive: true });
    await writeFile(join(secret, "password"), "now-it-is-there");
    expect(await cli.lastmile("apply", cli.folder, "--yes")).toMatchObject({ exit: 0 });
    await writeFile(join(secret, "password"), "rotated-it-is");
    const rotated = await cli.lastmile("plan", cli.folder);
    expect(rotated.out).toMatch(/password {2}\(secret \S+\) → \(secret \S+\)/);
    expect(rotated.out).toMatch(/RouterNotManaged/); // his router still dials with the old one
    expect(rotated.out).not.toMatch(/now-it-is-there|rotated-it-is/);
    const waits = await cli.lastmile("apply", cli.folder, "--yes");
    expect(waits).toMatchObject({ exit: 3, out: expect.stringContaining("RouterNotManaged") });
    const forced = subscriber("later", "SUB-777778", "later@acme.example", "later").replace(
      "key: password }",
      "$&, rotation: Force",
    );
    await cli.write("acme/subscribers/later.yaml", forced);
    expect(await cli.lastmile("apply", cli.folder, "--yes")).toMatchObject({ exit: 0 });
  });
  it("half of all files gone: nothing of it proceeds until it is approved", async () => {
    for (const file of ["residential", "ines-roth", "jan-novak", "leon-fuchs", "mia-older"])
      await cli.remove(`acme/subscribers/${file}.yaml`);
    const plan = await cli.lastmile("plan", cli.folder, "--prune");
    const [, id = ""] =
      /held: DestructiveLimit: .*\n {6}(?: {2})?lastmile approve ([0-9a-f]{12}) \S+ --prune/.exec(plan.out) ?? [];
    expect(plan.out).toMatch(/Plan: 12 held\. Change set/);
    expect(await cli.lastmile("approve", "000000000000", cli.folder, "--prune")).toMatchObject({ exit: 4, out: "" });
    const held = await cli.lastmile("apply", cli.folder, "--prune", "--yes");
    expect(held.exit).toBe(3);
    const rejected = () =>
      cli.radius.query("select from radcheck where attribute = 'Auth-Type' and username like '%acme.example'");
    expect((await rejected()).rowCount).toBe(1); // ines, who was suspended before
    const [, now = ""] = /lastmile approve ([0-9a-f]{12})$/m.exec(held.err) ?? [];
    expect(now).not.toBe("");
    const one = await cli.lastmile("approve", now, "--yes", "--only", "ines-roth", "isp-acme/mia-older", "-o", "json");
    expect(JSON.parse(one.out)).toMatchObject({
      ...{ changeSet: now, by: expect.any(String), changes: 2 },
      subjects: ["Subscriber isp-acme/ines-roth", "Subscriber isp-acme/mia-older"],
    });
    expect(await cli.lastmile("approve", now, "--yes", "--only", "john-doe")).toMatchObject({
      ...{ exit: 4, out: "" },
      err: expect.stringContaining("nothing of john-doe waits for approval in this change set"),
    });
    expect(await cli.lastmile("apply", cli.folder, "--prune", "--yes")).toMatchObject({ exit: 3 });
    expect((await rejected()).rowCount).toBe(2); // and mia
    const [, rest = ""] = /Change set ([0-9a-f]{12})$/m.exec((await cli.lastmile("drift")).out) ?? [];
    await cli.lastmile("approve", rest, "--yes", "--only", "anna-schmidt", "--reason", "by mistake");
    expect(await cli.lastmile("revoke", rest, "--reason", "the wrong anna")).toMatchObject({
      ...{ exit: 0, out: expect.stringMatching(/^Taken back: 1 change\./) },
    });
    expect(await cli.lastmile("revoke", rest)).toMatchObject({ exit: 4, out: "" });
    expect(await cli.lastmile("apply", cli.folder, "--prune", "--yes")).toMatchObject({ exit: 3 });
    expect((await rejected()).rowCount).toBe(2);
    const approved = await cli.lastmile("approve", rest, "--yes", "--reason", "they moved away");
    expect((await cli.lastmile("approvals")).out).toMatch(
      new RegExp(`\\n${rest} +\\d+ +${userInfo().username} .*Z +they moved away\\n${now} +2 .*Z +-$`),
    );
    expect(approved).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/^Approved by \S+ for 24 h: \d+ changes of \d+ subscribers\.$/),
    });
    const history = JSON.parse((await cli.lastmile("history", "anna-schmidt", "-o", "json")).out);
    expect(history.entries[0]).toMatchObject({
      ...{ action: "approve", ref: `store/approval/${rest}`, outcome: "Done", by: { author: userInfo().username } },
      changes: [
        { before: "held", after: expect.stringMatching(/^approved until \d{4}-.*Z$/) },
        { field: "why", after: "they moved away" },
      ],
    });
    expect(history.entries.slice(1, 3)).toMatchObject([
      { action: "revoke", by: { author: userInfo().username }, changes: [{ field: "why", after: "the wrong anna" }] },
      { action: "approve", changes: [{}, { field: "why", after: "by mistake" }] },
    ]);
    expect((await cli.lastmile("history", "mia-older")).out).toMatch(/ retire .*\n.* approve +store\/approval\//);
    expect(await cli.lastmile("apply", cli.folder, "--prune", "--yes")).toMatchObject({ exit: 0 });
    expect((await rejected()).rowCount).toBeGreaterThan(10);
    expect(id).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe("an installation that is not as it was", () => {
  it.each([
    [
      { LASTMILE_INSTALLATION: "other" },
      /^lastmile: WrongInstallation: .*"lastmile", not to "other"\n {2}set the installation name/,
    ],
    [{ LASTMILE_KEY_FILE: "/nowhere/master.key" }, /^lastmile: KeyLost: .*\n {2}put the master key back/],
    [{ DATABASE_URL: "postgres://127.0.0.1:1/none" }, /^lastmile: Unavailable: .*\n {2}the database does not answer/],
  ])("%j stops with its remedy", async (env, words) => {
    const ran = await cli.with(env).lastmile("status");
    expect(ran.err).toMatch(words);
    expect(ran).toMatchObject({ exit: 1, out: "" });
  });
  it("a master key that was made anew is told from a rotation", async () => {
    const key = join(cli.home, "other.key");
    await writeFile(key, `${Buffer.alloc(32, 7).toString("base64")}\n`);
    const ran = await cli.with({ LASTMILE_KEY_FILE: key }).lastmile("drift");
    expect(ran).toMatchObject({
      exit: 1,
      err: expect.stringMatching(/^lastmile: KeyLost: the store was written with master key/),
    });
  });
});

const copy = async (from: string, to: string): Promise<void> => cp(from, to, { recursive: true });

const subscriber = (
  name: string,
  number: string,
  user: string,
  secret?: string,
): string => `apiVersion: lastmile.dev/v1alpha1
kind: Subscriber
metadata: { name: ${name}, namespace: isp-acme }
spec:
  subscriberNumber: ${number}
  customer: { id: ${name} }
  planRef: { name: residential-50mbps }
  radius: { username: "${user}"${secret ? `, passwordSecretRef: { name: ${secret}, key: password }` : ""} }
  onu: { olt: olt1, serial: ALCL00${number.slice(-6)} }
`;
