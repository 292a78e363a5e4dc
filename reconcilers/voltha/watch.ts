/** Which ONUs look other than at the reading before, lack flows for longer than they take, or have what is waited for. */
import type { IsDark } from "./dark.ts";
import { keySerial } from "./names.ts";
import { type Onu, onuAt, type Plant } from "./plant.ts";
import type { Site } from "./site.ts";
import { target } from "./target.ts";
import { verdict } from "./verdict.ts";

export interface Watch {
  /** Serials. Under an OLT that is shaken nobody is told of; who still looks other when it has settled is told then. */
  news(plant: Plant, dark?: IsDark): readonly string[];
}

export function watch(site: Site): Watch {
  let looks: ReadonlyMap<string, string> | undefined;
  return {
    news(plant, dark = () => false) {
      const before = looks;
      looks = new Map(plant.all.map((onu) => [keySerial(onu.device.serialNumber), lookOf(site, onu, before)]));
      const found = [...looks].filter(([serial, is]) => before && before.get(serial) !== is).map(([serial]) => serial);
      const gone = [...(before?.keys() ?? [])].filter((serial) => !looks?.has(serial));
      const due = [...looks.keys()].filter((serial) => isDue(site, plant, serial, dark));
      return [...new Set([...found, ...gone, ...due])];
    },
  };
}
/** Under an OLT that is shaken as it looked before. */
function lookOf(
  { storms }: Site,
  { device: d, olt, pon }: Onu,
  before: ReadonlyMap<string, string> | undefined,
): string {
  const is = [d.id, d.adminState, d.operStatus, d.connectStatus, d.reason, olt, pon].join("|");
  return storms.of(olt) === "Up" ? is : (before?.get(keySerial(d.serialNumber)) ?? "");
}

const isDue = (site: Site, plant: Plant, serial: string, dark: IsDark): boolean =>
  site.memory.portsOf(serial).some((port) => {
    const wanted = site.memory.wanted(port);
    if (!wanted || target(wanted).length === 0) return false;
    const onu = onuAt(plant, serial, wanted.how);
    const flows = verdict(site, { ref: { key: port }, id: port, onu, status: undefined, isDark: dark(onu, port) });
    return flows === "missing" || (flows === "pushed" && site.memory.landings.arriving.has(port));
  });
