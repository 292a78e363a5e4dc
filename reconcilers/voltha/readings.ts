/** How devices are read: all of them, a few by their ids, or only the OLTs. */
import { Fault } from "../errors.ts";
import type { Olt } from "./config.ts";
import type { Core } from "./core.ts";
import { type Device, isDown } from "./device.ts";
import type { Memory } from "./memory.ts";
import { keySerial } from "./names.ts";
import { again, FEW, near, type Sought } from "./near.ts";
import { type Onu, type Plant, plantOf } from "./plant.ts";
import { shared, sharedBy } from "./shared.ts";
import type { Storms } from "./storms.ts";

export interface Readings {
  /** Read anew, in one call for all who ask at that time. */
  plant(): Promise<Plant>;
  /** As far as it concerns these: a few at work on their OLTs are asked for by their ids. */
  around(sought: readonly Sought[]): Promise<Plant>;
  /** The same ONUs, read anew; undefined: gone. */
  again(onus: readonly (Onu | undefined)[]): Promise<readonly (Onu | undefined)[]>;
  /** OLTs read anew, and of their ONUs what was read last. */
  overview(): Promise<Plant>;
  /** Names of the ports that the OLT's logical device holds down, whatever their ONUs do. */
  downPorts(root: Device): Promise<ReadonlySet<string>>;
  /** As all was read last, at most seconds ago where hints are heard. */
  lastPlant(): Promise<Plant>;
}
export interface Readers {
  readonly core: Core;
  readonly olts: readonly Olt[];
  readonly memory: Memory;
  readonly storms: Storms;
  readonly until: AbortSignal;
}

export function readings({ core, olts, memory, storms, until }: Readers): Readings {
  let last: Plant | undefined;
  const read = <T>(reading: Promise<T>): Promise<T> =>
    reading.catch((e: unknown) => {
      if (e instanceof Fault) storms.blind();
      throw e;
    });
  const plant = shared(async () => {
    last = plantOf(await read(core.devices(until)), olts);
    storms.see(last);
    memory.see(last);
    return last;
  });
  const device = (id: string) => read(core.device(id, until));
  const downPorts = sharedBy(async (logical: string): Promise<ReadonlySet<string>> => {
    const ports = await read(core.logicalPorts(logical, until));
    return new Set(ports.filter(isDown).map(({ ofpPort }) => ofpPort?.name ?? ""));
  });
  const reads = { onu: device, olt: sharedBy(device) };
  return {
    plant,
    downPorts: (root) => downPorts(root.parentId),
    lastPlant: async () => last ?? plant(),
    async around(sought) {
      const few = last && sought.length <= FEW ? await near(reads, last, sought, olts, storms) : undefined;
      if (!few) return plant();
      memory.see(few);
      return few;
    },
    async again(onus) {
      if (onus.length > FEW) return sameIn(await plant(), onus);
      const now = await again(reads, onus);
      memory.see({ all: now.flatMap((onu) => onu ?? []) });
      return now;
    },
    async overview() {
      const before = last;
      // Of one that is not known yet the id is not, either.
      if (!before || before.roots.size < olts.length) return plant();
      const known = [...before.roots];
      const found = await Promise.all(known.map(([, root]) => reads.olt(root.id)));
      const roots = new Map(known.flatMap(([name], n) => (found[n] ? [[name, found[n]]] : [])));
      if (roots.size < known.length) return plant();
      storms.see({ roots });
      return { ...before, roots };
    },
  };
}
const sameIn = (plant: Plant, onus: readonly (Onu | undefined)[]): readonly (Onu | undefined)[] =>
  onus.map(
    (onu) => onu && plant.onus(keySerial(onu.device.serialNumber)).find(({ device }) => device.id === onu.device.id),
  );
