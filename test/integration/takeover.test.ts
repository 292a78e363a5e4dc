/** Two controllers on one store, as processes: one dies, or sleeps longer than its lease. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LastmileObject } from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { intake } from "../../controller/engine/intake.ts";
import { radius, snapshot, subs, suspended, tenant } from "./objects.ts";
import { Site } from "./site.ts";

let site: Site;
const processes: ChildProcess[] = [];
beforeEach(async () => {
  site = await Site.open();
  await site.stop();
});
afterEach(async () => {
  for (const p of processes.splice(0)) await end(p);
  await site.close();
});

async function end(p: ChildProcess): Promise<void> {
  if (p.exitCode !== null || p.signalCode !== null) return;
  p.kill("SIGKILL");
  await once(p, "exit");
}
async function controller(holder: string): Promise<ChildProcess> {
  const env = { ...process.env, SITE: JSON.stringify({ ...site.settings, holder }) };
  const p = spawn(process.execPath, [join(import.meta.dirname, "process.ts")], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  processes.push(p);
  return p;
}
const heldBy = async (holder: string): Promise<number> =>
  site.count("partitions", `holder = '${holder}' and until > now()`);
const holdsAll = (holder: string) => site.until(async () => (await heldBy(holder)) === 65);
const rejected = async (): Promise<number> => {
  const { rows } = await site.radius.pool.query("select count(*)::int n from radcheck where attribute = 'Auth-Type'");
  return rows[0].n;
};
const accounts = async (): Promise<number> => {
  const { rows } = await site.radius.pool.query(
    "select count(*)::int n from lastmile.radius_owner where kind = 'account'",
  );
  return rows[0].n;
};
const budgets = { retire: "100%", suspend: "100%", disrupt: "100%", minimum: 5, window: "24h" };
const base = (): readonly LastmileObject[] => [tenant({}, { budgets }), radius(site.radius.url), plan()];
/** As another process does that tells the controllers through the store. */
async function publish(objects: readonly LastmileObject[]): Promise<void> {
  const installation = await site.open();
  const { declared } = installation.controller();
  await intake(snapshot(objects), declared, installation.objects, { prune: true, source: "own" }, Date.now());
  await site.stop();
}

/** Beside the statuses of systems and tenants, which the living one renews by the clock. */
function newLines(before: string, after: string): readonly string[] {
  const known = new Set(before.split("\n"));
  return after.split("\n").filter((line) => !known.has(line) && !/\/(ExternalSystem|Tenant)\/-\//.test(line));
}

describe("two controllers on one store", () => {
  it("the other takes over within 20 s of a kill in the middle of the work, and nothing is there twice", async () => {
    const first = await controller("first");
    await holdsAll("first");
    await controller("second");
    const many = subs(3000);
    await publish([...base(), ...many]);
    await site.until(async () => (await accounts()) > 200);
    first.kill("SIGKILL");
    const killed = performance.now();
    await holdsAll("second");
    expect(performance.now() - killed).toBeLessThan(20_000);
    await site.until(async () => (await site.count("status", "status::text like '%Converged%'")) > many.length);
    const found = await site.accounts();
    expect(found.size).toBe(many.length);
    const odd = [...found.values()].filter(
      (a) => a.check.length !== 1 || a.groups.length !== 1 || !a.owner || a.retired,
    );
    expect(odd).toEqual([]);
    expect(await site.count("inventory")).toBe(many.length + 1);
    expect(await site.count("reservations", "state <> 'spent'")).toBe(0);
  });

  it("one that slept longer than its lease wakes and writes nothing stale", async () => {
    const first = await controller("first");
    await holdsAll("first");
    await controller("second");
    const many = subs(2000);
    await publish([...base(), ...many]);
    await site.until(async () => (await site.count("status", "status::text like '%Converged%'")) > many.length);
    await publish([...base(), ...many.map(suspended)]);
    await site.until(async () => (await rejected()) > 0);
    first.kill("SIGSTOP"); // with suspensions under way that nobody will want any more
    await holdsAll("second");
    await publish([...base(), ...many]);
    await site.until(
      async () => (await rejected()) === 0 && (await site.count("status", "status::text like '%\"Suspended\"%'")) === 0,
    );
    await sleep(500);
    // What it had done before it slept it may still enter into the audit: that is history, not an effect.
    const moving = ["lastmile.partitions", "lastmile.replicas", "lastmile.audit"];
    const before = [await site.dumpRadius(), await site.dumpStore(moving)];
    first.kill("SIGCONT");
    await sleep(8_000);
    const after = [await site.dumpRadius(), await site.dumpStore(moving)];
    expect(after.flatMap((text, n) => newLines(before[n] ?? "", text)).slice(0, 5)).toEqual([]);
    expect([await heldBy("first"), await heldBy("second")]).toEqual([32, 33]); // it has its share again, under new tokens
    expect(first.exitCode).toBeNull();
  });
});
