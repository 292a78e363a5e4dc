/**
 * Flows that VGC still takes away. What it is given meanwhile under the number of one of them it takes for there, never pushes,
 * and deletes (`AddFlow` of 0.1.24: ErrDuplicateFlow); after that the ONU's adapter refuses the port for a minute and more.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { fault } from "../errors.ts";
import type { Port } from "./controller.ts";
import type { Service } from "./service.ts";
import { sharedBy } from "./shared.ts";
import { type Fields, listOf } from "./vgc-answers.ts";

/** Up and down, in both tables. */
const LEGS = [0x8200n, 0x8210n, 0x0200n, 0x0210n];
const PRIORITY_BITS = 0x000f_0000_0000_000fn;
const legOf = (id: bigint): bigint => id & ~PRIORITY_BITS;

/**
 * VGC's numbers without their priority bits (`generateUSCookie` and `generateDSCookie` in service.go of 0.1.24): inner VLAN, port,
 * direction and table, and neither the S-tag nor the technology profile.
 */
function legsOf(port: number, { cTag }: Service): ReadonlySet<bigint> {
  const base = (BigInt(cTag) << 52n) | (BigInt(port) << 16n);
  return new Set(LEGS.map((leg) => BigInt.asUintN(64, base | leg)));
}
/** Of all flows on a device, as VGC has them now. */
export type FlowIds = (device: string) => Promise<readonly bigint[]>;
/** A large OLT has ten thousands of them, and VGC tells of one that it does not know by falling over: so they are listed. */
const REST = 4;
export function flowIds(read: (device: string) => Promise<unknown>): FlowIds {
  const free = new Map<string, number>();
  return sharedBy(async (device) => {
    await sleep(Math.max(0, (free.get(device) ?? 0) - performance.now()));
    const began = performance.now();
    const ids = listOf(await read(device), "flows").map(idOf);
    free.set(device, performance.now() + REST * (performance.now() - began));
    return ids;
  });
}
const idOf = ({ id }: Fields): bigint => (typeof id === "string" && /^\d+$/.test(id) ? BigInt(id) : 0n);

/** Some tens of milliseconds, and as long as an ONU takes to answer where it is slow. */
const GONE = { firstMs: 20, mostMs: 500, withinMs: 10_000 };

export async function untilTaken(flows: FlowIds, port: Port, service: Service, signal: AbortSignal): Promise<void> {
  if (port.number === undefined) return;
  const legs = legsOf(port.number, service);
  const end = performance.now() + GONE.withinMs;
  for (let wait = GONE.firstMs; ; wait = Math.min(wait * 2, GONE.mostMs)) {
    if (!(await flows(port.device)).some((id) => legs.has(legOf(id)))) return;
    if (performance.now() >= end || signal.aborted)
      throw fault("Unavailable", `VGC has not taken ${service.name} off ${port.name} yet`);
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}
