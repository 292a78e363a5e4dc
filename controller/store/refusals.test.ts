import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { openCalls } from "./calls.ts";
import { openRefusals, type Refusals } from "./refusals.ts";

let db: FreshDatabase;
let refusals: Refusals;
beforeAll(async () => {
  db = await freshDatabase();
  refusals = openRefusals(openCalls(db.pool));
});
afterAll(() => db.drop());

const problem = (line: number) => ({
  ...{ file: "/isp/a.yaml", line, column: 1, kind: "Subscriber", name: "isp/ann" },
  ...{ path: "spec.planRef", message: "no plan x", remedy: "declare it" },
});
const found = async () => (await refusals.refusals()).map((r) => [r.sourceId, r.revision, r.total, r.problems.length]);

test("the last snapshot of a source is what counts, and one without problems takes them back", async () => {
  await refusals.refuse("dir:/a", "1", [problem(1), problem(2)]);
  await refusals.refuse("dir:/b", "1", [problem(3)]);
  await refusals.refuse("dir:/a", "2", [problem(7)]);
  expect((await refusals.refusals())[0]).toMatchObject({ revision: "2", problems: [problem(7)] });
  expect(await found()).toEqual([
    ["dir:/a", "2", 1, 1],
    ["dir:/b", "1", 1, 1],
  ]);
  await refusals.refuse("dir:/a", "3", []);
  expect(await found()).toEqual([["dir:/b", "1", 1, 1]]);
});

test("of very many the first are kept, and all are counted", async () => {
  await refusals.refuse(
    "dir:/b",
    "2",
    Array.from({ length: 60 }, (_, n) => problem(n)),
  );
  expect(await found()).toEqual([["dir:/b", "2", 60, 50]]);
});

test("what no jsonb takes is told without it", async () => {
  await refusals.refuse("dir:/c", "1", [{ ...problem(1), path: "spec.a\0b\ud800" }]);
  const kept = (await refusals.refusals()).find((r) => r.sourceId === "dir:/c");
  expect(kept?.problems).toEqual([{ ...problem(1), path: "spec.a\ufffdb\ufffd" }]);
  await refusals.refuse("dir:/c", "2", []);
});
