/** The installation at a glance. Pure. */
import { rfc3339 } from "../../core/status/conditions.ts";
import type { Refusal } from "../../store/refusals.ts";
import type { Paint } from "../io.ts";
import { count, problemList } from "./problems.ts";
import { table } from "./table.ts";

export interface TenantRow {
  readonly tenant: string;
  readonly subscribers: number;
  readonly ready: number;
  readonly suspended: number;
  /** Declared no longer, and kept until retention ends. */
  readonly withdrawn: number;
}
export interface Trouble {
  readonly subject: string;
  readonly reason: string;
  readonly message: string;
}
/** What the store knows beside the declarations; a cluster tells nothing of it. */
export interface Surroundings {
  readonly installation: string;
  readonly store: string;
  readonly controllers?: readonly { readonly holder: string; readonly partitions: number }[];
  readonly sources?: readonly { readonly tenant: string; readonly sourceId: string; readonly objects: number }[];
  /** Of the last snapshot of each source; what was known of those objects before stands. */
  readonly refused?: readonly Refusal[];
}
export interface Overview extends Surroundings {
  readonly tenants: readonly TenantRow[];
  readonly systems: readonly Readonly<
    Record<"name" | "type" | "mode" | "reachable" | "version" | "breaker" | "message", string>
  >[];
  readonly troubles: readonly Trouble[];
}
const SHOWN = 20;

export function overviewText(o: Overview, wide: boolean, paint: Paint): string {
  const running = o.controllers?.map((c) => `${c.holder} (${c.partitions} of 65 partitions)`).join(", ");
  const controllers = running === undefined ? "" : `, controller ${running || "none is running"}`;
  const parts = [`Installation ${paint("bold", o.installation)}, store ${o.store}${controllers}`];
  for (const r of o.refused ?? []) parts.push(refusalText(r, paint));
  if (o.tenants.length === 0) return [...parts, "Nothing is declared yet: `lastmile apply PATH`."].join("\n\n");
  const counts = o.tenants.map((t) => [t.tenant, ...[t.subscribers, t.ready, t.suspended, t.withdrawn].map(String)]);
  parts.push(table(["tenant", "subscribers", "ready", "suspended", "withdrawn"], counts));
  parts.push(
    table(
      ["system", "type", "mode", "reachable", "version", "breaker", "message"],
      o.systems.map((s) => Object.values(s)),
    ),
  );
  if (wide && o.sources)
    parts.push(
      table(
        ["tenant", "source", "objects"],
        o.sources.map((s) => [s.tenant, s.sourceId, String(s.objects)]),
      ),
    );
  parts.push(o.troubles.length === 0 ? paint("green", "Everything is in place.") : troubleText(o.troubles, wide));
  return parts.join("\n\n");
}

function refusalText({ sourceId, revision, at, total, problems }: Refusal, paint: Paint): string {
  const when = rfc3339(at);
  const head = `${count(total, "problem")} in ${sourceId} (revision ${revision.slice(0, 12)}, ${when}); what was known before stands`;
  return `${paint("red", "Refused")}: ${head}\n${problemList(problems, paint)}`;
}

function troubleText(troubles: readonly Trouble[], wide: boolean): string {
  const shown = wide ? troubles : troubles.slice(0, SHOWN);
  const rows = table(
    ["not ready", "reason", "message"],
    shown.map((t) => [t.subject, t.reason, t.message]),
  );
  return shown.length === troubles.length
    ? rows
    : `${rows}\n… and ${troubles.length - shown.length} more; -o wide shows all`;
}
