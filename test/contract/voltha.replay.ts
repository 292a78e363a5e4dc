/** Recorded exchanges are asked again, of a stand-in that has the same devices under other ids. */
import type { EventEmitter } from "node:events";
import { join } from "node:path";
import { credentials, loadPackageDefinition, type ServiceClientConstructor, type ServiceError } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import axios from "axios";
import type { OnuHandle } from "../lab/voltha/hands.ts";
import { startVoltha, type VolthaLab } from "../lab/voltha/lab.ts";
import type { Entry, Hand } from "./voltha.entries.ts";

const { VolthaService } = loadPackageDefinition(
  loadSync(join(import.meta.dirname, "../../reconcilers/voltha/voltha.proto"), { longs: String, enums: String }),
)["voltha"] as unknown as { readonly VolthaService: ServiceClientConstructor };

export interface Device {
  readonly id: string;
  readonly root?: boolean;
  readonly serialNumber?: string;
  readonly adminState?: string;
  readonly operStatus?: string;
  readonly connectStatus?: string;
  readonly reason?: string;
  readonly parentPortNo?: number;
  readonly proxyAddress?: { readonly onuId?: number };
}
export interface Replay {
  readonly lab: VolthaLab;
  readonly onus: ReadonlyMap<string, OnuHandle>;
  call<T>(method: string, asked: object): Promise<T>;
  changes(): EventEmitter;
  rest(line: string, body?: unknown): Promise<{ readonly status: number; readonly data: unknown }>;
  devices(): Promise<readonly Device[]>;
  /** What {olt} and the others are today; remembered after they have gone. */
  readonly ids: Map<string, string>;
  close(): Promise<void>;
}
const OLT = "BBSIM_OLT_0";
const ADDRESS = "127.0.0.1:50060";

export async function openReplay({ pons = 1, per = 1, names }: Entry): Promise<Replay> {
  const lab = await startVoltha();
  lab.olt({ serial: OLT, hostAndPort: ADDRESS, pons });
  const serial = (pon: number, n: number): string =>
    names === "hexadecimal" ? (pon * 256 + n).toString(16) : String(pon * 100 + n);
  const onus = Array.from({ length: pons * per }, (_, i) => {
    const [pon, n] = [Math.floor(i / per), (i % per) + 1];
    return lab.onu({ serial: `BBSM${serial(pon, n).padStart(8, "0")}`, olt: OLT, pon });
  });
  const client = new VolthaService(lab.grpc, credentials.createInsecure());
  const call = <T>(method: string, asked: object): Promise<T> =>
    new Promise((done, failed) => {
      const answer = (e: ServiceError | null, said: T): void => (e ? failed(e) : done(said));
      client[method]!(asked, answer);
    });
  const ids = new Map<string, string>();
  return {
    lab,
    onus: new Map(onus.map((o) => [o.serial, o])),
    call,
    ids,
    changes: () => client["ReceiveChangeEvents"]!({}) as EventEmitter,
    rest: (line, body) => ask(lab.vgc, line, body),
    devices: async () => (await call<{ items?: Device[] }>("ListDevices", {})).items ?? [],
    close: async () => {
      client.close();
      await lab.close();
    },
  };
}
async function ask(base: string, line: string, body: unknown) {
  const [method, path] = line.split(" ");
  try {
    const { status, data } = await axios.request<unknown>({
      method: method!,
      url: `${base}${path}`,
      headers: { "Content-Type": "application/json" },
      transformRequest: [(sent: unknown) => sent], // what is no JSON stays none
      data: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
      validateStatus: () => true,
    });
    return { status, data: typeof data === "string" ? data.trim() : data };
  } catch {
    return { status: 0, data: "" }; // as curl says it: no answer
  }
}

/** Looks up who is who. */
export async function learn({ devices, call, ids }: Replay): Promise<void> {
  for (const d of await devices()) {
    if (d.serialNumber && !d.root) ids.set(`{${d.serialNumber}}`, d.id);
    if (d.root && (d.serialNumber === OLT || !ids.has("{olt}"))) ids.set("{olt}", d.id);
  }
  const { items = [] } = await call<{ items?: Device[] }>("ListLogicalDevices", {});
  if (items[0]) ids.set("{logical}", items[0].id);
}
const each = (value: unknown, of: (text: string) => unknown): unknown => {
  if (typeof value === "string") return of(value);
  if (Array.isArray(value)) return value.map((v) => each(v, of));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, each(v, of)]));
};
export const today = <T>({ ids }: Replay, value: T): T =>
  each(value, (text) => text.replace(/\{[A-Za-z0-9_]+\}/g, (name) => ids.get(name) ?? name)) as T;
export function asRecorded({ ids }: Replay, value: unknown): unknown {
  const names = new Map([...ids].map(([name, id]) => [id, name]));
  return each(value, (text) => text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => names.get(id) ?? id));
}

const TAGS = { uniTagMatch: 4096, technologyProfileId: 64, serviceName: "hsia" };
const PROFILES = { upstreamBandwidthProfile: "User_Bandwidth1", downstreamBandwidthProfile: "User_Bandwidth2" };
async function serve(r: Replay, [serial, ponSTag, ponCTag]: readonly [string, number, number]): Promise<void> {
  const port = `${serial}-1`;
  const uniTagList = [{ ...TAGS, ...PROFILES, ponSTag, ponCTag }];
  const body = { id: port, nasPortId: port, uplinkPort: "nni-16777216", uniTagList };
  await r.rest(`POST /vgc/v1/subscribers/${port}`, body);
  await r.rest(`POST /vgc/v1/services/${port}`);
}
const HANDS: Readonly<Record<Hand, (r: Replay, e: Entry) => unknown>> = {
  site: async (r) => {
    const { id } = await r.call<Device>("CreateDevice", { type: "openolt", hostAndPort: ADDRESS });
    await r.call("EnableDevice", { id });
  },
  controller: async (r) => {
    await r.rest(`POST /vgc/v1/olt/${OLT}`, { id: OLT, uplinkPort: "16777216", nniPorts: ["16777216"] });
    const first = { cir: 30000, cbs: 10000, eir: 100000, ebs: 1000, air: 100000 };
    await r.rest("POST /vgc/v1/profiles/User_Bandwidth1", first);
    await r.rest("POST /vgc/v1/profiles/User_Bandwidth2", { ...first, cir: 100000, cbs: 5000, ebs: 5000 });
  },
  serve: async (r, { ports = [] }) => {
    for (const port of ports) await serve(r, port);
  },
  deactivate: async (r, { ports = [] }) => {
    for (const [serial] of ports) await r.rest(`DELETE /vgc/v1/services/${serial}-1`);
  },
  "power-off": (r, e) => r.onus.get(e.serial!)?.power(false),
  "power-on": (r, e) => r.onus.get(e.serial!)?.power(true),
  "olt-down": ({ lab }) => lab.oltDown(OLT),
  "olt-up": ({ lab }) => lab.oltUp(OLT),
  "kafka-down": ({ lab }) => lab.kafkaDown(),
  "kafka-up": ({ lab }) => lab.kafkaUp(),
  restart: ({ lab }) => lab.restartController(),
  hold: ({ lab }) => lab.hold(),
  pass: ({ lab }) => {
    for (let step = 0; step < 5; step++) lab.step();
  },
  release: ({ lab }) => lab.release(),
};
export const lendAHand = async (r: Replay, e: Entry): Promise<void> => {
  await HANDS[e.hand!](r, e);
};
