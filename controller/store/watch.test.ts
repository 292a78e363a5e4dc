import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { openCalls } from "./calls.ts";
import { openObjects } from "./objects.ts";
import { watchChanges } from "./watch.ts";

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db.drop());
const row = (rate: number) => ({
  key: "Subscriber/acme/a",
  tenant: "acme",
  sourceId: "dir",
  object: { rate },
  origin: {},
});

test("hears of changes and of nothing else, comes back after a lost connection, ends when told", async () => {
  const objects = openObjects(openCalls(db.pool));
  const stop = new AbortController();
  let heard = 0;
  const watching = watchChanges(db.url, () => heard++, stop.signal);
  await vi.waitFor(() => expect(heard).toBe(1)); // connected: what came before may have been missed
  await objects.put([row(1)]);
  await vi.waitFor(() => expect(heard).toBe(2));
  await objects.put([row(1)]); // no change
  await objects.remove(["Subscriber/acme/a"], 0);
  await vi.waitFor(() => expect(heard).toBe(3));
  await db.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lastmile watch' and datname = current_database()",
  );
  await vi.waitFor(() => expect(heard).toBe(4), 5000);
  await objects.put([row(2)]);
  await vi.waitFor(() => expect(heard).toBe(5));
  stop.abort();
  await watching;
});
