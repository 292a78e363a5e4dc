/** ONOS with the apps olt and sadis: it is told which services to start, and asks for what they are (SADIS). */
import { setTimeout as sleep } from "node:timers/promises";
import { fault } from "../errors.ts";
import { type Bandwidth, RATES } from "./bandwidth.ts";
import type { Controller, Port, Programmed } from "./controller.ts";
import { jsonOf, type Method, type Rest, unexpected } from "./rest.ts";
import { type Service, spellService, TRAPS, tagsOf } from "./service.ts";
import { shared } from "./shared.ts";
import { type Fields, fieldsOf, listOf, readTagInfo } from "./vgc-answers.ts";

const OLT_APP = "/onos/olt/oltapp";
const SADIS = "/onos/sadis";

/** An item of `programmed-subscribers`. */
interface Listed {
  readonly device: string;
  readonly port: number;
  readonly service: Service;
}

export function onos(rest: Rest, until: AbortSignal): Controller {
  const listed = shared(() => list(rest, until));
  /** Whether it began to do it. Not so: it was so already, or SADIS does not name the service; what is read back tells which. */
  const send = async (method: Method, port: string, tags: string, signal: AbortSignal): Promise<boolean> => {
    const path = `${OLT_APP}/services/${encodeURIComponent(port)}${tags}`;
    const reply = await rest.call(method, path, undefined, signal);
    if (/ConnectPoint not found/.test(reply.text)) throw fault("AwaitingDevice", `ONOS does not know port ${port} yet`);
    if (reply.code !== 200 && reply.code !== 204) throw unexpected(method, path, reply);
    return reply.code === 200;
  };
  const forget = async (kind: string, id: string, signal: AbortSignal): Promise<void> => {
    const path = `${SADIS}/cache/${kind}/${encodeURIComponent(id)}`;
    const reply = await rest.call("DELETE", path, undefined, signal);
    if (reply.code !== 200 && reply.code !== 204) throw unexpected("DELETE", path, reply);
  };
  return {
    name: "ONOS",
    ping: async () => void (await listed()),
    async services(ports) {
      const found = Map.groupBy(await listed(), (l) => `${l.device}/${l.port}`);
      const of = (port: Port): readonly Programmed[] =>
        (found.get(`${port.device}/${port.number}`) ?? []).map(({ service }) => ({ service, active: true }));
      return new Map(ports.map((port) => [port, of(port)]));
    },
    flowStatus: async () => undefined,
    // It asks for OLTs as it does for subscribers.
    knows: async (olt, signal) =>
      (await entry(rest, "subscriber", olt.serial, signal))?.["uplinkPort"] === olt.uplinkPort,
    register: (olt, signal) => forget("subscriber", olt.serial, signal),
    profile: (id, signal) => profile(rest, id, signal),
    addProfile: ({ id }, signal) => forget("bandwidthprofile", id, signal),
    removeProfile: (id, signal) => forget("bandwidthprofile", id, signal),
    add: (port, _service, _line, signal) => forget("subscriber", port.name, signal),
    activate: async (port, service, signal) => void (await send("POST", port.name, `/${tagsOf(service)}`, signal)),
    async deactivate(port, service, signal) {
      const begun = await send("DELETE", port.name, `/${tagsOf(service)}`, signal);
      await untilGone(rest, port, service, begun ? GONE.withinMs : 0, signal);
    },
    taken: async () => undefined, // seen when it was deactivated
    remove: async () => undefined,
    clear: async (port, signal) => void (await send("DELETE", port, "", signal)),
  };
}

/** Its queue takes half a second; until then it lists the service, and what SADIS says of the same tags is the old one. */
const GONE = { firstMs: 20, mostMs: 500, withinMs: 10_000 };
async function untilGone(
  rest: Rest,
  port: Port,
  service: Service,
  withinMs: number,
  signal: AbortSignal,
): Promise<void> {
  const end = performance.now() + withinMs;
  const line = spellService(service);
  for (let wait = GONE.firstMs; ; wait = Math.min(wait * 2, GONE.mostMs)) {
    const there = await tagInfosAt(rest, port, signal);
    if (!there.some((t) => spellService(readTagInfo(t, TRAPS)) === line)) return;
    if (performance.now() >= end) throw fault("Unavailable", `ONOS has not taken ${service.name} off ${port.name} yet`);
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}

/** What it has on a port, in its own words. */
export async function tagInfosAt(
  rest: Rest,
  { device, number }: Pick<Port, "device" | "number">,
  signal: AbortSignal,
): Promise<readonly Fields[]> {
  if (number === undefined) return [];
  const path = `${OLT_APP}/programmed-subscribers/${encodeURIComponent(device)}/${number}`;
  return (await entries(rest, path, signal)).map((one) => fieldsOf(one["tagInfo"], "tagInfo"));
}
const entries = async (rest: Rest, path: string, signal: AbortSignal): Promise<readonly Fields[]> =>
  listOf(jsonOf(path, await rest.call("GET", path, undefined, signal)), "entries");

async function list(rest: Rest, signal: AbortSignal): Promise<readonly Listed[]> {
  return (await entries(rest, `${OLT_APP}/programmed-subscribers`, signal)).map((one) => {
    // `of:00000a0a0a0a0a00/256`, or with the name of the port: `of:00000a0a0a0a0a00/[BBSM00000001-1](256)`.
    const found = /^(of:[0-9a-f]{16})\/(?:\[.*\]\()?(\d+)\)?$/i.exec(String(one["location"]));
    if (!found) throw fault("Unavailable", "the controller's answer has no location");
    return {
      device: found[1]!.toLowerCase(),
      port: Number(found[2]),
      service: readTagInfo(fieldsOf(one["tagInfo"], "tagInfo"), TRAPS),
    };
  });
}

/** Of the app. Where it is not installed ONOS itself says `HTTP 404 Not Found`. */
const ABSENT = /^\s*\{.*(Subscriber|Bandwidth ?Profile) not found/is;
/** As ONOS sees it in SADIS, which is us. */
async function entry(rest: Rest, kind: string, id: string, signal: AbortSignal): Promise<Fields | undefined> {
  const path = `${SADIS}/${kind}/${encodeURIComponent(id)}`;
  const reply = await rest.call("GET", path, undefined, signal);
  if (reply.code === 404 && ABSENT.test(reply.text)) return undefined;
  const [found] = listOf(jsonOf(path, reply), "entry");
  if (found?.["id"] !== id) throw fault("Unavailable", `the controller's answer has no ${id}`);
  return found;
}
async function profile(rest: Rest, id: string, signal: AbortSignal): Promise<Partial<Bandwidth> | undefined> {
  const found = await entry(rest, "bandwidthprofile", id, signal);
  // Older ones leave out the peak and what is guaranteed.
  return found && Object.fromEntries(RATES.flatMap((r) => (found[r] === undefined ? [] : [[r, Number(found[r])]])));
}
