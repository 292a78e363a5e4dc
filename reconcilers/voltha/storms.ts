/** Outages as a whole: per OLT whether what is seen under it can be judged, or whether it is only shaken. */
import type { Trouble } from "../system.ts";
import type { Olt } from "./config.ts";
import { type Device, isUp } from "./device.ts";
import type { Plant } from "./plant.ts";

/** Unreached: it was never there. Down: it was. Settling: it is back, and its ONUs come back by themselves. */
export type Weather = "Up" | "Unreached" | "Down" | "Settling";
export interface Storms {
  /** To be told of every reading. */
  see(plant: Pick<Plant, "roots">): void;
  /** Something happened to the OLT between two readings. */
  disturbed(olt: string): void;
  of(olt: string | undefined): Weather;
  /** When the first of those that settle has settled; undefined: none does. */
  readonly calmAt: number | undefined;
  troubles(plant: Plant): readonly Trouble[];
}
interface Told {
  readonly down: boolean;
  /** When it came back, as far as that is not long ago. */
  readonly since: number | undefined;
}

/** `now`: milliseconds, of any beginning. */
export function storms(olts: readonly Olt[], settleMs: number, now: () => number): Storms {
  const told = new Map<string, Told>();
  const weather = (name: string, root: Device | undefined): Weather => {
    if (!root || (!isUp(root) && root.connectStatus === "UNKNOWN")) return "Unreached";
    if (!isUp(root)) return "Down";
    const since = told.get(name)?.since;
    return since !== undefined && now() - since < settleMs ? "Settling" : "Up";
  };
  const last = new Map<string, Device | undefined>();
  return {
    see(plant) {
      for (const { name } of olts) {
        const root = plant.roots.get(name);
        const before = told.get(name);
        const down = weather(name, root) === "Down";
        told.set(name, { down, since: before?.down && !down ? now() : before?.since });
        last.set(name, root);
      }
    },
    disturbed: (name) => void told.set(name, { down: told.get(name)?.down ?? false, since: now() }),
    of: (name) => (name === undefined ? "Up" : weather(name, last.get(name))),
    get calmAt() {
      const ends = [...told.values()].flatMap(({ since }) => (since === undefined ? [] : [since + settleMs]));
      const open = ends.filter((at) => at > now());
      return open.length > 0 ? Math.min(...open) : undefined;
    },
    troubles: (plant) =>
      olts.flatMap(({ name }) => {
        const state = weather(name, plant.roots.get(name));
        if (state === "Up" || !plant.roots.has(name)) return [];
        return [trouble(name, state, plant.under(name).length, settleMs)];
      }),
  };
}

function trouble(olt: string, state: Exclude<Weather, "Up">, onus: number, settleMs: number): Trouble {
  const settle = `${Math.round(settleMs / 1000)} s`;
  const concerns = onus === 1 ? "1 ONU" : `${onus} ONUs`;
  if (state === "Settling")
    return {
      reason: "Settling",
      message: `${olt} is back: its ${concerns} get ${settle} to come back by themselves, then what is still wrong is repaired`,
    };
  const how = state === "Down" ? "is down" : "has not been reached yet";
  return {
    reason: "OLTDown",
    message: `${olt} ${how}: its ${concerns} are neither judged nor repaired until it is back and ${settle} have passed`,
  };
}
