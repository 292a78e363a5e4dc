/** Outages as a whole: per OLT whether what is seen under it can be judged, or whether it is only shaken. */
import type { Trouble } from "../system.ts";
import type { Olt } from "./config.ts";
import { type Device, isUp } from "./device.ts";
import type { Plant } from "./plant.ts";

/** Unreached: it was never there. Down: it was. Settling: it is back, or was out of sight, and its ONUs come back by themselves. */
export type Weather = "Up" | "Unreached" | "Down" | "Settling";
export interface Storms {
  /** To be told of every reading. */
  see(plant: Pick<Plant, "roots">): void;
  /** Something happened to the OLT between two readings. */
  disturbed(olt: string): void;
  /** A reading failed: what happens until the next one nobody sees. */
  blind(): void;
  of(olt: string | undefined): Weather;
  /** When the first of those that settle has settled; undefined: none does. */
  readonly calmAt: number | undefined;
  troubles(plant: Plant): readonly Trouble[];
}
interface Told {
  /** It was there once. */
  readonly met: boolean;
  readonly down: boolean;
  /** When it came back, as far as that is not long ago. */
  readonly since: number | undefined;
}

/** rw_core is away for eight seconds when it restarts; one call that was lost is no outage. */
export const BLINK_MS = 3000;

/** `now`: milliseconds, of any beginning. */
export function storms(olts: readonly Olt[], settleMs: number, now: () => number): Storms {
  const told = new Map<string, Told>();
  const weather = (name: string, root: Device | undefined): Weather => {
    const isUnreached = !root || (!isUp(root) && root.connectStatus === "UNKNOWN");
    if (isUnreached && !told.get(name)?.met) return "Unreached";
    if (!root || !isUp(root)) return "Down";
    const since = told.get(name)?.since;
    return since !== undefined && now() - since < settleMs ? "Settling" : "Up";
  };
  const last = new Map<string, Device | undefined>();
  let blindSince: number | undefined;
  return {
    see(plant) {
      const wasBlind = blindSince !== undefined && now() - blindSince >= BLINK_MS;
      blindSince = undefined;
      for (const { name } of olts) {
        const root = plant.roots.get(name);
        const before = told.get(name);
        const is = weather(name, root);
        const down = is === "Down";
        const isBack = before?.met && (before.down || wasBlind) && !down;
        told.set(name, { met: is !== "Unreached", down, since: isBack ? now() : before?.since });
        last.set(name, root);
      }
    },
    disturbed: (name) => void told.set(name, { met: true, down: told.get(name)?.down ?? false, since: now() }),
    blind() {
      blindSince ??= now();
    },
    of(name) {
      if (name === undefined) return "Up";
      return blindSince === undefined ? weather(name, last.get(name)) : "Down";
    },
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
      message: `${olt} was down or out of sight: its ${concerns} get ${settle} to come back by themselves, then what is still wrong is repaired`,
    };
  const how = state === "Down" ? "is down" : "has not been reached yet";
  return {
    reason: "OLTDown",
    message: `${olt} ${how}: its ${concerns} are neither judged nor repaired until it is back and ${settle} have passed`,
  };
}
