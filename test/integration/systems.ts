/** The ExternalSystems of the lab, as a tenant declares them: what stands behind them is in the test's hands. */
import type { ExternalSystem } from "../../controller/api/types.generated.ts";
import type { FreshDatabase } from "../lab/database.ts";
import type { GenieacsLab } from "../lab/genieacs/server.ts";
import type { VolthaLab } from "../lab/voltha/lab.ts";
import { SYSTEM, system } from "./objects.ts";

const UPLINK = 16777216;
const OLTS = [1, 2] as const;
/** Its user and password, or its token, are in the Secret of its name. */
export const credentials = (name: string) => ({ credentialsRef: { namespace: SYSTEM, name } });

/** Two OLTs, with two PONs each. */
export function plugOlts(voltha: VolthaLab): void {
  for (const n of OLTS) voltha.olt({ serial: `OLT_${n}`, hostAndPort: `olt${n}.example:50060`, pons: 2, nni: UPLINK });
}
export function volthaSystem(lab: VolthaLab, type: "VGC" | "ONOS" = "VGC", name = "voltha-1"): ExternalSystem {
  const controller = { type, address: type === "VGC" ? lab.vgc : lab.onos };
  const olts = OLTS.map((n) => ({
    name: `olt${n}`,
    serial: `OLT_${n}`,
    address: `olt${n}.example:50060`,
    uplinkPort: UPLINK,
    nniPorts: [UPLINK],
  }));
  return system(name, { type: "VOLTHA", address: lab.grpc, voltha: { controller, settleAfterRecovery: "0s", olts } });
}
export const acsSystem = (lab: Pick<GenieacsLab, "url">, refreshAfter = "24h", name = "acs-1"): ExternalSystem =>
  system(name, { type: "GenieACS", address: lab.url, genieacs: { refreshAfter, taskExpiry: "168h" } });

/** One that lives in a PostgreSQL database. */
export function databaseSystem(
  name: string,
  type: "Billing" | "Tickets",
  { url }: Pick<FreshDatabase, "url">,
  more: Partial<ExternalSystem["spec"]> = {},
): ExternalSystem {
  const address = new URL(url);
  address.username = "";
  address.password = "";
  return system(name, { type, address: address.href, ...credentials(name), ...more });
}
