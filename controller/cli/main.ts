/** Entry of the program `lastmile`. Loads nothing heavy: each command brings what it needs. */
import { tell } from "./errors.ts";
import { EXIT } from "./exit.ts";
import { type Cx, processIo } from "./io.ts";

const NODE_MAJOR = "24";

async function main(): Promise<number> {
  const io = processIo(process.env);
  if (process.versions.node.split(".")[0] !== NODE_MAJOR) {
    io.err(`lastmile: Node ${NODE_MAJOR} is needed, this is ${process.version}`);
    io.err("  start controller/cli/lastmile, or `npx lastmile`: both use the Node of the lock file");
    return EXIT.failed;
  }
  // `lastmile get sub | head` closes the pipe early, and that is no error.
  process.stdout.on("error", (e: NodeJS.ErrnoException) => {
    if (e.code === "EPIPE") process.exit(EXIT.ok);
    throw e;
  });
  const abort = new AbortController();
  interruptible(abort);
  const cx: Cx = { io, env: process.env, cwd: process.cwd(), signal: abort.signal };
  try {
    const { execute } = await import("./program.ts");
    return await execute(process.argv.slice(2), cx);
  } catch (e) {
    io.progress(undefined);
    if (abort.signal.aborted) {
      io.err("lastmile: interrupted; run it again to go on");
      return EXIT.interrupted;
    }
    const { text, exit } = tell(e, Boolean(process.env["LASTMILE_DEBUG"]));
    io.err(text);
    return exit;
  }
}

/** The first signal lets work in flight end; the second does not wait for it. */
function interruptible(abort: AbortController): void {
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (abort.signal.aborted) process.exit(EXIT.interrupted);
      abort.abort();
    });
  }
}

process.exitCode = await main();
