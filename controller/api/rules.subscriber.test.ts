import { describeRules } from "./testing/rules.ts";

const suspension = { reason: "NonPayment" };
const at = "2027-01-01T00:00:00Z";
const later = "2027-02-01T00:00:00+01:00";
const resume = (moment: string) => ({ at: moment, set: { serviceState: "Active" } });
const password = { passwordSecretRef: { name: "john-radius" } };
const unis = (one: string, two: string) => ({
  onu: {
    olt: "olt1",
    serial: "ALCL12345678",
    unis: [
      { uni: 1, services: [one] },
      { uni: 2, services: [two] },
    ],
  },
});
const cpe = (more: object) => ({ cpe: { serial: "HW-12345678", ...more } });
const parameter = (more: object) => cpe({ parameters: [{ path: "Time.NTPServer1", type: "String", ...more }] });

describeRules("Subscriber", { subscriberNumber: "SUB-1", customer: { id: "c-1" }, planRef: { name: "fiber-1g" } }, [
  {
    at: "spec.subscriberNumber",
    says: "subscriberNumber cannot be changed: it is the identity of the subscriber; declare a new Subscriber",
    old: {},
    bad: { subscriberNumber: "SUB-2" },
    good: { planRef: { name: "fiber-500" } },
  },
  {
    at: "spec.planRef",
    says: "a planRef is needed",
    bad: { planRef: null },
    good: { planRef: null, bandwidth_mbps: 100 },
  },
  {
    at: "spec.networkProfile",
    says: "name a NetworkProfile or write networkProfile in place, not both",
    bad: { networkProfileRef: { name: "john" }, networkProfile: { serviceVlan: 100 } },
    good: { networkProfile: { serviceVlan: 100 } },
  },
  {
    at: "spec.suspension",
    says: "serviceState Suspended needs a suspension with its reason",
    bad: { serviceState: "Suspended" },
    good: { serviceState: "Suspended", suspension },
  },
  {
    at: "spec.suspension",
    says: "a suspension needs serviceState Suspended; remove it to resume",
    bad: { suspension },
    good: { serviceState: "Terminated", planRef: null },
  },
  {
    at: "spec.radius.passwordSecretRef",
    says: "IPoE has no password: the port is the proof; remove passwordSecretRef",
    bad: { radius: password, networkProfile: { accessType: "IPoE" } },
    good: { radius: password, networkProfile: { accessType: "PPPoE" } },
  },
  {
    at: "spec.onu.unis",
    says: "a service runs on one port of the ONU only",
    bad: unis("internet", "internet"),
    good: unis("internet", "voice"),
  },
  {
    at: "spec.schedule[].set",
    says: "serviceState Suspended and suspension are set together",
    bad: { schedule: [{ at, set: { serviceState: "Suspended" } }] },
    good: { schedule: [{ at, set: { serviceState: "Suspended", suspension } }] },
  },
  {
    at: "spec.schedule",
    says: "two changes are set for one moment: put them into one",
    bad: { schedule: [resume(at), resume("2027-01-01T01:00:00+01:00")] },
    good: { schedule: [resume(at), resume("2027-01-01T01:00:00Z")] },
  },
  {
    at: "spec.schedule[].set.suspension.resumeAt",
    says: "the suspension would be over before it begins",
    bad: { schedule: [{ at, set: { serviceState: "Suspended", suspension: { ...suspension, resumeAt: at } } }] },
    good: { schedule: [{ at, set: { serviceState: "Suspended", suspension: { ...suspension, resumeAt: later } } }] },
  },
  {
    at: "spec.cpe.managementUrl",
    says: "must be an http:// or https:// address",
    bad: cpe({ managementUrl: "acs.example" }),
    good: cpe({ managementUrl: "https://acs.example/cwmp" }),
  },
  {
    at: "spec.cpe.wifi[]",
    says: "a wireless network is named by band or by instance: one of them",
    bad: cpe({ wifi: [{ ssid: "Doe", band: "5GHz", instance: 5 }] }),
    good: cpe({ wifi: [{ ssid: "Doe", band: "5GHz" }] }),
  },
  {
    at: "spec.cpe.parameters[]",
    says: "a parameter has a value or a valueSecretRef: one of them",
    bad: parameter({}),
    good: parameter({ value: "192.0.2.1" }),
  },
  {
    at: "spec.ipv4Address",
    says: "must be an IPv4 address, such as 10.0.1.100",
    bad: { ipv4Address: "10.0.1.1000" },
    good: { ipv4Address: "10.0.1.100" },
  },
  {
    at: "spec.ipv4Address",
    says: "must be a unicast address, not loopback, link-local, multicast or broadcast",
    bad: { ipv4Address: "127.0.0.1" },
    good: { ipv4Address: "10.0.1.100" },
  },
]);
