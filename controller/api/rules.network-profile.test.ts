import { describeRules } from "./testing/rules.ts";

const unicast4 = "must be a unicast address, not loopback, link-local, multicast or broadcast";
const unicast6 = "must be a unicast address, not loopback, link-local or multicast";
const canonical = "must be written without host bits and in lower case, such as 203.0.113.0/29 or 2001:db8::/56";

describeRules("NetworkProfile", {}, [
  {
    at: "spec.innerVlan",
    says: "QinQ needs an innerVlan, or a vlanPool to take it from",
    bad: { serviceVlan: 100, qinqEnabled: true },
    good: { serviceVlan: 100, qinqEnabled: true, vlanPool: "residential" },
  },
  {
    at: "spec.innerVlan",
    says: "an innerVlan contradicts qinqEnabled: false; remove one of them",
    bad: { serviceVlan: 100, innerVlan: 1000, qinqEnabled: false },
    good: { serviceVlan: 100, innerVlan: 1000 },
  },
  {
    at: "spec.serviceVlan",
    says: "an innerVlan needs a serviceVlan or a vlanPool",
    bad: { innerVlan: 1000 },
    good: { innerVlan: 1000, vlanPool: "residential" },
  },
  {
    at: "spec.services",
    says: "serviceVlan and innerVlan are the tags of the service internet: declare them here or in services, not in both",
    bad: { serviceVlan: 100, services: [{ name: "internet", serviceVlan: 101 }] },
    good: { services: [{ name: "internet", serviceVlan: 101 }] },
  },
  {
    at: "spec.services[].serviceVlan",
    says: "an inner VLAN needs a serviceVlan or a vlanPool",
    bad: { services: [{ name: "iptv", innerVlan: 5 }] },
    good: { services: [{ name: "iptv", innerVlan: 5, serviceVlan: 300 }] },
  },
  {
    at: "spec.option82Policy",
    says: "a previous id is compared with option82Policy Enforce only",
    bad: { option82Policy: "Log", circuitId: "new", previousCircuitId: "old" },
    good: { option82Policy: "Enforce", circuitId: "new", previousCircuitId: "old" },
  },
  {
    at: "spec.staticIPv4",
    says: "accessType Static needs staticIPv4 or staticIPv6",
    bad: { accessType: "Static" },
    good: { accessType: "Static", staticIPv6: "2001:db8::100" },
  },
  {
    at: "spec.staticIPv4",
    says: "ipv4Assignment Static needs staticIPv4",
    bad: { ipv4Assignment: "Static" },
    good: { ipv4Assignment: "Static", staticIPv4: "10.0.1.100" },
  },
  {
    at: "spec.staticIPv4",
    says: "staticIPv4 needs ipv4Assignment Static; change it or leave it out",
    bad: { ipv4Assignment: "Pool", staticIPv4: "10.0.1.100" },
    good: { staticIPv4: "10.0.1.100" },
  },
  {
    at: "spec.staticIPv4",
    says: "must be an IPv4 address, such as 10.0.1.100",
    bad: { staticIPv4: "010.0.1.100" },
    good: { staticIPv4: "10.0.1.100" },
  },
  { at: "spec.staticIPv4", says: unicast4, bad: { staticIPv4: "224.0.0.1" }, good: { staticIPv4: "100.64.0.1" } },
  {
    at: "spec.staticIPv6",
    says: "must be an IPv6 address, such as 2001:db8::100",
    bad: { staticIPv6: "10.0.1.100" },
    good: { staticIPv6: "2001:DB8::100" },
  },
  { at: "spec.staticIPv6", says: unicast6, bad: { staticIPv6: "fe80::1" }, good: { staticIPv6: "fd00::1" } },
  {
    at: "spec.staticIPv6",
    says: "staticIPv6 needs ipv6AssignmentMode Stateful or DualStack",
    bad: { ipv6AssignmentMode: "PD", staticIPv6: "2001:db8::100" },
    good: { ipv6AssignmentMode: "Stateful", staticIPv6: "2001:db8::100" },
  },
  {
    at: "spec.wanIPv6Prefix",
    says: "wanIPv6Prefix needs ipv6AssignmentMode SLAAC or DualStack",
    bad: { ipv6AssignmentMode: "Stateful", wanIPv6Prefix: "2001:db8::/64" },
    good: { ipv6AssignmentMode: "SLAAC", wanIPv6Prefix: "2001:db8::/64" },
  },
  {
    at: "spec.delegatedIPv6Prefix",
    says: "a delegated prefix needs ipv6AssignmentMode PD or DualStack",
    bad: { ipv6AssignmentMode: "None", ipv6PDSize: 56 },
    good: { ipv6AssignmentMode: "PD", ipv6PDSize: 56 },
  },
  {
    at: "spec.ipv6WAN",
    says: "ipv6WAN belongs to ipv6AssignmentMode DualStack; with SLAAC or Stateful the mode says it",
    bad: { ipv6AssignmentMode: "SLAAC", ipv6WAN: "Prefix" },
    good: { ipv6AssignmentMode: "DualStack", ipv6WAN: "Prefix" },
  },
  {
    at: "spec.wanIPv6Prefix",
    says: "ipv6WAN Address contradicts wanIPv6Prefix; use staticIPv6, or ipv6WAN Prefix",
    bad: { ipv6WAN: "Address", wanIPv6Prefix: "2001:db8::/64" },
    good: { ipv6WAN: "Prefix", wanIPv6Prefix: "2001:db8::/64" },
  },
  {
    at: "spec.staticIPv6",
    says: "ipv6WAN Prefix contradicts staticIPv6; use wanIPv6Prefix, or ipv6WAN Address",
    bad: { ipv6WAN: "Prefix", staticIPv6: "2001:db8::100" },
    good: { ipv6WAN: "Address", staticIPv6: "2001:db8::100" },
  },
  {
    at: "spec.wanIPv6Prefix",
    says: "the WAN side has a static address or a static prefix, not both",
    bad: { staticIPv6: "2001:db8::100", wanIPv6Prefix: "2001:db8::/64" },
    good: { staticIPv6: "2001:db8::100" },
  },
  {
    at: "spec.wanIPv6Prefix",
    says: "must be an IPv6 prefix, such as 2001:db8::/56",
    bad: { wanIPv6Prefix: "10.0.0.0/24" },
    good: { wanIPv6Prefix: "2001:db8::/64" },
  },
  {
    at: "spec.wanIPv6Prefix",
    says: canonical,
    bad: { wanIPv6Prefix: "2001:db8::1/64" },
    good: { wanIPv6Prefix: "2001:db8::/64" },
  },
  {
    at: "spec.wanIPv6Prefix",
    says: "a WAN prefix is a /64",
    bad: { wanIPv6Prefix: "2001:db8::/60" },
    good: { wanIPv6Prefix: "2001:db8::/64" },
  },
  {
    at: "spec.delegatedIPv6Prefix",
    says: "must be an IPv6 prefix, such as 2001:db8::/56",
    bad: { delegatedIPv6Prefix: "2001:db8::" },
    good: { delegatedIPv6Prefix: "2001:db8::/56" },
  },
  {
    at: "spec.delegatedIPv6Prefix",
    says: canonical,
    bad: { delegatedIPv6Prefix: "2001:DB8::/56" },
    good: { delegatedIPv6Prefix: "2001:db8::/56" },
  },
  {
    at: "spec.delegatedIPv6Prefix",
    says: "a delegated prefix is a /48 to /64",
    bad: { delegatedIPv6Prefix: "2001:db8::/47" },
    good: { delegatedIPv6Prefix: "2001:db8::/48" },
  },
  {
    at: "spec.delegatedIPv6Prefix",
    says: "the length of delegatedIPv6Prefix must equal ipv6PDSize",
    bad: { delegatedIPv6Prefix: "2001:db8::/56", ipv6PDSize: 60 },
    good: { delegatedIPv6Prefix: "2001:db8::/60", ipv6PDSize: 60 },
  },
  {
    at: "spec.delegatedIPv6Prefix",
    says: "delegatedIPv6Prefix and wanIPv6Prefix overlap; the WAN side must lie outside of the delegated prefix",
    bad: { delegatedIPv6Prefix: "2001:db8:0:ff00::/56", wanIPv6Prefix: "2001:db8:0:ff80::/64" },
    good: { delegatedIPv6Prefix: "2001:db8:0:ff00::/56", wanIPv6Prefix: "2001:db8:0:fe80::/64" },
  },
  {
    at: "spec.staticIPv6",
    says: "staticIPv6 lies inside delegatedIPv6Prefix; the WAN side must lie outside of the delegated prefix",
    bad: { delegatedIPv6Prefix: "2001:db8:1::/56", staticIPv6: "2001:db8:1::100" },
    good: { delegatedIPv6Prefix: "2001:db8:1::/56", staticIPv6: "2001:db8:2::100" },
  },
  {
    at: "spec.routedSubnets[]",
    says: "must be a prefix, such as 203.0.113.0/29 or 2001:db8::/56",
    bad: { routedSubnets: ["203.0.113.0/33"] },
    good: { routedSubnets: ["203.0.113.0/29", "2001:db8:f::/48"] },
  },
  {
    at: "spec.routedSubnets[]",
    says: canonical,
    bad: { routedSubnets: ["203.0.113.1/29"] },
    good: { routedSubnets: ["203.0.113.0/29"] },
  },
]);
