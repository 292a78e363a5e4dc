/** What the last snapshot of each source had refused, so that people see it who do not read the log of a controller. */
import type { LoadProblem } from "../api/load-problem.ts";
import type { Calls } from "./calls.ts";

export interface Refusal {
  readonly sourceId: string;
  readonly revision: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly total: number;
  /** The first of them. */
  readonly problems: readonly LoadProblem[];
}
export interface Refusals {
  /** A snapshot without problems takes back what the one before had. */
  refuse(sourceId: string, revision: string, problems: readonly LoadProblem[]): Promise<void>;
  refusals(): Promise<readonly Refusal[]>;
}

/** Most problems of a big tree have one cause, so the first tell enough. */
const KEPT = 50;
const sql = {
  write: `insert into lastmile.refusals (source_id, revision, total, problems) values ($1, $2, $3, $4::jsonb)
    on conflict (source_id) do update set revision = excluded.revision, total = excluded.total, problems = excluded.problems, at = now()`,
  clear: "delete from lastmile.refusals where source_id = $1",
  read: `select source_id as "sourceId", revision, (extract(epoch from at) * 1000)::float8 as at, total, problems
    from lastmile.refusals order by source_id`,
} as const;

export const openRefusals = (calls: Calls): Refusals => ({
  async refuse(sourceId, revision, problems) {
    if (problems.length === 0) await calls.query("clear refusals", sql.clear, [sourceId]);
    else {
      const kept = JSON.stringify(problems.slice(0, KEPT), (_, v: unknown) =>
        typeof v === "string" ? storable(v) : v,
      );
      await calls.query("refuse", sql.write, [sourceId, revision, problems.length, kept]);
    }
  },
  refusals: () => calls.query<Refusal>("refusals", sql.read),
});

/** A name that is no name may hold what no jsonb takes. */
const storable = (text: string): string => text.toWellFormed().replaceAll("\0", "\ufffd");
