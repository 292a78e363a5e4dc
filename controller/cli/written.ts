/** Pure: which value Lastmile wrote last into each field, from the audit. What differs from it was changed by others. */
import type { RefKey } from "../core/model.ts";
import type { OwnerKey } from "../core/owner.ts";
import type { AuditRow } from "../store/audit.ts";

/** undefined: it was never written, and the object was there before us. An empty text: the field was not there. */
export type Written = (owner: OwnerKey, ref: RefKey, field: string) => string | undefined;
interface Known {
  /** Made by us: a field that was never written was not there. */
  readonly whole: boolean;
  readonly fields: Map<string, string>;
}

/** @param rows oldest first. */
export function lastWritten(rows: readonly Pick<AuditRow, "owner" | "ref" | "action" | "changes">[]): Written {
  const known = new Map<string, Known>();
  for (const { owner, ref, action, changes } of rows) {
    const key = `${owner} ${ref}`;
    const made = action === "create" || action === "destroy";
    const before = made ? undefined : known.get(key);
    const fields = new Map([...(before?.fields ?? []), ...changes.map((c) => [c.field, c.after] as const)]);
    known.set(key, { whole: made || before?.whole === true, fields });
  }
  return (owner, ref, field) => {
    const of = known.get(`${owner} ${ref}`);
    return of?.fields.get(field) ?? (of?.whole ? "" : undefined);
  };
}

/** Of a secret only the digest counts: where it comes from says nothing of what it is. */
export const sameText = (a: string, b: string): boolean => bare(a) === bare(b);
const bare = (text: string): string => /^\([^()]* ([0-9a-f:]+)\)$/.exec(text)?.[1] ?? text;
