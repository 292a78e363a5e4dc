/** `lastmile run`: the controller that stays. */
import { resolve } from "node:path";
import { type ServeEvent, serve } from "../../engine/serve.ts";
import type { Installation } from "../../main.ts";
import { type Log, openLog } from "../../observe/log.ts";
import { directorySource } from "../../sources/directory.ts";
import { watchChanges } from "../../store/watch.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type Listen, listen, type Observed, observe } from "../observing.ts";
import { withInstallation } from "../session.ts";

export interface RunOptions {
  readonly source: string;
  readonly takeOver?: boolean;
  readonly listen: string;
}

export async function run(cx: Cx, { source: from, takeOver, listen: at }: RunOptions): Promise<Exit> {
  const path = pathOf(from, cx.cwd);
  const where = parseListen(at);
  const log = openLog("info", { write: (line) => cx.io.out(line.trimEnd()) });
  return withInstallation(cx, async (installation) => {
    const source = directorySource({ path });
    const observed = observe(installation, log, source.sourceId);
    const http = where && (await listen(observed, where));
    if (http) log.info({ event: "listening", host: http.host, port: http.port }, "serving /metrics, /healthz, /readyz");
    try {
      await follow(cx, installation, observed, log, { source, takeOver: takeOver === true });
    } finally {
      await http?.close();
      observed.liveness.close();
    }
    return EXIT.ok;
  });
}

async function follow(
  cx: Cx,
  installation: Installation,
  observed: Observed,
  log: Log,
  { source, takeOver }: { readonly source: ReturnType<typeof directorySource>; readonly takeOver: boolean },
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

function pathOf(source: string, cwd: string): string {
  const [, path] = /^dir:(.+)$/.exec(source) ?? [];
  if (path !== undefined) return resolve(cwd, path);
  throw new CliError("--source names no folder", "write --source dir:PATH");
}

function parseListen(text: string): Listen | undefined {
  if (text === "off") return undefined;
  const [, host, port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port !== undefined && Number(port) < 65_536) return { host: host ?? "127.0.0.1", port: Number(port) };
  throw new CliError("--listen names no address", "write --listen 127.0.0.1:9090, or --listen off");
}
