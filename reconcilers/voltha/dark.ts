/**
 * ONUs that carry nothing until they are started anew. First of all those that work, and whose ports rw_core holds down: after a
 * restart of it all of them are, for ever, and VGC takes their flows away (seen on 3.7.13). Nothing that the controller is told
 * helps, only DisableDevice and EnableDevice of the ONU.
 */
import type { Trouble } from "../system.ts";
import { parsePort, portName } from "./names.ts";
import { type Onu, type Plant, works } from "./plant.ts";
import type { Site } from "./site.ts";

/** Shown as the ONU's reason. */
export const PORT_DOWN = "logical-port-down";

/** Whether the port, by its key, is one of them. */
export type IsDark = (onu: Onu | undefined, port: string) => boolean;

/** Where nobody could tell what it means, nobody looks. */
const canTell = ({ storms }: Site, { olt, device }: Onu): boolean =>
  olt !== undefined && storms.of(olt) === "Up" && device.adminState === "ENABLED";

/** Enabled under load it may not answer, and hangs as it was while it was disabled (seen on openonu 2.13.31). */
const isStuck = ({ device: d }: Onu): boolean =>
  d.operStatus === "UNKNOWN" && d.connectStatus === "REACHABLE" && d.reason === "omci-admin-lock";
export const hangs = (site: Site, onu: Onu | undefined): boolean =>
  onu !== undefined && canTell(site, onu) && isStuck(onu);

/** Of one port. */
export async function isDark(site: Site, onu: Onu | undefined, port: string): Promise<boolean> {
  if (hangs(site, onu)) return true;
  if (!onu?.root || !works(onu) || !canTell(site, onu)) return false;
  return isIn(await site.downPorts(onu.root), onu, port);
}
/** Under those of the OLTs that can be judged; each is asked once, and how many there are is remembered for the endpoint. */
export async function darkIn(site: Site, plant: Plant, olts: ReadonlySet<string>): Promise<IsDark> {
  const asked = [...plant.roots].filter(([olt]) => olts.has(olt));
  const down = new Map<string | undefined, ReadonlySet<string>>();
  for (const [olt, root] of asked) {
    const ports = site.storms.of(olt) === "Up" ? await site.downPorts(root) : NONE;
    const serials = new Set([...ports].map((name) => parsePort(name)?.serial));
    const isSuch = (onu: Onu): boolean => serials.has(onu.device.serialNumber) && works(onu) && canTell(site, onu);
    site.memory.dark.set(olt, serials.size === 0 ? 0 : plant.under(olt).filter(isSuch).length);
    down.set(olt, ports);
  }
  return (onu, port) => {
    if (!onu || !down.has(onu.olt) || !canTell(site, onu)) return false;
    return isStuck(onu) || (works(onu) && isIn(down.get(onu.olt), onu, port));
  };
}
const NONE: ReadonlySet<string> = new Set();
/** As VOLTHA calls it. */
const isIn = (ports: ReadonlySet<string> = NONE, { device }: Onu, port: string): boolean =>
  ports.has(portName(device.serialNumber, parsePort(port)?.uni ?? 1));

export const darkTroubles = ({ memory }: Site): readonly Trouble[] =>
  [...memory.dark].flatMap(([olt, onus]) => (onus === 0 ? [] : [trouble(olt, onus)]));
const trouble = (olt: string, onus: number): Trouble => ({
  reason: "PortsDown",
  message: `${onus === 1 ? "1 ONU works" : `${onus} ONUs work`} under ${olt}, and VOLTHA's core holds their ports down, as after a restart of it: each is disabled and enabled, PON by PON`,
});
