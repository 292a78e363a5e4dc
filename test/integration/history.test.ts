/** On whose word something was done: of what is withdrawn, the revision that did not declare it any more. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { snapshot, sub } from "./objects.ts";
import { Site } from "./site.ts";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

it("names source, revision, author and file of a making, a withdrawal, and the purge that another process carries out", async () => {
  const source = "dir:/test";
  const file = "all.yaml:5";
  await site.submit(snapshot(site.base(sub("john"), sub("mary")), { revision: "one" }));
  await site.submit(snapshot(site.base(sub("john")), { revision: "two", author: "bert" }));
  await site.submit(snapshot(site.base(sub("john")), { revision: "three", author: "carla" }));
  await site.restart();
  await site.endRetention();
  const rows = await site.installation.store.history(site.subscriber("mary"));
  expect(rows.map(({ action, by }) => [action, by])).toEqual([
    ["destroy", { source, revision: "two", author: "bert", file }],
    ["retire", { source, revision: "two", author: "bert", file }],
    ["create", { source, revision: "one", file }],
  ]);
});
