/** `lastmile init`: the tables that Lastmile needs, in the store and in every RADIUS, billing and ticket database that is declared. */
import { schemaSql as billingSql } from "../../../reconcilers/billing/index.ts";
import { Fault } from "../../../reconcilers/errors.ts";
import { schemaSql as ticketSql } from "../../../reconcilers/fieldwork/index.ts";
import { schemaSql as radiusSql } from "../../../reconcilers/radius/index.ts";
import type { ExternalSystem } from "../../api/types.generated.ts";
import type { Endpoints } from "../../engine/endpoints.ts";
import { migrationSql } from "../../store/migrate.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type OutputOption, print } from "../output.ts";
import { readUpdate, tellProblems } from "../planning.ts";
import { table } from "../render/table.ts";
import { withController } from "../session.ts";

export async function init(
  cx: Cx,
  path: string | undefined,
  { printSql, output }: { readonly printSql?: boolean } & OutputOption,
): Promise<Exit> {
  if (printSql) {
    cx.io.out(`-- the store, once: psql -v ON_ERROR_STOP=1 "$DATABASE_URL"\n${migrationSql()}`);
    cx.io.out(`-- every RADIUS database; safe to run again\n${radiusSql()}`);
    cx.io.out(`-- every billing database; safe to run again\n${billingSql()}`);
    cx.io.out(`-- every ticket database; safe to run again\n${ticketSql()}`);
    return EXIT.ok;
  }
  const read = path === undefined ? undefined : await readUpdate(path, cx);
  if (read?.ok === false) {
    tellProblems(cx.io, read.problems);
    return EXIT.invalid;
  }
  return withController(
    cx,
    async ({ declared, endpoints }, { server, settings }) => {
      const systems = new Map([...declared.systems()].map((s) => [s.metadata.name, s]));
      for (const s of read?.update.upserts.map((u) => u.object) ?? [])
        if (s.kind === "ExternalSystem") systems.set(s.metadata.name, s);
      const store = server.embedded ? `embedded in ${server.directory}` : "DATABASE_URL";
      const message = `${store}, installation ${settings.installation}`;
      const rows: Made[] = [{ name: "store", type: "PostgreSQL", state: "ready", message }];
      for (const s of [...systems.values()].sort(byName)) rows.push(await prepare(s, endpoints, cx.signal));
      cx.signal.throwIfAborted();
      await print(cx.io, output, { databases: rows }, () =>
        table(
          ["name", "type", "state", "message"],
          rows.map((r) => [r.name, r.type, r.state, r.message]),
        ),
      );
      if (systems.size === 0) cx.io.err("No ExternalSystem is declared yet: name the folder, `lastmile init PATH`.");
      return rows.some(({ state }) => state === "failed") ? EXIT.failed : EXIT.ok;
    },
    { at: path },
  );
}

interface Made {
  readonly name: string;
  readonly type: string;
  readonly state: "ready" | "failed";
  readonly message: string;
}
async function prepare(s: ExternalSystem, endpoints: Endpoints, signal: AbortSignal): Promise<Made> {
  const wrong = await endpoints.prepare(s, signal).then(() => undefined, words);
  return { name: s.metadata.name, type: s.spec.type, state: wrong ? "failed" : "ready", message: wrong ?? "" };
}
const byName = (a: ExternalSystem, b: ExternalSystem): number => (a.metadata.name < b.metadata.name ? -1 : 1);
function words(e: unknown): string {
  if (!(e instanceof Fault)) throw e;
  // Nothing is tried again here, and what did not answer is most often not where spec.address says.
  const remedy = e.kind === "Transient" ? "see that it runs where spec.address says, then run init again" : e.remedy;
  return `${e.code}: ${e.message}; ${remedy}`;
}
