/** The lake: an OLT with four ONUs and four routers, of which two are still in their boxes. */
import type { Cpe } from "./genieacs/cpe.ts";
import { type GenieacsLab, startGenieacs } from "./genieacs/server.ts";
import { type OnuHandle, startVoltha, type VolthaLab } from "./voltha/lab.ts";

export interface Lake {
  readonly acs: GenieacsLab;
  readonly voltha: VolthaLab;
  /** By number of the home, from 1. */
  readonly homes: readonly Home[];
  close(): Promise<void>;
}
export interface Home {
  readonly onu: OnuHandle;
  /** undefined: it has never been plugged in. */
  cpe: Cpe | undefined;
  plugIn(): Cpe;
}

const OLT = "LAKE_OLT_1";
const OLT_AGENT = "olt1.lakenet.example:50060";
const MODELS = [
  { dataModel: "TR-181", oui: "00D09E", productClass: "RG181", manufacturer: "Rigtech" },
  { dataModel: "TR-098", oui: "00A0C5", productClass: "LS-90", manufacturer: "Lakeside" },
  { dataModel: "TR-181", oui: "00D09E", productClass: "RG181", manufacturer: "Rigtech" },
  { dataModel: "TR-181", oui: "00D09E", productClass: "RG181", manufacturer: "Rigtech" },
] as const;
/** Where Lakeside keeps what TR-098 has no place for. */
const OWN = { "InternetGatewayDevice.X_LAKE_DHCPv6.Client.1.RequestPrefixes": false };

export async function startLake(): Promise<Lake> {
  const acs = await startGenieacs();
  const voltha = await startVoltha();
  voltha.olt({ serial: OLT, hostAndPort: OLT_AGENT, pons: 2, nni: 16777216 });
  const homes = MODELS.map((model, n): Home => {
    const plug = { ...model, serial: `LR-000${n + 1}`, ...(model.dataModel === "TR-098" && { parameters: OWN }) };
    const home: Home = {
      onu: voltha.onu({ serial: `LAKE0000000${n + 1}`, olt: OLT, pon: 0 }),
      cpe: undefined,
      plugIn() {
        home.cpe ??= acs.plug(plug);
        return home.cpe;
      },
    };
    return home;
  });
  for (const home of homes.slice(0, 2)) home.plugIn();
  return {
    acs,
    voltha,
    homes,
    async close() {
      await Promise.all([acs.close(), voltha.close()]);
    },
  };
}
