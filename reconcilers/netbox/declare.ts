/** Making what is declared: looked for, posted as a list, and looked at again. */
import { parseOwner } from "../../controller/core/owner.ts";
import { Fault, fault } from "../errors.ts";
import type { Order } from "../system.ts";
import { type At, type Job, refusals, unexpected } from "./body.ts";
import { one } from "./change.ts";
import { byName, holder } from "./find.ts";
import { type Natural, observed } from "./kind.ts";
import type { Item } from "./list.ts";
import { accepted, guarded, tokenOf, type Verdicts, without } from "./verdicts.ts";

export async function declare(at: At, jobs: readonly Job[], out: Verdicts): Promise<void> {
  const there = await named(at, jobs);
  for (const [job, items] of there)
    if (items.length > 0) await guarded(out, [job.order], () => stands(at, job, items, out));
  const open = jobs.filter((job) => there.get(job)?.length === 0);
  const made = await post(at, open, out);
  await afterwards(made, out, async () => {
    const kept = at.kind.races ? await keepFirst(at, made, out) : made;
    if (at.kind.journal) await journal(at, kept);
  });
}
async function stands(at: At, job: Job, items: readonly Item[], out: Verdicts): Promise<void> {
  const { order } = job;
  const own = items.find((i) => tokenOf(at, i) === order.token);
  const earlier = items.find((i) => at.kind.marking.read(i).owner === order.owner);
  if (own) out.set(order, observed(at.kind, order.ref, own));
  // Who declares what was chosen for him before keeps it: the same record, under another key.
  else if (earlier) out.set(order, observed(at.kind, order.ref, await one(at, { ...job, item: earlier })));
  else out.set(order, taken(at, job, items[0]!));
}

/** What was made and could not be verified is no success. */
async function afterwards(made: ReadonlyMap<Job, Item>, out: Verdicts, work: () => Promise<void>): Promise<void> {
  await work().catch((e: unknown) => {
    if (!(e instanceof Fault)) throw e;
    for (const { order } of made.keys()) out.set(order, e);
  });
}
/** Of another owner of ours both would be served with one value; of nobody's mark it may be this customer's own. */
function taken(at: At, { order }: Job, by: Item): Fault {
  const said = `${nameOf(at, order)?.whole ?? order.ref.key} is taken by ${holder(at.kind, by)} (${at.kind.name} ${by.id})`;
  if (tokenOf(at, by) === undefined) return fault("NotOwned", said);
  return new Fault("Conflict", "IdentityConflict", said, { remedy: "give one of the two another value" });
}
const nameOf = (at: At, { ref, patch }: Order): Natural | undefined => at.kind.natural(ref.key, patch);

async function named(at: At, jobs: readonly Job[]): Promise<ReadonlyMap<Job, readonly Item[]>> {
  const names = new Map(jobs.map((j) => [j, nameOf(at, j.order)]));
  const found = await byName(at.http, at.kind, names.values(), at.signal);
  return new Map(jobs.map((j) => [j, found.get(names.get(j)?.whole ?? "") ?? []]));
}

/** All or nothing there; so who is refused is left out and the others go again. */
async function post(at: At, jobs: readonly Job[], out: Verdicts): Promise<ReadonlyMap<Job, Item>> {
  let open = jobs;
  while (open.length > 0) {
    const answer = await at.http.send(
      "POST",
      at.kind.path,
      open.map((j) => j.body),
      at.signal,
    );
    if (answer.code === 201) return accepted(at, open, answer.body, out);
    if (answer.code !== 400) throw unexpected(answer);
    open = await without(at, open, refusals(answer.body, open.length), out);
  }
  return new Map();
}

/** Of two that arrived together the older stays; ours goes if it is not. Both sides judge alike, so one is left. */
async function keepFirst(at: At, made: ReadonlyMap<Job, Item>, out: Verdicts): Promise<ReadonlyMap<Job, Item>> {
  const kept = new Map(made);
  for (const [job, items] of await named(at, [...made.keys()])) {
    const [winner] = items;
    if (winner === undefined) continue; // gone again already: the next look says so
    const ours = items.filter((i) => tokenOf(at, i) === job.order.token);
    const won = ours.includes(winner);
    await remove(at, won ? ours.slice(1) : ours);
    out.set(job.order, won ? observed(at.kind, job.order.ref, winner) : taken(at, job, winner));
    if (!won) kept.delete(job);
  }
  return kept;
}

async function remove(at: At, items: readonly Item[]): Promise<void> {
  for (const { id } of items) {
    const answer = await at.http.send("DELETE", `${at.kind.path}${id}/`, undefined, at.signal);
    if (answer.code !== 204 && answer.code !== 404) throw unexpected(answer);
  }
}

/** Why a declared value is there, for whoever looks at it in NetBox. */
async function journal(at: At, made: ReadonlyMap<Job, Item>): Promise<void> {
  const entries = [...made].flatMap(([{ order }, item]) => {
    const owner = parseOwner(order.owner);
    if (owner.kind !== "Subscriber") return [];
    const comments = `Declared for subscriber ${order.patch["subscriber"] ?? owner.name} (${order.owner}), recorded by Lastmile.`;
    return [{ assigned_object_type: at.kind.model, assigned_object_id: item.id, kind: "info", comments }];
  });
  if (entries.length === 0) return;
  const answer = await at.http.send("POST", "/api/extras/journal-entries/", entries, at.signal);
  if (answer.code !== 201) throw unexpected(answer);
}
