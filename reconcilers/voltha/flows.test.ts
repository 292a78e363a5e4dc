import { expect, test } from "vitest";
import type { Device } from "./device.ts";
import { ARRIVING_MS, judge, type Signs } from "./flows.ts";

const device: Device = {
  id: "1",
  root: false,
  parentId: "0",
  serialNumber: "ALCL00000001",
  adminState: "ENABLED",
  operStatus: "ACTIVE",
  connectStatus: "REACHABLE",
  parentPortNo: 0x20000000,
  reason: "omci-flows-pushed",
};
const onu = (more: Partial<Device> = {}) => ({ device: { ...device, ...more }, root: undefined, olt: "olt1", pon: 0 });
const signs: Signs = {
  onu: onu(),
  weather: "Up",
  status: "ALL_FLOWS_PROVISIONED",
  steadyMs: ARRIVING_MS,
  isNew: false,
  isStale: false,
  isDark: false,
};
const off = onu({ operStatus: "DISCOVERED", connectStatus: "UNREACHABLE", reason: "stopping-openomci" });
const taken = onu({ reason: "omci-flows-deleted" });
const failed = onu({ operStatus: "RECONCILING_FAILED" });
const lost = onu({ reason: "initial-mib-downloaded" });

test.each<[string, Partial<Signs>, ReturnType<typeof judge>]>([
  ["the ONU says so", {}, "pushed"],
  ["the ONU says so, and nobody asked the controller", { status: undefined }, "pushed"],
  [
    "the controller lies after an OLT was disabled and enabled, or an ONU rebooted: the ONU is right",
    { onu: lost },
    "missing",
  ],
  ["the controller has none of them", { status: "NO_FLOWS_PROVISIONED" }, "missing"],
  ["they are on their way", { onu: lost, steadyMs: ARRIVING_MS - 1 }, "unjudged"],
  ["the OLT is down, while its ONUs stay ACTIVE and REACHABLE", { onu: lost, weather: "Down" }, "unjudged"],
  ["the OLT has just come back", { onu: lost, weather: "Settling" }, "unjudged"],
  ["the ONU is switched off", { onu: off }, "unjudged"],
  ["the ONU comes up", { onu: onu({ operStatus: "ACTIVATING", reason: "starting-openomci" }) }, "unjudged"],
  ["the ONU is disabled", { onu: onu({ adminState: "DISABLED", reason: "omci-admin-lock" }) }, "unjudged"],
  ["there is no ONU", { onu: undefined }, "unjudged"],
  ["the reason tells of another service, which was taken away", { onu: taken }, "pushed"],
  ["the same, and nobody asked the controller", { onu: taken, status: undefined }, "pushed"],
  ["all were taken away, says the controller too", { onu: taken, status: "NO_FLOWS_PROVISIONED" }, "missing"],
  ["never seen, what was taken away from the ONU is no proof of it", { onu: taken, isNew: true }, "missing"],
  ["brought and not seen, neither", { onu: taken, isNew: true, steadyMs: 0 }, "arriving"],
  [
    "one of several services is there, and the reason tells of that one",
    { status: "FLOWS_PROVISIONED_PARTIALLY", isNew: true },
    "missing",
  ],
  ["VGC was restarted, and says so of all that is served", { status: "FLOWS_PROVISIONED_PARTIALLY" }, "pushed"],
  ["they were brought, and the ONU says so", { isNew: true }, "pushed"],
  [
    "they were brought and have not been seen: nobody is billed yet",
    { onu: lost, isNew: true, steadyMs: 0 },
    "arriving",
  ],
  ["they were brought, and nothing came of it", { onu: lost, isNew: true }, "missing"],
  ["they were brought to an ONU that is switched off", { onu: off, isNew: true }, "arriving"],
  ["they were brought, and the OLT went", { weather: "Down", isNew: true }, "arriving"],
  ["they were brought under an OLT that settles: the ONU has them", { weather: "Settling", isNew: true }, "pushed"],
  [
    "they were brought under an OLT that settles: nothing is repaired there yet",
    { onu: lost, weather: "Settling", isNew: true },
    "arriving",
  ],
  ["never seen, and its ONU failed to come back", { onu: failed, isNew: true }, "arriving"],
  ["they were brought, and the ONU says what it said before", { isNew: true, isStale: true, steadyMs: 0 }, "arriving"],
  ["seen a moment ago, and taken back: rw_core gave up on them", { onu: taken, isStale: true }, "missing"],
  ["the same, and it may still change", { onu: taken, isStale: true, steadyMs: 0 }, "unjudged"],
  ["rw_core holds the port down, whatever the ONU says", { isDark: true }, "missing"],
  ["the port is down, and its ONU has just come up", { isDark: true, steadyMs: 0 }, "unjudged"],
  ["the port is down under an OLT that settles", { isDark: true, weather: "Settling" }, "unjudged"],
  ["the port is down, and the ONU is disabled", { isDark: true, onu: onu({ adminState: "DISABLED" }) }, "unjudged"],
])("%s", (_, more, verdict) => expect(judge({ ...signs, ...more })).toBe(verdict));
