/** One call of many effects: a transaction of a few statements, and an outcome for each order. */
import { type Observed, type Ref, refKey } from "../../controller/core/model.ts";
import { Fault, fault } from "../errors.ts";
import type { Query } from "../postgres.ts";
import type { Order, Outcome } from "../system.ts";
import { LIVE_ATTRIBUTES, movesTo, reachOf } from "./changes.ts";
import type { Found } from "./decode.ts";
import type { Edit } from "./encode.ts";
import type { Table } from "./fields.ts";
import { observed, type Shape } from "./shape.ts";
import * as sql from "./sql.ts";

/** An order with what it writes. */
interface Job {
  readonly order: Order;
  readonly edit: Edit;
}
interface Owned {
  /** Made in this transaction: no row stood there before. */
  readonly fresh: boolean;
  /** What was remembered before. */
  readonly memo: string;
}
type Verdicts = Map<Order, Outcome>;

export async function apply(query: Query, shape: Shape, orders: readonly Order[]): Promise<readonly Outcome[]> {
  const verdicts: Verdicts = new Map();
  let jobs = prepare(shape, orders, verdicts);
  jobs = await withGroups(query, jobs, verdicts);
  const owned = await own(query, shape, jobs);
  const ours = jobs.filter((j) => owned.has(j.order.ref.key));
  const ended = ours.filter((j) => j.order.action === "destroy");
  const kept = ours.filter((j) => j.order.action !== "destroy");
  if (shape.live) await note(query, shape, kept);
  await write(query, shape, kept, owned);
  await destroy(query, shape, ended, verdicts);
  await lookAgain(query, shape, jobs, owned, verdicts);
  return orders.map((o) => verdicts.get(o) ?? null);
}

/** What rejects an account when it is retired, whatever the plan says. */
const REJECTED = { authType: "Reject" } as const;

function prepare(shape: Shape, orders: readonly Order[], verdicts: Verdicts): readonly Job[] {
  return orders.flatMap((order) => {
    const patch = shape.kind === "account" && order.action === "retire" ? { ...order.patch, ...REJECTED } : order.patch;
    try {
      return [{ order, edit: shape.encode(patch) }];
    } catch (e) {
      if (!(e instanceof Fault)) throw e;
      verdicts.set(order, e);
      return [];
    }
  });
}

/** An account whose group is gone would be served without its speed. */
async function withGroups(query: Query, jobs: readonly Job[], verdicts: Verdicts): Promise<readonly Job[]> {
  const wanted = new Set(jobs.flatMap((j) => j.edit.lines.flatMap((l) => (l.table === "member" ? l.value : []))));
  if (wanted.size === 0) return jobs;
  const there = new Set((await query(sql.holdGroups, [[...wanted]])).map(([name]) => name));
  return jobs.filter(({ order, edit }) => {
    const missing = edit.lines.find((l) => l.table === "member" && !there.has(l.value));
    if (missing) {
      const remedy = "the group of the plan is made first; it is tried again";
      verdicts.set(order, new Fault("Conflict", "NoGroup", `there is no group ${missing.value}`, { remedy }));
    }
    return missing === undefined;
  });
}

async function own(query: Query, shape: Shape, jobs: readonly Job[]): Promise<ReadonlyMap<string, Owned>> {
  const orders = jobs.map((j) => j.order);
  const params = [
    orders.map((o) => o.ref.key),
    orders.map((o) => o.token),
    orders.map((o) => o.owner),
    orders.map((o) => o.action),
  ];
  const rows = orders.length > 0 ? await query(sql.own(shape.kind), params) : [];
  const action = new Map(orders.map((o) => [o.ref.key, o.action]));
  return new Map(
    rows.map(([name, made, memo]) => [
      name!,
      { fresh: made === "true" && action.get(name!) === "create", memo: memo! },
    ]),
  );
}

/** Before the rows change: what stood there decides how a session hears of it. Who is made has no session yet. */
async function note(query: Query, shape: Shape, jobs: readonly Job[]): Promise<void> {
  const reaching = columns(jobs, 2, ({ order }, push) => {
    const reach =
      order.action === "create" || movesTo(shape.kind, order.patch) ? undefined : reachOf(shape.kind, order.patch);
    if (reach) push(order.ref.key, reach);
  });
  const moving = columns(jobs, 2, ({ order }, push) => {
    const group = order.action === "create" ? undefined : movesTo(shape.kind, order.patch);
    if (group) push(order.ref.key, group);
  });
  if (moving[0]!.length > 0) await query(sql.noteMoves, [...moving, LIVE_ATTRIBUTES]);
  if (reaching[0]!.length > 0) await query(sql.note(shape.kind), reaching);
}

/** Deletes the rows of the patched fields and writes the new ones; where nothing stood before, it only writes. */
async function write(
  query: Query,
  shape: Shape,
  jobs: readonly Job[],
  owned: ReadonlyMap<string, Owned>,
): Promise<void> {
  const changed = jobs.filter((j) => !owned.get(j.order.ref.key)!.fresh);
  for (const table of sql.tablesOf(shape.kind)) {
    const gone = columns(changed, 2, (job, push) => {
      const { key } = job.order.ref;
      for (const c of job.edit.clear) if (c.table === table) for (const a of c.attributes) push(key, a.toLowerCase());
      for (const a of extrasOf(job.edit, owned.get(key)!.memo, table)) push(key, a);
    });
    if (gone[0]!.length > 0) await query(sql.remove(shape.kind, table), gone);
    const come = columns(jobs, 4, (job, push) => {
      for (const l of job.edit.lines) if (l.table === table) push(job.order.ref.key, l.attribute, l.op, l.value);
    });
    if (come[0]!.length > 0) await query(sql.insert(shape.kind, table), come);
  }
  const told = columns(jobs, 2, ({ order, edit }, push) => {
    if (edit.memo !== undefined) push(order.ref.key, edit.memo);
  });
  if (told[0]!.length > 0) await query(sql.remember(shape.kind), told);
}

/** Attributes that were asked for before or are now, in lower case: all their rows are replaced. */
function extrasOf(edit: Edit, before: string, table: Table): readonly string[] {
  if (edit.memo === undefined) return [];
  const all = new Set([...before.split("\n"), ...edit.memo.split("\n")]);
  return [...all].filter((e) => e.startsWith(`${table} `)).map((e) => e.slice(table.length + 1));
}

/** unnest takes columns, so rows are never made. */
function columns(
  jobs: readonly Job[],
  width: number,
  fill: (job: Job, push: (...cells: string[]) => void) => void,
): string[][] {
  const out = Array.from({ length: width }, (): string[] => []);
  const push = (...cells: string[]): void => {
    for (let n = 0; n < width; n++) out[n]!.push(cells[n]!);
  };
  for (const job of jobs) fill(job, push);
  return out;
}

async function destroy(query: Query, shape: Shape, jobs: readonly Job[], verdicts: Verdicts): Promise<void> {
  const names = jobs.map((j) => j.order.ref.key);
  if (names.length === 0) return;
  const used = new Set(shape.kind === "group" ? (await query(sql.inUse, [names])).map(([name]) => name) : []);
  for (const { order } of jobs) {
    if (used.has(order.ref.key)) verdicts.set(order, fault("InUse", `group ${order.ref.key} still has members`));
  }
  const free = names.filter((n) => !used.has(n));
  if (free.length > 0) for (const text of sql.destroy(shape.kind)) await query(text, [free]);
}

/** What was made now is what was written; everything else is read, and what was refused says why. */
async function lookAgain(
  query: Query,
  shape: Shape,
  jobs: readonly Job[],
  owned: ReadonlyMap<string, Owned>,
  verdicts: Verdicts,
): Promise<void> {
  const [made, others] = [[] as Job[], [] as Job[]];
  for (const j of jobs) if (!verdicts.has(j.order)) (owned.get(j.order.ref.key)?.fresh ? made : others).push(j);
  for (const { order, edit } of made) {
    verdicts.set(order, observed(order.ref, { token: order.token, retired: false, state: shape.afterEdit(edit) }));
  }
  if (others.length === 0) return;
  const now = shape.decode(await query(sql.read(shape.kind), [others.map((j) => j.order.ref.key)]));
  await acknowledge(
    query,
    shape,
    others.filter((j) => owned.has(j.order.ref.key)),
    now,
  );
  for (const { order } of others) {
    const one = now.get(order.ref.key);
    verdicts.set(
      order,
      owned.has(order.ref.key) || !one
        ? gone(order, one)
        : fault("NotOwned", `${order.ref.key} belongs to somebody else`),
    );
  }
}

/** What stands under a name that is adopted is from now on as if we had written it. */
async function acknowledge(
  query: Query,
  shape: Shape,
  jobs: readonly Job[],
  now: ReadonlyMap<string, Found>,
): Promise<void> {
  const adopted = jobs.filter((j) => j.order.action === "adopt" && j.edit.memo === undefined);
  const told = columns(adopted, 2, ({ order: { ref } }, push) => {
    const memo = shape.memoOf(now.get(ref.key)?.state ?? {});
    if (memo !== undefined) push(ref.key, memo);
  });
  if (told[0]!.length > 0) await query(sql.remember(shape.kind), told);
}

const see = (ref: Ref, found: Found | undefined): Observed | null => (found ? observed(ref, found) : null);

/** Nothing there is the end of a destroy, and for any other order a reason to look again. */
function gone(order: Order, found: Found | undefined): Outcome {
  if (found || order.action === "destroy") return see(order.ref, found);
  return fault("Lost", `${refKey(order.ref)} is not there any more`);
}
