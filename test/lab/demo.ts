/** `make demo`: the main job of Lastmile on this machine, told in thirteen chapters. */
import { tell } from "../../controller/cli/errors.ts";
import { openStage } from "./demo-stage.ts";
import { tellStory } from "./demo-story.ts";
import { watchFolder } from "./demo-watch.ts";

const abort = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => abort.abort());

async function demo(): Promise<number> {
  const started = performance.now();
  const stage = await openStage(abort.signal);
  const { io } = stage;
  try {
    await tellStory(stage);
    await stage.lookAround();
    const seconds = Math.round((performance.now() - started) / 1000);
    io.out(io.paint("green", `That was the demo: ${seconds} s, and every step was verified.`));
    if (process.env["WATCH"]) await watchFolder(stage);
    else
      io.out(
        "Look around: `LASTMILE_INSTALLATION=demo LASTMILE_HOME=.lastmile/demo npx lastmile get subscribers`, or `WATCH=1 make demo`.",
      );
    return 0;
  } catch (e) {
    io.err(abort.signal.aborted ? "\nStopped." : tell(e, true).text);
    return abort.signal.aborted ? 130 : 1;
  } finally {
    await stage.close();
  }
}

process.exitCode = await demo();
