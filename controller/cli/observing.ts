/** What a running controller tells of itself: one log line per event and action, metrics, health. */

import { problemText } from "../api/load-problem.ts";
import { tenantOf } from "../core/owner.ts";
import type { Sensitive } from "../core/sensitive.ts";
import type { Controller } from "../engine/controller.ts";
import type { ServeEvent } from "../engine/serve.ts";
import type { Installation } from "../main.ts";
import { openLiveness, type ReadySource, readiness } from "../observe/health.ts";
import type { Endpoints } from "../observe/http.ts";
import { type Log, logAction } from "../observe/log.ts";
import { type Metrics, openMetrics } from "../observe/metrics.ts";
import type { SourceUpdate } from "../sources/source.ts";
import type { AuditRow } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import type { Followed } from "./following.ts";
import { outages } from "./outages.ts";

export interface Observed {
  readonly controller: Controller;
  readonly metrics: Metrics;
  readonly liveness: ReturnType<typeof openLiveness>;
  readonly ready: () => ReturnType<typeof readiness>;
  note(event: ServeEvent): void;
}

export function observe(installation: Installation, log: Log, source: Followed): Observed {
  const { store, leases, objects } = installation;
  let last: SourceUpdate | undefined;
  const controller: Controller = installation.controller({
    store: heard(store, {
      audit(row) {
        logAction(log, row);
        metrics.action(row);
      },
      status: () => source.cluster?.nudge(),
    }),
    ...(source.cluster && { secretSource: source.cluster.secrets }),
    onBegin: (key) => metrics.begin(key),
    onReport: (key, report, blocked) => metrics.report(key, blocked, report),
    onBreaker: outages(log),
    onMail: ({ id, owner, notice }, state) => {
      metrics.mail(tenantOf(owner), state);
      const level = state === "Refused" || state === "Uncertain" ? "warn" : "info";
      log[level]({ event: "mail", id, owner, notice, state }, `mail ${id} (${notice}): ${state}`);
    },
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
      reachable: () => reachable(controller),
      pools: () => controller.fills.all(),
      tickets: () => controller.tickets.all(),
      breakers: () => engine.ports.breakers(),
      silentMs: () => silence(sourceState(source, last, leases)),
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
        sources: () => [sourceState(source, last, leases)],
      }),
    note(event) {
      if (event.event === "update") {
        noteRefusals(event.update, last, log);
        last = event.update;
        source.cluster?.refused(event.update);
      }
      if (event.event === "leases") metrics.drop((owner) => !leases.holds(owner));
      noteEvent(event, log, metrics);
    },
  };
}

/** Of a source that one process reads, the others are as ready as can be. */
function sourceState(source: Followed, last: SourceUpdate | undefined, leases: Installation["leases"]): ReadySource {
  const isOurs = !source.exclusive || leases.holdsSingleton();
  return {
    id: source.sourceId,
    delivered: last !== undefined || !isOurs,
    refused: last?.errors.length ?? 0,
    ...(isOurs && source.cluster && { silentMs: source.cluster.age() }),
  };
}

const silence = ({ id, silentMs }: ReadySource): ReadonlyMap<string, number> =>
  new Map(silentMs === undefined ? [] : [[id, silentMs]]);

function reachable({ declared, endpoints }: Controller): ReadonlyMap<string, boolean> {
  const asked = [...declared.systems()].flatMap(({ metadata: { name } }) => {
    const contact = endpoints.contact(name);
    return contact ? [[name, contact.ok] as const] : [];
  });
  return new Map(asked);
}

interface Hearing {
  audit(row: AuditRow): void;
  /** Some statuses may have been written. */
  status(): void;
}
/** Every effect is written to the audit; who hears it there misses none. */
const heard = (store: Store, hear: Hearing): Store => ({
  ...store,
  async audit(rows) {
    const written = await store.audit(rows);
    for (const row of written) hear.audit(row);
    return written;
  },
  async writeStatus(rows) {
    const changed = await store.writeStatus(rows);
    if (changed.length > 0) hear.status();
    return changed;
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
  if (!intake.ok) {
    log.error({ event: "update", source }, intake.message);
    return;
  }
  const n = { changed: intake.changed.length, withdrawn: intake.withdrawn.length, errors: errors.length };
  log.info({ event: "update", source, revision, ...n }, `${n.changed} changed, ${n.withdrawn} withdrawn`);
}

/** What stands refused is said once: the next update may be of somebody else. */
function noteRefusals({ errors, revision }: SourceUpdate, last: SourceUpdate | undefined, log: Log): void {
  const said = new Set(last?.errors.map(problemText));
  for (const p of errors) {
    const text = problemText(p);
    if (!said.has(text)) log.warn({ event: "refused", revision, file: p.file, line: p.line }, text);
  }
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
