/** The life of an ONU as rw_core tells it: found, brought up, lost, back, gone. */
import {
  addPort,
  become,
  type Core,
  dropPort,
  type Logical,
  type LogicalPort,
  newDevice,
  type Olt,
  type Onu,
  setLive,
  walk,
} from "./core.ts";
import { canBeHeard, type OnuBox, uniNumber } from "./plant.ts";

export const uniOf = (onu: Onu): LogicalPort | undefined => onu.olt.logical?.ports.get(uniNumber(onu.pon, onu.onuId));
const serves = (olt: Olt): boolean =>
  olt.admin === "ENABLED" && olt.connect === "REACHABLE" && olt.logical !== undefined;

/** The box is heard on a PON of an OLT that works. */
export function heard(core: Core, olt: Olt, box: OnuBox): void {
  const { at } = box;
  if (!serves(olt) || !canBeHeard(box) || !at || at.olt !== olt.box) return;
  const known = olt.onus.get(box.serial);
  if (!known) discover(core, olt, box, at.pon);
  else if (known.pon === at.pon) comeBack(core, known, bringUp(core, known));
  // Moved to another PON (from the adapter's and the core's source, not recorded): activated at the place that is remembered.
  else comeBack(core, known, bringUp(core, known).slice(0, HANGS_AFTER));
}
/** States of an activation to which no ONU answers. */
const HANGS_AFTER = 2;

function discover(core: Core, olt: Olt, box: OnuBox, pon: number): void {
  const onu: Onu = { ...newDevice("brcm_openomci_onu"), kind: "onu", olt, box, pon, onuId: freeId(olt, pon) };
  core.devices.set(onu.id, onu);
  olt.onus.set(box.serial, onu);
  walk(core, onu, [
    () => {
      onu.admin = "ENABLED";
      become(onu, "ACTIVATING", "UNKNOWN");
    },
    () => become(onu, "ACTIVATING", "UNKNOWN", "activating-onu"),
    ...bringUp(core, onu),
  ]);
}
function freeId(olt: Olt, pon: number): number {
  const taken = new Set<number>();
  for (const o of olt.onus.values()) if (o.pon === pon) taken.add(o.onuId);
  let id = 1;
  while (taken.has(id)) id += 1;
  return id;
}

const bringUp = (core: Core, onu: Onu): readonly (() => void)[] => [
  () => become(onu, "DISCOVERED", "REACHABLE", "activating-onu"),
  () => become(onu, "ACTIVATING", "REACHABLE", "activating-onu"),
  () => become(onu, "ACTIVATING", "REACHABLE", "starting-openomci"),
  () => become(onu, "ACTIVATING", "REACHABLE", "discovery-mibsync-complete"),
  () => {
    become(onu, "ACTIVE", "REACHABLE", "initial-mib-downloaded");
    showUni(core, onu);
  },
];

function showUni(core: Core, onu: Onu): void {
  const { logical } = onu.olt;
  if (!logical) return;
  const port = uniOf(onu);
  if (port) setLive(core, logical, port, !port.barred);
  else addUni(core, logical, onu);
}
function addUni(core: Core, logical: Logical, onu: Onu): void {
  const no = uniNumber(onu.pon, onu.onuId);
  addPort(core, logical, {
    no,
    id: `uni-${no}`,
    name: `${onu.box.serial}-1`,
    hardware: [8, 0, onu.pon, onu.pon, onu.onuId, 0],
    device: onu,
    live: true,
    barred: false,
  });
}
function hideUni(core: Core, onu: Onu): void {
  const port = uniOf(onu);
  if (port && onu.olt.logical) setLive(core, onu.olt.logical, port, false);
}

/** Unless the box hangs on another OLT by now. */
export function wipe(onu: Onu): void {
  if (!onu.box.at || onu.box.at.olt === onu.olt.box) onu.box.flows.clear();
}

/** Its signal is gone; what it had in its tables is, too. */
export function lose(core: Core, onu: Onu): void {
  onu.epoch += 1;
  wipe(onu);
  become(onu, "DISCOVERED", "UNREACHABLE", "stopping-openomci");
  hideUni(core, onu);
}
function comeBack(core: Core, onu: Onu, states: readonly (() => void)[]): void {
  if (onu.connect === "REACHABLE" || onu.admin === "DISABLED") return;
  onu.epoch += 1;
  walk(core, onu, states);
}

export function disable(core: Core, onu: Onu): void {
  onu.admin = "DISABLED";
  onu.epoch += 1;
  become(onu, "UNKNOWN", onu.connect, "omci-admin-lock");
  hideUni(core, onu);
}
/** What the ONU had stays in it, but the reason does not say so. */
export function enable(core: Core, onu: Onu): void {
  onu.admin = "ENABLED";
  if (onu.connect !== "REACHABLE") {
    become(onu, "ACTIVATING", onu.connect, "omci-admin-lock");
    heard(core, onu.olt, onu.box);
    return;
  }
  walk(core, onu, [
    () => {
      become(onu, "ACTIVE", "REACHABLE", "onu-reenabled");
      showUni(core, onu);
    },
  ]);
}
export function reboot(core: Core, onu: Onu): void {
  core.clock.later(1, () => {
    lose(core, onu);
    core.clock.later(3, () => heard(core, onu.olt, onu.box));
  });
}

export function forget(core: Core, onu: Onu): void {
  onu.epoch += 1;
  wipe(onu);
  core.devices.delete(onu.id);
  onu.olt.onus.delete(onu.box.serial);
  const port = uniOf(onu);
  if (port && onu.olt.logical) dropPort(core, onu.olt.logical, port);
}
/** An ONU that is still there is found again, as another device. */
export function remove(core: Core, onu: Onu): void {
  core.clock.later(1, () => {
    if (core.devices.has(onu.id)) forget(core, onu);
    core.clock.later(3, () => heard(core, onu.olt, onu.box));
  });
}
