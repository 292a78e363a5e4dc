/** What VGC shows of its state. */
import { bandsOf, type Controller, type Profile, type Service } from "./controller.ts";
import type { Logical, LogicalPort } from "./core.ts";
import { type Flow, keyOf, PRESENT } from "./flows.ts";
import { flowsFor } from "./push.ts";
import { macText, speedOf } from "./wire.ts";

export const profile = ({ id, rates: r }: Profile): object => ({
  id,
  pir: r.pir,
  pbs: r.pbs,
  cir: r.cir,
  cbs: r.cbs,
  eir: r.eir,
  ebs: r.ebs,
  air: r.air,
  gir: r.gir,
});

/** Intent: also of a service that is not active, or nowhere. */
export const subscriber = ({ device, tags: t }: Service): object => ({
  location: device,
  tagInfo: {
    upstreamBandwidthProfile: t.upstreamBandwidthProfile,
    downstreamBandwidthProfile: t.downstreamBandwidthProfile,
    upstreamOltBandwidthProfile: t.upstreamBandwidthProfile,
    downstreamOltBandwidthProfile: t.downstreamBandwidthProfile,
    serviceName: t.serviceName,
    configuredMacAddress: "00:00:00:00:00:00",
    uniTagMatch: t.uniTagMatch,
    ponCTag: t.ponCTag,
    ponSTag: t.ponSTag,
    usPonCTagPriority: t.usPonCTagPriority,
    usPonSTagPriority: t.usPonSTagPriority,
    dsPonCTagPriority: t.usPonCTagPriority,
    dsPonSTagPriority: t.usPonSTagPriority,
    technologyProfileId: t.technologyProfileId,
    isDhcpRequired: false,
    isIgmpRequired: t.isIgmpRequired,
    isPppoeRequired: false,
    enableMacLearning: false,
  },
});
/** The serial is repeated as it was asked for. */
export const config = (s: Service, oltSerial: string): object => ({
  onuSerial: s.port.replace(/-\d+$/, ""),
  oltSerial,
  subType: s.tags.serviceName,
  state: s.active ? "UP" : "DOWN",
  subSTag: String(s.tags.ponSTag),
  subCTag: String(s.tags.ponCTag),
  ingressPBit: String(s.tags.usPonCTagPriority),
  egressPBit: String(s.tags.usPonCTagPriority),
  oltUplinkPort: "",
});

/** `available` does not know of an OLT that is not reached. */
export const device = (l: Logical): object => ({
  id: l.id,
  type: "",
  role: "",
  mfr: "VOLTHA Project",
  hw: "open_pon",
  sw: "open_pon",
  serial: l.olt.box?.serial ?? "",
  driver: "",
  chassisId: "",
  lastUpdate: "",
  humanReadableLastUpdate: "",
  annotations: { channelId: "", managementAddress: "", protocol: "" },
  available: true,
});
export const port = (l: Logical, p: LogicalPort): object => ({
  element: l.id,
  port: String(p.no),
  type: p.device.kind === "olt" ? "fiber" : "copper",
  annotations: {
    adminState: p.live ? "enabled" : "disabled",
    portMac: macText(p.hardware),
    portName: p.name,
  },
  portSpeed: speedOf(p),
  isEnabled: p.live,
});

const instructions = ({ leg, tags: t }: Flow, uni: number, nni: number): readonly object[] => {
  const to = (n: number) => ({ type: "OUTPUT", port: String(n) });
  const vlan = (subtype: string, vlanId: number) => ({ type: "L2MODIFICATION", subtype, vlanId });
  if (leg === "up-onu") return [to(1), vlan("VLAN_SET", t.ponCTag)];
  if (leg === "down-olt") return [to(1), { type: "L2MODIFICATION", subtype: "VLAN_POP" }];
  if (leg === "down-onu") return [to(uni), vlan("VLAN_SET", t.uniTagMatch)];
  const tagged = { type: "L2MODIFICATION", subtype: "VLAN_PUSH", ethernetType: "0x8100" };
  return [to(nni), tagged, vlan("VLAN_ID", t.ponSTag)];
};
const UNTAGGED = 4096;
function flow(c: Controller, f: Flow, s: Service, state: string, uni: number, nni: number): object {
  const up = f.leg.startsWith("up");
  const meter = c.profiles.get(up ? s.tags.upstreamBandwidthProfile : s.tags.downstreamBandwidthProfile);
  const { port, vlan, metadata } = f.match;
  return {
    state,
    liveType: "",
    id: String(f.cookie),
    appId: "",
    deviceId: "",
    tableName: "",
    treatment: {
      instructions: [...instructions(f, uni, nni), { type: "METER", meterId: String(meter?.no ?? 0) }],
      deferred: null,
    },
    selector: {
      criteria: [
        { type: "IN_PORT", port },
        { type: "VLAN_VID", vlanId: vlan === UNTAGGED ? vlan : vlan & ~PRESENT },
        ...(metadata === undefined ? [] : [{ type: "METADATA", metadata: Number(metadata) }]),
      ],
    },
    lastSeen: 0,
    tableId: f.table,
    priority: 100,
    timeout: 0,
    groupId: 0,
    life: 0,
    packets: 0,
    bytes: 0,
    isPermanent: false,
  };
}
/** VGC's belief of what stands on the devices. */
export function flows(c: Controller, deviceId?: string): readonly object[] {
  const there = [...c.services.values()].flatMap((service) => {
    const place = c.places.get(service.port);
    return service.flows === "added" && place ? [{ ...place, service }] : [];
  });
  return [...there, ...c.leaving.values()].flatMap(({ logical, port, service: s }) => {
    if (deviceId !== undefined && logical.id !== deviceId) return [];
    return flowsFor(logical, port, s.tags).map((f) => flow(c, f, s, "ADDED", port.no, logical.olt.box?.nni ?? 0));
  });
}
export const pending = (c: Controller): readonly object[] =>
  [...c.services.values()]
    .filter((s) => s.flows === "pending")
    .map((s) => ({ state: "PENDING", deviceId: s.device, id: `${s.port}/${keyOf(s.tags)}` }));

export function meters(c: Controller, only?: number): readonly object[] {
  const used = [...c.core.logicals.values()].flatMap((l) => [...l.meters.keys()].map((no) => ({ no, deviceId: l.id })));
  const known = new Map([...c.profiles.values()].map((p) => [p.no, p]));
  return used.flatMap(({ no, deviceId }) => {
    const p = known.get(no);
    if (!p || (only !== undefined && only !== no)) return [];
    const counted = { packets: 0, bytes: 0 };
    const bands = bandsOf(p).map(({ rate, burst }) => ({ type: "0", rate, ...counted, burstSize: burst }));
    const rest = { life: 0, ...counted, referenceCount: 0, burst: false };
    return [{ id: String(no), unit: "", deviceId, appId: "", state: "ADDED", bands, ...rest }];
  });
}
