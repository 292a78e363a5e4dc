/** A port that lost its services: the controller is made to push them anew, or, where its port is down, its ONU is started anew. */
import { Fault, fault } from "../errors.ts";
import { lookAgain } from "./arrival.ts";
import type { Port } from "./controller.ts";
import { isDark } from "./dark.ts";
import { isThere } from "./device.ts";
import { ARRIVING_MS } from "./flows.ts";
import { keySerial } from "./names.ts";
import { factsOf } from "./onu.ts";
import { watchUntil } from "./patience.ts";
import type { Onu } from "./plant.ts";
import type { Wrong } from "./repairs.ts";
import type { Site } from "./site.ts";
import { target } from "./target.ts";
import { verdict } from "./verdict.ts";
import type { View } from "./view.ts";

/** One PON after the other's pace, and only what is still wrong when its turn comes: most of it heals by itself. */
export async function repair(site: Site, before: View, port: Port, signal: AbortSignal): Promise<void> {
  refuseVain(site, before);
  const pon = port.number === undefined ? port.olt.name : `${port.olt.name}/${port.number >>> 16}`;
  await site
    .turn(pon)(signal)
    .catch(() => undefined);
  if (signal.aborted) throw fault("Unavailable", "the call was given up before its turn");
  const [view] = await lookAgain(site, [before], signal);
  if (!view?.onu || verdict(site, view) !== "missing") return;
  const { memory } = site;
  memory.landings.arriving.add(view.ref.key);
  memory.repairs.made(view.ref.key, wrongWith(view));
  if (view.isDark) await startAnew(site, view.onu, view.ref.key, signal);
  else await pushAnew(site, view, port, signal);
  memory.landings.wrote(view.ref.key);
}
async function pushAnew({ controller }: Site, { held }: View, port: Port, signal: AbortSignal): Promise<void> {
  for (const { service } of held) {
    await controller.deactivate(port, service, signal);
    await controller.taken(port, service, signal);
    await controller.activate(port, service, signal);
  }
}
/** Once for all ports of the ONU; the controller pushes their services when their ports are up. */
async function startAnew(site: Site, onu: Onu, port: string, signal: AbortSignal): Promise<void> {
  const { core, memory, now } = site;
  const { device } = onu;
  const serial = keySerial(device.serialNumber);
  const last = memory.startedAnew.get(serial);
  if (last === undefined || now() - last >= ARRIVING_MS) {
    memory.startedAnew.set(serial, now());
    await core.disable(device.id, signal);
    await core.enable(device.id, TO_THE_END); // whoever gives up now leaves nobody switched off
  }
  await watchUntil(
    site,
    async () => {
      const [is] = await site.again([onu]);
      return is !== undefined && (!isThere(is.device) || (await isDark(site, is, port)));
    },
    signal,
  );
}
const TO_THE_END = new AbortController().signal;

/** An ONU that refuses one of its services would lose the others at every attempt. */
function refuseVain(site: Site, view: View): void {
  if (verdict(site, view) !== "missing") return;
  const times = site.memory.repairs.vain(view.ref.key, wrongWith(view));
  if (times === undefined) return;
  throw new Fault("Rejected", "NotConverging", vainly(view, times), {
    remedy: "look at the ONU; it is tried again ever more rarely, and at once when the declaration changes",
    ...(view.onu && { facts: factsOf(view.onu) }),
  });
}
function vainly({ onu, isDark: isDown, name }: View, times: number): string {
  const serial = onu?.device.serialNumber;
  if (isDown && onu && !isThere(onu.device))
    return `ONU ${serial} was disabled and enabled, and does not come up: ${onu.device.reason}`;
  if (isDown)
    return `ONU ${serial} works, was disabled and enabled, and VOLTHA's core still holds its port ${name} down`;
  return `ONU ${serial} was given its services ${times} times and does not set them up: ${onu?.device.reason}`;
}
/** A vendor's ONU may take its services at the second attempt. */
const FREE = 2;
function wrongWith({ onu, wanted, isDark: isDown }: View): Wrong {
  const is = isDown ? "port down" : onu?.device.reason;
  const look = [onu?.device.id, is, ...(wanted ? target(wanted) : [])].join("|");
  return { look, free: isDown ? 1 : FREE };
}
