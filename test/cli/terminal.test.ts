/** On a terminal people see colour and are asked; util-linux's `script` lends one. */
import { existsSync } from "node:fs";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, openCli, ROOT, SHIM } from "./rig.ts";

const SCRIPT = "/usr/bin/script";
let cli: Cli;
beforeAll(async () => {
  cli = await openCli();
  await cli.lastmile("init", cli.folder);
});
afterAll(() => cli.close());

/** `answer` is typed when the question has been asked. */
const onTerminal = async (answer: string, argv: readonly string[], more: NodeJS.ProcessEnv = {}) => {
  const env = { PATH: process.env["PATH"], TERM: "xterm", ...cli.env, ...more };
  const command = [SHIM, ...argv].join(" ");
  const terminal = execa(SCRIPT, ["-qec", command, "/dev/null"], { cwd: ROOT, env, extendEnv: false, reject: false });
  let seen = "";
  terminal.stdout.on("data", (chunk: Buffer) => {
    if (seen.includes("[y/N]")) return;
    seen += chunk.toString();
    if (seen.includes("[y/N]")) terminal.stdin.write(answer);
  });
  const ran = await terminal;
  return { exit: ran.exitCode, text: ran.stdout };
};
const rows = async (): Promise<number> => (await cli.radius.query("select from radcheck")).rowCount ?? 0;

describe.skipIf(!existsSync(SCRIPT))("on a terminal (skipped where util-linux is missing)", () => {
  it("a plan is coloured, unless NO_COLOR is set", async () => {
    expect((await onTerminal("", ["plan", cli.folder])).text).toContain("\u001b[32m+");
    expect((await onTerminal("", ["plan", cli.folder], { NO_COLOR: "1" })).text).not.toContain("\u001b[32m");
  });
  it("apply shows the plan, asks, and does nothing without a yes", async () => {
    const no = await onTerminal("n\n", ["apply", cli.folder]);
    for (const words of ["40 to create.", "Apply this plan? [y/N]", "Nothing was done."])
      expect(no.text).toContain(words);
    expect(no.exit).toBe(0);
    expect(await rows()).toBe(0);
  });
  it("Ctrl-C at the question is an interruption, and no defect", async () => {
    const interrupted = await onTerminal("\u0003", ["apply", cli.folder]);
    expect(interrupted.text).toContain("lastmile: interrupted; run it again to go on");
    expect(interrupted.exit).toBe(130);
    expect(await rows()).toBe(0);
  });
  it("a yes is taken at its word", async () => {
    const yes = await onTerminal("y\n", ["apply", cli.folder]);
    expect(yes.text).toContain("40 changes made: 40 in place.");
    expect(await rows()).toBeGreaterThan(0);
  });
});
