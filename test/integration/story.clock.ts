/** One simulated time for the process and its databases: years pass between two steps of a test, everything else is real. */
import pg from "pg";
import { vi } from "vitest";
import type { FreshDatabase } from "../lab/database.ts";

export interface SimulatedClock {
  now(): number;
  /** Only forwards: what was done stays done. */
  set(at: number): Promise<void>;
  /** From its next connection on the database tells this time, and writes it by default in tables that are made from now on. */
  follow(database: FreshDatabase): Promise<void>;
  stop(): void;
}

/** PostgreSQL looks in `clock` before it looks in its own functions. */
const CLOCK = `
create schema clock;
create table clock.ahead (by interval not null);
insert into clock.ahead values ('0');
create function clock.now() returns timestamptz language sql stable as 'select pg_catalog.now() + by from clock.ahead';
create function clock.clock_timestamp() returns timestamptz language sql volatile
  as 'select pg_catalog.clock_timestamp() + by from clock.ahead';`;

export async function simulate(start: number): Promise<SimulatedClock> {
  const real = Date.now.bind(Date);
  const databases: FreshDatabase[] = [];
  let ahead = start - real();
  vi.spyOn(Date, "now").mockImplementation(() => real() + ahead);
  const tell = (db: FreshDatabase) =>
    db.pool.query("update clock.ahead set by = $1 * interval '1 ms'", [Math.round(ahead)]);
  return {
    now: () => real() + ahead,
    async set(at) {
      if (at < real() + ahead) throw new Error(`${new Date(at).toISOString()} has passed`);
      ahead = at - real();
      await Promise.all(databases.map(tell));
    },
    async follow(db) {
      const name = new URL(db.url).pathname.slice(1);
      const client = new pg.Client({ connectionString: db.url }); // one of the pool would go by its own time for ever
      await client.connect();
      await client.query(CLOCK);
      await client.query(`alter database "${name}" set search_path = public, clock, pg_catalog`);
      await client.end();
      databases.push(db);
      await tell(db);
    },
    stop: () => void vi.restoreAllMocks(),
  };
}
