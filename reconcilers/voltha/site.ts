/** What all resources of one endpoint share. */
import { pace, type Turn } from "../pace.ts";
import type { Olt, VolthaConfig } from "./config.ts";
import type { Controller, Port } from "./controller.ts";
import type { Core } from "./core.ts";
import type { How } from "./desired.ts";
import { type Memory, memory } from "./memory.ts";
import { adapterSerial, ofDevice, parsePort, portName, uniNumber } from "./names.ts";
import { type Onu, onuAt, type Plant } from "./plant.ts";
import { type Readings, readings } from "./readings.ts";
import { shared } from "./shared.ts";
import { type Storms, storms } from "./storms.ts";

export interface Site extends Readings {
  readonly endpoint: string;
  readonly config: VolthaConfig;
  readonly core: Core;
  readonly controller: Controller;
  readonly memory: Memory;
  readonly storms: Storms;
  readonly now: () => number;
  /** For which an apply looks whether the device did what it was told. */
  readonly patienceMs: number;
  /** For which what an ONU said before something was brought to it may be what it says after. */
  readonly momentMs: number;
  /** Names of the logical devices as ONOS has them, by id of the root device. */
  datapaths(): Promise<ReadonlyMap<string, string>>;
  /** Repairs of one PON go one after the other. */
  turn(pon: string): Turn;
}
/** An ONU takes some hundred milliseconds of OMCI for its flows, and a PON has one channel for all of them. */
const REPAIRS_PER_SECOND = 5;
/** 64 ONUs had their flows 4.4 s after their services. */
const PATIENCE_MS = 8000;
/** An ONU that has services says so for a while, whatever comes: eight ports together take 0.7 s. */
const MOMENT_MS = 1500;

/** What outlives a session: which outages there were, which repairs were in vain, what is still awaited. */
export interface Known {
  readonly memory: Memory;
  readonly storms: Storms;
}
export const knownOf = ({ olts, settleMs }: VolthaConfig, now: () => number): Known => ({
  memory: memory(now),
  storms: storms(olts, settleMs, now),
});
export interface Parts {
  readonly endpoint: string;
  readonly config: VolthaConfig;
  readonly core: Core;
  readonly controller: Controller;
  readonly now: () => number;
  /** From sessions before. */
  readonly known: Known;
  /** Ends what is under way when the session is closed. */
  readonly until: AbortSignal;
}
export function siteOf({ endpoint, config, core, controller, now, known, until }: Parts): Site {
  const turns = new Map<string, Turn>();
  return {
    endpoint,
    config,
    core,
    controller,
    now,
    patienceMs: PATIENCE_MS,
    momentMs: MOMENT_MS,
    ...known,
    ...readings({ core, olts: config.olts, ...known, until }),
    datapaths: shared(async () => {
      const all = await core.logicalDevices(until);
      return new Map(all.map((l) => [l.rootDeviceId, ofDevice(l.datapathId)]));
    }),
    turn(pon) {
      const turn = turns.get(pon) ?? pace(REPAIRS_PER_SECOND);
      turns.set(pon, turn);
      return turn;
    },
  };
}

export const oltNamed = ({ config }: Site, name: string): Olt | undefined => config.olts.find((o) => o.name === name);

/** Where a port may be: where it is declared, where its ONU is, or, when neither tells, on any OLT. */
export async function placesOf(site: Site, plant: Plant, name: string, how: How | undefined): Promise<readonly Port[]> {
  const { serial = name, uni = 1 } = parsePort(name) ?? {};
  const onu = onuAt(plant, serial, how) ?? plant.onus(serial)[0];
  const olt = how?.olt ?? onu?.olt;
  const olts = site.config.olts.filter((o) => olt === undefined || o.name === olt);
  const datapaths = site.controller.name === "ONOS" ? await site.datapaths() : undefined;
  const real = nameOf(onu, serial, uni);
  return olts.flatMap((one) => {
    const root = plant.roots.get(one.name);
    const device = datapaths ? datapaths.get(root?.id ?? "") : root?.parentId;
    return device ? [{ name: real, olt: one, device, number: numberOf(onu, one, uni) }] : [];
  });
}
/** VGC compares letter by letter. */
const nameOf = (onu: Onu | undefined, serial: string, uni: number): string =>
  portName(onu?.device.serialNumber ?? adapterSerial(serial), uni);
function numberOf(onu: Onu | undefined, olt: Olt, uni: number): number | undefined {
  const onuId = onu?.device.proxyAddress?.onuId;
  if (onu?.olt !== olt.name || onu.pon === undefined || onuId === undefined) return undefined;
  return uniNumber(onu.pon, onuId, uni);
}
