import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { type Audit, type AuditRow, openAudit } from "./audit.ts";
import { type Calls, openCalls } from "./calls.ts";

let db: FreshDatabase;
let calls: Calls;
let audit: Audit;
beforeAll(async () => {
  db = await freshDatabase();
  calls = openCalls(db.pool);
  audit = openAudit(calls);
});
afterAll(() => db.drop());

const owner = "lab/acme/Subscriber/acme/s1";
const row = (n: number, more: Partial<AuditRow> = {}): AuditRow => ({
  owner,
  ref: "radius/account/s1",
  action: "update",
  changes: [{ field: "rate", before: `${n}M`, after: `${n + 1}M` }],
  planId: `plan-${n}`,
  outcome: "Done",
  at: 1_700_000_000_000 + n,
  ...more,
});

test("rows come back whole, newest first, page by page, of this owner only", async () => {
  const by = { source: "git:main", revision: "abc", author: "Ann", file: "isp/a.yaml:3" };
  await audit.audit([
    row(1, { by }),
    row(2),
    row(3, { owner: "lab/acme/Subscriber/acme/s2" }),
    row(4, { by: { source: "dir" } }),
  ]);
  const first = await audit.history(owner, { limit: 2 });
  expect(first).toEqual([
    { ...row(4), id: expect.any(String), by: { source: "dir" } },
    { ...row(2), id: expect.any(String), by: {} },
  ]);
  expect(await audit.history(owner, { before: first[1]?.id ?? "" })).toEqual([
    { ...row(1), id: expect.any(String), by },
  ]);
});

test("who waits is said to wait once, until something else was said of it", async () => {
  const ref = "tickets/installation/s1";
  const waits = (n: number, more: Partial<AuditRow> = {}) =>
    row(1, { ref, at: row(n).at, outcome: "Waits", once: true, ...more });
  const last = row(3, { ref });
  const written = [
    await audit.audit([waits(1)]),
    await audit.audit([waits(2), waits(2, { ref: `${ref}b` }), last]),
    await audit.audit([waits(4)]),
    await audit.audit([waits(5, { outcome: "Other" })]),
    await audit.audit([waits(6, { outcome: "Other", planId: "another" }), row(7, { ref })]),
  ];
  expect(written.map((rows) => rows.map((r) => r.at - 1_700_000_000_000))).toEqual([[1], [2, 3], [4], [5], [7]]);
  const history = (await audit.history(owner)).filter((r) => r.ref === ref).toReversed();
  expect(history.map((r) => r.outcome)).toEqual(["Waits", "Done", "Waits", "Other", "Done"]);
});

test("who was spoken of is known", async () => {
  const ref = "store/approval/abc";
  const other = "lab/acme/Subscriber/acme/s0";
  await audit.audit([row(5, { ref }), row(6, { ref, owner: other }), row(7, { ref }), row(8, { ref: `${ref}d` })]);
  expect(await audit.audited(ref)).toEqual([other, owner]);
});

test.each(["update lastmile.audit set outcome = ''", "delete from lastmile.audit", "truncate lastmile.audit"])(
  "refused: %s",
  async (text) => {
    await audit.audit([row(9)]);
    await expect(calls.query("meddle", text)).rejects.toMatchObject({ code: "AppendOnly" });
  },
);
