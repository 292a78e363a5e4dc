/** A controller that stays: follows its source and the store, keeps its leases, looks for drift, ends what is due. */
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../../reconcilers/errors.ts";
import type { Source, SourceUpdate } from "../sources/source.ts";
import type { Leases } from "../store/leases.ts";
import type { Controller } from "./controller.ts";
import { Hints } from "./hints.ts";
import type { Intake, IntakeOptions } from "./intake.ts";
import { scanEndpoint } from "./scan/drift.ts";
import { Sharing } from "./sharing.ts";

/** What happened, for logs, metrics and people who watch. */
export type ServeEvent =
  | { readonly event: "leases"; readonly held: number }
  | { readonly event: "update"; readonly update: SourceUpdate; readonly intake: Intake }
  | { readonly event: "scan"; readonly endpoint: string; readonly objects: number; readonly drifted: number }
  | { readonly event: "trouble"; readonly doing: string; readonly error: unknown }
  | { readonly event: "stopped"; readonly unfinished: number };
export interface ServeOptions {
  readonly controller: Controller;
  readonly leases: Leases;
  readonly installation: string;
  /** Calls back when the declared objects in the store changed. */
  readonly watch: (changed: () => void, signal: AbortSignal) => Promise<void>;
  readonly source: Source | undefined;
  readonly intake: IntakeOptions["source"];
  readonly signal: AbortSignal;
  readonly on: (event: ServeEvent) => void;
  readonly every?: Partial<Intervals>;
}
/** Milliseconds. */
export interface Intervals {
  readonly renew: number;
  readonly refresh: number;
  /** Between two looks at the clock for what is scheduled. */
  readonly time: number;
  readonly purge: number;
  readonly scan: number;
  /** Between two counts of what pools have given out. */
  readonly count: number;
  /** Between two looks for devices that have not reported. */
  readonly await: number;
  /** Between two looks for mail that is to be delivered. */
  readonly mail: number;
  /** Between two looks whether the next step of an edited plan is due. */
  readonly roll: number;
  /** For what is in flight when it must stop. */
  readonly grace: number;
}
const DEFAULTS: Intervals = {
  renew: 3_000,
  refresh: 10_000,
  time: 1_000,
  purge: 60_000,
  scan: 600_000,
  count: 300_000,
  await: 1_800_000,
  mail: 5_000,
  roll: 2_000,
  grace: 10_000,
};

const RETRY_MS = 1_000;
/** Between two looks at what was taken, or laid down: meanwhile nobody works on it. */
const SHARE_MS = 200;

/** Resolves when the signal came and everything in flight was finished or safely left. */
export async function serve(o: ServeOptions): Promise<void> {
  const every = { ...DEFAULTS, ...o.every };
  const { controller, leases, signal } = o;
  await controller.load();
  const sharing = new Sharing({ worker: controller, leases, onHeld: (held) => o.on({ event: "leases", held }) });
  const hints = hearing(o);
  await sharing.renew(); // from here on the leases are renewed, however long it takes to take everything up
  await Promise.all([
    repeat("renew leases", every.renew, o, () => sharing.renew()),
    attempt("share the work", o, () => sharing.turn()).then(() =>
      repeat("share the work", SHARE_MS, o, () => sharing.turn()),
    ),
    repeat("refresh", every.refresh, o, () => refresh(controller)),
    repeat("keep the schedule", every.time, o, () => controller.keepTime()),
    repeat("read secrets again", every.refresh, o, () => controller.rereadSecrets()),
    repeat("purge", every.purge, o, () => controller.purge()),
    repeat("scan for drift", every.scan, o, () => scan(o)),
    repeat("count what pools have given out", every.count, o, () => controller.fills.count(signal)),
    repeat("deliver mail", every.mail, o, () => controller.deliver(signal)),
    repeat("count the open tickets", every.count, o, () => controller.tickets.count(signal)),
    repeat("roll out edits of plans", every.roll, o, () => controller.rollOut()),
    repeat("listen to systems", every.renew, o, async () => hints.sync()),
    repeat("look for devices", every.await, o, async () => controller.engine.retryAwaiting()),
    o.watch(() => void attempt("follow the store", o, () => controller.follow()), signal),
    o.source ? take(o.source, o) : undefined,
  ]);
  controller.engine.queue.close();
  const end = performance.now() + every.grace;
  await Promise.race([controller.quiet(), sleep(every.grace, undefined, { ref: false })]);
  while (!controller.engine.queue.idle() && performance.now() < end) await sleep(20);
  const { inFlight } = controller.engine.queue.counts();
  controller.engine.close();
  await controller.endpoints.close();
  await leases.release().catch(() => undefined); // then it runs out by itself
  o.on({ event: "stopped", unfinished: inFlight });
}

function hearing({ controller: { engine }, signal, on }: ServeOptions): Hints {
  const hints = new Hints({
    sessions: () => engine.ports.sessions(),
    heard: (refs) => engine.heard(refs),
    trouble: (endpoint, error) => on({ event: "trouble", doing: `listen to ${endpoint}`, error }),
    signal,
  });
  hints.sync();
  return hints;
}

async function refresh(controller: Controller): Promise<void> {
  await controller.endpoints.sync(controller.declared.systems());
  await controller.endpoints.ping();
  await controller.follow(); // approvals, and what a look that failed has left
  controller.engine.retryRefused();
  controller.retryWindows();
  await controller.retryTags();
  await controller.writeStatuses();
}

/** One endpoint after the other; one that does not answer keeps none of the others from being looked at. */
export async function scan({
  controller,
  installation,
  signal,
  on,
}: Pick<ServeOptions, "controller" | "installation" | "signal" | "on">) {
  const { declared, engine, drift, entries, unlessQuiet } = controller;
  const { verified } = engine;
  await controller.recallOthers(declared.owners());
  for (const [endpoint, session] of engine.ports.sessions()) {
    await attempt(`scan ${endpoint} for drift`, { signal, on }, async () => {
      const input = { declared, verified, installation, signal, entries };
      const s = await unlessQuiet(session, signal, () => scanEndpoint(endpoint, session.resources, input));
      drift.set(endpoint, s.drifted.length);
      on({ event: "scan", endpoint, objects: s.objects, drifted: s.drifted.length });
      verified.forget(s.drifted);
      engine.enqueue(s.drifted);
    });
  }
}

/** A source that only one process may read is read by the one that holds the singleton's lease, for as long as it does. */
async function take(source: Source, o: ServeOptions): Promise<void> {
  if (!source.exclusive) return follow(source, o, o.signal, false);
  const { leases, signal } = o;
  const holds = (): boolean => leases.holdsSingleton() && leases.remainingMs() > 0;
  while (!signal.aborted) {
    const lost = new AbortController();
    const check = setInterval(() => holds() || lost.abort(), LEASE_CHECK_MS);
    if (holds()) await follow(source, o, AbortSignal.any([signal, lost.signal]), true);
    clearInterval(check);
    await sleep(LEASE_CHECK_MS, undefined, { signal }).catch(() => undefined);
  }
}
const LEASE_CHECK_MS = 200;

/** A source tells each state once: what the store could not take then is offered again until it can. */
async function follow(source: Source, o: ServeOptions, signal: AbortSignal, alone: boolean): Promise<void> {
  for await (const update of source.updates(signal)) {
    const submit = async (): Promise<void> => {
      const intake = await o.controller.submit(update, { prune: true, source: o.intake, alone });
      o.on({ event: "update", update, intake });
    };
    while (!(await attempt("take in declarations", { on: o.on, signal }, submit)) && !signal.aborted)
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function repeat(doing: string, ms: number, o: ServeOptions, work: () => Promise<void>): Promise<void> {
  for (;;) {
    await sleep(ms, undefined, { signal: o.signal }).catch(() => undefined);
    if (o.signal.aborted) return;
    await attempt(doing, o, work);
  }
}
/** Whatever goes wrong once is told, and tried again in its turn. Answers whether it went well. */
async function attempt(
  doing: string,
  o: Pick<ServeOptions, "signal" | "on">,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!o.signal.aborted || !(error instanceof Fault)) o.on({ event: "trouble", doing, error });
    return false;
  }
}
