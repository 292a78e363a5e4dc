import type { ServicePlanSpeed } from "../../api/types.generated.ts";
import type { Speed } from "../resolved.ts";

const KBPS = { k: 1, M: 1_000, G: 1_000_000 } as const;
const SPEED = /^([0-9]{1,9})(?:\.([0-9]{1,6}))?([kMG])bps$/;

/** `100Mbps`, `2.5Gbps`, `64kbps` in kilobits per second. Undefined: not a speed, zero, or not a whole number of kbit/s. */
export function parseSpeed(text: string): number | undefined {
  const [, whole, fraction = "", unit] = SPEED.exec(text) ?? [];
  if (whole === undefined) return undefined;
  // Whole numbers only: 0.1 has no exact double, and a rate that is off by one is drift for ever.
  const scaled = BigInt(whole + fraction) * BigInt(KBPS[unit as keyof typeof KBPS]);
  const divisor = 10n ** BigInt(fraction.length);
  if (scaled === 0n || scaled % divisor !== 0n) return undefined;
  return Number(scaled / divisor);
}

/** The shortest spelling that `parseSpeed` reads back. */
export function formatSpeed(kbps: number): string {
  if (kbps % KBPS.G === 0) return `${kbps / KBPS.G}Gbps`;
  return kbps % KBPS.M === 0 ? `${kbps / KBPS.M}Mbps` : `${kbps}kbps`;
}

type Declared = Pick<ServicePlanSpeed, "down" | "up"> & Partial<ServicePlanSpeed>;
export function planSpeed({ down, up, burstDown, burstUp }: Declared): Speed {
  return {
    downKbps: kbps(down),
    upKbps: kbps(up),
    ...(burstDown === undefined ? {} : { burstDownKbps: kbps(burstDown) }),
    ...(burstUp === undefined ? {} : { burstUpKbps: kbps(burstUp) }),
  };
}
// The schema has these patterns, so only a program error arrives here.
function kbps(text: string): number {
  const speed = parseSpeed(text);
  if (speed === undefined) throw new RangeError(`not a speed: ${text}`);
  return speed;
}
