/** Snapshots that are empty, torn or much too small, and what becomes of them when the store fails at that moment. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAssembler } from "../../controller/api/load-snapshot.ts";
import { loadPath } from "../../controller/api/load-tree.ts";
import type { LastmileObject } from "../../controller/api/types.generated.ts";
import { createValidator } from "../../controller/api/validate.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { intake } from "../../controller/engine/intake.ts";
import { openInstallation } from "../../controller/main.ts";
import { directorySource, toUpdate } from "../../controller/sources/directory.ts";
import { radius, snapshot, sub, subs, suspended, tenant } from "./objects.ts";
import { Site } from "./site.ts";
import { staying } from "./staying.ts";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

const assemble = createAssembler(createValidator());
const budgets = { retire: "10%", suspend: "10%", disrupt: "10%", minimum: 2, window: "24h" };
const few = (): readonly LastmileObject[] => [tenant({}, { budgets }), radius(site.radius.url), plan()];
const retired = async (): Promise<number> => [...(await site.accounts()).values()].filter((a) => a.retired).length;

describe("a folder", () => {
  const folder = (): string => join(site.settings.home, "declared");
  const write = async (objects: readonly LastmileObject[]): Promise<void> => {
    await mkdir(folder(), { recursive: true });
    for (const o of objects) await writeFile(join(folder(), `${o.kind}-${o.metadata.name}.json`), JSON.stringify(o));
  };
  const remove = (name: string): Promise<void> => rm(join(folder(), `Subscriber-${name}.json`));
  const take = async () => {
    const assembled = assemble(await loadPath(folder()));
    return { assembled, taken: await site.submit(toUpdate("dir:/declared", assembled)) };
  };

  it("that is empty withdraws nothing", async () => {
    await write([...few(), ...subs(3)]);
    await take();
    const before = await site.dumpRadius();
    await rm(folder(), { recursive: true });
    await mkdir(folder());
    const { assembled, taken } = await take();
    expect(assembled).toMatchObject({ complete: false, problems: [{ message: expect.stringContaining("no object") }] });
    expect(taken).toMatchObject({ ok: true, withdrawn: [] });
    expect(await site.dumpRadius()).toBe(before);
  });
  it("with a file that cannot be understood takes in the others and withdraws nothing, until it is mended", async () => {
    await write([...few(), ...subs(3)]);
    await take();
    await writeFile(join(folder(), "Subscriber-s0000.json"), '{"kind": [');
    await remove("s0001");
    await write([suspended(sub("s0002")), sub("new")]);
    expect((await take()).assembled.complete).toBe(false);
    expect(await retired()).toBe(0);
    expect((await site.accounts()).get("s0002@acme.example")?.check).toContain("Auth-Type := Reject");
    expect((await site.accounts()).has("new@acme.example")).toBe(true);
    await write([sub("s0000")]);
    await take();
    expect([...(await site.accounts())].filter(([, a]) => a.retired).map(([name]) => name)).toEqual([
      "s0001@acme.example",
    ]);
  });
  it("that lost half of its files loses nobody until people allow exactly those, and they only", async () => {
    const all = subs(10);
    await write([...few(), ...all]);
    await take();
    const before = await site.dumpRadius();
    for (const s of all.slice(0, 5)) await remove(s.metadata.name);
    await take();
    expect(await site.dumpRadius()).toBe(before);
    expect(await site.condition("s0000", "Ready")).toBe("False DestructiveLimit");
    expect(await site.message("s0000")).toContain("lastmile approve");
    expect(await site.approveAllHeld()).toHaveLength(5);
    for (const name of ["s0007", "s0008", "s0009"]) await remove(name); // nobody has allowed these, and two have room
    await take();
    const lost = [...(await site.accounts())].filter(([, a]) => a.retired).map(([name]) => name.slice(0, 5));
    expect(lost).toEqual(["s0000", "s0001", "s0002", "s0003", "s0004"]);
    expect(await site.condition("s0009", "Ready")).toBe("False DestructiveLimit");
  });
  it("that gets its files back has lost nobody and nothing waits", async () => {
    const all = subs(10);
    await write([...few(), ...all]);
    await take();
    const before = await site.dumpRadius();
    for (const s of all.slice(0, 5)) await remove(s.metadata.name);
    await take();
    await write(all);
    await take();
    expect(await site.dumpRadius()).toBe(before);
    expect(await site.condition("s0000", "Ready")).toBe("True Converged");
    expect(await site.count("reservations", "state <> 'spent'")).toBe(0);
    await site.restart();
    expect(await site.dumpRadius()).toBe(before);
  });
  it("ends with the last of two edits within a millisecond", async () => {
    await write([...few(), sub("john")]);
    await site.stop();
    await site.open();
    const stop = new AbortController();
    const controller = site.installation.controller();
    let taken = "";
    const running = staying(site.installation, controller, {
      source: directorySource({ path: folder(), settleMs: 20 }),
      signal: stop.signal,
      on: (e) => {
        if (e.event === "update") taken = e.update.revision;
      },
    });
    await site.until(async () => (await site.accounts()).has("john@acme.example"));
    await Promise.all([write([suspended(sub("john"))]), write([sub("mary")])]);
    await write([sub("john")]);
    const { revision } = toUpdate("", assemble(await loadPath(folder())));
    await site.until(async () => taken === revision);
    await controller.engine.settle(); // what was taken in is queued by now
    expect((await site.accounts()).get("john@acme.example")?.check).toHaveLength(1);
    stop.abort();
    await running;
  });
});

describe("a snapshot that is half taken in when the store fails", () => {
  const breakTable = (name: string) => site.store.pool.query(`alter table lastmile.${name} rename to broken`);
  const mend = (name: string) => site.store.pool.query(`alter table lastmile.broken rename to ${name}`);

  it("loses no withdrawal: the next look carries it out", async () => {
    await site.declare([...few(), sub("john"), sub("mary")]);
    await breakTable("reservations");
    await expect(site.declare([...few(), sub("mary")])).rejects.toMatchObject({ code: "NotMigrated" });
    await mend("reservations");
    await site.controller.follow();
    await site.settle();
    expect((await site.accounts()).get("john@acme.example")?.retired).toBe(true);
  });
  it("still counts as one set against the budget", async () => {
    await site.declare([...few(), ...subs(10)]);
    await breakTable("reservations");
    await expect(site.declare([...few(), ...subs(5)])).rejects.toMatchObject({ code: "NotMigrated" });
    await mend("reservations");
    await site.controller.follow();
    await site.settle();
    expect(await retired()).toBe(0);
  });
  it("is offered again by a controller that stays, though its source tells it only once", async () => {
    await site.declare([...few(), sub("john")]);
    await site.stop();
    await site.open();
    const stop = new AbortController();
    const troubles: string[] = [];
    const source = {
      sourceId: "dir:/test",
      async *updates(signal: AbortSignal) {
        yield snapshot([...few(), sub("john"), sub("mary")]);
        await new Promise((done) => signal.addEventListener("abort", done));
      },
    };
    const controller = site.installation.controller();
    const submit = controller.submit.bind(controller);
    controller.submit = async (...given) => {
      if (troubles.length > 0) return submit(...given);
      await breakTable("objects");
      return submit(...given).finally(() => mend("objects"));
    };
    const running = staying(site.installation, controller, {
      source,
      signal: stop.signal,
      on: (e) => e.event === "trouble" && troubles.push(e.doing),
    });
    await site.until(async () => (await site.accounts()).has("mary@acme.example"));
    expect(troubles).toContain("take in declarations");
    stop.abort();
    await running;
  });
});

describe("a snapshot of thousands that another process writes", () => {
  it("is one set for the budget, however it travels", async () => {
    const half = { retire: "60%", suspend: "60%", disrupt: "60%", minimum: 2, window: "24h" };
    const objects = [tenant({}, { budgets: half }), radius(site.radius.url), plan()];
    const many = subs(2500);
    await site.declare([...objects, ...many]);
    await site.stop();
    const installation = await site.open();
    const stop = new AbortController();
    const running = staying(installation, installation.controller(), { source: undefined, signal: stop.signal });
    await site.until(async () => installation.leases.held() > 0);
    await sleep(500);
    const other = await openInstallation({ ...site.settings, holder: "other" });
    const { declared } = other.controller();
    const next = snapshot([...objects, ...many.map(suspended)]);
    await intake(next, declared, other.objects, { prune: true, source: "own" }, Date.now());
    await other.close();
    await site.until(async () => (await site.count("status", "status::text like '%DestructiveLimit%'")) > 0);
    await sleep(500);
    const { rows } = await site.radius.pool.query("select count(*)::int n from radcheck where attribute = 'Auth-Type'");
    expect(rows[0].n).toBe(0);
    expect(await site.count("reservations", "state = 'held'")).toBe(many.length);
    stop.abort();
    await running;
  });
});
