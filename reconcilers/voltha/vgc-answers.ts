/** What VGC's answers say; whatever else stands there is no answer. */
import { fault } from "../errors.ts";
import { type Bandwidth, RATES } from "./bandwidth.ts";
import type { Olt } from "./config.ts";
import type { FlowStatus } from "./controller.ts";
import type { Listed, Tagged } from "./listing.ts";
import { vgcOlt } from "./sadis.ts";
import type { Service, Trap } from "./service.ts";

export type Fields = Readonly<Record<string, unknown>>;

const strange = (what: string) => fault("Unavailable", `the controller's answer has no ${what}`);
export function fieldsOf(raw: unknown, what: string): Fields {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) throw strange(what);
  return raw as Fields;
}
export function listOf(raw: unknown, name: string): readonly Fields[] {
  const list = fieldsOf(raw, name)[name];
  if (!Array.isArray(list)) throw strange(name);
  return list.map((one) => fieldsOf(one, name));
}
function numberOf(fields: Fields, name: string): number {
  const value = Number(fields[name] ?? 0);
  if (!Number.isInteger(value)) throw strange(name);
  return value;
}
const textOf = (fields: Fields, name: string): string => String(fields[name] ?? "");

export const readDevice = (raw: unknown, name: string): Fields => fieldsOf(fieldsOf(raw, name)[name], name);

const SAID: Readonly<Record<Trap, string>> = { dhcp: "isDhcpRequired", igmp: "isIgmpRequired" };
/** `tagInfo`, of VGC and of ONOS. `told`: what of the traps it tells; VGC says of DHCP whether MAC addresses are learnt. */
export function readTagInfo(t: Fields, told: readonly Trap[]): Service {
  const traps = told.filter((trap) => t[SAID[trap]] === true);
  return { ...tagsIn(t), ...(traps.length > 0 && { traps }) };
}
const tagsIn = (t: Fields): Service => ({
  name: textOf(t, "serviceName"),
  sTag: numberOf(t, "ponSTag"),
  cTag: numberOf(t, "ponCTag"),
  uniTag: numberOf(t, "uniTagMatch"),
  technologyProfileId: numberOf(t, "technologyProfileId"),
  pbit: numberOf(t, "usPonSTagPriority"),
  up: textOf(t, "upstreamBandwidthProfile"),
  down: textOf(t, "downstreamBandwidthProfile"),
});

export const readListed = (raw: unknown): readonly Listed[] =>
  listOf(raw, "subscribers").map((s) => ({
    location: textOf(s, "location"),
    service: readTagInfo(fieldsOf(s["tagInfo"], "tagInfo"), ["igmp"]),
  }));

export const readTagged = (raw: unknown): readonly Tagged[] =>
  listOf(raw, "serviceConfig").map((s) => ({
    serial: textOf(s, "onuSerial"),
    name: textOf(s, "subType"),
    sTag: numberOf(s, "subSTag"),
    cTag: numberOf(s, "subCTag"),
    active: s["state"] === "UP",
  }));

/** Ids of logical devices. */
export const readDevices = (raw: unknown): readonly string[] => listOf(raw, "devices").map((d) => textOf(d, "id"));

export const readPorts = (raw: unknown): readonly string[] =>
  listOf(raw, "ports").map((p) => textOf(fieldsOf(p["annotations"], "annotations"), "portName"));

const STATUS: readonly FlowStatus[] = [
  "ALL_FLOWS_PROVISIONED",
  "FLOWS_PROVISIONED_PARTIALLY",
  "NO_FLOWS_PROVISIONED",
  "DISABLED_IN_CONTROLLER",
  "NOT_IN_CONTROLLER",
];
export function readStatus(raw: unknown): FlowStatus {
  const said = fieldsOf(raw, "FlowProvisionStatus")["FlowProvisionStatus"];
  const status = STATUS.find((s) => s === said);
  if (!status) throw strange("FlowProvisionStatus");
  return status;
}

export function ratesOf(raw: unknown, id: string): Bandwidth {
  const fields = fieldsOf(raw, "profile");
  if (fields["id"] !== id) throw strange(`profile ${id}`);
  return Object.fromEntries(RATES.map((r) => [r, numberOf(fields, r)])) as Record<keyof Bandwidth, number>;
}

/** As far as services depend on it; the rest is the operator's. */
export function isAsDeclared(olt: Olt, entry: Fields | undefined): boolean {
  const want = vgcOlt(olt);
  const nnis = entry?.["nniPorts"];
  return (
    entry?.["uplinkPort"] === want.uplinkPort && Array.isArray(nnis) && want.nniPorts.every((p) => nnis.includes(p))
  );
}
