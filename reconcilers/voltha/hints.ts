/** Who is to be looked at again: by rw_core's own events, and by a reading of all devices every now and then. */
import { setTimeout as sleep } from "node:timers/promises";
import { type RefKey, refKey } from "../../controller/core/model.ts";
import { Fault } from "../errors.ts";
import { darkIn } from "./dark.ts";
import type { ChangeEvent } from "./device.ts";
import { type Inbox, inbox } from "./inbox.ts";
import { keySerial, parsePort } from "./names.ts";
import type { Plant } from "./plant.ts";
import type { Site } from "./site.ts";
import { type Watch, watch } from "./watch.ts";

export interface Pace {
  /** Milliseconds between two readings: the reason of an ONU changes without an event. */
  readonly everyMs: number;
  /** Before the stream of events is opened again, the first time; each failure doubles it. */
  readonly backoffMs: number;
}
const PACE: Pace = { everyMs: 30_000, backoffMs: 500 };
/** The answer of a large network takes no more than a twentieth of the time. */
const REST = 20;
const MOST_BACKOFF_MS = 30_000;

export async function* hints(site: Site, signal: AbortSignal, pace = PACE): AsyncGenerator<readonly RefKey[]> {
  site.memory.firstLooks.stays();
  const box = inbox();
  const over = new AbortController();
  const within = AbortSignal.any([signal, over.signal]);
  const post: Post = { site, box, watch: watch(site), nudge: new AbortController(), plant: undefined };
  const work = Promise.all([listen(post, within, pace), readAgain(post, within, pace)]);
  work.then(
    () => box.end(),
    (e: unknown) => box.end(e),
  );
  try {
    for (let keys = await box.take(); keys !== undefined; keys = await box.take()) yield keys;
  } finally {
    over.abort();
  }
}

interface Post {
  readonly site: Site;
  readonly box: Inbox;
  readonly watch: Watch;
  /** Aborted: the next reading is due now. */
  nudge: AbortController;
  /** As it was read last. */
  plant: Plant | undefined;
}

/** What was missed while nobody listened is found by a reading. */
async function listen(post: Post, signal: AbortSignal, { backoffMs }: Pace): Promise<void> {
  let wait = backoffMs;
  while (!signal.aborted) {
    try {
      for await (const event of post.site.core.events(signal)) {
        wait = backoffMs;
        heard(post, event);
      }
    } catch (e) {
      if (!(e instanceof Fault)) throw e;
    }
    await pause(wait, signal);
    wait = Math.min(wait * 2, MOST_BACKOFF_MS);
    post.nudge.abort();
  }
}
function heard(post: Post, { id, portStatus }: ChangeEvent): void {
  const { site, box, nudge, plant } = post;
  const name = portStatus?.desc?.name ?? "";
  const serial = name.startsWith("nni-") ? undefined : parsePort(name)?.serial;
  if (serial !== undefined) box.put(keysOf(site, keySerial(serial)));
  else nudge.abort();
  // The uplink went or came: the OLT may be back before the next reading, and its ONUs without their flows.
  const [olt] = [...(plant?.roots ?? [])].find(([, root]) => root.parentId === id) ?? [];
  if (olt !== undefined && name.startsWith("nni-") && portStatus?.reason === "OFPPR_MODIFY") site.storms.disturbed(olt);
}

async function readAgain(post: Post, signal: AbortSignal, { everyMs, backoffMs }: Pace): Promise<void> {
  let wait = backoffMs;
  while (!signal.aborted) {
    const { site, box } = post;
    post.nudge = new AbortController();
    const began = site.now();
    let rest = wait;
    try {
      post.plant = await site.plant();
      const dark = await darkIn(site, post.plant, new Set(post.plant.roots.keys()));
      for (const serial of post.watch.news(post.plant, dark)) box.put(keysOf(site, serial));
      rest = Math.max(everyMs, REST * (site.now() - began));
      wait = backoffMs;
    } catch (e) {
      if (!(e instanceof Fault)) throw e; // the ping tells that it does not answer
      wait = Math.min(wait * 2, MOST_BACKOFF_MS);
    }
    const calm = (site.storms.calmAt ?? Number.POSITIVE_INFINITY) - site.now();
    await pause(Math.min(rest, Math.max(1, calm)), AbortSignal.any([signal, post.nudge.signal]));
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);

/** The ONU, and its ports as far as anything was ever wanted of them. */
function keysOf({ endpoint, memory }: Site, serial: string): readonly RefKey[] {
  const ref = (resource: string, key: string): RefKey => refKey({ system: endpoint, resource, key });
  return [ref("onu", serial), ...memory.portsOf(serial).map((port) => ref("uni", port))];
}
