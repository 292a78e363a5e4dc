/** The life of an OLT as rw_core tells it. What it says of the ONUs behind it is stale while the OLT is not reached. */
import { randomUUID } from "node:crypto";
import { addPort, become, type Core, type Logical, type Olt, setLive, tell, walk } from "./core.ts";
import { forget, heard, lose, wipe } from "./onu.ts";
import type { OltBox } from "./plant.ts";

export function enable(core: Core, olt: Olt): void {
  olt.admin = "ENABLED";
  olt.epoch += 1;
  become(olt, olt.boots > 0 ? "ACTIVE" : "ACTIVATING", olt.connect);
  connect(core, olt);
}
/** Finds the box where the device is told to be; nobody there: it goes on trying. */
export function connect(core: Core, olt: Olt): void {
  olt.box = core.plant.oltsByAddress.get(olt.hostAndPort);
  const { box } = olt;
  if (!box?.up || olt.admin !== "ENABLED" || olt.type !== "openolt") return;
  olt.epoch += 1;
  walk(core, olt, [
    ...(olt.boots === box.boots ? [] : startOver(core, olt, box)),
    () => {
      become(olt, "ACTIVE", "REACHABLE");
      for (const port of ownPorts(olt)) setLive(core, port.logical, port.port, true);
    },
    () => {
      for (const onu of box.onus.values()) heard(core, olt, onu);
    },
  ]);
}
const ownPorts = ({ logical }: Olt) =>
  logical ? [...logical.ports.values()].filter((p) => p.device.kind === "olt").map((port) => ({ logical, port })) : [];

/** A box that has started again is provisioned anew: ONUs and logical device come back with other ids. */
function startOver(core: Core, olt: Olt, box: OltBox): readonly (() => void)[] {
  const clear = [
    () => {
      become(olt, "UNKNOWN", "UNREACHABLE");
      for (const onu of [...olt.onus.values()]) forget(core, onu);
    },
    () => dropLogical(core, olt),
  ];
  const meet = (): void => {
    olt.boots = box.boots;
    addLogical(core, olt, box);
  };
  return olt.boots === 0 ? [meet] : [...clear, meet];
}
function addLogical(core: Core, olt: Olt, box: OltBox): void {
  const logical: Logical = { id: randomUUID(), olt, ports: new Map(), flows: new Map(), meters: new Map() };
  olt.logical = logical;
  core.logicals.set(logical.id, logical);
  tell(core, { what: "device-added", logical });
  const name = `nni-${box.nni}`;
  addPort(core, logical, { no: box.nni, id: name, name, hardware: box.mac, device: olt, live: true, barred: false });
}
function dropLogical(core: Core, olt: Olt): void {
  const { logical } = olt;
  if (!logical) return;
  olt.logical = undefined;
  core.logicals.delete(logical.id);
  tell(core, { what: "device-gone", logical });
}

export function disable(core: Core, olt: Olt): void {
  if (olt.admin === "DISABLED") return;
  olt.admin = "DISABLED";
  olt.epoch += 1;
  become(olt, "UNKNOWN", olt.connect);
  core.clock.later(1, () => {
    if (olt.logical) for (const port of olt.logical.ports.values()) setLive(core, olt.logical, port, false);
  });
  core.clock.later(2, () => {
    for (const onu of olt.onus.values()) lose(core, onu);
  });
}
/** Nobody tells of the ONUs: they stay what they were. */
export function lost(core: Core, olt: Olt): void {
  olt.epoch += 1;
  for (const onu of olt.onus.values()) {
    onu.epoch += 1;
    wipe(onu);
  }
  core.clock.later(1, () => become(olt, "UNKNOWN", "UNREACHABLE"));
}
export function reboot(core: Core, olt: Olt, box: OltBox): void {
  core.clock.later(1, () => {
    for (const onu of olt.onus.values()) lose(core, onu);
    box.up = false;
    lost(core, olt);
    core.clock.later(3, () => {
      box.up = true;
      box.boots += 1;
      connect(core, olt);
    });
  });
}
/** Of an enabled one, too: all that hangs on it goes. */
export function remove(core: Core, olt: Olt): void {
  core.clock.later(1, () => {
    olt.epoch += 1;
    for (const onu of [...olt.onus.values()]) forget(core, onu);
    dropLogical(core, olt);
    core.devices.delete(olt.id);
    if (core.oltsByAddress.get(olt.hostAndPort) === olt) core.oltsByAddress.delete(olt.hostAndPort);
  });
}
