/** Process of `field.ts`: the stand-ins, and what is asked of them beside the wire. */
import { getEachMessage, sendMessage } from "execa";
import { startGenieacs } from "../lab/genieacs/server.ts";
import { startVoltha } from "../lab/voltha/lab.ts";
import { type Calls, OLT, type Question, type Seen, type Telling } from "./field.ts";
import { cpeSerialOf, INFORM_SECONDS, onuSerialOf } from "./tenant.ts";

const PONS = 16;
/** Both data models, as in any network that has grown. */
const MODELS = [
  { dataModel: "TR-181", oui: "00D09E", productClass: "RG181", manufacturer: "Rigtech" },
  { dataModel: "TR-098", oui: "00A0C5", productClass: "LS-90", manufacturer: "Lakeside" },
] as const;
const INTERVAL = {
  "TR-181": "Device.ManagementServer.PeriodicInformInterval",
  "TR-098": "InternetGatewayDevice.ManagementServer.PeriodicInformInterval",
} as const;

const acs = await startGenieacs();
const voltha = await startVoltha();
voltha.olt({ serial: OLT.serial, hostAndPort: OLT.address, pons: PONS });
const homes = Array.from({ length: Number(process.argv[2]) }, (_, n) => {
  const model = MODELS[n % MODELS.length]!;
  return {
    onu: voltha.onu({ serial: onuSerialOf(n + 1), olt: OLT.serial, pon: n % PONS }),
    cpe: acs.plug({ ...model, serial: cpeSerialOf(n + 1) }),
    interval: INTERVAL[model.dataModel],
  };
});

let told: readonly Telling[] = [];
async function calls(): Promise<Calls> {
  await voltha.settled();
  told = acs.requests.filter((r) => r.method === "POST" && r.body.includes('"setParameterValues"'));
  const made = { nbi: acs.requests.length, rest: voltha.requests.length, grpc: voltha.calls.length };
  for (const log of [acs.requests, voltha.requests, voltha.calls]) log.length = 0;
  return made;
}
async function seen(): Promise<Seen> {
  await voltha.settled();
  return {
    served: homes.filter(({ onu }) => onu.services.length === 1).length,
    told: homes.filter(({ cpe, interval }) => cpe.get(interval) === INFORM_SECONDS).length,
  };
}

const answers: Readonly<Record<Question, () => unknown>> = {
  places: () => ({ nbi: acs.url, grpc: voltha.grpc, vgc: voltha.vgc }),
  calls,
  seen,
  told: () => told.map(({ path, body }) => ({ path, body })),
  stop: () => Promise.all([acs.close(), voltha.close()]).then(() => "stopped"),
};
for await (const question of getEachMessage()) {
  await sendMessage((await answers[question as Question]()) as string);
  if (question === "stop") break;
}
