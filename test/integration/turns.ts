/** Every turn of a status, written down by the database itself: what a test compares with the drawing and with the mail. */
import type pg from "pg";
import type { NoticeKind } from "../../controller/core/life/notices.ts";
import type { Phase } from "../../controller/core/life/phase.ts";
import { ALLOWED } from "../../controller/core/life/transitions.ts";

interface Look {
  readonly phase?: Phase;
  readonly activatedAt?: string;
}
export interface Turn {
  readonly owner: string;
  readonly before: Look | null;
  readonly after: Look | null;
}
const look = (row: string): string => `json_build_object('phase', ${row}.status->'phase',
  'activatedAt', ${row}.status->'activatedAt')`;
const SQL = `
create table if not exists lastmile.turns (id bigint generated always as identity, owner text, before jsonb, after jsonb);
create or replace function lastmile.turned() returns trigger language plpgsql as $$ begin
  insert into lastmile.turns (owner, before, after) values (coalesce(new.owner, old.owner),
    case when tg_op <> 'INSERT' then jsonb_strip_nulls(${look("old")}::jsonb) end,
    case when tg_op <> 'DELETE' then jsonb_strip_nulls(${look("new")}::jsonb) end);
  return null; end $$;
create or replace trigger turned after insert or update or delete on lastmile.status
  for each row execute function lastmile.turned();`;

export const watchTurns = async (pool: pg.Pool): Promise<void> => void (await pool.query(SQL));
/** Of subscribers, oldest first. */
export async function turns(pool: pg.Pool): Promise<ReadonlyMap<string, readonly Turn[]>> {
  const text = "select owner, before, after from lastmile.turns where owner like '%/Subscriber/%' order by id";
  return Map.groupBy((await pool.query<Turn>(text)).rows, (t) => t.owner);
}
/** In the order in which they were gone through. */
export const phases = (all: ReadonlyMap<string, readonly Turn[]>): readonly string[] =>
  [...all]
    .map(([owner, of]) => `${owner} ${of.map((t) => t.after?.phase).filter((p, n, list) => p !== list[n - 1])}`)
    .sort();
/** Those that the table of transitions does not have. */
export const forbidden = (all: ReadonlyMap<string, readonly Turn[]>): readonly string[] =>
  [...all].flatMap(([owner, of]) =>
    of.flatMap(({ before, after }) => {
      const turn = `${before?.phase ?? "[*]"}>${after?.phase}`;
      return !after?.phase || before?.phase === after.phase || ALLOWED.has(turn) ? [] : [`${owner} ${turn}`];
    }),
  );

/** What a customer is to be told of its phase, as docs/mail.md says. */
export function toBeTold({ before, after }: Turn): readonly NoticeKind[] {
  const [from, to] = [before?.phase, after?.phase];
  const known = before?.activatedAt !== undefined;
  const told: NoticeKind[] = [];
  const served = from === "Active" || from === "Degraded";
  if (to === "Active" && !served && from !== "Terminating")
    told.push(from === "Suspended" && known ? "Resumed" : "Activated");
  if (to === "Suspended" && served) told.push("Suspended");
  if (to === "Terminated" && from !== "Terminated" && known) told.push("Terminated");
  return told;
}
