/** VLAN tags from pools: unique in their domain, sticky, and never taken from who has them. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LastmileObject, Subscriber } from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { PER_SUBSCRIBER, radius, snapshot, sub, tenant } from "./objects.ts";
import { Site } from "./site.ts";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

/** One S-tag and C-tags from 1000 to `last`. */
const pooled = (last: number, ...subscribers: readonly Subscriber[]): readonly LastmileObject[] => [
  tenant({
    vlanPools: [{ name: "home", vlanDomain: "ring", serviceVlans: ["100"], innerVlans: [`1000-${last}`] }],
  }),
  radius(site.radius.url),
  plan({ services: [PER_SUBSCRIBER] }),
  ...subscribers,
];
const tags = async (...names: readonly string[]) =>
  Promise.all(names.map(async (n) => (await site.status(n))?.network?.vlan));

describe("tags of a pool", () => {
  it("are the lowest that nobody has, and stay over a restart and a larger pool", async () => {
    await site.declare(pooled(1005, sub("anna"), sub("bert")));
    expect(await tags("anna", "bert")).toEqual(["100.1000", "100.1001"]);
    expect((await site.status("anna"))?.network?.services).toMatchObject([{ name: "internet", source: "Pool" }]);
    await site.restart();
    await site.declare(pooled(1500, sub("aaron"), sub("anna"), sub("bert")));
    expect(await tags("aaron", "anna", "bert")).toEqual(["100.1002", "100.1000", "100.1001"]);
  });
  it("leave a pair to who names it, in the same set too", async () => {
    const named = sub("zoe", { networkProfile: { serviceVlan: 100, innerVlan: 1000, option82Policy: "Ignore" } });
    await site.declare(pooled(1005, sub("anna"), named));
    expect(await tags("anna", "zoe")).toEqual(["100.1001", "100.1000"]);
  });
  it("are shown in a plan before anything is taken", async () => {
    const { subjects } = await site.controller.preview(snapshot(pooled(1005, sub("anna"), sub("bert"))), {
      prune: true,
    });
    const shown = subjects.map(({ subject }) => subject.resolution?.ok && subject.resolution.subject.vlan);
    expect(shown).toContainEqual({ service: 100, inner: 1001 });
    const { rows } = await site.store.pool.query("select 1 from lastmile.claims");
    expect(rows).toEqual([]);
  });
  it("run out: the last one waits with the reason, loses nothing, and goes on by itself when there is room", async () => {
    await site.declare(pooled(1000, sub("anna"), sub("bert")));
    expect(await site.condition("bert", "Ready")).toBe("False PoolExhausted");
    expect([...(await site.accounts()).keys()]).toEqual(["anna@acme.example"]);
    await site.declare(pooled(1000, sub("bert")));
    expect(await site.condition("bert", "Ready")).toBe("False PoolExhausted"); // anna may come back
    await site.endRetention();
    await site.controller.retryTags();
    await site.settle();
    expect([await site.condition("bert", "Ready"), await tags("bert")]).toEqual(["True Converged", ["100.1000"]]);
  });
});
