/** The workflows of examples/gitops, step by step, as their runners carry them out: on a clone of a local repository. */
import { chmod, cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Repository, repository } from "../lab/repository.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const WORKFLOWS = join(ROOT, "examples/gitops");
const JOHN = "isp/acme/subscribers/john-doe.yaml";

let repo: Repository;
let place: string;
let log: string;
beforeEach(async () => {
  repo = await repository();
  place = join(repo.work, "..");
  log = join(place, "called");
  await cp(join(ROOT, "examples/acme"), join(repo.work, "isp/acme"), { recursive: true });
  await repo.push();
  await tool("npm", `echo "npm $*" >> ${log}`);
});
afterEach(() => repo.remove());

/** A program of the runner's machine that is not ours to run here. */
async function tool(name: string, script: string): Promise<void> {
  const path = join(place, "bin", name);
  await mkdir(join(place, "bin"), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}
const edit = async (from: string, to: string): Promise<Record<string, string>> => {
  const text = await readFile(join(repo.work, JOHN), "utf8");
  expect(text).toContain(from);
  return { [JOHN]: text.replace(from, to) };
};
const environment = (more: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  PATH: `${join(place, "bin")}:${process.env["PATH"] ?? ""}`,
  HOME: place,
  ...more,
});

const CASES: readonly (readonly [why: string, from: string, to: string, passes: boolean, words: RegExp])[] = [
  ["a change", "staticIPv4: 10.0.1.100", "staticIPv4: 10.0.1.101", true, /1 customer concerned: 1 is interrupted/],
  ["nothing", "# The reference", "# The first", true, /plan: nothing changes/],
  ["a mistake", "residential_100mbps", "no-such-plan", false, /`isp\/acme\/subscribers\/john-doe.yaml:\d+:\d+`/],
];

describe("GitHub Actions", () => {
  interface Step {
    readonly uses?: string;
    readonly run?: string;
    readonly env?: Readonly<Record<string, string>>;
  }
  it.each(CASES)("%s", { timeout: 120_000 }, async (_, from, to, passes, words) => {
    const text = await readFile(join(WORKFLOWS, ".github/workflows/lastmile-plan.yaml"), "utf8");
    const { jobs } = parse(text) as { jobs: { plan: { env: Record<string, string>; steps: readonly Step[] } } };
    await repo.git("checkout", "-q", "-b", "topic");
    await repo.commit(await edit(from, to));
    await repo.git("checkout", "-q", "main");
    await repo.push({ "unrelated.md": "x" });
    // What actions/checkout leaves: the merge, detached; and Lastmile beside it.
    await repo.git("-c", "user.name=F", "-c", "user.email=f@x", "merge", "-q", "--no-ff", "--no-edit", "topic");
    await repo.git("checkout", "-q", "--detach");
    await symlink(ROOT, join(repo.work, ".lastmile-program"));
    await tool("gh", `echo "gh $*" >> ${log}; cp plan.md ${join(place, "comment.md")}`);
    const files = { GITHUB_STEP_SUMMARY: join(place, "summary.md"), GITHUB_ENV: join(place, "env") };
    const given: Record<string, string> = { "github.event.pull_request.number": "7", "github.token": "token" };
    const filled = (value: string): string => value.replace(/\$\{\{ (\S+) \}\}/g, (__, name) => given[name] ?? "?");
    const ends: boolean[] = [];
    for (const { run, env = {} } of jobs.plan.steps.filter((s) => s.run !== undefined)) {
      const set = (await readFile(files.GITHUB_ENV, "utf8").catch(() => "")).trim().split("\n").filter(Boolean);
      const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)]));
      const earlier = Object.fromEntries(set.map((line) => line.split("=")));
      const options = { cwd: repo.work, env: environment({ ...jobs.plan.env, ...files, ...earlier, ...own }) };
      const ran = await execa("bash", ["-eo", "pipefail", "-c", run ?? ""], {
        ...options,
        extendEnv: false,
        reject: false,
      });
      ends.push(ran.exitCode === 0);
    }
    expect(ends).toEqual([true, true, true, passes]);
    const called = (await readFile(log, "utf8")).trim().split("\n");
    expect(called).toEqual([
      "npm ci --no-fund --no-audit --prefix .lastmile-program",
      "gh pr comment 7 --edit-last --create-if-none --body-file plan.md",
    ]);
    const comment = await readFile(join(place, "comment.md"), "utf8");
    expect(comment).toMatch(words);
    expect(await readFile(files.GITHUB_STEP_SUMMARY, "utf8")).toBe(comment);
  });
  it("uses no action of third parties", async () => {
    const text = await readFile(join(WORKFLOWS, ".github/workflows/lastmile-plan.yaml"), "utf8");
    const used = [...text.matchAll(/uses: ([^@\s]+)/g)].map((m) => m[1]);
    expect([...new Set(used)].sort()).toEqual(["actions/checkout", "actions/setup-node"]);
  });
});

describe("GitLab CI", () => {
  let forge: Server;
  let asked: { readonly what: string; readonly token: string | undefined; readonly body: string }[];
  let notes: readonly { readonly id: number; readonly body: string }[];
  beforeEach(async () => {
    [asked, notes] = [[], []];
    await program();
    forge = createServer((request, answer) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        const token = request.headers["private-token"] as string | undefined;
        asked.push({ what: `${request.method} ${request.url}`, token, body });
        answer.setHeader("content-type", "application/json");
        answer.end(JSON.stringify(request.method === "GET" ? notes : {}));
      });
    });
    await new Promise<void>((listening) => forge.listen(0, "127.0.0.1", listening));
  });
  let lastmile: Repository;
  afterEach(async () => {
    forge.close();
    await lastmile.remove();
  });

  /** A repository of Lastmile that holds its shim only: the tools of a runner install the rest. */
  async function program(): Promise<void> {
    lastmile = await repository();
    await lastmile.commit({
      "controller/cli/lastmile": `#!/bin/sh\nexec ${join(ROOT, "controller/cli/lastmile")} "$@"\n`,
    });
    await chmod(join(lastmile.work, "controller/cli/lastmile"), 0o755);
    await lastmile.push();
  }
  async function pipeline(more: Readonly<Record<string, string>> = {}): Promise<boolean> {
    const text = await readFile(join(WORKFLOWS, ".gitlab-ci.yml"), "utf8");
    const { "lastmile-plan": job } = parse(text) as Record<
      "lastmile-plan",
      { script: readonly string[]; variables: Record<string, string> }
    >;
    const { port } = forge.address() as AddressInfo;
    const env = environment({
      ...job.variables,
      CI_API_V4_URL: `http://127.0.0.1:${port}/api/v4`,
      CI_PROJECT_ID: "5",
      CI_MERGE_REQUEST_IID: "9",
      CI_MERGE_REQUEST_DIFF_BASE_SHA: await repo.git("merge-base", "main", "HEAD"),
      LASTMILE_REPOSITORY: lastmile.origin,
      LASTMILE_REF: "main",
      LASTMILE_COMMENT_TOKEN: "secret-token",
      ...more,
    });
    const script = job.script.join("\n");
    const options = { cwd: repo.work, env, extendEnv: false, reject: false } as const;
    const ran = await execa("bash", ["-eo", "pipefail", "-c", script], options);
    expect(`${ran.stdout}${ran.stderr}`).not.toContain("secret-token");
    return ran.exitCode === 0;
  }
  const NOTES = "/api/v4/projects/5/merge_requests/9/notes";

  it.each(CASES)("%s", { timeout: 120_000 }, async (_, from, to, passes, words) => {
    await repo.git("checkout", "-q", "-b", "topic");
    await repo.commit(await edit(from, to));
    expect(await pipeline()).toBe(passes);
    expect(asked.map((a) => a.what)).toEqual([`GET ${NOTES}?per_page=100&sort=asc`, `POST ${NOTES}`]);
    expect(asked.map((a) => a.token)).toEqual(["secret-token", "secret-token"]);
    expect(JSON.parse(asked[1]?.body ?? "").body).toMatch(words);
  });
  it("brings its own comment up to date, and is quiet without a token", { timeout: 120_000 }, async () => {
    notes = [
      { id: 1, body: "well done" },
      { id: 2, body: "<!-- lastmile plan -->\nold" },
    ];
    expect(await pipeline()).toBe(true);
    expect(asked.at(-1)?.what).toBe(`PUT ${NOTES}/2`);
    asked.length = 0;
    await repo.git("clean", "-ffdq");
    expect(await pipeline({ LASTMILE_COMMENT_TOKEN: "" })).toBe(true);
    expect(asked).toEqual([]);
  });
});
