/** A session on the stand-in, whose every call can be refused, lost or be the last one, and whose clock is the test's. */
import type { Desired, Observed, State } from "../../controller/core/model.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import type { Order, Outcome, Resource } from "../../reconcilers/system.ts";
import type { VolthaConfig } from "../../reconcilers/voltha/config.ts";
import { type Core, connectCore } from "../../reconcilers/voltha/core.ts";
import type { Device } from "../../reconcilers/voltha/device.ts";
import { sessionOf } from "../../reconcilers/voltha/index.ts";
import { onos } from "../../reconcilers/voltha/onos.ts";
import { connectRest, type Rest } from "../../reconcilers/voltha/rest.ts";
import { type Known, knownOf, type Site, siteOf } from "../../reconcilers/voltha/site.ts";
import { vgc } from "../../reconcilers/voltha/vgc.ts";
import { Faults } from "../lab/faults.ts";
import { type OnuHandle, startVoltha, type VolthaLab } from "../lab/voltha/lab.ts";
import { signal } from "./hand.ts";
import { configAt, ENDPOINT, ground, OLT, OLT2, ponOf, serialOf } from "./voltha.subjects.ts";

/** In which the stand-in's ONUs begin what they are told. */
const MOMENT_MS = 20;
export const SECRET = "S3CRET-of-the-controller";
const deps = {
  endpoint: ENDPOINT,
  digest: (text: string) => `digest-of-${text.length}-characters`,
  credentials: { username: new Sensitive("onos"), password: new Sensitive(SECRET) },
};

type Guards = Pick<Faults, "guard">;
const guardedCore = (core: Core, { guard }: Guards): Core => {
  const read = <T>(call: () => Promise<T>) => guard("voltha.read", call);
  const write = <T>(call: () => Promise<T>) => guard("voltha.write", call);
  return {
    ...core,
    devices: (s) => read(() => core.devices(s)),
    device: (id, s) => read(() => core.device(id, s)),
    logicalDevices: (s) => read(() => core.logicalDevices(s)),
    logicalPorts: (id, s) => read(() => core.logicalPorts(id, s)),
    createOlt: (at, s) => write(() => core.createOlt(at, s)),
    enable: (id, s) => write(() => core.enable(id, s)),
    disable: (id, s) => write(() => core.disable(id, s)),
    remove: (id, s) => write(() => core.remove(id, s)),
  };
};
const guardedRest = (rest: Rest, { guard }: Guards): Rest => ({
  ...rest,
  call: (method, ...args) => guard(method === "GET" ? "voltha.read" : "voltha.write", () => rest.call(method, ...args)),
});

export interface Opened {
  readonly site: Site;
  resource(name: string): Resource;
  close(): void;
}
export function open(
  config: VolthaConfig,
  faults: Guards = new Faults(),
  now: () => number = () => performance.now(),
  changed: (rest: Rest) => Rest = (rest) => rest,
  known: Known = knownOf(config, now),
): Opened {
  const core = connectCore(config.address);
  const rest = changed(connectRest(config, deps));
  const stop = new AbortController();
  const until = stop.signal;
  const controller = (config.controller.type === "VGC" ? vgc : onos)(guardedRest(rest, faults), until);
  const site = siteOf({ endpoint: ENDPOINT, config, core: guardedCore(core, faults), controller, now, known, until });
  Object.assign(site, { momentMs: MOMENT_MS });
  const { resources } = sessionOf(site);
  return {
    site,
    resource: (name) => resources.find((r) => r.name === name)!,
    close: () => {
      stop.abort();
      core.close();
      rest.close();
    },
  };
}

export interface Town extends Opened {
  readonly lab: VolthaLab;
  readonly config: VolthaConfig;
  /** As they are plugged in; the first one is number 1. */
  readonly onus: readonly OnuHandle[];
  /** Milliseconds to add to the time of the session. */
  wait(ms: number): void;
  /** Something of ours that was never claimed before, or is changed. */
  apply(action: Order["action"], ...wanted: readonly Desired[]): Promise<readonly Outcome[]>;
  /** As the engine looks at what it knows. */
  look(wanted: Desired): Promise<Observed | undefined>;
}

/** Two OLTs, ONUs on the first of them, and all that subscribers stand on. */
export async function town(onus: number, faults = new Faults(), type: "VGC" | "ONOS" = "VGC"): Promise<Town> {
  const lab = await startVoltha();
  for (const { serial, address } of [OLT, OLT2]) lab.olt({ serial, hostAndPort: address });
  const plugged = Array.from({ length: onus }, (_, n) =>
    lab.onu({ serial: serialOf(n + 1), olt: OLT.serial, pon: ponOf(n + 1) }),
  );
  const config = configAt({ grpc: lab.grpc, controller: type === "VGC" ? lab.vgc : lab.onos, type });
  let skipped = 0;
  const opened = open(config, faults, () => performance.now() + skipped);
  const apply = async (action: Order["action"], ...wanted: readonly Desired[]): Promise<readonly Outcome[]> => {
    const orders = wanted.map((d) => orderOf(action, d));
    const { resource } = wanted[0]!.ref;
    const out = await opened.resource(resource).apply(orders, signal);
    await lab.settled();
    return out;
  };
  const self: Town = {
    ...opened,
    lab,
    config,
    onus: plugged,
    wait: (ms) => {
      skipped += ms;
    },
    apply,
    async look({ ref, spec, how }) {
      const lookup = { ref, spec, how, token: "lm_t", id: ref.key };
      return [...(await opened.resource(ref.resource).observe([lookup], signal)).values()][0];
    },
    close: () => opened.close(),
  };
  if (type === "VGC") for (const d of ground()) good(await apply("create", d));
  return self;
}
/** From now on rw_core says something else of its devices, to whoever asks. */
export function rewrite({ core }: Site, said: (device: Device) => Device): void {
  const { devices, device } = core;
  Object.assign(core, {
    devices: async (s: AbortSignal) => (await devices(s)).map(said),
    device: async (id: string, s: AbortSignal) => {
      const found = await device(id, s);
      return found && said(found);
    },
  });
}
export const orderOf = (action: Order["action"], { ref, spec, how }: Desired): Order => ({
  ref,
  action,
  token: "lm_t",
  owner: "lab/acme/Subscriber/isp-acme/s",
  id: ref.key,
  patch: action === "create" || action === "update" ? (spec as State) : {},
  ...(action !== "retire" && action !== "destroy" && { spec: spec as State, how }),
});
export function good(out: readonly Outcome[]): readonly (Observed | null)[] {
  return out.map((one) => {
    if (one instanceof Error) throw one;
    return one;
  });
}
