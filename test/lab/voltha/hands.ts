/** What happens to an ONU in the field. rw_core hears of it where it can. */
import type { Core, Olt } from "./core.ts";
import type { Flow, Tags } from "./flows.ts";
import { heard, lose } from "./onu.ts";
import { canBeHeard, type OltBox, type OnuBox, plug, servicesOf, unplug } from "./plant.ts";

export interface OnuHandle {
  readonly serial: string;
  readonly uniPort: string;
  power(on: boolean): void;
  reboot(): void;
  move(olt: string, pon: number): void;
  unplug(): void;
  /** What the device has in its tables, whatever anybody believes. */
  readonly services: readonly Tags[];
  readonly flows: readonly Flow[];
}
/** The device that rw_core has for this box, if any. */
export const deviceAt = (core: Core, box: OltBox | undefined): Olt | undefined =>
  core.oltsByAddress.get(box?.hostAndPort ?? "");

export function appears(core: Core, box: OnuBox): void {
  const device = deviceAt(core, box.at?.olt);
  if (device && canBeHeard(box)) core.clock.later(1, () => heard(core, device, box));
}
function vanishes(core: Core, box: OnuBox): void {
  const onu = deviceAt(core, box.at?.olt)?.onus.get(box.serial);
  box.flows.clear();
  if (onu && canBeHeard(box)) lose(core, onu);
}

export const handle = (core: Core, box: OnuBox): OnuHandle => ({
  serial: box.serial,
  uniPort: `${box.serial}-1`,
  power(on) {
    if (on === box.powered) return;
    if (!on) vanishes(core, box);
    box.powered = on;
    if (on) appears(core, box);
  },
  reboot() {
    vanishes(core, box);
    appears(core, box);
  },
  move(olt, pon) {
    vanishes(core, box);
    unplug(box);
    plug(core.plant, box, olt, pon);
    appears(core, box);
  },
  unplug() {
    vanishes(core, box);
    unplug(box);
  },
  get services() {
    return servicesOf(box);
  },
  get flows() {
    return [...box.flows.values()];
  },
});
