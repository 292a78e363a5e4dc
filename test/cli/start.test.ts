/** How the program starts, and what it says to those who do not know it yet. */
import { mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { ROOT, SHIM } from "./rig.ts";

const start = (file: string, argv: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  execa(file, argv, { cwd: ROOT, reject: false, env });

describe("the program", () => {
  it("is there as `npx lastmile` in a checkout", async () => {
    const { exitCode, stdout } = await start("npx", ["lastmile", "version"]);
    expect(stdout).toMatch(/^lastmile \d+\.\d+\.\d+, API lastmile\.dev\/v1alpha1, Node 24\./);
    expect(exitCode).toBe(0);
  });
  it("finds its Node through a link, from any folder and with no Node in the PATH", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lastmile-link-"));
    await symlink(SHIM, join(folder, "lm"));
    const { exitCode, stdout } = await execa(join(folder, "lm"), ["version", "-o", "json"], {
      ...{ cwd: folder, env: { PATH: "/usr/bin:/bin" }, extendEnv: false, reject: false },
    });
    await rm(folder, { recursive: true });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).node).toMatch(/^24\./);
  });
  it("refuses another Node, and says what to start instead", async () => {
    const disguised = join(ROOT, "controller", "cli", "main.ts");
    const code = `Object.defineProperty(process.versions, "node", { value: "20.1.0" }); await import(${JSON.stringify(disguised)})`;
    const { exitCode, stderr } = await start(join(ROOT, "node_modules", ".bin", "node"), [
      "--input-type=module",
      "-e",
      code,
    ]);
    expect(stderr).toMatch(/^lastmile: Node 24 is needed.*\n {2}start controller\/cli\/lastmile/);
    expect(exitCode).toBe(1);
  });
  it("helps at once: nothing heavy is loaded for it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lastmile-loaded-"));
    const { exitCode, stdout } = await start(SHIM, ["--help"], { NODE_V8_COVERAGE: folder });
    const reports = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), "utf8")));
    await rm(folder, { recursive: true });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Exit codes:");
    expect(stdout).not.toContain("\u001b");
    // What was loaded is the same on a busy machine; how long it took is not.
    const loaded = reports.flatMap((text) => [...text.matchAll(/"url":"file:[^"]*?\/node_modules\/([^/"]+)/g)]);
    expect([...new Set(loaded.map(([, name]) => name))]).toEqual(["commander"]);
  });
  it.each([
    [["aply"], /unknown command 'aply'\n\(Did you mean apply\?\)/],
    [["validate"], /missing required argument 'path'/],
    [["plan", "examples", "--force"], /unknown option '--force'/],
    [["plan", "examples", "-o", "xml"], /Allowed choices are table, wide, json, yaml/],
    [["apply", "examples", "--timeout", "soon"], /It takes a whole number/],
    [["run", "--source", "examples", "--listen", "off"], /--source names no source\n {2}write --source dir:PATH/],
    [["run", "--source", "dir:examples", "--listen", "here"], /--listen names no address/],
    [
      ["run", "--source", "dir:examples", "--devices-token-file", "none"],
      /cannot be read \(ENOENT\)\n {2}correct --dev/,
    ],
    [
      ["run", "--source", "dir:examples", "--devices-token-file", "README.md"],
      /holds no token\n {2}write one line of 16/,
    ],
    [
      ["run", "--source", "dir:x", "--listen", "off", "--devices-token-file", "x"],
      /--devices-token-file without a listener/,
    ],
    [["get", "customers"], /there is no kind customers\n {2}it is one of .*subscribers\|subscriber/],
  ])("answers %j with what is wrong", async (argv, words) => {
    const { exitCode, stdout, stderr } = await start(SHIM, argv);
    expect(stderr).toMatch(words);
    expect(stdout).toBe("");
    expect(exitCode).toBe(4);
  });
  it.each([
    [
      "KUBECONFIG",
      "/nowhere/config",
      /the kubeconfig cannot be read \(ENOENT\)\n {2}name a kubeconfig .* a folder is named/,
    ],
    ["HOME", "/nowhere", /there is no kubeconfig, and this is no pod\n {2}name a kubeconfig/],
  ])("a plan without a path asks the cluster, and says where none is: %s=%s", async (name, value, words) => {
    const { exitCode, stderr } = await start(SHIM, ["plan"], { KUBECONFIG: "", [name]: value });
    expect(stderr).toMatch(words);
    expect(exitCode).toBe(4);
  });
  it("shows a stack only on request", async () => {
    const argv = ["plan", "examples"];
    const quiet = await start(SHIM, argv, { DATABASE_URL: "mysql://root:hidden@db/x" });
    expect(quiet.stderr).toBe(
      "lastmile: DATABASE_URL is no address of PostgreSQL\n  write postgresql://user:password@host:5432/database",
    );
    const loud = await start(SHIM, argv, { DATABASE_URL: "mysql://root:hidden@db/x", LASTMILE_DEBUG: "1" });
    expect(loud.stderr).toMatch(/\n {4}at /);
    expect(loud.stderr).not.toContain("hidden");
  });
  it("prints what administrators run where Lastmile has no DDL rights", async () => {
    const { exitCode, stdout } = await start(SHIM, ["init", "--print-sql"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("create table lastmile.migrations");
    expect(stdout).toContain("create table if not exists radcheck");
    expect(stdout).toContain("create table if not exists billing.services");
  });
});

describe("completion", () => {
  it("completes commands, options and kinds in bash", async () => {
    const ask = (line: string) =>
      `COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _lastmile; echo "\${COMPREPLY[*]}"`;
    const script = `source <(${SHIM} completion bash) && ${ask("lastmile ap")} && ${ask("lastmile get sub")} && ${ask("lastmile apply --pr")}`;
    const { stdout, exitCode } = await start("bash", ["-c", script]);
    expect(exitCode).toBe(0);
    expect(stdout.split("\n")).toEqual(["apply approve approvals", "subscribers subscriber sub", "--prune"]);
  });
  it.each(["zsh", "fish"])("knows every command in %s", async (shell) => {
    const { stdout, exitCode } = await start(SHIM, ["completion", shell]);
    expect(exitCode).toBe(0);
    for (const command of ["validate", "plan", "apply", "approve", "secret"]) expect(stdout).toContain(command);
  });
});
