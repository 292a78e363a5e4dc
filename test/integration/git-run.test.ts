/** The real program follows a branch behind a password: what it does is in the audit with commit, author and file. */
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Cli, openCli, ROOT, SHIM } from "../cli/rig.ts";
import { type Forge, forge } from "../lab/git-http.ts";
import { AUTHOR, type Repository, repository } from "../lab/repository.ts";

const TOKEN = "Planted-T0ken-of-the-forge";
const BOB = "Bob <bob@isp.example>";
const KIRA = "acme/subscribers/kira-lund.yaml";
const JOHN = "acme/subscribers/john-doe.yaml";
let cli: Cli;
let repo: Repository;
let server: Forge;
let first: string;
let controller: ReturnType<typeof start>;
let log = "";

function start() {
  const env = { PATH: process.env["PATH"], HOME: cli.home, ...cli.env };
  const source = `git:${server.url.replace("://", `://somebody:${TOKEN}@`)}/origin.git#main`;
  const more = ["--poll", "600", "--git-credentials", join(cli.home, "token"), "--listen", "off"];
  const child = execa(SHIM, ["run", "--source", source, ...more], { cwd: ROOT, env, extendEnv: false, reject: false });
  child.stdout?.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  return child;
}
const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 250 });
interface Row {
  readonly action: string;
  readonly by: Readonly<Record<string, string>>;
}
const history = async (name: string): Promise<readonly Row[]> => {
  const { out } = await cli.lastmile("history", name, "-o", "json");
  return (JSON.parse(out) as { readonly entries: readonly Row[] }).entries;
};
const text = async (file: string) => repo.git("show", `HEAD:${file}`);
/** Pushes, and tells the controller as a forge's hook would. */
async function push(files: Record<string, string | undefined>, author?: string): Promise<string> {
  const commit = await repo.push(files, author);
  controller.kill("SIGHUP");
  return commit;
}
const source = () => `git:${server.url}/origin.git#main`;

beforeAll(async () => {
  [cli, repo] = [await openCli(), await repository()];
  server = await forge(join(repo.origin, ".."));
  server.password = `x-access-token:${TOKEN}`;
  await writeFile(join(cli.home, "token"), `${TOKEN}\n`, { mode: 0o600 });
  await cli.lastmile("init", cli.folder);
  await cp(join(cli.folder, "acme"), join(repo.work, "acme"), { recursive: true });
  first = await repo.push();
  controller = start();
  await until(async () => expect(await history("john-doe")).not.toEqual([]));
}, 120_000);
afterAll(async () => {
  controller.kill("SIGTERM");
  await controller;
  expect(log).not.toContain(TOKEN);
  await cli.expectClean();
  await Promise.all([server.close(), repo.remove(), cli.close()]);
});

describe("a controller that follows a branch", { timeout: 120_000 }, () => {
  it("writes commit, author and file to the audit of what it makes", async () => {
    const [made] = await history("john-doe");
    expect(made).toMatchObject({
      action: "create",
      by: {
        source: source(),
        revision: first,
        author: AUTHOR,
        file: expect.stringMatching(/^acme\/subscribers\/john-doe.yaml:\d+$/),
      },
    });
  });
  it("takes in a commit when it is told to look, and names who made it", async () => {
    const commit = await push({ [KIRA]: (await text(KIRA)).replace("fiber-1gbps", "residential-25mbps") }, BOB);
    await until(async () =>
      expect((await history("kira-lund"))[0]).toMatchObject({
        action: "update",
        by: { revision: commit, author: BOB },
      }),
    );
  });
  it("refuses a whole revision by file and line, and goes on with what it knew", async () => {
    const before = (await history("kira-lund")).length;
    const bad = (await text(JOHN)).replace("residential_100mbps", "no-such-plan");
    const commit = await push({ [JOHN]: bad, [KIRA]: undefined });
    await until(async () => {
      const { out } = await cli.lastmile("status", "-o", "json");
      expect(out).toContain(commit);
      expect(out).toContain(JOHN);
    });
    expect(log).toMatch(new RegExp(`"event":"refused","revision":"${commit}","file":"${JOHN}","line":\\d+`));
    expect(await history("kira-lund")).toHaveLength(before);
  });
  it("withdraws nothing while the branch is gone", async () => {
    await repo.git("push", "-q", "origin", ":refs/heads/main");
    controller.kill("SIGHUP");
    await until(async () =>
      expect((await cli.lastmile("status", "-o", "json")).out).toContain("the branch does not exist"),
    );
    const { rows } = await cli.store.query("select count(*)::int n from lastmile.objects where deleted_at is not null");
    expect(rows).toEqual([{ n: 0 }]);
  });
  it("takes the branch up again, and names who withdrew", async () => {
    const commit = await push({ [JOHN]: (await text(JOHN)).replace("no-such-plan", "residential_100mbps") }, BOB);
    await until(async () =>
      expect((await history("kira-lund"))[0]).toMatchObject({
        action: "retire",
        by: { revision: commit, author: BOB },
      }),
    );
    expect((await cli.lastmile("status")).out).not.toContain("does not exist");
  });
});
