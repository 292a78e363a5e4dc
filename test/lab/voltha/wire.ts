/** What rw_core holds, as the messages of reconcilers/voltha/voltha.proto. */
import type { Change, Device, Logical, LogicalPort, Meter, Olt, Onu } from "./core.ts";
import { type Flow, type Match, onuMatch, PRESENT } from "./flows.ts";
import { uniOf } from "./onu.ts";
import { PON } from "./plant.ts";
import { isOnus } from "./push.ts";

const OPENOLT = { id: "openolt_1", vendor: "VOLTHA OpenOLT", endpoint: "127.0.0.1:50061", type: "openolt" };
const OPENONU = {
  id: "brcm_openomci_onu_1",
  vendor: "VOLTHA OpenONUGo",
  endpoint: "127.0.0.1:50062",
  type: "brcm_openomci_onu",
};
export const adapters = () => ({
  items: [OPENOLT, OPENONU].map((a) => ({
    ...a,
    version: "unknown-version",
    lastCommunication: Math.floor(Date.now() / 1000),
    currentReplica: 1,
    totalReplicas: 1,
  })),
});

export const macText = (mac: readonly number[]): string => mac.map((b) => b.toString(16).padStart(2, "0")).join(":");

export function device(d: Device): object {
  const common = {
    id: d.id,
    type: d.type,
    adminState: d.admin,
    operStatus: d.oper,
    connectStatus: d.connect,
    reason: d.reason,
  };
  return { ...common, ...(d.kind === "olt" ? oltFields(d) : onuFields(d)) };
}
function oltFields(d: Olt): object {
  const met = d.boots > 0 ? d.box : undefined;
  return {
    root: true,
    ...(d.hostAndPort !== "" && { hostAndPort: d.hostAndPort }),
    ...(d.logical && { parentId: d.logical.id }),
    ...(met
      ? {
          vendor: "BBSim",
          model: "asfvolt16",
          serialNumber: met.serial,
          macAddress: macText(met.mac),
          adapterEndpoint: OPENOLT.endpoint,
        }
      : { macAddress: d.mac }),
  };
}
function onuFields(d: Onu): object {
  const vendor = d.box.serial.slice(0, 4);
  return {
    parentId: d.olt.id,
    vendor,
    vendorId: vendor,
    model: "v0.0.1",
    serialNumber: d.box.serial,
    vlan: d.pon,
    parentPortNo: PON + d.pon,
    adapterEndpoint: OPENONU.endpoint,
    proxyAddress: {
      deviceId: d.olt.id,
      deviceType: "openolt",
      channelId: d.pon,
      onuId: d.onuId,
      adapterEndpoint: OPENOLT.endpoint,
    },
  };
}

/** Capabilities and speeds (kbit/s) of a port by what it is. */
const UNI = { curr: 2080, advertised: 2080, peer: 2080, currSpeed: 1000, maxSpeed: 1000 };
const UPLINK = { curr: 4160, advertised: 4160, peer: 4160, currSpeed: 10000000, maxSpeed: 10000000 };
const FIBRE = { curr: 4128, advertised: 4128, peer: 4128, currSpeed: 1000000, maxSpeed: 1000000 };
export const speedOf = (p: LogicalPort): number => (p.device.kind === "olt" ? UPLINK : UNI).currSpeed;

const ofpPort = (p: LogicalPort): object => ({
  portNo: p.no,
  hwAddr: p.hardware,
  name: p.name,
  config: p.live || p.forgotten ? 0 : 1,
  state: p.live ? 4 : 1,
  ...(p.device.kind === "olt" ? UPLINK : UNI),
});
export const logicalPort = (p: LogicalPort): object => ({
  id: p.id,
  ofpPort: ofpPort(p),
  deviceId: p.device.id,
  devicePortNo: p.no,
  rootPort: p.device.kind === "olt",
});
export const logical = (l: Logical): object => ({
  id: l.id,
  datapathId: String((l.olt.box?.mac ?? []).reduce((sum, b) => sum * 256 + b, 0)),
  desc: {
    mfrDesc: "VOLTHA Project",
    hwDesc: "open_pon",
    swDesc: "open_pon",
    serialNum: l.olt.box?.serial ?? "",
  },
  rootDeviceId: l.olt.id,
});

export function ports(d: Device): readonly object[] {
  const own = { adminState: "ENABLED", deviceId: d.id };
  return d.kind === "onu" ? onuPorts(d, own) : oltPorts(d, own);
}
function onuPorts(d: Onu, own: object): readonly object[] {
  const uni = uniOf(d);
  if (!uni) return [];
  const { portNo: _, ...shape } = ofpPort(uni) as { portNo: number };
  const operStatus = uni.live ? "ACTIVE" : "UNKNOWN";
  const pon = PON + d.pon;
  return [
    { ...own, portNo: uni.no, label: uni.id, type: "ETHERNET_UNI", operStatus, ofpPort: shape },
    {
      ...own,
      portNo: pon,
      label: `pon-${pon}`,
      type: "PON_ONU",
      operStatus: d.oper === "ACTIVE" ? "ACTIVE" : "UNKNOWN",
      peers: [{ deviceId: d.olt.id, portNo: pon }],
    },
  ];
}
function oltPorts(d: Olt, own: object): readonly object[] {
  const { box } = d;
  if (!box || d.boots === 0) return [];
  const live = { operStatus: d.oper === "ACTIVE" ? "ACTIVE" : "UNKNOWN" };
  const shape = { hwAddr: box.mac, state: d.oper === "ACTIVE" ? 4 : 1 };
  const pons = Array.from({ length: box.pons }, (_, n) => ({
    ...own,
    ...live,
    portNo: PON + n,
    label: `pon-${n}`,
    type: "PON_OLT",
    peers: [...d.onus.values()].filter((o) => o.pon === n).map((o) => ({ deviceId: o.id, portNo: PON + n })),
    ofpPort: { ...shape, ...FIBRE },
  }));
  const nni = { ...own, ...live, portNo: box.nni, label: "nni-0", type: "ETHERNET_NNI" };
  return [...pons, { ...nni, ofpPort: { ...shape, ...UPLINK } }];
}

const field = (ofbField: object): object => ({ oxmClass: "OFPXMC_OPENFLOW_BASIC", ofbField });
const matchOf = ({ port, metadata, vlan, tunnel }: Match): object => ({
  type: "OFPMT_OXM",
  oxmFields: [
    field({ type: "OFPXMT_OFB_IN_PORT", port }),
    ...(metadata === undefined ? [] : [field({ type: "OFPXMT_OFB_METADATA", tableMetadata: String(metadata) })]),
    field({ type: "OFPXMT_OFB_VLAN_VID", vlanVid: vlan, vlanVidMask: PRESENT }),
    ...(tunnel === undefined ? [] : [field({ type: "OFPXMT_OFB_TUNNEL_ID", tunnelId: String(tunnel) })]),
  ],
});
const flow = (f: Flow, more: object): object => ({
  id: String(f.id),
  priority: 100,
  cookie: String(f.cookie),
  ...more,
});
const all = (l: Logical | undefined): readonly Flow[] => [...(l?.flows.values() ?? [])].flatMap((m) => [...m.values()]);

export const logicalFlows = (l: Logical): readonly object[] =>
  all(l).map((f) => flow(f, { tableId: f.table, flags: 1, match: matchOf(f.match) }));
/** What rw_core believes; the tables of the ONU are its own. */
export function deviceFlows(d: Device): readonly object[] {
  if (d.kind === "olt") return all(d.logical).flatMap((f) => (isOnus(f) ? [] : [flow(f, { match: matchOf(f.match) })]));
  const uni = uniOf(d);
  const held = uni ? [...(d.olt.logical?.flows.get(uni.no)?.values() ?? [])] : [];
  return held.filter(isOnus).map((f) => flow(f, { match: matchOf(onuMatch(f, uni?.no ?? 0, PON + d.pon)) }));
}
export const meter = (m: Meter): object => ({
  config: {
    flags: 5, // kbit/s with bursts
    meterId: m.id,
    bands: m.bands.map(({ rate, burst }) => ({ type: "OFPMBT_DROP", rate, burstSize: burst })),
  },
});

const CONNECTION = { "device-added": "OFPDEV_CONNECTED", "device-gone": "OFPDEV_DISCONNECTED" } as const;
const REASON = { "port-added": "OFPPR_ADD", "port-changed": "OFPPR_MODIFY", "port-gone": "OFPPR_DELETE" } as const;
export function changeEvent(change: Change): object {
  const { id } = change.logical;
  if (!("port" in change)) return { id, deviceStatus: { status: CONNECTION[change.what] } };
  return { id, portStatus: { reason: REASON[change.what], desc: ofpPort(change.port) } };
}
