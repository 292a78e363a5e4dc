import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../test/lab/database.ts";
import { type Calls, openCalls } from "./calls.ts";
import { installationName, recordInstallation } from "./installation.ts";

let db: FreshDatabase;
let calls: Calls;
beforeAll(async () => {
  db = await freshDatabase();
  calls = openCalls(db.pool);
});
afterAll(() => db.drop());

test("recorded at the first start, the same ever after, another one is refused by both names", async () => {
  expect(await installationName(calls)).toBeUndefined();
  await expect(recordInstallation(calls, "a/b")).rejects.toMatchObject({ code: "WrongInstallation" });
  const first = await Promise.allSettled(["north", "south"].map((name) => recordInstallation(calls, name)));
  expect(first.map((r) => r.status).sort()).toEqual(["fulfilled", "rejected"]);
  const name = await installationName(calls);
  await recordInstallation(calls, name ?? "");
  const other = name === "north" ? "south" : "north";
  const e = { code: "WrongInstallation", message: `this store belongs to installation "${name}", not to "${other}"` };
  await expect(recordInstallation(calls, other)).rejects.toMatchObject(e);
});
