/** The life of an OLT as rw_core tells it. What it says of the ONUs behind it is stale while the OLT is not reached. */
import { randomUUID } from "node:crypto";
import { addPort, become, type Core, type Logical, type Olt, setLive, tell, walk } from "./core.ts";
import { forget, heard, lose, wipe } from "./onu.ts";
import type { OltBox } from "./plant.ts";

export function enable(core: Core, olt: Olt): void {
  olt.admin = "ENABLED";
  olt.epoch += 1;
  become(olt, olt.connect === "UNKNOWN" ? "ACTIVATING" : olt.oper, olt.connect);
  connect(core, olt);
}
/** Finds the box where the device is told to be; nobody there: it goes on trying. */
export function connect(core: Core, olt: Olt): void {
  olt.box = core.plant.oltsByAddress.get(olt.hostAndPort);
  if (!olt.box?.up || olt.admin !== "ENABLED" || olt.type !== "openolt") return;
  const { box } = olt;
  walk(core, olt, [
    () => {
      if (!box.up) return;
      if (olt.boots !== box.boots) startOver(core, olt, box);
      become(olt, "ACTIVE", "REACHABLE");
      if (olt.logical)
        for (const port of olt.logical.ports.values()) if (port.device === olt) setLive(core, olt.logical, port, true);
    },
    () => {
      for (const onu of box.onus.values()) heard(core, olt, onu);
    },
  ]);
}
/** A box that has started again is provisioned anew: ONUs and logical device come back with other ids. */
function startOver(core: Core, olt: Olt, box: OltBox): void {
  empty(core, olt);
  olt.boots = box.boots;
  const logical: Logical = { id: randomUUID(), olt, ports: new Map(), flows: new Map(), meters: new Map() };
  olt.logical = logical;
  core.logicals.set(logical.id, logical);
  tell(core, { what: "device-added", logical });
  const name = `nni-${box.nni}`;
  addPort(core, logical, { no: box.nni, id: name, name, hardware: box.mac, device: olt, live: true, barred: false });
}
function empty(core: Core, olt: Olt): void {
  for (const onu of [...olt.onus.values()]) forget(core, onu);
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
    for (const onu of olt.onus.values()) lose(core, onu);
    if (olt.logical) for (const port of olt.logical.ports.values()) setLive(core, olt.logical, port, false);
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
    empty(core, olt);
    core.devices.delete(olt.id);
    if (core.oltsByAddress.get(olt.hostAndPort) === olt) core.oltsByAddress.delete(olt.hostAndPort);
  });
}
