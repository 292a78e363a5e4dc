/** Who did what, when and why. Rows are appended and read, never changed. */
import type { FieldChange, RefKey } from "../core/model.ts";
import type { OwnerKey } from "../core/owner.ts";
import type { Calls } from "./calls.ts";

export interface AuditRow {
  readonly owner: OwnerKey;
  readonly ref: RefKey;
  readonly action: string;
  /** Redacted before it comes here. */
  readonly changes: readonly FieldChange[];
  readonly planId: string;
  /** `Done`, or the code of the fault. */
  readonly outcome: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Where the declaration came from. */
  readonly by?: By;
  /** It is not written while it says what was said last of the object: who waits is looked at again and again. */
  readonly once?: boolean;
}
export interface By {
  readonly source?: string;
  readonly revision?: string;
  readonly author?: string;
  /** `file:line`. */
  readonly file?: string;
}
export interface AuditEntry extends Omit<AuditRow, "once"> {
  /** Grows with time; pass the last one as `before` for the next page. */
  readonly id: string;
}
export interface Audit {
  /** Not fenced: what was done stays done, whoever holds the owner by now. Answers those that were written. */
  audit(rows: readonly AuditRow[]): Promise<readonly AuditRow[]>;
  /** What was done to these, without what was refused; oldest first. */
  done(owners: readonly OwnerKey[]): Promise<readonly Pick<AuditRow, "owner" | "ref" | "action" | "changes">[]>;
  /** Of whom there is a row about this, in order. */
  audited(ref: RefKey): Promise<readonly OwnerKey[]>;
  /** Newest first. */
  history(
    owner: OwnerKey,
    page?: { readonly limit?: number; readonly before?: string },
  ): Promise<readonly AuditEntry[]>;
}

const said = `select from (select l.action, l.outcome, l.changes from lastmile.audit l
    where (l.owner, l.ref) = (r.owner, r.ref) order by l.id desc limit 1) l
  where (l.action, l.outcome, l.changes::text) = (r.action, r.outcome, r.changes::text)`;
const append = `with fresh as materialized (select r.*
  from rows from (unnest($1::text[]), unnest($2::text[]), unnest($3::text[]), json_array_elements($4::json), unnest($5::text[]), unnest($6::text[]),
      unnest($7::float8[]), unnest($8::text[]), unnest($9::text[]), unnest($10::text[]), unnest($11::text[]), unnest($12::int[]))
    with ordinality r(owner, ref, action, changes, plan_id, outcome, at, source, revision, author, file, once, n)
  where once = 0 or not exists (${said})),
written as (insert into lastmile.audit (owner, ref, action, changes, plan_id, outcome, at, source, revision, author, file)
  select owner, ref, action, changes, plan_id, outcome, to_timestamp(at / 1000.0), source, revision, author, file from fresh order by n)
select n::int from fresh order by n`;
const history = `select id, owner, ref, action, changes, plan_id, outcome, (extract(epoch from at) * 1000)::float8 as at, source, revision, author, file
  from lastmile.audit where owner = $1 and ($3::bigint is null or id < $3) order by id desc limit $2`;

const done =
  "select owner, ref, action, changes from lastmile.audit where owner = any($1::text[]) and outcome = 'Done' order by id";

export function openAudit(calls: Calls): Audit {
  return {
    async audit(rows) {
      if (rows.length === 0) return [];
      const written = await calls.rows<[number]>("audit", append, [
        rows.map((r) => r.owner),
        rows.map((r) => r.ref),
        rows.map((r) => r.action),
        JSON.stringify(rows.map((r) => r.changes)),
        rows.map((r) => r.planId),
        rows.map((r) => r.outcome),
        rows.map((r) => r.at),
        rows.map((r) => r.by?.source ?? null),
        rows.map((r) => r.by?.revision ?? null),
        rows.map((r) => r.by?.author ?? null),
        rows.map((r) => r.by?.file ?? null),
        rows.map((r) => Number(r.once === true)),
      ]);
      return written.map(([n]) => rows[n - 1]!);
    },
    done: (owners) => calls.query("done", done, [owners]),
    async audited(ref) {
      const text = "select distinct owner from lastmile.audit where ref = $1 order by owner";
      return (await calls.rows<[OwnerKey]>("audited", text, [ref])).map(([owner]) => owner);
    },
    async history(owner, { limit = 100, before } = {}) {
      const rows = await calls.query<HistoryRow>("history", history, [owner, limit, before ?? null]);
      return rows.map(({ plan_id, source, revision, author, file, ...row }) => ({
        ...row,
        planId: plan_id,
        by: {
          ...(source !== null && { source }),
          ...(revision !== null && { revision }),
          ...(author !== null && { author }),
          ...(file !== null && { file }),
        },
      }));
    },
  };
}

interface HistoryRow extends Omit<AuditEntry, "planId" | "by"> {
  readonly plan_id: string;
  readonly source: string | null;
  readonly revision: string | null;
  readonly author: string | null;
  readonly file: string | null;
}
