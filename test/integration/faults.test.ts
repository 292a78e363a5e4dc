/** What goes wrong around a controller: keys, names, databases that restart. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sub, subs } from "./objects.ts";
import { Site } from "./site.ts";
import { cutConnections } from "./tables.ts";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());
const databaseOf = (url: string): string => new URL(url).pathname.slice(1);

/** As a controller that stays does: what the store could not take is offered again. */
async function persist(work: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (e) {
      if (tries === 30) throw e;
      await sleep(200);
    }
  }
}

describe("a start that must not happen", () => {
  it("with another installation's name: refused, and nothing is written", async () => {
    await site.declare(site.base(sub("john")));
    await site.stop();
    const before = [await site.dumpStore(), await site.dumpRadius()];
    await expect(site.open({ installation: "another" })).rejects.toMatchObject({ code: "WrongInstallation" });
    expect([await site.dumpStore(), await site.dumpRadius()]).toEqual(before);
  });
  it.each([
    ["is gone", (file: string) => rm(file)],
    ["is another", (file: string) => writeFile(file, Buffer.alloc(32, 7).toString("base64"))],
  ])("when the master key %s: KeyLost with its remedy, and nothing is written", async (_, lose) => {
    await site.declare(site.base(sub("john")));
    await site.stop();
    const before = [await site.dumpStore(), await site.dumpRadius()];
    await lose(join(site.settings.home, "master.key"));
    await expect(site.open()).rejects.toMatchObject({
      code: "KeyLost",
      remedy: expect.stringContaining("put the master key back"),
    });
    expect([await site.dumpStore(), await site.dumpRadius()]).toEqual(before);
  });
});

describe("a database that restarts in the middle of a batch", () => {
  it.each(["the store", "RADIUS", "both"])("%s: everything converges, and nothing is there twice", async (which) => {
    const many = subs(1500);
    const done = persist(() => site.submitNow(site.base(...many)));
    const cut = async (): Promise<void> => {
      if (which !== "RADIUS") await cutConnections(site.store.pool, databaseOf(site.store.url));
      if (which !== "the store") await cutConnections(site.radius.pool, databaseOf(site.radius.url));
    };
    let cuts = 0;
    await site.until(async () => (await site.count("inventory")) > 10 || (await site.count("objects")) > 10);
    for (; cuts < 5; cuts++) {
      await cut();
      await sleep(150);
    }
    await done;
    await site.controller.follow();
    await site.settle(60_000);
    const found = await site.accounts();
    expect(found.size).toBe(many.length);
    const odd = [...found.values()].filter(
      (a) => a.check.length !== 1 || a.groups.length !== 1 || !a.owner || a.retired,
    );
    expect(odd).toEqual([]);
    await site.restart();
    expect([...site.reports.values()].reduce((n, r) => n + r.effects, 0)).toBe(0);
    expect(await site.count("inventory")).toBe(many.length + 1);
  });
});
