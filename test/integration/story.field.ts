/** The homes of the story: what technicians plug in and people switch on, whoever's it is. */
import { adapterSerial } from "../../reconcilers/voltha/names.ts";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import type { OnuHandle } from "../lab/voltha/lab.ts";
import { JOHN, neighbour, ROUTERS } from "./story.john.ts";
import type { Parts } from "./story.systems.ts";

export interface Homes {
  onu(serial: string): OnuHandle;
  cpe(serial: string): Cpe;
  /** Whatever was ever plugged in at somebody's, by serial. */
  onusOf(name: string): readonly (readonly [string, OnuHandle])[];
  cpesOf(name: string): readonly (readonly [string, Cpe])[];
  plugOnu(serial: string, olt: string, pon: number): Promise<void>;
  plugCpe(serial: string): void;
  /** Every router that is switched on reports. */
  inform(): void;
}

const HUAWEI = {
  ...({ oui: "00259E", productClass: "HG8546M", manufacturer: "Huawei", dataModel: "TR-098" } as const),
  parameters: { "InternetGatewayDevice.X_HW_DHCPv6.Client.1.RequestPrefixes": false },
};
const OTHER = { oui: "00D09E", productClass: "RG181", manufacturer: "Rigtech", dataModel: "TR-181" } as const;

export function openHomes({ acs, voltha }: Parts): Homes {
  const onus = new Map<string, OnuHandle>();
  const cpes = new Map<string, Cpe>();
  const found = <T>(all: ReadonlyMap<string, T>, serial: string): T => {
    const one = all.get(serial);
    if (one === undefined) throw new Error(`nobody has plugged ${serial} in`);
    return one;
  };
  /** John has whatever is no neighbour's. */
  const isOf = (name: string, serial: string, part: "onu" | "cpe"): boolean =>
    name === JOHN ? !serials(part).includes(serial) : neighbour(name).spec[part]?.serial === serial;
  return {
    onu: (serial) => found(onus, serial),
    cpe: (serial) => found(cpes, serial),
    onusOf: (name) => [...onus].filter(([serial]) => isOf(name, serial, "onu")),
    cpesOf: (name) => [...cpes].filter(([serial]) => isOf(name, serial, "cpe")),
    async plugOnu(serial, olt, pon) {
      onus.set(serial, voltha.onu({ serial: adapterSerial(serial), olt, pon }));
      await voltha.settled();
    },
    plugCpe: (serial) => void cpes.set(serial, acs.plug({ serial, ...(serial === ROUTERS[0] ? HUAWEI : OTHER) })),
    inform: () => {
      for (const cpe of cpes.values()) if (cpe.online) cpe.inform();
    },
  };
}
const serials = (part: "onu" | "cpe"): readonly (string | undefined)[] =>
  ["ann", "mary"].map((name) => neighbour(name).spec[part]?.serial);
