/** What the recordings wrote down of a site at a glance, asked through the same three interfaces. */
import type { Entry } from "./voltha.entries.ts";
import type { Device, Replay } from "./voltha.replay.ts";

interface Uni {
  readonly ofpPort: { readonly name: string; readonly state?: number; readonly config?: number };
}
interface VgcPort {
  readonly annotations: { readonly portName: string };
  readonly isEnabled: boolean;
}
const word = (value: string | undefined): string => (!value || value === "UNKNOWN" ? "-" : value);
const states = (d: Device): string => `${word(d.adminState)}/${word(d.operStatus)}/${word(d.connectStatus)}`;

const vgc = async <T>({ rest }: Replay, path: string): Promise<T> => (await rest(`GET /vgc/v1/${path}`)).data as T;
export const flowStatus = async (r: Replay, port: string): Promise<string> =>
  (await vgc<{ FlowProvisionStatus: string }>(r, `flow-status/${port}`)).FlowProvisionStatus;
const logicalId = async ({ call }: Replay): Promise<string | undefined> =>
  (await call<{ items?: Device[] }>("ListLogicalDevices", {})).items?.[0]?.id;

/** Letters of the recording stand for ids: the same letter, the same device. */
export async function line(r: Replay, serial: string): Promise<string> {
  const devices = await r.devices();
  const olt = devices.find((d) => d.root);
  const onu = devices.find((d) => d.serialNumber === serial);
  const of = `${serial}-1`;
  const id = await logicalId(r);
  const { items = [] } = id ? await r.call<{ items?: Uni[] }>("ListLogicalDevicePorts", { id }) : {};
  const uni = items.find((p) => p.ofpPort.name === of)?.ofpPort;
  const { ports } = await vgc<{ ports: VgcPort[] }>(r, "devices/ports");
  const shown = ports.find((p) => p.annotations.portName === of);
  return [
    olt ? `OLT ${states(olt)}` : "",
    onu
      ? `ONU ${states(onu)}/${word(onu.reason)} id=${letter(r, onu.id)} | uni state=${uni?.state} config=${uni?.config || null}`
      : "",
    `VGC ${await flowStatus(r, of)} ${shown ? `en=${shown.isEnabled}` : ""}`,
  ].join(" | ");
}
function letter({ ids }: Replay, id: string): string {
  const known = [...ids].find(([name, is]) => name.startsWith("id=") && is === id);
  if (known) return known[0].slice(3);
  const next = "abcdef"[[...ids.keys()].filter((name) => name.startsWith("id=")).length]!;
  ids.set(`id=${next}`, id);
  return next;
}

export async function counts(r: Replay, serial: string | undefined): Promise<string> {
  const kinds = new Map<string, number>();
  for (const d of await r.devices()) {
    const kind = `${d.root ? "OLT:" : ""}${states(d)}/${word(d.reason)}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const all = [...kinds].map(([kind, n]) => `${kind} x${n}`).sort();
  if (serial === undefined) return all.join(", ");
  const { devices } = await vgc<{ devices: { available: boolean }[] }>(r, "devices");
  const available = devices.map((d) => d.available).join();
  return `${all.join(", ")} | VGC olt [${available}] flow-status4 ${await flowStatus(r, `${serial}-1`)}`;
}

async function statuses(r: Replay): Promise<Record<string, number>> {
  const said: Record<string, number> = {};
  for (const { uniPort } of r.onus.values()) {
    const status = await flowStatus(r, uniPort);
    said[status] = (said[status] ?? 0) + 1;
  }
  return said;
}
const flowsIn = async (r: Replay, method: string, id: string | undefined): Promise<number> =>
  id ? ((await r.call<{ items?: unknown[] }>(method, { id })).items ?? []).length : 0;
const oneOf = async (r: Replay, serial: string): Promise<Device | undefined> =>
  (await r.devices()).find((d) => d.serialNumber === serial);

/** One look for each kind of entry, and what the recording says there. */
export const LOOKS: readonly (readonly [keyof Entry, (r: Replay, e: Entry) => unknown, keyof Entry])[] = [
  ["held", async (r) => flowsIn(r, "ListLogicalDeviceFlows", await logicalId(r)), "held"],
  [
    "added",
    async (r) =>
      (await vgc<{ flows: { state: string }[] }>(r, "flows")).flows.filter((f) => f.state === "ADDED").length,
    "added",
  ],
  ["tables", (r, e) => r.onus.get(e.tables!)?.flows.length, "flows"],
  ["device", async (r, e) => flowsIn(r, "ListDeviceFlows", (await oneOf(r, e.device!))?.id), "flows"],
  ["reason", async (r, e) => (await oneOf(r, e.onu!))?.reason, "reason"],
  ["statuses", statuses, "statuses"],
  [
    "devices",
    async (r) =>
      (await r.devices())
        .map(
          (d) =>
            `${d.serialNumber} ${states(d)}/${word(d.reason)} port ${d.parentPortNo ?? 0} onu ${d.proxyAddress?.onuId ?? 0}`,
        )
        .sort(),
    "devices",
  ],
];
