import { describe, expect, it } from "vitest";
import { fault } from "../../reconcilers/errors.ts";
import { account, run, USER } from "../core/status/fixture.ts";
import { type MetricOptions, type MetricSources, openMetrics } from "./metrics.ts";
import { METRICS } from "./metrics-table.ts";

const JOHN = "i/acme/Subscriber/isp-acme/john";
const open = (more: Partial<MetricSources> = {}, options?: MetricOptions) =>
  openMetrics(
    {
      backlog: () => new Map([["radius-1", 3]]),
      reachable: () =>
        new Map([
          ["radius-1", true],
          ["nb", false],
        ]),
      breakers: () => new Map([["nb", "Open"]]),
      pools: () => [{ tenant: "acme", pool: "v4", use: "IPv4", used: 240, size: 251 }],
      tickets: () => [{ tenant: "acme", system: "tickets-1", open: 7, overdue: 2, unassigned: 0 }],
      silentMs: () => new Map([["kubernetes:1", 61_500]]),
      queue: () => ({ ready: 1, inFlight: 2, waiting: 4 }),
      oldestMs: () => 1500,
      leasesHeld: () => 65,
      purgeDue: async () => 7,
      ...more,
    },
    options,
  );
/** The samples of one metric, without its name. */
const samples = async (m: ReturnType<typeof open>, name: string): Promise<readonly string[]> =>
  (await m.scrape()).text
    .split("\n")
    .filter((l) => l.startsWith(`${name}{`) || l.startsWith(`${name} `))
    .map((l) => l.slice(name.length).trim());

describe("metrics", () => {
  it("has every metric of the table, and no other", async () => {
    const { text, type } = await open().scrape();
    const named = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map((m) => [m[1], m[2]]);
    expect(Object.fromEntries(named)).toEqual(Object.fromEntries(Object.entries(METRICS).map(([n, r]) => [n, r.type])));
    expect(type).toContain("text/plain");
  });
  it("asks the others when it is scraped", async () => {
    const m = open();
    expect(await samples(m, "lastmile_lane_backlog")).toEqual(['{system="radius-1"} 3']);
    expect(await samples(m, "lastmile_tickets")).toEqual([
      '{tenant="acme",system="tickets-1",state="open"} 7',
      '{tenant="acme",system="tickets-1",state="overdue"} 2',
      '{tenant="acme",system="tickets-1",state="unassigned"} 0',
    ]);
    expect(await samples(m, "lastmile_queue_subjects")).toEqual([
      '{state="ready"} 1',
      '{state="inFlight"} 2',
      '{state="waiting"} 4',
    ]);
    expect(await samples(m, "lastmile_system_reachable")).toEqual(['{system="radius-1"} 1', '{system="nb"} 0']);
    expect(await samples(m, "lastmile_system_breaker")).toEqual([
      '{system="nb",state="Closed"} 0',
      '{system="nb",state="HalfOpen"} 0',
      '{system="nb",state="Open"} 1',
    ]);
    expect(await samples(m, "lastmile_pool_used")).toEqual(['{tenant="acme",pool="v4",use="IPv4"} 240']);
    expect(await samples(m, "lastmile_pool_size")).toEqual(['{tenant="acme",pool="v4",use="IPv4"} 251']);
    expect(await samples(m, "lastmile_source_silent_seconds")).toEqual(['{source="kubernetes:1"} 61.5']);
    expect(await samples(m, "lastmile_oldest_in_flight_seconds")).toEqual(["1.5"]);
    expect(await samples(m, "lastmile_leases_held")).toEqual(["65"]);
    expect(await samples(m, "lastmile_purge_due")).toEqual(["7"]);
  });
  it("forgets a lane that is gone", async () => {
    const lanes = new Map([["old", 1]]);
    const m = open({ backlog: () => lanes });
    await m.scrape();
    lanes.clear();
    expect(await samples(m, "lastmile_lane_backlog")).toEqual([]);
  });
  it("answers without a store, and calls nothing due that it cannot count", async () => {
    const m = open({ purgeDue: () => Promise.reject(new Error("down")) });
    expect(await samples(m, "lastmile_purge_due")).toEqual(["Nan"]);
    expect(await samples(m, "lastmile_leases_held")).toEqual(["65"]);
  });

  it("times a run from begin to report, by how it ended", async () => {
    const m = open();
    const ends = {
      settled: run([account()]),
      held: run([account({ action: "update", hold: { code: "Paused", message: "" } })]),
      faulty: run([account({ hold: { code: "Blocked", message: "" } })], { "radius-1/account/x": fault("Lost", "") }),
      open: run([account({ action: "update" })]),
    };
    for (const one of Object.values(ends)) {
      m.begin(JOHN);
      m.report(JOHN, [], one);
    }
    m.begin(JOHN);
    m.broke(JOHN);
    m.report(JOHN, [], ends.settled); // a report without a beginning has no time
    const counted = await samples(m, "lastmile_reconcile_seconds_count");
    expect(counted).toEqual(
      ["settled", "held", "faulty", "open", "broken"].map((r) => `{tenant="acme",result="${r}"} 1`),
    );
    expect(await samples(m, "lastmile_faults_total")).toEqual(['{system="radius-1",kind="Unknown"} 1']);
  });
  it("counts who is held now, once for each reason, until the run that is not", async () => {
    const m = open();
    const hold = { code: "DestructiveLimit", message: "" } as const;
    const held = run([account({ action: "update", hold }), account({ action: "retire", hold }, "old")]);
    m.report(JOHN, [], held);
    m.report("i/acme/Subscriber/isp-acme/mia", [{ reason: "PlanUnknown", message: "" }], {
      ...run([]),
      settled: false,
    });
    const both = ['{tenant="acme",code="DestructiveLimit"} 1', '{tenant="acme",code="PlanUnknown"} 1'];
    expect(await samples(m, "lastmile_holds")).toEqual(both);
    expect(await samples(m, "lastmile_holds")).toEqual(both);
    m.report(JOHN, [], run([account()]));
    expect(await samples(m, "lastmile_holds")).toEqual(both.slice(1));
    m.drop(() => true);
    expect(await samples(m, "lastmile_holds")).toEqual([]);
  });
  it("counts what passes by", async () => {
    const m = open();
    const taken = { owner: JOHN, ref: `radius-1/account/${USER}`, action: "update", planId: "p" };
    m.action({ ...taken, outcome: "Done" });
    m.action({ ...taken, outcome: "Unavailable" });
    m.drift("acme", "radius-1", 2);
    m.scanned("radius-1", 5_000);
    m.snapshot("dir:examples", 1);
    m.snapshot("dir:examples", 0);
    const of = 'tenant="acme",system="radius-1",resource="account"';
    expect(await samples(m, "lastmile_actions_total")).toEqual([
      `{${of},action="update",result="Done"} 1`,
      `{${of},action="update",result="Unavailable"} 1`,
    ]);
    expect(await samples(m, "lastmile_drift_found_total")).toEqual(['{tenant="acme",system="radius-1"} 2']);
    expect(await samples(m, "lastmile_last_scan_timestamp_seconds")).toEqual(['{system="radius-1"} 5']);
    expect(await samples(m, "lastmile_snapshot_errors")).toEqual(['{source="dir:examples"} 0']);
  });
  it("names a bounded number of tenants and never a subscriber", async () => {
    const m = open({}, { tenants: 2 });
    for (const tenant of ["a", "b", "c", "d", "a"]) {
      const owner = `i/${tenant}/Subscriber/n/john`;
      m.begin(owner);
      m.report(owner, [{ reason: "PlanUnknown", message: "" }], run([account({ action: "update" })]));
      m.action({ owner, ref: `radius-1/account/${USER}`, action: "update", planId: "p", outcome: "Done" });
    }
    const { text } = await m.scrape();
    expect(new Set([...text.matchAll(/tenant="([^"]+)"/g)].map((t) => t[1]))).toEqual(new Set(["a", "b", "other"]));
    expect(text).not.toContain("john");
  });
});
