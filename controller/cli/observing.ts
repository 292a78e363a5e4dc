/** What a running controller tells of itself: one log line per event and action, metrics, health. */

import { problemText } from "../api/load-problem.ts";
import type { Sensitive } from "../core/sensitive.ts";
import type { Controller } from "../engine/controller.ts";
import type { ServeEvent } from "../engine/serve.ts";
import type { Installation } from "../main.ts";
import { openLiveness, readiness } from "../observe/health.ts";
import type { Endpoints } from "../observe/http.ts";
import { type Log, logAction } from "../observe/log.ts";
import { type Metrics, openMetrics } from "../observe/metrics.ts";
import type { SourceUpdate } from "../sources/source.ts";
import type { AuditRow } from "../store/audit.ts";
import type { Store } from "../store/store.ts";

export interface Observed {
  readonly controller: Controller;
  readonly metrics: Metrics;
  readonly liveness: ReturnType<typeof openLiveness>;
  readonly ready: () => ReturnType<typeof readiness>;
  note(event: ServeEvent): void;
}

export function observe(installation: Installation, log: Log, sourceId: string): Observed {
  const { store, leases, objects } = installation;
  let last: SourceUpdate | undefined;
  const controller: Controller = installation.controller({
    store: heard(store, (row) => {
      logAction(log, row);
      metrics.action(row);
    }),
    onBegin: (key) => metrics.begin(key),
    onReport: (key, report, blocked) => metrics.report(key, blocked, report),
    onError: (key, error) => {
      metrics.broke(key);
      log.error({ event: "broken", owner: key, error }, "a run broke; it is tried again");
      return "retry";
    },
  });
  const { engine } = controller;
  const metrics = openMetrics(
    {
      backlog: () => new Map([...engine.ports.lanes()].map(([name, lane]) => [name, lane.backlog()])),
      queue: () => engine.queue.counts(),
      oldestMs: () => engine.queue.oldest(),
      leasesHeld: () => leases.held(),
      purgeDue: async () => (await store.dueOwners(Date.now())).length,
    },
    { process: true },
  );
  return {
    controller,
    metrics,
    liveness: openLiveness(),
    ready: () =>
      readiness({
        pingStore: () => objects.head(),
        leases: () => ({ held: leases.held(), remainingMs: leases.remainingMs() }),
        sources: () => [{ id: sourceId, delivered: last !== undefined, refused: last?.errors.length ?? 0 }],
      }),
    note(event) {
      if (event.event === "update") last = event.update;
      if (event.event === "leases") metrics.drop((owner) => !leases.holds(owner));
      noteEvent(event, log, metrics);
    },
  };
}

/** Every effect is written to the audit; who hears it there misses none. */
const heard = (store: Store, hear: (row: AuditRow) => void): Store => ({
  ...store,
  async audit(rows) {
    await store.audit(rows);
    for (const row of rows) hear(row);
  },
});

function noteEvent(e: ServeEvent, log: Log, metrics: Metrics): void {
  if (e.event === "update") noteUpdate(e, log, metrics);
  else if (e.event === "leases") log.info({ ...e }, `${e.held} of 65 partitions held`);
  else if (e.event === "trouble") log.error({ ...e }, `cannot ${e.doing}; it is tried again`);
  else if (e.event === "stopped") log.info({ ...e }, "stopped");
  else {
    metrics.scanned(e.endpoint, Date.now());
    log.info({ ...e }, `scanned ${e.endpoint}: ${e.drifted} of ${e.objects} differ`);
  }
}

function noteUpdate({ update, intake }: Extract<ServeEvent, { event: "update" }>, log: Log, metrics: Metrics): void {
  const { sourceId: source, revision, errors } = update;
  metrics.snapshot(source, errors.length);
  for (const p of errors) log.warn({ event: "refused", revision, file: p.file, line: p.line }, problemText(p));
  if (!intake.ok) {
    log.error({ event: "update", source }, intake.message);
    return;
  }
  const n = { changed: intake.changed.length, withdrawn: intake.withdrawn.length, errors: errors.length };
  log.info({ event: "update", source, revision, ...n }, `${n.changed} changed, ${n.withdrawn} withdrawn`);
}

/** Whoever asks is told a code; the log is told the rest. */
export const endpointsOf = (
  { controller, metrics, liveness, ready }: Observed,
  log: Log,
  token: Sensitive | undefined,
): Endpoints => ({
  metrics: () => metrics.scrape(),
  healthz: () => [liveness.check()],
  readyz: ready,
  devices: token && {
    token,
    document: (path) => controller.document(path),
    hint: (ref) => controller.hint(ref),
    failed: (error) => log.warn({ event: "unanswered", error }, "the side of the devices was not answered"),
  },
});
