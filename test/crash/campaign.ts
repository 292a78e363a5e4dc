/** Law 7: killed before or after any call, the next clean run converges, with no duplicate and no leak. */
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Subject } from "../../controller/core/model.ts";
import { type FreshDatabase, freshDatabase } from "../lab/database.ts";
import { Crash, Faults, type Where } from "../lab/faults.ts";
import { clearStore } from "../lab/store.ts";
import { type Facts, HOUR, type World } from "../lab/world.ts";

type Declare = (w: World, n: number) => readonly Subject[];
const all =
  (f: Facts = {}): Declare =>
  (w, n) =>
    Array.from({ length: n }, (_, i) => w.subject(i + 1, f));
const none: Declare = () => [];
const other = all({ rate: "200M", vlan: "200" });
const suspended = all({ access: "Reject" });

interface Scenario {
  readonly name: string;
  readonly before: readonly Declare[];
  /** The run that is killed. */
  readonly dying: Declare;
  /** What the next run finds declared. */
  readonly next?: Declare;
  readonly end: "live" | "retired" | "gone";
  readonly looks?: { readonly vlans?: string; readonly rates?: string; readonly access?: string };
  readonly purge?: true;
}
const scenarios: readonly Scenario[] = [
  { name: "create", before: [], dying: all(), end: "live", looks: { vlans: "100", access: "Accept" } },
  { name: "change", before: [all()], dying: other, end: "live", looks: { vlans: "200", rates: "200M" } },
  { name: "suspend", before: [all()], dying: suspended, end: "live", looks: { access: "Reject" } },
  { name: "retire", before: [all()], dying: none, end: "retired" },
  { name: "restore", before: [all(), none], dying: all(), end: "live", looks: { vlans: "100" } },
  { name: "purge", before: [all(), none], dying: none, end: "gone", purge: true },
  // The hardest judges of leaks: what a dead run half made, nobody wants any more; after retention the world must be empty.
  { name: "create, then withdrawn and purged", before: [], dying: all(), next: none, end: "gone" },
  { name: "change, then withdrawn and purged", before: [all()], dying: other, next: none, end: "gone" },
  { name: "restore, then withdrawn and purged", before: [all(), none], dying: all(), next: none, end: "gone" },
  {
    name: "retire, then declared again",
    before: [all()],
    dying: none,
    next: all(),
    end: "live",
    looks: { vlans: "100" },
  },
  { name: "purge, then declared again", before: [all(), none], dying: none, next: all(), end: "live", purge: true },
];

function expected(s: Scenario, n: number) {
  if (s.end === "gone")
    return { addresses: 0, accounts: 0, onus: 0, inventory: 0, ledger: 0, claims: 0, openReservations: 0 };
  const live = s.end === "live";
  return {
    addresses: n,
    distinct: n,
    accounts: n,
    onus: n,
    bound: n,
    live: live ? `${n}/${n}/${n}` : "0/0/0",
    inventory: n * 3,
    ledger: live ? 0 : n * 3,
    claims: n * 2,
    openReservations: 0,
    ...s.looks,
  };
}

/** One run of one controller: until it has settled or died. */
async function run(w: World, subjects: readonly Subject[], faults = new Faults(), purge = false): Promise<boolean> {
  const edits = w.declare(subjects);
  try {
    const { engine } = await w.controller(faults);
    try {
      await engine.sweep("acme", (key) => w.declared.has(key));
      await engine.accept(() => edits);
      await engine.settle(2000);
      if (purge) {
        await engine.purge();
        await engine.settle(2000);
      }
      return true;
    } finally {
      engine.close();
    }
  } catch (e) {
    if (!(e instanceof Crash)) throw e;
    return false;
  }
}

/** Kills the run at call n; answers false when the run had fewer calls. */
async function killedAt(w: World, s: Scenario, count: number, at: number, where: Where): Promise<boolean> {
  for (const d of s.before) await run(w, d(w, count));
  if (s.purge) w.clock.offset = 2 * HOUR;
  const faults = new Faults();
  faults.crash = { at, where };
  const finished = await run(w, s.dying(w, count), faults, s.purge);
  const before = given(w);
  const next = s.next ?? s.dying;
  await run(w, next(w, count));
  if (s.end === "gone") {
    w.clock.offset += 2 * HOUR;
    await run(w, next(w, count), new Faults(), true);
  }
  const why = `${s.name}, killed ${where} call ${at}: ${faults.log.at(-1)}`;
  expect(await w.census(), why).toMatchObject(expected(s, count));
  if (s.end === "live" && s.before.length && !s.purge) {
    expect(given(w), why).toEqual(before);
  }
  return !finished || faults.calls >= at;
}

const given = (w: World): readonly string[] =>
  w
    .addressRows()
    .map((r) => `${r.token} ${r.address}`)
    .sort();

/** `fresh`: an empty world, on the database whose store is empty. */
export function campaign(
  counts: readonly number[],
  fresh: (pool: pg.Pool) => World,
  wheres: readonly Where[] = ["before", "after"],
): void {
  let db: FreshDatabase;
  beforeAll(async () => {
    db = await freshDatabase();
  });
  afterAll(() => db.drop());
  describe.each(scenarios)("$name", (s) => {
    describe.each(counts)("%i subjects", (count) => {
      test.each(wheres)("killed %s call n, for every n", { timeout: 240_000 }, async (where) => {
        for (let n = 1; ; n++) {
          await clearStore(db.pool);
          if (!(await killedAt(fresh(db.pool), s, count, n, where))) {
            expect(n).toBeGreaterThan(5);
            break;
          }
          if (n > 900) throw new Error("the run never ends");
        }
      });
    });
  });
}
