import { describeRules } from "./testing/rules.ts";

const radius = { nas: [{ name: "bng1", address: "192.0.2.10" }] };
const voltha = {
  controller: { type: "VGC", address: "http://vgc.example:8181" },
  olts: [{ name: "olt1", serial: "BBSIM_OLT_0", address: "olt1.example:50060" }],
};
const asVoltha = { type: "VOLTHA", address: "voltha.example:55555", radius: null, voltha };
const asMail = { type: "Mail", address: "smtps://mail.example", radius: null, mail: { from: "isp@acme.example" } };
const asBilling = { type: "Billing", address: "postgresql://db.example/billing", radius: null };
const asTickets = { type: "Tickets", address: "postgresql://db.example/tickets", radius: null };
const onLeave = (from: string, to: string) => ({ technicians: [{ name: "ada", away: [{ from, to }] }] });
const asNetbox = { type: "NetBox", address: "https://netbox.example", radius: null };

describeRules("ExternalSystem", { type: "RADIUS", address: "postgresql://radius-db.example:5432/radius", radius }, [
  { at: "spec.radius", says: "type RADIUS needs the block radius", bad: { radius: null }, good: {} },
  { at: "spec.voltha", says: "type VOLTHA needs the block voltha", bad: { ...asVoltha, voltha: null }, good: asVoltha },
  { at: "spec.mail", says: "type Mail needs the block mail", bad: { ...asMail, mail: null }, good: asMail },
  { at: "spec.radius", says: "the block radius belongs to type RADIUS", bad: { ...asNetbox, radius }, good: asNetbox },
  { at: "spec.voltha", says: "the block voltha belongs to type VOLTHA", bad: { ...asNetbox, voltha }, good: asNetbox },
  {
    at: "spec.mail",
    says: "the block mail belongs to type Mail",
    bad: { ...asNetbox, mail: { from: "isp@acme.example" } },
    good: asNetbox,
  },
  {
    at: "spec.address",
    says: "the address of a RADIUS database looks like postgresql://host:5432/radius",
    bad: { address: "https://radius-db.example" },
    good: { address: "postgres://127.0.0.1/radius" },
  },
  {
    at: "spec.address",
    says: "the address of a billing database looks like postgresql://host:5432/billing",
    bad: { ...asBilling, address: "https://billing.example" },
    good: asBilling,
  },
  {
    at: "spec.address",
    says: "the address of a ticket database looks like postgresql://host:5432/tickets",
    bad: { ...asTickets, address: "https://tickets.example" },
    good: { ...asTickets, tickets: { technicians: [{ name: "ada", skills: ["fibre"] }] } },
  },
  {
    at: "spec.tickets",
    says: "the block tickets belongs to type Tickets",
    bad: { ...asNetbox, tickets: {} },
    good: asNetbox,
  },
  {
    at: "spec.tickets.technicians[].away[].to",
    says: "to is before from",
    bad: { ...asTickets, tickets: onLeave("2026-12-24", "2026-12-23") },
    good: { ...asTickets, tickets: onLeave("2026-12-24", "2026-12-24") },
  },
  {
    at: "spec.address",
    says: "the address of this type starts with http:// or https://",
    bad: { ...asNetbox, address: "netbox.example" },
    good: asNetbox,
  },
  {
    at: "spec.genieacs",
    says: "the block genieacs belongs to type GenieACS",
    bad: { genieacs: { refreshAfter: "1h" } },
    good: { type: "GenieACS", radius: null, address: "https://acs.example", genieacs: { refreshAfter: "1h" } },
  },
  {
    at: "spec.address",
    says: "the address of VOLTHA is host:port",
    bad: { ...asVoltha, address: "voltha.example" },
    good: { ...asVoltha, address: "[2001:db8::1]:55555" },
  },
  {
    at: "spec.address",
    says: "the address of a mail server starts with smtp:// or smtps://",
    bad: { ...asMail, address: "mail.example:25" },
    good: { ...asMail, address: "smtp://127.0.0.1:25" },
  },
  {
    at: "spec.address",
    says: "a password does not belong in the address: put it into a Secret and name that in credentialsRef",
    bad: { address: "postgresql://radius:geheim@radius-db.example/radius" },
    good: { address: "postgresql://radius@radius-db.example/radius" },
  },
  {
    at: "spec.radius.nas",
    says: "two NAS have the same address",
    bad: { radius: { nas: [...radius.nas, { name: "bng2", address: "192.0.2.10" }] } },
    good: { radius: { nas: [...radius.nas, { name: "bng2", address: "192.0.2.11" }] } },
  },
  ...(["circuitAttribute", "remoteAttribute"] as const).map((which) => ({
    at: `spec.radius.nas[].option82.${which}`,
    says: "decides who gets in, and is nothing that a NAS sends about a line",
    bad: { radius: { nas: [{ ...radius.nas[0], option82: { [which]: "Cleartext-Password" } }] } },
    good: { radius: { nas: [{ ...radius.nas[0], option82: { [which]: "NAS-Port-Id" } }] } },
  })),
  {
    at: "spec.radius.nas[].address",
    says: "must be an IPv4 or IPv6 address",
    bad: { radius: { nas: [{ name: "bng1", address: "bng1.example" }] } },
    good: { radius: { nas: [{ name: "bng1", address: "2001:db8::10" }] } },
  },
  {
    at: "spec.voltha.controller.address",
    says: "must be an http:// or https:// address",
    bad: { ...asVoltha, voltha: { ...voltha, controller: { type: "VGC", address: "vgc.example:8181" } } },
    good: asVoltha,
  },
  {
    at: "spec.voltha.olts[].uplinkPort",
    says: "uplinkPort must be one of nniPorts",
    bad: { ...asVoltha, voltha: { ...voltha, olts: [{ ...voltha.olts[0], uplinkPort: 7 }] } },
    good: { ...asVoltha, voltha: { ...voltha, olts: [{ ...voltha.olts[0], uplinkPort: 7, nniPorts: [6, 7] }] } },
  },
]);
