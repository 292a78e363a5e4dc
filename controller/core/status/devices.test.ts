import { describe, expect, it } from "vitest";
import { fault } from "../../../reconcilers/errors.ts";
import type { SubscriberStatus } from "../../api/types.generated.ts";
import { Catalog } from "../catalog.ts";
import type { Change, Facts, Ref } from "../model.ts";
import { refKey } from "../model.ts";
import { plan, profile, radius, subscriber, tenant } from "../resolve/fixture.ts";
import { resolveSubscriber } from "../resolve/subscriber.ts";
import { Sensitive } from "../sensitive.ts";
import type { FaultView } from "./causes.ts";
import { steady } from "./devices.ts";
import { explain } from "./explain.ts";
import { account, NOW, run } from "./fixture.ts";
import { subscriberStatus } from "./subscriber.ts";

const SYSTEMS = new Map([
  ["radius-1", "RADIUS"],
  ["acs-1", "GenieACS"],
  ["voltha-1", "VOLTHA"],
]);
const at = (system: string, resource: string, key: string): Ref => ({ system, resource, key });
const CPE = at("acs-1", "device", "HW-1");
const ONU = at("voltha-1", "onu", "ALCL12345678");
const UNI = at("voltha-1", "uni", "ALCL12345678-1");
const done = (ref: Ref): Change => ({ ref, action: "none", id: "1", fields: [], after: [] });
const seen = (ref: Ref, facts: Facts): [string, Facts] => [refKey(ref), facts];
const cpeFacts = {
  deviceId: "00D09E-RG-HW-1",
  manufacturer: "Huawei",
  model: "HG8546M",
  softwareVersion: "V5",
  lastInform: "2026-11-20T11:59:00Z",
  templates: "residential,voip",
  tasksPending: 0,
};
const onuFacts = {
  ponPort: "1",
  deviceId: "d1",
  adminState: "ENABLED",
  operState: "ACTIVE",
  connectState: "REACHABLE",
  reason: "omci-flows-pushed",
};

interface World {
  readonly facts?: readonly [string, Facts][];
  readonly faults?: Readonly<Record<string, FaultView>>;
  readonly changes?: readonly Change[];
  readonly previous?: SubscriberStatus;
  readonly expectedPonPort?: number;
  readonly placed?: boolean;
}
function statusOf({
  facts = [],
  faults = {},
  changes = [done(CPE), done(ONU), done(UNI)],
  previous,
  expectedPonPort,
  placed = false,
}: World): SubscriberStatus {
  const systems = { radius: [{ name: "radius-1" }], genieacs: [{ name: "acs-1" }], voltha: [{ name: "voltha-1" }] };
  const onu = { olt: "olt1", serial: "ALCL12345678", ...(expectedPonPort !== undefined && { expectedPonPort }) };
  const john = subscriber({ networkProfileRef: { name: "john" }, cpe: { serial: "HW-1" }, onu });
  const catalog = new Catalog([tenant({ systems }), plan(), profile(), john, radius()]);
  const resolution = resolveSubscriber(catalog, john, { installation: "i", secrets: { password: new Sensitive("p") } });
  return subscriberStatus({
    generation: 3,
    now: NOW,
    previous,
    blocked: [],
    warnings: [],
    report: { ...run([account(), ...changes], faults), facts: new Map(facts), placed: () => placed },
    systems: SYSTEMS,
    declared: { subscriber: john, plan: undefined },
    resolution,
    timing: undefined,
  });
}
const said = (s: SubscriberStatus, type: string) => {
  const c = s.conditions?.find((one) => one.type === type);
  return `${c?.status} ${c?.reason}`;
};
const waiting = { [refKey(CPE)]: fault("AwaitingDevice", "HW-1 has never reported to acs-1") };
const hidden = { ...done(CPE), hold: { code: "Blocked" as const, message: "not observed yet" } };

describe("the devices of a subscriber in its status", () => {
  it("shows what was seen of them", () => {
    const s = statusOf({
      facts: [
        seen(CPE, cpeFacts),
        seen(ONU, onuFacts),
        seen(UNI, { services: "internet,voice", flowStatus: "ALL_FLOWS_PROVISIONED" }),
      ],
    });
    expect(s.cpe).toEqual({
      ...cpeFacts,
      templates: ["residential", "voip"],
      serial: "HW-1",
      provisioning: "Completed",
    });
    expect(s.onu).toEqual({
      olt: "olt1",
      serial: "ALCL12345678",
      ...onuFacts,
      services: ["internet", "voice"],
      flowStatus: "ALL_FLOWS_PROVISIONED",
    });
  });
  it("keeps what was seen last of what is not seen now, unless it is another device", () => {
    const previous: SubscriberStatus = {
      cpe: { serial: "HW-1", model: "HG8546M" },
      onu: { serial: "ALCL00000000", operState: "ACTIVE" },
    };
    const s = statusOf({ previous, changes: [hidden] });
    expect([s.cpe, s.onu]).toEqual([
      { serial: "HW-1", model: "HG8546M" },
      { olt: "olt1", serial: "ALCL12345678" },
    ]);
  });
  it("a device that has not come is no failure: ready, not in service, and nobody must act", () => {
    const s = statusOf({ faults: waiting, changes: [hidden, done(ONU), done(UNI)] });
    expect(
      ["Ready", "Reconciling", "Stalled", "GenieACSReady", "VOLTHAReady", "InService"].map((t) => said(s, t)),
    ).toEqual([
      "True AwaitingDevice",
      "False Idle",
      "False Idle",
      "False AwaitingDevice",
      "True Converged",
      "False AwaitingDevice",
    ]);
    expect(s.cpe?.provisioning).toBe("AwaitingDevice");
  });
  it("a device that is off for an edit takes nobody out of service", () => {
    const s = statusOf({ faults: waiting, changes: [hidden], placed: true });
    expect([said(s, "Ready"), said(s, "InService")]).toEqual(["True AwaitingDevice", "True InService"]);
  });
  it("what a person must do comes before what a device must", () => {
    const faults = { ...waiting, [refKey(ONU)]: fault("BadValue", "no such profile") };
    expect(said(statusOf({ faults, changes: [hidden] }), "Ready")).toBe("False BadValue");
  });
  it("a refused value is told with its code, parameter and words", () => {
    const facts = {
      ...cpeFacts,
      faultCode: "cwmp.9007",
      faultParameter: "Device.WiFi.SSID.1.SSID",
      faultMessage: "too long",
    };
    const s = statusOf({
      facts: [seen(CPE, facts)],
      faults: { [refKey(CPE)]: fault("DeviceFault", "it refused") },
      changes: [done(CPE)],
    });
    expect(s.cpe).toMatchObject({
      provisioning: "Faulted",
      fault: { code: "cwmp.9007", parameter: "Device.WiFi.SSID.1.SSID", message: "too long" },
    });
    expect(explain(s).join("\n")).toMatch(
      /CWMP 9007: Device.WiFi.SSID.1.SSID: the value is not allowed; it says: too long/,
    );
  });
  it("shows the services of all ports together", () => {
    const two = at("voltha-1", "uni", "ALCL12345678-2");
    const facts = [seen(ONU, onuFacts), seen(UNI, { services: "internet" }), seen(two, { services: "voice, iptv" })];
    const s = statusOf({ facts, changes: [done(CPE), done(ONU), done(UNI), done(two)] });
    expect(s.onu?.services).toEqual(["internet", "iptv", "voice"]);
  });
  it("an ONU on another PON port than expected is served, and it is said", () => {
    const facts = [seen(ONU, { ...onuFacts, ponPort: 2 })];
    const remark = (expectedPonPort?: number) => {
      const s = statusOf({ facts, ...(expectedPonPort !== undefined && { expectedPonPort }) });
      return [said(s, "Ready"), s.conditions?.find((c) => c.type === "Warnings")?.message];
    };
    expect(remark(1)).toEqual(["True Converged", "ONU ALCL12345678 is on PON port 2 of olt1, and expected on 1"]);
    expect([remark(2), remark()]).toEqual([
      ["True Converged", undefined],
      ["True Converged", undefined],
    ]);
  });
  it("an inform alone makes no status worth writing; another state of the ONU does", () => {
    const one = statusOf({ facts: [seen(CPE, cpeFacts), seen(ONU, onuFacts)] });
    const inform = statusOf({
      facts: [
        seen(CPE, { ...cpeFacts, lastInform: "2026-11-20T12:00:00Z", uptimeSeconds: 5, tasksPending: 1 }),
        seen(ONU, { ...onuFacts, opticalLevelDbm: "-20.1" }),
      ],
    });
    const away = statusOf({ facts: [seen(CPE, cpeFacts), seen(ONU, { ...onuFacts, connectState: "UNREACHABLE" })] });
    expect(steady(inform)).toEqual(steady(one));
    expect(steady(away)).not.toEqual(steady(one));
  });
});

describe("explain, in the words of a support engineer", () => {
  it("names the ONU's reason state, its services and the last inform of the CPE", () => {
    const text = explain(
      statusOf({
        facts: [
          seen(CPE, cpeFacts),
          seen(ONU, { ...onuFacts, services: "internet", reason: "initial-mib-downloaded" }),
        ],
      }),
    ).join("\n");
    expect(text).toContain("ONU ALCL12345678 on olt1 PON 1: enabled, active, reachable; carries internet.");
    expect(text).toContain("initial-mib-downloaded: it was set up, and has no service yet.");
    expect(text).toContain("CPE HW-1 (Huawei HG8546M, V5): last reported at 2026-11-20T11:59:00Z.");
  });
  it("says that all is done but what waits for the device, and which", () => {
    const lines = explain(statusOf({ faults: waiting, changes: [hidden, done(ONU), done(UNI)] }));
    expect(lines[0]).toBe("Done, as far as it can be: the rest waits for a device at the customer's.");
    expect(lines.join("\n")).toMatch(/GenieACS: .*\(AwaitingDevice\)[\s\S]*has never reported to acs-1/);
    expect(lines.join("\n")).toContain("CPE HW-1: has never reported.");
  });
});
