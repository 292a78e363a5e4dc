/** When an object of the API server may go: nothing that was made for it is in service any more. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { sub } from "../../test/integration/objects.ts";
import { Site } from "../../test/integration/site.ts";
import { standing } from "./standing.ts";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

const john = "Subscriber/isp-acme/john";
const ALL = [
  john,
  "ServicePlan/isp-acme/fiber",
  "Tenant/-/acme",
  "ExternalSystem/-/radius-1",
  "Subscriber/isp-acme/never",
];
const TABLES = ["radcheck", "radgroupreply"];
const stands = async (): Promise<readonly string[]> => {
  const { declared } = site.controller;
  const { objects, store, settings } = site.installation;
  return [...(await standing(ALL, { installation: settings.installation, declared, objects, store, now: site.now() }))];
};

test("a subscriber until it is out of service, a tenant until all its subscribers are, a system until retention is over", async () => {
  const plan = site.base().find((o) => o.kind === "ServicePlan");
  ALL[1] = `ServicePlan/isp-acme/${plan?.metadata.name}`;
  await site.declare(site.base(sub("john")));
  expect(await stands(), "what never was accepted stands for nothing").toEqual(ALL.slice(0, 4));
  // The group of the plan is in tables of its own, and would be gone at any moment.
  for (const table of TABLES) await site.radius.pool.query(`alter table ${table} rename to away_${table}`);
  await site.submitNow([]);
  expect(await stands(), "withdrawn, and still in RADIUS").toEqual(ALL.slice(0, 4));
  for (const table of TABLES) await site.radius.pool.query(`alter table away_${table} rename to ${table}`);
  await site.settle();
  expect(await stands(), "in the ledger of the system alone").toEqual(["ExternalSystem/-/radius-1"]);
  await site.endRetention();
  expect(await stands()).toEqual([]);
});
