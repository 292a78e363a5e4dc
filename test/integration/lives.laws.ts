/** What holds at every moment of every life: who pays was connected first, and what is told is told once. */
import type { Town } from "./lives.town.ts";
import { type Turn, toBeTold } from "./turns.ts";

/** Who is billed, and where no technician was. The bill of who moves waits for nobody (docs/fieldwork.md). */
export async function billedTooSoon({ books, field }: Town): Promise<readonly string[]> {
  const paying = await books.pool.query<{ number: string }>(
    "select number from billing.services where state = 'ACTIVE'",
  );
  const done = await field.pool.query<{ subscriber: string }>(
    "select subscriber from fieldwork.tickets where state = 'Completed' or visit > 1",
  );
  const connected = new Set(done.rows.map((r) => r.subscriber));
  return paying.rows.map((r) => r.number).filter((number) => !connected.has(number));
}

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
    const is = (told.get(owner) ?? []).map((r) => r.notice).join();
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
