/** What people have allowed: exactly the effects that they saw, by tuple, until they expire. */
import type { Calls } from "./calls.ts";
import { CHANGED } from "./objects.ts";

export interface Approval {
  /** `ref|action|id|digest of what is there`, as in Change.tuple. */
  readonly tuple: string;
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly expires: number;
  /** Names the many tuples that were approved together. */
  readonly changeSet: string | undefined;
  /** In the words of who approved. */
  readonly why: string | undefined;
}
export interface Approvals {
  /** Approving again renews. */
  approve(
    tuples: readonly string[],
    by: {
      readonly whom: string;
      readonly at: number;
      readonly expires: number;
      readonly changeSet?: string;
      readonly why?: string;
    },
  ): Promise<void>;
  /** The tuples that are valid now, by the clock of the database. */
  approved(): Promise<ReadonlySet<string>>;
  approvals(changeSet?: string): Promise<readonly Approval[]>;
  revoke(tuples: readonly string[]): Promise<void>;
}

const sql = {
  // Whoever follows the store looks at once for what may go on now.
  approve: `with given as (insert into lastmile.approvals (tuple, by_whom, at, expires, change_set, why)
    select distinct t, $2, to_timestamp($3 / 1000.0), to_timestamp($4 / 1000.0), $5, $6 from unnest($1::text[]) t
    on conflict (tuple) do update set by_whom = excluded.by_whom, at = excluded.at, expires = excluded.expires,
      change_set = excluded.change_set, why = excluded.why returning 1)
    select pg_notify('${CHANGED}', '') from given limit 1`,
  list: `select tuple, by_whom as by, (extract(epoch from at) * 1000)::float8 as at, (extract(epoch from expires) * 1000)::float8 as expires,
      change_set as "changeSet", why from lastmile.approvals where $1::text is null or change_set = $1 order by at desc, tuple`,
} as const;

export function openApprovals(calls: Calls): Approvals {
  return {
    async approve(tuples, { whom, at, expires, changeSet = null, why = null }) {
      if (tuples.length > 0) await calls.query("approve", sql.approve, [tuples, whom, at, expires, changeSet, why]);
    },
    async approved() {
      const rows = await calls.rows<[string]>("approved", "select tuple from lastmile.approvals where expires > now()");
      return new Set(rows.map(([tuple]) => tuple));
    },
    async approvals(changeSet) {
      const rows = await calls.query<Approval & { changeSet: string | null; why: string | null }>(
        "approvals",
        sql.list,
        [changeSet ?? null],
      );
      return rows.map((r) => ({ ...r, changeSet: r.changeSet ?? undefined, why: r.why ?? undefined }));
    },
    async revoke(tuples) {
      await calls.query("revoke", "delete from lastmile.approvals where tuple = any($1::text[])", [tuples]);
    },
  };
}
