/** What holds of every life, whatever happened in it: each turn is told, and told once. */
import type { Town } from "./lives.town.ts";
import { type Turn, toBeTold } from "./turns.ts";

/** No turn of a phase. */
const VISIT = "InstallationScheduled";
interface Row {
  readonly owner: string;
  readonly notice: string;
  readonly state: string;
  readonly id: string;
}
/** What is wrong with the outbox, and with what the mail server was given. */
export async function mailed(town: Town, past: ReadonlyMap<string, readonly Turn[]>): Promise<readonly string[]> {
  // The minute before the next try is over.
  await town.site.store.pool.query("update lastmile.outbox set due = now() - interval '1 day' where state = 'Queued'");
  await town.deliver();
  const { rows } = await town.site.store.pool.query<Row>(
    `select owner, notice, state, coalesce(message_id, 'none of ' || id) as id from lastmile.outbox order by owner, seq`,
  );
  const told = Map.groupBy(rows, (r) => r.owner);
  const wrong: string[] = [];
  for (const [owner, all] of past) {
    const should = all.flatMap(toBeTold).join();
    const is = (told.get(owner) ?? []).flatMap((r) => (r.notice === VISIT ? [] : r.notice)).join();
    if (is !== should) wrong.push(`${owner} is told ${is} instead of ${should}`);
  }
  const taken = Map.groupBy(town.received(), (m) => /^Message-ID: (.*)$/im.exec(m.text)?.[1]?.trim() ?? "none");
  for (const { owner, notice, state, id } of rows) {
    const times = taken.get(id)?.length ?? 0;
    const may = { Sent: [1], Uncertain: [0, 1], Refused: [0] }[state];
    if (!may?.includes(times)) wrong.push(`${notice} of ${owner} is ${state}, and was taken ${times} times`);
  }
  return wrong;
}
