/** The audit of one subscriber as a table, newest first. Values were redacted before they were stored. */
import { rfc3339 } from "../../core/status/conditions.ts";
import type { AuditEntry } from "../../store/audit.ts";
import { table } from "./table.ts";

export function historyText(entries: readonly AuditEntry[], wide: boolean): string {
  if (entries.length === 0) return "Nothing was done yet.";
  const rows = entries.map((e) => [
    rfc3339(e.at),
    e.action,
    e.ref,
    e.outcome,
    changes(e, wide),
    ...(wide
      ? [e.planId, e.by?.author ?? "", e.by?.source ?? "", e.by?.revision?.slice(0, 12) ?? "", e.by?.file ?? ""]
      : []),
  ]);
  const more = wide ? ["plan", "by", "source", "revision", "file"] : [];
  return table(["time", "action", "object", "outcome", "changes", ...more], rows);
}

/** Of what was made all fields are new, so their names are enough. */
function changes({ action, changes: all }: AuditEntry, wide: boolean): string {
  if (action === "create" && !wide) return all.map((c) => c.field).join(", ");
  return all.map((c) => `${c.field}: ${c.before || "(none)"} → ${c.after || "(none)"}`).join("; ");
}
