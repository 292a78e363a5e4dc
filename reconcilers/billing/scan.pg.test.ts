/** What hands wrote among the rows that say who owns what. */
import { expect, test } from "vitest";
import { ownerKey } from "../../controller/core/owner.ts";
import { billed } from "../../test/contract/billing.subjects.ts";
import { signal } from "../../test/contract/hand.ts";
import { openLedger } from "../../test/lab/billing.ts";
import { database } from "../postgres.ts";
import { KINDS } from "./fields.ts";
import { postgresDriver } from "./postgres-driver.ts";
import { resource } from "./resources.ts";

test("a key or an owner that is none keeps nobody else's objects from being looked at", async () => {
  const ledger = await openLedger();
  const [one, two] = [billed(1), billed(2)];
  for (const s of [one, two]) await ledger.declare(s);
  const { installation, tenant } = one.owner;
  await ledger.rows(
    "update lastmile.billing_owner set owner = $1 where owner = $2",
    `${installation}/${tenant}/x`,
    ownerKey(one.owner),
  );
  const stray =
    "insert into lastmile.billing_owner (kind, key, token, owner) values ('customer', 'acme:S-2:%zz', 'lm_x', $1)";
  await ledger.rows(stray, ownerKey(two.owner));
  const driver = postgresDriver(database(ledger.pool));
  for (const kind of KINDS) {
    const owners = new Set<string>();
    for await (const page of resource(driver, "billing-1", kind).scan!({ installation, tenant }, signal))
      for (const { owner } of page) owners.add(owner);
    expect([kind, ...owners]).toEqual([kind, ownerKey(two.owner)]);
  }
  await ledger.close();
});
