/** Pure: a speed as a bandwidth profile. README.md says why. */
import { hash } from "node:crypto";
import type { PlanService, Speed } from "../../controller/core/resolved.ts";

export type Direction = "up" | "down";
/** Rates in kbit/s, bursts in kbit, as a meter of OpenFlow has them. */
export interface Bandwidth {
  /** Committed. */
  readonly cir: number;
  readonly cbs: number;
  /** Exceeding what is committed: best effort. */
  readonly eir: number;
  readonly ebs: number;
  /** Assured: what is not used by its owner goes to others. VGC drops it beside a guaranteed one. */
  readonly air: number;
  /** Peak. */
  readonly pir: number;
  readonly pbs: number;
  /** Guaranteed: kept free also while it is not used. */
  readonly gir: number;
}
export const RATES = [
  "cir",
  "cbs",
  "eir",
  "ebs",
  "air",
  "pir",
  "pbs",
  "gir",
] as const satisfies readonly (keyof Bandwidth)[];

const NOTHING: Bandwidth = { cir: 0, cbs: 0, eir: 0, ebs: 0, air: 0, pir: 0, pbs: 0, gir: 0 };
/** IEEE 802.1Q, I.4: 5 and above is voice and control, which cannot wait; 0 is best effort. */
const VOICE = 5;
const MOST = 2 ** 32 - 1;
/** A burst is at least this share of a second at the full rate, so that a single train of packets is not cut. */
const LEAST_BURST = 0.1;

export function bandwidth({ speed, pbit }: Pick<PlanService, "speed" | "pbit">, direction: Direction): Bandwidth {
  const rate = rateOf(speed, direction);
  const burst = burstOf(speed, direction);
  if (pbit >= VOICE) return { ...NOTHING, gir: rate, pir: rate };
  if (pbit > 0) return { ...NOTHING, cir: rate, cbs: burst, pir: rate, pbs: burst };
  return { ...NOTHING, eir: rate, ebs: burst, pir: rate, pbs: burst };
}
const rateOf = ({ upKbps, downKbps }: Speed, direction: Direction): number => (direction === "up" ? upKbps : downKbps);

/** One second of what the burst has above the rate. */
function burstOf(speed: Speed, direction: Direction): number {
  const rate = rateOf(speed, direction);
  const peak = (direction === "up" ? speed.burstUpKbps : speed.burstDownKbps) ?? rate;
  return Math.min(MOST, Math.max(peak - rate, Math.ceil(rate * LEAST_BURST)));
}

/** A profile that is there never changes (a second POST is ignored): so other content has another name. */
export function profileId(tenant: string, plan: string, service: string, direction: Direction, b: Bandwidth): string {
  const content = hash("sha256", JSON.stringify(RATES.map((r) => b[r])), "hex").slice(0, 8);
  return `${tenant}_${plan}_${service}_${direction}_${content}`;
}
