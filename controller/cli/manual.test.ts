import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { type Io, painter } from "./io.ts";
import { buildProgram } from "./program.ts";

const WIDTH = 110;
const silent: Io = {
  out: () => {},
  err: () => {},
  progress: () => {},
  paint: painter(false),
  paintErr: painter(false),
  confirm: async () => undefined,
};

function helpOf(command: Command): string {
  const text: string[] = [];
  command.configureHelp({ ...command.configureHelp(), helpWidth: WIDTH });
  command.configureOutput({ ...command.configureOutput(), writeOut: (t) => void text.push(t) });
  command.outputHelp();
  return `\`\`\`text\n${text.join("").trim()}\n\`\`\``;
}
const sections = (command: Command, name: string): readonly string[] => [
  `## ${name}\n\n${helpOf(command)}`,
  ...command.commands.flatMap((c) => sections(c, `${name} ${c.name()}`)),
];

describe("docs/cli.md", () => {
  it("says what --help says: `npx vitest run --project store controller/cli/manual -u` writes it again", async () => {
    const program = buildProgram(
      { io: silent, env: {}, cwd: "/", signal: new AbortController().signal },
      () => undefined,
    );
    const intro = "# The command line\n\nGenerated from the help of the program; a test fails when it is out of date.";
    const text = `${[intro, ...sections(program, "lastmile")].join("\n\n")}\n`;
    await expect(text).toMatchFileSnapshot("../../docs/cli.md");
  });
  it("gives every command a summary and, save for the plainest, an example", () => {
    const program = buildProgram(
      { io: silent, env: {}, cwd: "/", signal: new AbortController().signal },
      () => undefined,
    );
    for (const c of program.commands) {
      expect(c.summary(), c.name()).not.toBe("");
      if (c.name() !== "version" && c.name() !== "secret") expect(helpOf(c), c.name()).toContain("Examples:");
    }
  });
});
