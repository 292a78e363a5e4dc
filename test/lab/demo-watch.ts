/** `WATCH=1 make demo`: stays, follows the folder, and says what it does. */
import { problemList } from "../../controller/cli/render/problems.ts";
import { withInstallation } from "../../controller/cli/session.ts";
import { type ServeEvent, serve } from "../../controller/engine/serve.ts";
import { directorySource } from "../../controller/sources/directory.ts";
import type { AuditRow } from "../../controller/store/audit.ts";
import { watchChanges } from "../../controller/store/watch.ts";
import { ROOT, type Stage } from "./demo-stage.ts";

/** Look for drift every so many milliseconds: a hand edit should be repaired while one watches. */
const SCAN_MS = 5_000;

export async function watchFolder({ io, scene, signal, folder }: Stage): Promise<void> {
  io.out(`Watching ${folder}: edit a file, or change a row with psql. Ctrl-C ends it.`);
  const cx = { io, env: scene.env, cwd: ROOT, signal };
  await withInstallation(cx, async (installation) => {
    const { store } = installation;
    const audit = async (rows: readonly AuditRow[]): Promise<readonly AuditRow[]> => {
      const written = await store.audit(rows);
      for (const row of written) io.out(actionText(row));
      return written;
    };
    const controller = installation.controller({
      store: { ...store, audit },
      onReport: (key, { plan }, blocked) => {
        for (const b of blocked) io.out(`  held  ${key}: ${b.message}`);
        for (const c of plan.changes) if (c.hold && c.action !== "none") io.out(`  held  ${key}: ${c.hold.message}`);
      },
    });
    await serve({
      controller,
      leases: installation.leases,
      installation: installation.settings.installation,
      watch: (changed, until) => watchChanges(installation.server.url, changed, until),
      source: directorySource({ path: scene.folder }),
      intake: "own",
      signal,
      on: (event) => tell(event, io.out),
      every: { scan: SCAN_MS },
    });
  });
}

function actionText({ ref, action, outcome, changes }: AuditRow): string {
  const fields = changes.map((c) => `${c.field}: ${c.before || "(none)"} → ${c.after || "(none)"}`).join(", ");
  return `  ${action}  ${ref}${outcome === "Done" ? "" : ` (${outcome})`}  ${action === "create" ? "" : fields}`.trimEnd();
}

function tell(event: ServeEvent, out: (text: string) => void): void {
  const time = new Date().toTimeString().slice(0, 8);
  if (event.event === "update") {
    const { update, intake } = event;
    if (update.errors.length > 0)
      out(`${time} refused; what was declared before stands:\n${problemList(update.errors, (_, t) => t)}`);
    if (intake.ok && intake.changed.length > 0) out(`${time} changed: ${intake.changed.join(", ")}`);
    if (intake.ok && intake.withdrawn.length > 0) out(`${time} withdrawn: ${intake.withdrawn.join(", ")}`);
  } else if (event.event === "scan" && event.drifted > 0)
    out(`${time} ${event.endpoint}: ${event.drifted} changed by hand`);
  else if (event.event === "trouble") out(`${time} cannot ${event.doing}; it is tried again`);
  else if (event.event === "stopped") out("Stopped.");
}
