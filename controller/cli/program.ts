/** The program as commander knows it. Only names and help stand here, so that `--help` is quick. */
import { Command, CommanderError } from "commander";
import { register } from "./catalogue.ts";
import { type Ended, EXIT, EXIT_MEANINGS, type Exit } from "./exit.ts";
import type { Cx } from "./io.ts";

/** @throws CliError, StoreError, Fault; what is wrong with the arguments is told here. */
export async function execute(argv: readonly string[], cx: Cx): Promise<Exit> {
  let exit: Exit = EXIT.ok;
  const program = buildProgram(cx, (e) => {
    exit = e;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exit;
  } catch (e) {
    if (!(e instanceof CommanderError)) throw e;
    return e.exitCode === 0 ? EXIT.ok : EXIT.invalid;
  }
}

export function buildProgram(cx: Cx, ended: Ended): Command {
  const program = new Command("lastmile")
    .description("Declarative GitOps for internet service providers: what is declared is what the network does.")
    .helpCommand("help [command]", "show what a command does")
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => cx.io.out(text.trimEnd()),
      writeErr: (text) => cx.io.err(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, "lastmile: ")),
    })
    .showHelpAfterError("  see `lastmile help`, or `lastmile help COMMAND`")
    .exitOverride()
    .addHelpText("after", after());
  register(program, cx, ended);
  return program;
}

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ["DATABASE_URL", "PostgreSQL of the store; left out: an embedded one in LASTMILE_HOME"],
  ["LASTMILE_HOME", "where the embedded database and the master key live (.lastmile)"],
  ["LASTMILE_INSTALLATION", "permanent name of this installation (lastmile)"],
  ["LASTMILE_GIT_TOKEN_FILE", "token or private key for `run --source git:`"],
  ["LASTMILE_KEY_FILE", "master key that somebody else keeps"],
  ["LASTMILE_SECRETS", "folder NAMESPACE/NAME/KEY of secrets (LASTMILE_HOME/secrets)"],
  ["LASTMILE_DEBUG", "show where an error came from"],
  ["NO_COLOR", "no colour, also on a terminal"],
];

const after = (): string => `
Examples:
  lastmile validate examples        is everything well declared?
  lastmile init examples            make the tables in the store and in every declared RADIUS database
  lastmile plan examples            what would happen?
  lastmile apply examples           make it so
  lastmile explain john-doe         what is he waiting for, and why?
  lastmile run --source dir:examples

Exit codes:
${EXIT_MEANINGS.map(([code, means]) => `  ${String(code).padStart(3)}  ${means}`).join("\n")}

Environment:
${ENVIRONMENT.map(([name, means]) => `  ${name.padEnd(24)} ${means}`).join("\n")}`;
