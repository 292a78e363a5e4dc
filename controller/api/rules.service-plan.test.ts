import { describeRules } from "./testing/rules.ts";

const speed = (more: object) => ({ speed: { down: "100Mbps", up: "1Gbps", ...more } });
const attribute = (more: object) => ({
  radius: { attributes: [{ name: "Mikrotik-Address-List", value: "home", ...more }] },
});
const notSent = "must be 0s (not sent) or at least 1m";

describeRules("ServicePlan", { speed: { down: "100Mbps", up: "50Mbps" } }, [
  {
    at: "spec.speed",
    says: "a burst needs both burstDown and burstUp",
    bad: speed({ burstDown: "200Mbps" }),
    good: speed({ burstDown: "200Mbps", burstUp: "2Gbps" }),
  },
  {
    at: "spec.speed.burstDown",
    says: "burstDown is slower than down",
    bad: speed({ burstDown: "99999kbps", burstUp: "2Gbps" }),
    good: speed({ burstDown: "100Mbps", burstUp: "2Gbps" }),
  },
  {
    at: "spec.speed.burstUp",
    says: "burstUp is slower than up",
    bad: speed({ burstDown: "100Mbps", burstUp: "999Mbps" }),
    good: speed({ burstDown: "100Mbps", burstUp: "1000Mbps" }),
  },
  {
    at: "spec.pools.ipv4",
    says: "ipv4Assignment Pool needs pools.ipv4",
    bad: { ipv4Assignment: "Pool" },
    good: { ipv4Assignment: "Pool", pools: { ipv4: "res-v4" } },
  },
  {
    at: "spec.ipv4Assignment",
    says: "accessType Static goes with ipv4Assignment Static or None",
    bad: { accessType: "Static" },
    good: { accessType: "Static", ipv4Assignment: "Static" },
  },
  {
    at: "spec.pools.ipv6",
    says: "ipv6AssignmentMode Stateful needs pools.ipv6; for static addresses set the mode in the profiles",
    bad: { ipv6AssignmentMode: "Stateful" },
    good: { ipv6AssignmentMode: "Stateful", pools: { ipv6: "res-v6" } },
  },
  {
    at: "spec.pools.pd",
    says: "ipv6AssignmentMode PD or DualStack needs pools.pd; for static prefixes set the mode in the profiles",
    bad: { ipv6AssignmentMode: "DualStack", pools: { wan: "res-wan" } },
    good: { ipv6AssignmentMode: "DualStack", pools: { wan: "res-wan", pd: "res-pd" } },
  },
  {
    at: "spec.pools.wan",
    says: "ipv6AssignmentMode SLAAC needs pools.wan; for static prefixes set the mode in the profiles",
    bad: { ipv6AssignmentMode: "SLAAC" },
    good: { ipv6AssignmentMode: "SLAAC", pools: { wan: "res-wan" } },
  },
  {
    at: "spec.services[].vlanMode",
    says: "multicast needs vlanMode Shared, because one stream is for all",
    bad: { services: [{ name: "iptv", multicast: true }] },
    good: { services: [{ name: "iptv", multicast: true, vlanMode: "Shared", vlan: 555 }] },
  },
  {
    at: "spec.services[].innerVlan",
    says: "an innerVlan is of a Shared service; the pair of a subscriber comes from the vlanPool or the profile",
    bad: { services: [{ name: "internet", vlan: 102, innerVlan: 7 }] },
    good: { services: [{ name: "voice", vlanMode: "Shared", vlan: 444, innerVlan: 444 }] },
  },
  { at: "spec.sessionTimeout", says: notSent, bad: { sessionTimeout: "30s" }, good: { sessionTimeout: "60s" } },
  { at: "spec.idleTimeout", says: notSent, bad: { idleTimeout: "1s" }, good: { idleTimeout: "0s" } },
  { at: "spec.interimInterval", says: notSent, bad: { interimInterval: "59s" }, good: { interimInterval: "1m" } },
  {
    at: "spec.radius.attributes[].op",
    says: "a reply attribute has the operator =, := or +=",
    bad: attribute({ op: "==" }),
    good: attribute({ name: "NAS-Identifier", op: "==", target: "Check" }),
  },
  {
    at: "spec.radius.profiles.mikrotik",
    says: "is a group of those who may log in to the router itself",
    bad: { radius: { profiles: { mikrotik: "full" } } },
    good: { radius: { profiles: { mikrotik: "home" } } },
  },
  ...["=", ":=", "+="].map((op) => ({
    at: "spec.radius.attributes[].op",
    says: "a check attribute has an operator that compares, such as ==",
    bad: attribute({ name: "NAS-Identifier", op, target: "Check" }),
    good: attribute({ name: "NAS-Identifier", op: "!=", target: "Check" }),
  })),
  // FreeRADIUS runs Exec-*; Fall-Through and passwords change who gets in.
  ...["Exec-Program-Wait", "exec-PROGRAM", "Cleartext-Password", "Fall-Through", "Attr-26"].map((name) => ({
    at: "spec.radius.attributes[].name",
    says: "a plan sends only what a NAS reads and Lastmile does not write itself (Class, Framed-MTU, Mikrotik-* and so on)",
    bad: attribute({ name }),
    good: attribute({ name: "Class" }),
  })),
  ...[
    "Mikrotik-X-Password",
    "Mikrotik-Wireless-PSK",
    "erx-LI-Action",
    "ERX-Cli-Allow-All-VR-Access",
    "Alc-BGP-Auth-Key",
  ].map((name) => ({
    at: "spec.radius.attributes[].name",
    says: "an attribute that opens the NAS itself, copies traffic or holds a key is none of a plan",
    bad: attribute({ name }),
    good: attribute({ name: "Mikrotik-Realm" }),
  })),
  ...["Filter-Id", "mikrotik-rate-limit", "ERX-Service-Activate", "Mikrotik-Group", "ERX-IPv6-Delegated-Pool-Name"].map(
    (name) => ({
      at: "spec.radius.attributes[].name",
      says: "Lastmile writes this attribute itself; set speed, pools, or a name in spec.radius.profiles, instead",
      bad: attribute({ name }),
      good: attribute({ name: "Mikrotik-Realm" }),
    }),
  ),
  {
    at: "spec.radius.attributes[].op",
    says: "Cisco-AVPair is a list, to which values are added with +=",
    bad: attribute({ name: "Cisco-AVPair" }),
    good: attribute({ name: "Cisco-AVPair", op: "+=" }),
  },
  // Auth-Type in a group would let anybody past option 82.
  ...["auth-TYPE", "Proxy-To-Realm", "SQL-Group", "Post-Auth-Type", "Mikrotik-Group", "Crypt-Password"].map((name) => ({
    at: "spec.radius.attributes[].name",
    says: "a plan compares only what a NAS sends about the line (NAS-Identifier, NAS-Port-Type, Called-Station-Id and so on)",
    bad: attribute({ name, value: "x", op: ":=", target: "Check" }),
    good: attribute({ name: "nas-identifier", value: "bng1", op: "==", target: "Check" }),
  })),
  {
    at: "spec.cpe.managementUrl",
    says: "must be an http:// or https:// address",
    bad: { cpe: { managementUrl: "acs.example" } },
    good: { cpe: { managementUrl: "https://acs.example/" } },
  },
  {
    at: "spec.services[].vlan",
    says: "a Shared service needs a vlan",
    bad: { services: [{ name: "voice", vlanMode: "Shared" }] },
    good: { services: [{ name: "voice", vlanMode: "Shared", vlan: 444 }, { name: "internet" }] },
  },
  {
    at: "spec.suspension.addressList",
    says: "mode WalledGarden needs an addressList",
    bad: { suspension: { mode: "WalledGarden" } },
    good: { suspension: { mode: "WalledGarden", addressList: "unpaid" } },
  },
  {
    at: "spec.suspension.throttle",
    says: "mode Throttle needs a throttle speed",
    bad: { suspension: { mode: "Throttle" } },
    good: { suspension: { mode: "Throttle", throttle: "1Mbps" } },
  },
]);
