/**
 * Ports are written a few at a time on each PON, the next ones when those before have arrived. rw_core gives up on flows after ten
 * seconds and takes back what it began: 64 ports at once lost 7, and in groups of 8 none, and took less time (seen on 3.7.13).
 */
import { Fault, fault } from "../errors.ts";
import { isComing, lookAgain } from "./arrival.ts";
import { each } from "./outcomes.ts";
import { watchUntil } from "./patience.ts";
import type { Site } from "./site.ts";
import { verdict } from "./verdict.ts";
import type { View } from "./view.ts";

/** On the way at the same time. */
const AT_ONCE = 8;
/** So few are left of a group that the next one begins: an ONU that never answers keeps nobody waiting. */
const LEFT = 4;

export interface Job {
  readonly view: View;
  /** Whether anything is waited for when it is written. */
  readonly brings: boolean;
  readonly write: () => Promise<void>;
}
interface Open {
  readonly view: View;
  readonly pon: string;
  readonly end: number;
}

/** In the order of the jobs, as they were written; whether they arrived is to be read again. */
export async function inGroups(
  site: Site,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<readonly (Fault | undefined)[]> {
  const out = new Array<Fault | undefined>(jobs.length);
  const queues = Map.groupBy(jobs.entries(), ([, { view }]) => ponOf(view));
  let open: readonly Open[] = [];
  const openOn = (pon: string): number => open.filter((o) => o.pon === pon).length;
  const due = () => [...queues].filter(([pon, queue]) => queue.length > 0 && openOn(pon) <= LEFT);
  const look = async (): Promise<boolean> => {
    const views = open.map(({ view }) => view);
    const now = await lookAgain(site, views, signal);
    for (const view of now) if (verdict(site, view) === "pushed") site.memory.landed(view.ref.key);
    open = open.flatMap((o, n) => (isComing(site, now[n]!) && site.now() < o.end ? [{ ...o, view: now[n]! }] : []));
    return open.length > 0 && due().length === 0;
  };
  for (;;) {
    const group = due().flatMap(([pon, queue]) => queue.splice(0, AT_ONCE - openOn(pon)));
    const done = await each(group, ([, job]) => job.write());
    const end = site.now() + site.patienceMs;
    const isOpen = (n: number): boolean => !(done[n] instanceof Fault) && group[n]![1].brings;
    open = [...open, ...group.flatMap(([, { view }], n) => (isOpen(n) ? [{ view, pon: ponOf(view), end }] : []))];
    group.forEach(([n], at) => {
      if (done[at] instanceof Fault) out[n] = done[at];
    });
    if (open.length > 0) await watchUntil(site, look, signal, Math.max(...open.map((o) => o.end)));
    if (signal.aborted) throw fault("Unavailable", "the call was given up before what it brought had arrived");
    if (open.length === 0 && due().length === 0) return out;
  }
}
const ponOf = ({ onu, places: [port], wanted }: View): string =>
  `${onu?.olt ?? port?.olt.name ?? wanted?.how?.olt}/${onu?.pon ?? "?"}`;
