/** One edit that somebody waits for: alone, and beside a crowd. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./part.ts";
import { median, type Samples, Series } from "./samples.ts";
import { ownerOf, subscriber, subscribers, update } from "./tenant.ts";
import { openScene, type World } from "./world.ts";

const EDITS = 20;
const PAUSE_MS = 100;
const AIM_MS = 50;
const TAKEN = { prune: true, source: "own" } as const;

export async function edit({ server, home, count, runs }: Bench): Promise<Samples> {
  const s = new Series();
  for (let run = 0; run < runs; run++) {
    const scene = await openScene(server, home);
    const { world } = scene;
    await world.submit([...scene.ground, subscriber(count + 1)], true);
    const one = editor(world, count + 1, s);
    for (const name of ["warm", "idle"]) for (let n = 0; n < EDITS; n++) await one(name);
    const crowd = world.controller.submit(update(subscribers(count), false), TAKEN);
    await one("intake");
    await crowd;
    while (!world.controller.engine.queue.idle()) {
      await one("busy");
      await sleep(PAUSE_MS);
    }
    await world.settle();
    await scene.close();
  }
  const idle = s.of("idle");
  const later = Math.round((median(s.of("busy")) - median(idle)) * 1000);
  const fact = { value: `${later} ms`, aim: { says: `≤ ${AIM_MS} ms`, met: later <= AIM_MS } };
  return {
    measures: [
      { what: "one edit, idle", count: 1, seconds: idle },
      { what: `one edit while ${count} others converge`, count: 1, seconds: s.of("busy"), floor: idle },
      { what: `one edit sent while ${count} others are taken in`, count: 1, seconds: s.of("intake"), floor: idle },
    ],
    facts: [{ what: `one edit waits longer while ${count} others converge (median)`, ...fact }],
  };
}

/** Another fixed address for one subscriber: from `submit` until its run has written and seen it. */
function editor(world: World, n: number, s: Series): (name: string) => Promise<void> {
  let shift = 0;
  return async (name) => {
    shift = (shift % 50) + 1; // each edit is another address than the last one
    const edited = subscriber(n, { shift });
    const done = new Promise<void>((resolve) => {
      world.onReport = (key, report) => {
        if (key === ownerOf(n) && report.settled && report.effects > 0) resolve();
      };
    });
    await s.time(name, async () => {
      await world.controller.submit(update([edited], false), TAKEN);
      await done;
    });
  };
}
