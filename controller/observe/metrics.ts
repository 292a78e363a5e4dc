/** Prometheus metrics. What others know is asked when it is scraped; what passes by is counted when it passes. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { TicketCount } from "../../reconcilers/tickets.ts";
import { type Blocker, holdsOf, parseRef } from "../core/model.ts";
import { type OwnerKey, tenantOf } from "../core/owner.ts";
import type { PoolFill } from "../core/resolve/capacity.ts";
import type { RunView } from "../core/status/causes.ts";
import type { ActionTaken } from "./log.ts";
import { METRICS, type MetricName } from "./metrics-table.ts";
import { openTally } from "./tally.ts";

/** Asked at each scrape. */
export interface MetricSources {
  /** Items that wait, by lane. */
  backlog(): ReadonlyMap<string, number>;
  /** ExternalSystems that were asked at least once. */
  reachable(): ReadonlyMap<string, boolean>;
  /** As they were counted last. */
  pools(): readonly PoolFill[];
  /** As they were counted last. */
  tickets(): readonly TicketCount[];
  /** By ExternalSystem: whether calls to it are let through. */
  breakers(): ReadonlyMap<string, (typeof BREAKER)[number]>;
  /** Milliseconds since a source was heard that is heard all the time. */
  silentMs(): ReadonlyMap<string, number>;
  queue(): { readonly ready: number; readonly inFlight: number; readonly waiting: number };
  /** Milliseconds that the oldest run has been in flight. */
  oldestMs(): number;
  leasesHeld(): number;
  /** Owners with something to destroy. */
  purgeDue(): Promise<number>;
}
export interface Metrics {
  /** A run starts; its `report` or `broke` ends it. */
  begin(owner: OwnerKey): void;
  report(owner: OwnerKey, blocked: readonly Blocker[], run: RunView): void;
  broke(owner: OwnerKey): void;
  action(taken: ActionTaken): void;
  /** An attempt to deliver a mail ended. */
  mail(tenant: string, result: string): void;
  /** What one scan found different. */
  drift(tenant: string, system: string, subjects: number): void;
  /** @param at epoch milliseconds. */
  scanned(system: string, at: number): void;
  snapshot(source: string, errors: number): void;
  /** Owners that another process looks after from now on. */
  drop(gone: (owner: OwnerKey) => boolean): void;
  /** The text that Prometheus reads, and its content type. */
  scrape(): Promise<{ readonly type: string; readonly text: string }>;
}
export interface MetricOptions {
  /** Tenants beyond this number share the label `other`, so that tenants cannot fill the memory of Prometheus. */
  readonly tenants?: number;
  /** Also memory, CPU, event loop and garbage collection of this process. */
  readonly process?: boolean;
}
const TENANTS = 50;
const BREAKER = ["Closed", "HalfOpen", "Open"] as const;
/** From one edit of an idle system to a system that hangs. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300];

export function openMetrics(sources: MetricSources, options: MetricOptions = {}): Metrics {
  const registry = new Registry();
  if (options.process) collectDefaultMetrics({ register: registry });
  const config = (name: MetricName) => ({
    name,
    help: METRICS[name].means,
    labelNames: [...METRICS[name].labels],
    registers: [registry],
  });
  const tenant = bounded(options.tenants ?? TENANTS);
  const tally = openTally();
  const started = new Map<OwnerKey, number>();
  const seconds = new Histogram({ ...config("lastmile_reconcile_seconds"), buckets: SECONDS });
  const actions = new Counter(config("lastmile_actions_total"));
  const faults = new Counter(config("lastmile_faults_total"));
  const mails = new Counter(config("lastmile_mails_total"));
  const drifts = new Counter(config("lastmile_drift_found_total"));
  const errors = new Gauge(config("lastmile_snapshot_errors"));
  const scans = new Gauge(config("lastmile_last_scan_timestamp_seconds"));
  const asked = (name: MetricName, ask: (gauge: Gauge) => void | Promise<void>) =>
    new Gauge({
      ...config(name),
      async collect() {
        this.reset();
        await ask(this);
      },
    });
  asked("lastmile_holds", (g) => {
    for (const [of, codes] of tally.counts()) for (const [code, n] of codes) g.inc({ tenant: tenant(of), code }, n);
  });
  asked("lastmile_lane_backlog", (g) => {
    for (const [system, n] of sources.backlog()) g.set({ system }, n);
  });
  asked("lastmile_system_reachable", (g) => {
    for (const [system, ok] of sources.reachable()) g.set({ system }, ok ? 1 : 0);
  });
  asked("lastmile_system_breaker", (g) => {
    for (const [system, is] of sources.breakers())
      for (const state of BREAKER) g.set({ system, state }, Number(state === is));
  });
  const ofPool = ({ tenant: of, pool, use }: PoolFill) => ({ tenant: tenant(of), pool, use });
  asked("lastmile_pool_size", (g) => {
    for (const p of sources.pools()) g.inc(ofPool(p), p.size);
  });
  asked("lastmile_pool_used", (g) => {
    for (const p of sources.pools()) g.inc(ofPool(p), p.used);
  });
  asked("lastmile_tickets", (g) => {
    for (const { tenant: of, system, ...counts } of sources.tickets())
      for (const [state, n] of Object.entries(counts)) g.inc({ tenant: tenant(of), system, state }, n);
  });
  asked("lastmile_source_silent_seconds", (g) => {
    for (const [source, ms] of sources.silentMs()) g.set({ source }, ms / 1000);
  });
  asked("lastmile_queue_subjects", (g) => {
    for (const [state, n] of Object.entries(sources.queue())) g.set({ state }, n);
  });
  asked("lastmile_oldest_in_flight_seconds", (g) => g.set(sources.oldestMs() / 1000));
  asked("lastmile_leases_held", (g) => g.set(sources.leasesHeld()));
  // A store that is down must not take the other metrics with it, and is not "nothing is due".
  asked("lastmile_purge_due", async (g) => g.set(await sources.purgeDue().catch(() => Number.NaN)));

  const end = (owner: OwnerKey, result: string): void => {
    const at = started.get(owner);
    started.delete(owner);
    if (at !== undefined) seconds.observe({ tenant: tenant(tenantOf(owner)), result }, (performance.now() - at) / 1000);
  };
  return {
    begin: (owner) => void started.set(owner, performance.now()),
    report(owner, blocked, run) {
      end(owner, resultOf(blocked, run));
      tally.note(owner, blocked, run);
      for (const [ref, { kind }] of run.faults) faults.inc({ system: parseRef(ref).system, kind });
    },
    broke: (owner) => end(owner, "broken"),
    action({ owner, ref, action, outcome }) {
      const { system, resource } = parseRef(ref);
      actions.inc({ tenant: tenant(tenantOf(owner)), system, resource, action, result: outcome });
    },
    mail: (of, result) => mails.inc({ tenant: tenant(of), result }),
    drift: (of, system, subjects) => drifts.inc({ tenant: tenant(of), system }, subjects),
    scanned: (system, at) => scans.set({ system }, at / 1000),
    snapshot: (source, n) => errors.set({ source }, n),
    drop: (gone) => tally.drop(gone),
    scrape: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

function resultOf(blocked: readonly Blocker[], { settled, faults, plan }: RunView): string {
  if (settled) return "settled";
  const kinds = [...faults.values()].map((f) => f.kind);
  if (kinds.some((kind) => kind !== "Waiting")) return "faulty";
  if (kinds.length > 0) return "waiting";
  return blocked.length > 0 || plan.changes.some((c) => holdsOf(c).length > 0) ? "held" : "open";
}

/** The first so many names are labels; all later ones share one. */
function bounded(limit: number): (tenant: string) => string {
  const known = new Set<string>();
  return (tenant) => {
    if (known.size < limit) known.add(tenant);
    return known.has(tenant) ? tenant : "other";
  };
}
