/** voltha-go-controller: it is pushed to, and says 200 to much that it does not do. */
import { fault } from "../errors.ts";
import type { Bandwidth } from "./bandwidth.ts";
import type { Olt } from "./config.ts";
import type { Controller, FlowStatus, Line, Port, Programmed } from "./controller.ts";
import { assign, contradicts, type Listed, type Tagged, withState } from "./listing.ts";
import { jsonOf, type Method, type Rest, unexpected } from "./rest.ts";
import { subscriberOf, vgcOlt } from "./sadis.ts";
import { type Service, tagsOf } from "./service.ts";
import { shared, sharedBy } from "./shared.ts";
import {
  isAsDeclared,
  ratesOf,
  readDevice,
  readDevices,
  readListed,
  readPorts,
  readStatus,
  readTagged,
} from "./vgc-answers.ts";
import { flowIds, untilTaken } from "./vgc-flows.ts";

const BASE = "/vgc/v1";
/** Up to here ports are asked one by one; above, everything is listed once. */
const FEW = 8;

export function vgc(rest: Rest, until: AbortSignal): Controller {
  const get = async (path: string, signal: AbortSignal): Promise<unknown> =>
    jsonOf(path, await rest.call("GET", `${BASE}${path}`, undefined, signal));
  const send = async (method: Method, path: string, body: unknown, signal: AbortSignal, fine = FINE): Promise<void> => {
    const reply = await rest.call(method, `${BASE}${path}`, body, signal);
    if (!fine.has(reply.code)) throw unexpected(method, path, reply);
  };
  const listed = shared(async () => readListed(await get("/programmed-subscribers", until)));
  const tagged = sharedBy((olt: Olt) => taggedOf(rest, olt, until));
  const ports = shared(async () => readPorts(await get("/devices/ports", until)));
  const flows = flowIds((device) => get(`/flows/${spell(device)}`, until));

  /** Newly started it answers before it knows a device: then nothing is listed under it, and nothing is absent. */
  const mustKnow = async (asked: readonly Port[], signal: AbortSignal): Promise<void> => {
    const known = new Set(readDevices(await get("/devices", signal)));
    const unknown = asked.find((port) => !known.has(port.device));
    if (unknown) throw notYet(unknown);
  };
  const one = async (port: Port, states: readonly Tagged[], signal: AbortSignal) => {
    const services = readListed(await get(`/programmed-subscribers/${spell(port.device, port.name)}`, signal));
    const held = withState(port.name, services.map(serviceOf), states);
    if (!held) throw notYet(port);
    return [port, held] as const;
  };

  return {
    name: "VGC",
    ping: async (signal) => void readDevice(await get("/oltflowservice", signal), "oltFlowService"),
    async services(asked, signal) {
      const olts = [...new Set(asked.map((p) => p.olt))];
      const few = asked.length <= FEW;
      const [lists, all, names] = await Promise.all([
        Promise.all(olts.map(tagged)),
        few ? [] : listed(),
        few ? [] : ports(),
      ]);
      const bare = asked.filter(({ olt }) => lists[olts.indexOf(olt)]?.length === 0);
      if (bare.length > 0) await mustKnow(bare, signal);
      const first = new Map(asked.map((port) => [port.device, port])).values();
      const strange = first.find((port) => contradicts(port.device, lists[olts.indexOf(port.olt)] ?? [], all));
      if (strange) throw notYet(strange);
      const states = lists.flat();
      const { sure, doubt } = few
        ? { sure: new Map<Port, readonly Programmed[]>(), doubt: asked }
        : assign(asked, { listed: all, tagged: states, ports: names });
      const others = await Promise.all(doubt.map((port) => one(port, states, signal)));
      return new Map([...sure, ...others]);
    },
    flowStatus: async (port, signal): Promise<FlowStatus> =>
      readStatus(await get(`/flow-status/${spell(port)}`, signal)),
    async knows(olt, signal) {
      const [entry, service] = await Promise.all([entryOf(rest, olt, signal), get("/oltflowservice", signal)]);
      return isAsDeclared(olt, entry) && readDevice(service, "oltFlowService")["removeFlowsOnDisable"] === true;
    },
    async register(olt, signal) {
      const entry = await entryOf(rest, olt, signal);
      const { uplinkPort, nniPorts, ...own } = vgcOlt(olt);
      await send("POST", `/olt/${spell(olt.serial)}`, { ...own, ...entry, uplinkPort, nniPorts }, signal);
      // Otherwise VGC believes, after a reboot of an ONU, that its flows are still there.
      const service = readDevice(await get("/oltflowservice", signal), "oltFlowService");
      await send("POST", "/oltflowservice", { ...service, removeFlowsOnDisable: true }, signal);
    },
    profile: (id, signal) => profileOf(rest, id, signal),
    addProfile: (profile, signal) => send("POST", `/profiles/${spell(profile.id)}`, profile, signal),
    removeProfile: (id, signal) => removeProfile(rest, id, signal),
    add: (port, service, line, signal) =>
      send("POST", `/subscribers/${spell(port.name)}`, document(port, service, line), signal),
    activate: (port, service, signal) => send("POST", servicePath(port.name, service), undefined, signal),
    deactivate: (port, service, signal) => send("DELETE", servicePath(port.name, service), undefined, signal),
    taken: (port, service, signal) => untilTaken(flows, port, service, signal),
    remove: (port, service, signal) => {
      const body = document(port, service, { circuitId: "", remoteId: "" });
      return send("DELETE", `/subscribers/${spell(ownName(port.name, service))}`, body, signal, REMOVED);
    },
    async clear(port, signal) {
      await send("DELETE", `/services/${spell(port)}`, undefined, signal);
      await send("DELETE", `/subscribers/${spell(`_${port}-`)}`, {}, signal, REMOVED);
    },
  };
}

const FINE: ReadonlySet<number> = new Set([200]);
/** 400: "Service not found", which is as good. */
const REMOVED: ReadonlySet<number> = new Set([200, 202, 400]);
const notYet = ({ olt, name }: Port) =>
  fault("Unavailable", `VGC does not know ${olt.name} yet, so that what it says of ${name} is no answer`);
const serviceOf = ({ service }: Listed): Service => service;
const spell = (...parts: readonly string[]): string => parts.map(encodeURIComponent).join("/");
/** By port name always: a device that VGC does not know makes it fall silent for ever. */
const servicePath = (port: string, service: Service): string => `/services/${spell(port)}/${tagsOf(service)}`;
/** ONOS reads numbers there, VGC the name of the port. */
const document = (port: Port, service: Service, line: Line) => ({
  ...subscriberOf(port.name, [service], { ...line }),
  uplinkPort: `nni-${port.olt.uplinkPort}`,
});

/**
 * VGC's own name of a service is `<subscriber>_<port>-<uniTag>-<S>-<C>-<profile>`, and a DELETE takes away whatever contains
 * what it is given: `…-1` would hit `…-10`. From the `_` on the name is whole, whoever the subscriber was.
 */
const ownName = (port: string, s: Service): string =>
  `_${port}-${s.uniTag}-${s.sTag}-${s.cTag}-${s.technologyProfileId}`;

async function taggedOf(rest: Rest, olt: Olt, signal: AbortSignal): Promise<readonly Tagged[]> {
  const path = `/subscriber-config/${spell(olt.serial)}`;
  const reply = await rest.call("GET", `${BASE}${path}`, undefined, signal);
  if (reply.code === 404 && reply.text === "") return []; // newer ones say so when there is none
  return readTagged(jsonOf(path, reply));
}

async function entryOf(rest: Rest, olt: Olt, signal: AbortSignal) {
  const path = `/olt/${spell(olt.serial)}`;
  const reply = await rest.call("GET", `${BASE}${path}`, undefined, signal);
  if (reply.code === 400 && /not found/i.test(reply.text)) return undefined;
  return readDevice(jsonOf(path, reply), "deviceConfig");
}

async function profileOf(rest: Rest, id: string, signal: AbortSignal): Promise<Bandwidth | undefined> {
  const path = `/profiles/${spell(id)}`;
  const reply = await rest.call("GET", `${BASE}${path}`, undefined, signal);
  if (reply.code === 409 && reply.text.trim() === "") return undefined;
  return ratesOf(jsonOf(path, reply), id);
}
async function removeProfile(rest: Rest, id: string, signal: AbortSignal): Promise<void> {
  const path = `/profiles/${spell(id)}`;
  const reply = await rest.call("DELETE", `${BASE}${path}`, { id }, signal);
  if (reply.code === 200 || /doesn't exist/.test(reply.text)) return;
  if (/service reference is not 0/.test(reply.text)) throw fault("InUse", `bandwidth profile ${id} is still in use`);
  throw unexpected("DELETE", path, reply);
}
