/** ONU and CPE in the words of a support engineer. Pure. */
import type { SubscriberStatus } from "../../api/types.generated.ts";

export function devices({ onu, cpe }: SubscriberStatus): readonly string[] {
  return [...(onu ? onuLines(onu) : []), ...(cpe ? cpeLines(cpe) : [])];
}

type Onu = NonNullable<SubscriberStatus["onu"]>;
function onuLines(onu: Onu): readonly string[] {
  const where = `${onu.olt ?? "no OLT"}${onu.ponPort === undefined ? "" : ` PON ${onu.ponPort}`}`;
  const head = `ONU ${onu.serial} on ${where}`;
  if (onu.connectState === undefined && onu.operState === undefined) return [`${head}: has not been seen.`];
  const states = [onu.adminState, onu.operState, onu.connectState].filter(Boolean).join(", ").toLowerCase();
  const level = onu.opticalLevelDbm === undefined ? [] : [`receives ${onu.opticalLevelDbm} dBm`];
  const services = (onu.services ?? []).length > 0 ? [`carries ${onu.services?.join(", ")}`] : [];
  const flows = onu.flowStatus === undefined ? [] : [`the controller says ${onu.flowStatus}`];
  const reason =
    onu.reason === undefined ? [] : [`  ${onu.reason}: ${REASONS[onu.reason] ?? "a reason of the vendor's"}.`];
  return [`${head}: ${[states, ...level, ...services, ...flows].join("; ")}.`, ...reason];
}
/** What the OpenONU adapter is at, in the order in which it goes on. */
const REASONS: Readonly<Record<string, string>> = {
  "activating-onu": "the OLT has heard it and ranges it",
  "starting-openomci": "the management channel (OMCI) is opened",
  "discovery-mibsync-complete": "its description was read",
  "initial-mib-downloaded": "it was set up, and has no service yet",
  "tech-profile-config-download-success": "its queues are set, the VLANs are still to come",
  "omci-flows-pushed": "its services are set in the ONU",
  "omci-flows-deleted": "its services were taken out of the ONU",
  "omci-admin-lock": "it was switched off by an administrator",
  "onu-reenabled": "it was switched on again, and its services are still to come",
  "logical-port-down":
    "it works, and VOLTHA's core holds its port down; it is disabled and enabled, which brings it up",
  "stopping-openomci": "it is away: no power, no light, or it restarts",
  rebooting: "it restarts",
};

type Cpe = NonNullable<SubscriberStatus["cpe"]>;
function cpeLines(cpe: Cpe): readonly string[] {
  const model = [cpe.manufacturer, cpe.model].filter(Boolean).join(" ");
  const head = `CPE ${cpe.serial}${model === "" ? "" : ` (${model}${cpe.softwareVersion ? `, ${cpe.softwareVersion}` : ""})`}`;
  const inform = cpe.lastInform === undefined ? "has never reported" : `last reported at ${cpe.lastInform}`;
  const wan = cpe.wanAddress === undefined ? [] : [`WAN address ${cpe.wanAddress}`];
  const tasks = cpe.tasksPending ? [`${cpe.tasksPending} task${cpe.tasksPending === 1 ? "" : "s"} wait for it`] : [];
  return [`${head}: ${[inform, ...wan, ...tasks].join("; ")}.`, ...(cpe.fault ? [faultLine(cpe.fault)] : [])];
}

function faultLine({ code = "", parameter, message }: NonNullable<Cpe["fault"]>): string {
  if (!code.startsWith("cwmp."))
    return `  Something that the ACS runs for it failed (${[code, message].filter(Boolean).join(": ")}).`;
  const number = code.slice("cwmp.".length);
  const what = FAULTS[number] ?? "a fault of the vendor's";
  const words = [parameter === undefined ? what : `${parameter}: ${what}`, message].filter(Boolean).join("; it says: ");
  return `  It refused what it was told, CWMP ${number}: ${words}.`;
}
/** TR-069 Amendment 6, table 72. */
const FAULTS: Readonly<Record<string, string>> = {
  "9000": "it does not know the method",
  "9001": "it denies the request",
  "9002": "it has an internal error",
  "9003": "the arguments are invalid",
  "9004": "it has no resources left for it",
  "9005": "it has no such parameter",
  "9006": "the type of the value is wrong",
  "9007": "the value is not allowed",
  "9008": "the parameter cannot be written",
};
