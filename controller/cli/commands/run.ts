/** `lastmile run`: the controller that stays. */
import { type ServeEvent, serve } from "../../engine/serve.ts";
import type { Installation } from "../../main.ts";
import { type Log, openLog } from "../../observe/log.ts";
import { watchChanges } from "../../store/watch.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import { type Followed, type SourceOptions, sourceFrom } from "../following.ts";
import type { Cx } from "../io.ts";
import { type ListenOptions, listen, listenFrom } from "../listening.ts";
import { endpointsOf, type Observed, observe } from "../observing.ts";
import { withInstallation } from "../session.ts";

export interface RunOptions extends SourceOptions, ListenOptions {
  readonly takeOver?: boolean;
}

export async function run(cx: Cx, options: RunOptions): Promise<Exit> {
  const open = sourceFrom(options, cx);
  const where = await listenFrom(options);
  const log = openLog("info", { write: (line) => cx.io.out(line.trimEnd()) });
  return withInstallation(cx, async (installation) => {
    const source = await open(installation, log);
    const rest = hangUps(source);
    const observed = observe(installation, log, source);
    source.cluster?.attach(observed.controller);
    const http = where && (await listen(endpointsOf(observed, log, where.token), where));
    if (http)
      log.info(
        { event: "listening", host: http.host, port: http.port },
        `serving /metrics, /healthz, /readyz${where?.token ? ", /sadis, /hints" : ""}`,
      );
    try {
      await follow(cx, installation, observed, log, { source, takeOver: options.takeOver === true });
    } finally {
      rest();
      await http?.close();
      observed.liveness.close();
      source.cluster?.close();
    }
    return EXIT.ok;
  });
}

async function follow(
  cx: Cx,
  installation: Installation,
  observed: Observed,
  log: Log,
  { source, takeOver }: { readonly source: Followed; readonly takeOver: boolean },
): Promise<void> {
  const failed = new AbortController();
  let refused: CliError | undefined;
  const on = (event: ServeEvent): void => {
    observed.note(event);
    if (event.event !== "update" || event.intake.ok) return;
    refused = new CliError(event.intake.message, "a tenant has one source at a time", EXIT.failed);
    failed.abort();
  };
  log.info({ event: "started", source: source.sourceId, holder: installation.settings.holder }, "started");
  await serve({
    controller: observed.controller,
    leases: installation.leases,
    installation: installation.settings.installation,
    watch: (changed, signal) => watchChanges(installation.server.url, changed, signal),
    source,
    intake: takeOver ? "take" : "own",
    signal: AbortSignal.any([cx.signal, failed.signal]),
    on,
  });
  if (refused) throw refused;
}

/** SIGHUP asks for a look, as a forge's own hook may send it. Answers how to stop listening. */
function hangUps(source: Followed): () => void {
  const look = (): void => source.poll?.();
  process.on("SIGHUP", look);
  return () => process.off("SIGHUP", look);
}
