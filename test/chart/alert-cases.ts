/** For each alert, series as a scrape every minute records them: with which it fires, and with which it must not. */

type Series = Readonly<Record<string, string>>;
export interface AlertCase {
  readonly alert: string;
  /** How long the series last. */
  readonly after: string;
  readonly fires: Series;
  readonly labels: Readonly<Record<string, string>>;
  /** Close to it, and no trouble. */
  readonly quiet: Series;
  readonly why: string;
}
const held = (...codes: readonly string[]): Series =>
  Object.fromEntries(codes.map((code) => [`lastmile_holds{tenant="acme",code="${code}"}`, "2x600"]));
const pool = (use: string, used: string, size: string): Series => ({
  [`lastmile_pool_used{instance="a",tenant="acme",pool="v4",use="${use}"}`]: used,
  [`lastmile_pool_size{instance="a",tenant="acme",pool="v4",use="${use}"}`]: size,
});
const tickets = (state: string, values: string): Series => ({
  [`lastmile_tickets{instance="a",tenant="acme",system="tickets-1",state="${state}"}`]: values,
});
const A = 'lastmile_leases_held{job="lastmile",instance="a"}';
const B = 'lastmile_leases_held{job="lastmile",instance="b"}';
const JOB = { job: "lastmile" };

export const CASES: readonly AlertCase[] = [
  {
    alert: "LastmileDown",
    after: "10m",
    fires: { 'up{job="lastmile"}': "0x600" },
    labels: {},
    quiet: { [A]: "0x600" },
    why: "one that stands by reports all the same",
  },
  {
    alert: "LastmileWorkUnheld",
    after: "10m",
    fires: { [A]: "32x600", [B]: "32x600" },
    labels: JOB,
    quiet: { [A]: "65 65 65 65 32 65x600", [B]: "0 0 0 0 32 0x600" },
    why: "a takeover takes seconds",
  },
  {
    alert: "LastmileWorkHeldTwice",
    after: "10m",
    fires: { [A]: "65x600", [B]: "1x600" },
    labels: JOB,
    quiet: { [A]: "65x3 64x600", [B]: "0 1x600" },
    why: "two scrapes lie on both sides of a hand-over",
  },
  {
    alert: "LastmileStoreUnreachable",
    after: "10m",
    fires: { 'lastmile_purge_due{job="lastmile"}': `${"NaN ".repeat(20)}NaN` },
    labels: JOB,
    quiet: { 'lastmile_purge_due{job="lastmile"}': "0 0 NaN NaN 0x600" },
    why: "a failover of the database",
  },
  {
    alert: "LastmileRunsBreak",
    after: "40m",
    fires: { 'lastmile_reconcile_seconds_count{tenant="acme",result="broken"}': "0+1x600" },
    labels: { tenant: "acme" },
    quiet: {
      'lastmile_reconcile_seconds_count{tenant="acme",result="broken"}': "0 1x600",
      'lastmile_reconcile_seconds_count{tenant="acme",result="faulty"}': "0+5x600",
    },
    why: "once is a lost connection, and a fault is no error of ours",
  },
  {
    alert: "LastmileDeclarationsRefused",
    after: "15m",
    fires: { 'lastmile_snapshot_errors{source="git:net"}': "1x600" },
    labels: { source: "git:net" },
    quiet: { 'lastmile_snapshot_errors{source="git:net"}': "1x5 0x600" },
    why: "it was mended at once",
  },
  {
    alert: "LastmilePurgeOverdue",
    after: "2h",
    fires: { 'lastmile_purge_due{job="lastmile"}': "3x600" },
    labels: JOB,
    quiet: { 'lastmile_purge_due{job="lastmile"}': "0x20 40x10 0x600" },
    why: "a large purge takes its minutes",
  },
  {
    alert: "LastmileSystemDown",
    after: "10m",
    fires: {
      'lastmile_system_reachable{system="netbox",instance="a"}': "1x600",
      'lastmile_system_reachable{system="netbox",instance="b"}': "0x600",
    },
    labels: { system: "netbox" },
    quiet: { 'lastmile_system_reachable{system="netbox",instance="a"}': "1 1 1 1 1 1 0 0 0 1x600" },
    why: "it was started anew",
  },
  {
    alert: "LastmileSourceSilent",
    after: "10m",
    fires: { 'lastmile_source_silent_seconds{source="kubernetes:1"}': "60+60x600" },
    labels: { source: "kubernetes:1" },
    quiet: { 'lastmile_source_silent_seconds{source="kubernetes:1"}': "50 10 60 20 65 170 20 70x600" },
    why: "an API server says about every minute that it is there",
  },
  {
    alert: "LastmileSystemFails",
    after: "40m",
    fires: { 'lastmile_faults_total{system="netbox",kind="Transient"}': "0+3x600" },
    labels: { system: "netbox" },
    quiet: {
      'lastmile_faults_total{system="netbox",kind="Transient"}': "0+3x600",
      'lastmile_actions_total{tenant="acme",system="netbox",resource="ip",action="create",result="Done"}': "0+9x600",
    },
    why: "it fails now and then, and the rest gets through",
  },
  {
    alert: "LastmileSystemRefuses",
    after: "30m",
    fires: { 'lastmile_faults_total{system="radius",kind="Forbidden"}': "0+1x600" },
    labels: { system: "radius" },
    quiet: { 'lastmile_faults_total{system="radius",kind="RateLimited"}': "0+1x600" },
    why: "that heals by itself",
  },
  {
    alert: "LastmileSystemHangs",
    after: "15m",
    fires: { 'lastmile_oldest_in_flight_seconds{job="lastmile"}': "30+60x600" },
    labels: JOB,
    quiet: { 'lastmile_oldest_in_flight_seconds{job="lastmile"}': "0 30 90 120 2x600" },
    why: "it came to its end",
  },
  {
    alert: "LastmileBacklogStays",
    after: "1h",
    fires: { 'lastmile_lane_backlog{system="acs"}': "4000x600" },
    labels: { system: "acs" },
    quiet: { 'lastmile_lane_backlog{system="acs"}': "4000 2000 0 4000 2000 0 4000 2000 0 4000 2000 0x600" },
    why: "bursts that are worked off",
  },
  {
    alert: "LastmileScanStale",
    after: "2h",
    fires: { 'lastmile_last_scan_timestamp_seconds{system="voltha"}': "0x600" },
    labels: { system: "voltha" },
    quiet: {
      'lastmile_last_scan_timestamp_seconds{system="voltha",instance="a"}': "0x600",
      'lastmile_last_scan_timestamp_seconds{system="voltha",instance="b"}': "0+60x600",
    },
    why: "another process scans now, and the first one remembers its last",
  },
  {
    alert: "LastmileDriftBurst",
    after: "20m",
    fires: { 'lastmile_drift_found_total{tenant="acme",system="radius"}': "0x10 400x600" },
    labels: { tenant: "acme", system: "radius" },
    quiet: { 'lastmile_drift_found_total{tenant="acme",system="radius"}': "0x10 3x600" },
    why: "three edits by hand",
  },
  {
    alert: "LastmileDriftRepeats",
    after: "8h",
    fires: { 'lastmile_drift_found_total{tenant="acme",system="radius"}': "0+1x600" },
    labels: { tenant: "acme", system: "radius" },
    quiet: { 'lastmile_drift_found_total{tenant="acme",system="radius"}': "0 3x600" },
    why: "once, and repaired",
  },
  {
    alert: "LastmileApprovalNeeded",
    after: "15m",
    fires: held("DestructiveLimit"),
    labels: { tenant: "acme" },
    quiet: held("OutsideWindow", "Blocked"),
    why: "these end by themselves",
  },
  {
    alert: "LastmilePoolExhausted",
    after: "10m",
    fires: held("PoolExhausted"),
    labels: { tenant: "acme" },
    quiet: {
      'lastmile_actions_total{tenant="acme",system="netbox",resource="ip",action="create",result="Done"}': "0+9x600",
    },
    why: "addresses are found",
  },
  {
    alert: "LastmilePoolExhausted",
    after: "20m",
    fires: {
      'lastmile_actions_total{tenant="acme",system="netbox",resource="ip",action="create",result="PoolExhausted"}':
        "0+1x600",
    },
    labels: { tenant: "acme" },
    quiet: held("AddressMissing"),
    why: "nothing was asked of a pool",
  },
  {
    alert: "LastmilePoolNearlyExhausted",
    after: "20m",
    fires: pool("IPv4", "231x600", "251x600"),
    labels: { tenant: "acme", use: "IPv4", pool: "v4" },
    quiet: pool("IPv4", "231x15 200x600", "251x600"),
    why: "some were given back within a quarter of an hour",
  },
  {
    alert: "LastmilePoolNearlyExhausted",
    after: "20m",
    fires: pool("PD", "65000x600", "65536x600"),
    labels: { tenant: "acme", use: "PD", pool: "v4" },
    quiet: { ...pool("PD", "0x600", "0x600"), ...pool("IPv4", "225x600", "251x600") },
    why: "nine tenths are taken and no more; what is wholly reserved gives nothing out",
  },
  {
    alert: "LastmileSubscribersStuck",
    after: "40m",
    fires: held("SecretMissing", "Paused"),
    labels: { tenant: "acme", code: "SecretMissing" },
    quiet: held("Paused", "ObserveOnly", "AwaitingDevice", "OutsideWindow", "Blocked", "NeedsApproval"),
    why: "as asked for, or another alert's",
  },
  {
    alert: "LastmileSubscribersBlocked",
    after: "4h",
    fires: held("Blocked"),
    labels: { tenant: "acme" },
    quiet: {
      'lastmile_holds{tenant="acme",code="Blocked"}':
        "2x20 0x20 2x20 0x20 2x20 0x20 2x20 0x20 2x20 0x20 2x20 0x20 2x20 0x20",
    },
    why: "others in turn, each for minutes",
  },
  {
    alert: "LastmileInstallationsOverdue",
    after: "20m",
    fires: tickets("overdue", "2x600"),
    labels: { tenant: "acme", system: "tickets-1" },
    quiet: { ...tickets("overdue", "1x10 0x600"), ...tickets("open", "40x600"), ...tickets("unassigned", "3x600") },
    why: "what was late is done, and what is open is not late",
  },
];
