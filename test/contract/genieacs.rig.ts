/** A GenieACS with routers behind it, and the other hands that write into both. */
import { createHmac } from "node:crypto";
import { refKey } from "../../controller/core/model.ts";
import { ownerKey, token } from "../../controller/core/owner.ts";
import { connect, type Http } from "../../reconcilers/genieacs/client.ts";
import { type GenieacsConfig, parseConfig } from "../../reconcilers/genieacs/config.ts";
import { decodeMemory } from "../../reconcilers/genieacs/memory.ts";
import { resources } from "../../reconcilers/genieacs/resources.ts";
import { type Session, sessionOf } from "../../reconcilers/genieacs/session.ts";
import type { Outcome, Resource } from "../../reconcilers/system.ts";
import type { Faults } from "../lab/faults.ts";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import type { Plug } from "../lab/genieacs/device.ts";
import { type GenieacsLab, startGenieacs } from "../lab/genieacs/server.ts";
import { startBroken, ways } from "./genieacs.broken.ts";
import { device, ENDPOINT, owner, secretsOf, serialOf } from "./genieacs.subjects.ts";
import { signal } from "./hand.ts";
import type { MakeRig } from "./rig.ts";

const digest = (text: string): string =>
  `0badc0de:${createHmac("sha256", "test key").update(text).digest("hex").slice(0, 16)}`;
export const configOf = (url: string, more: Partial<GenieacsConfig> = {}): GenieacsConfig => ({
  ...parseConfig({ address: url, limits: { requestsPerSecond: 100_000 } }),
  ...more,
});
export const open = (url: string, more: Partial<GenieacsConfig> = {}): Http => connect(configOf(url, more), undefined);
export const sessionAt = (url: string, http: Http = open(url), more: Partial<GenieacsConfig> = {}): Session =>
  sessionOf(http, configOf(url, more), { endpoint: ENDPOINT, digest });
export const named = (s: Session, name: string): Resource => resources(s).find((r) => r.name === name)!;

/** Every request is a call that can be refused, lost or be the last one. */
export const guarded = (http: Http, faults: Faults): Http => ({
  get: (...args) => faults.guard("genieacs.read", () => http.get(...args)),
  send: (...args) => faults.guard(callOf(args[1]), () => http.send(...args)),
  close: () => http.close(),
});
/** What remembers that everything was written is the last thing that matters. */
function callOf(path: string): string {
  const memory = decodeMemory(path.split("/tags/")[1] ?? "");
  return memory && Object.keys(memory.written).length > 0 ? "genieacs.confirm" : "genieacs.write";
}

/** Facts are for people: a device that reports has new ones. */
function withoutFacts(r: Resource): Resource {
  const bare = <T extends Outcome>(o: T): T => {
    if (!o || o instanceof Error) return o;
    const { facts: _, ...rest } = o;
    return rest as T;
  };
  return {
    ...r,
    observe: async (...args) => new Map([...(await r.observe(...args))].map(([key, o]) => [key, bare(o)])),
    apply: async (...args) => (await r.apply(...args)).map(bare),
    scan: async function* (...args) {
      for await (const page of r.scan!(...args)) yield page.map((s) => ({ ...s, observed: bare(s.observed) }));
    },
  };
}

export const plugOf = (n: number, more: Partial<Plug> = {}): Plug => ({
  serial: serialOf(n),
  oui: "00259E",
  productClass: "HG8546M",
  manufacturer: "Huawei",
  dataModel: "TR-181",
  ...more,
});
/** No two moments are the same, however fast the machine: what came before a reset is told by its time. */
export function distinctTimes(): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Date.now());
    return last;
  };
}
const OURS = /^(lm_|lmo_|lmw_|decommissioned-)/;

export const makeRig =
  (dataModel: Plug["dataModel"]): MakeRig =>
  async (faults) => {
    const lab = await startGenieacs({ now: distinctTimes() });
    const broken = await startBroken();
    const http = open(lab.url);
    const cpes = new Map<number, Cpe>();
    const at = (n: number): Cpe => {
      const there = cpes.get(n) ?? lab.plug(plugOf(n, { dataModel }));
      cpes.set(n, there);
      return there;
    };
    const tag = (method: "POST" | "DELETE", n: number, name: string) =>
      http.send(method, `/devices/${encodeURIComponent(at(n).id)}/tags/${name}`, undefined, signal);
    const tagged = (n: number, begin: RegExp): readonly string[] => lab.tagsOf(at(n).id).filter((t) => begin.test(t));
    const untag = (begin: RegExp) => async (n: number) => {
      for (const name of tagged(n, begin)) await tag("DELETE", n, name);
    };
    return {
      resource: withoutFacts(named(sessionAt(lab.url, guarded(http, faults)), "device")),
      calls: { read: "genieacs.read", write: "genieacs.confirm" },
      owner,
      desired: (n, edited) => {
        at(n);
        return device(n, edited);
      },
      broken: ways.map((what) => {
        const url = `${broken.url}/${encodeURIComponent(what)}`;
        return { what, resource: named(sessionAt(url), "device") };
      }),
      byHand: {
        make: () => Promise.reject(new Error("nobody makes a router")),
        annotate: async (n) => void (await tag("POST", n, "vip")),
        annotated: async (n) => tagged(n, /^vip$/).length === 1,
        spoil: {
          "its template's tag": untag(/^residential_fiber$/),
          "its owner's tag": untag(/^lmo_/),
          "its memory": untag(/^lmw_/),
          "another mark beside it": async (n) =>
            void (await tag("POST", n, `decommissioned-${token(ownerKey(owner(99)), refKey(device(n).ref))}`)),
          "a value, through the ACS": (n) => setInterval(lab, at(n), dataModel),
          "a factory reset": async (n) => {
            at(n).factoryReset();
            at(n).inform();
          },
        },
        count: async (n) => (tagged(n, OURS).length > 0 ? 1 : 0),
      },
      secrets: [1, 2, 3].flatMap(secretsOf),
      reset: async () => {
        for (const { id } of cpes.values())
          await http.send("DELETE", `/devices/${encodeURIComponent(id)}`, undefined, signal);
        cpes.clear();
      },
      close: async () => {
        http.close();
        await Promise.all([lab.close(), broken.close()]);
      },
    };
  };

async function setInterval(lab: GenieacsLab, cpe: Cpe, dataModel: Plug["dataModel"]): Promise<void> {
  const root = dataModel === "TR-181" ? "Device" : "InternetGatewayDevice";
  const body = {
    name: "setParameterValues",
    parameterValues: [[`${root}.ManagementServer.PeriodicInformInterval`, 60]],
  };
  const http = open(lab.url);
  await http.send("POST", `/devices/${encodeURIComponent(cpe.id)}/tasks?connection_request`, body, signal);
  http.close();
}
