/** Every metric: what it counts, by which labels, and what to do when it stands out. Labels never name a subscriber. */

type Label =
  | "tenant"
  | "system"
  | "resource"
  | "action"
  | "result"
  | "code"
  | "kind"
  | "state"
  | "source"
  | "pool"
  | "use";
export interface MetricRow {
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly Label[];
  readonly means: string;
  readonly todo: string;
}
const row = (type: MetricRow["type"], labels: readonly Label[], means: string, todo: string): MetricRow => ({
  type,
  labels,
  means,
  todo,
});

const table = {
  lastmile_reconcile_seconds: row(
    "histogram",
    ["tenant", "result"],
    "Time of one run of one subject, from its start to its report; result is settled, waiting, held, faulty, open or broken",
    "Compare with the backlog of the systems: the slowest of them decides. broken: read the log, an error ended the run.",
  ),
  lastmile_actions_total: row(
    "counter",
    ["tenant", "system", "resource", "action", "result"],
    "Effects on external systems; result is Done or the code of the fault",
    "A burst without a change in the source: look for drift, that is, for somebody who edits the system by hand.",
  ),
  lastmile_faults_total: row(
    "counter",
    ["system", "kind"],
    "Faults that runs ended with, by kind",
    "Transient and RateLimited heal. Rejected and Forbidden do not: `lastmile status` lists whom they hold.",
  ),
  lastmile_mails_total: row(
    "counter",
    ["tenant", "result"],
    "Attempts to tell a customer something by mail; result is Sent, Queued (it is tried again), Refused or Uncertain",
    "Refused and Uncertain wait for a person: `lastmile mail list --state Refused Uncertain`.",
  ),
  lastmile_drift_found_total: row(
    "counter",
    ["tenant", "system"],
    "Subjects that a scan found different from what is declared",
    "Find who changes the system; `lastmile history` shows what was repaired.",
  ),
  lastmile_holds: row(
    "gauge",
    ["tenant", "code"],
    "Subjects that are held or blocked now, by reason",
    "See the table of reasons. DestructiveLimit waits for an approval and never ends by itself.",
  ),
  lastmile_lane_backlog: row(
    "gauge",
    ["system"],
    "Items that wait for a call to the system; store is Lastmile's own database",
    "Grows and stays: the system is slow or down. Raise limits.concurrency only if the system can bear it.",
  ),
  lastmile_system_reachable: row(
    "gauge",
    ["system"],
    "Whether the ExternalSystem answered this process when it was last asked and can be served: 1 or 0",
    "0: its own status names the fault. What needs it waits, and nothing else.",
  ),
  lastmile_system_breaker: row(
    "gauge",
    ["system", "state"],
    "Whether this process lets calls to the ExternalSystem through: 1 at the state it is in, Closed, Open, or HalfOpen while it is asked whether it is back",
    "Open: it did not answer several calls, nor its ping. It is asked again by itself, at most 10 seconds apart; then who waited goes on.",
  ),
  lastmile_pool_size: row(
    "gauge",
    ["tenant", "pool", "use"],
    "What a pool can give out: addresses, prefixes of its length, or VLAN tags, without what is reserved; use is that of the pool, VLAN, or Fallback; counted every five minutes, by the process that looks after the tenant",
    "Compare with what is used. A pool that names no length for its prefixes is not counted.",
  ),
  lastmile_pool_used: row(
    "gauge",
    ["tenant", "pool", "use"],
    "What of the pool is taken, by whomever: in NetBox, or by claims for VLAN tags and fallback addresses; gateways and retired subscribers count",
    "Above 90 % of its size: add a prefix or a range to the pool in the Tenant before it is empty.",
  ),
  lastmile_tickets: row(
    "gauge",
    ["tenant", "system", "state"],
    "Installation tickets that are not closed: open, and of those overdue by their SLA, and unassigned; counted every five minutes, by the process that looks after the tenant",
    "overdue above 0: `lastmile ticket list --overdue` names them. unassigned: declare technicians, or reschedule.",
  ),
  lastmile_queue_subjects: row(
    "gauge",
    ["state"],
    "Subjects that are ready, inFlight, or waiting for their next try",
    "waiting grows with a system that is down. ready grows after a large change and falls again.",
  ),
  lastmile_oldest_in_flight_seconds: row(
    "gauge",
    [],
    "How long the oldest run that has not ended has been under way",
    "Above a minute: a system hangs. Its backlog names it.",
  ),
  lastmile_purge_due: row(
    "gauge",
    [],
    "Owners with retired objects whose retention is over and that are not destroyed yet; NaN: the store did not answer",
    "Falls with the next purge. If not, look for holds of those owners.",
  ),
  lastmile_leases_held: row(
    "gauge",
    [],
    "Partitions of the work that this process holds, of 65",
    "The sum over all processes is 65. Less: a process died or hands over a part, others take it within seconds. More: never.",
  ),
  lastmile_snapshot_errors: row(
    "gauge",
    ["source"],
    "Declarations that the last snapshot of the source had refused",
    "`lastmile validate` names file, line and remedy. While above 0, nothing is pruned.",
  ),
  lastmile_source_silent_seconds: row(
    "gauge",
    ["source"],
    "How long nothing was heard of a source that is heard all the time, such as an API server; only from the process that reads it",
    "Above three minutes: edits are not seen. /readyz fails, and the log names what the watch was refused.",
  ),
  lastmile_last_scan_timestamp_seconds: row(
    "gauge",
    ["system"],
    "When the last complete drift scan of the system ended (Unix time)",
    "Older than the interval: the system cannot be read to its end, or no process holds the singleton lease.",
  ),
} satisfies Record<string, MetricRow>;

export type MetricName = keyof typeof table;
export const METRICS: Readonly<Record<MetricName, MetricRow>> = table;
