/** What a person asks of the devices at a customer's: which ones they are, what they last said, how far they are. Pure. */
import type {
  SubscriberStatusCpe as Cpe,
  SubscriberStatusOnu as Onu,
  SubscriberStatus,
} from "../../api/types.generated.ts";
import { type Change, type Facts, isDone, type RefKey, refKey, type Scalar } from "../model.ts";
import type { Warning } from "../resolve/findings.ts";
import type { ResolvedSubscriber } from "../resolved.ts";
import { shortened } from "../text.ts";
import type { StatusInput } from "./causes.ts";

type Input = Pick<StatusInput<SubscriberStatus>, "report" | "systems" | "previous">;

/** What of a device's facts is the status's; others are the system's own business. */
const CPE = ["deviceId", "manufacturer", "model", "hardwareVersion", "softwareVersion", "lastInform", "uptimeSeconds"];
const CPE_TOO = ["wanAddress", "opticalLevelDbm", "parametersSet", "wifiConfigured", "tasksPending"];
const ONU = ["deviceId", "adminState", "operState", "connectState", "reason", "flowStatus", "opticalLevelDbm"];
const only = (facts: Facts, names: readonly string[]): Facts =>
  Object.fromEntries(names.flatMap((name) => (facts[name] === undefined ? [] : [[name, clean(facts[name])]])));
/** A device may say anything, and people read it in a line. */
const LONGEST = 128;
const clean = (v: Scalar): Scalar =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out
  typeof v === "string" ? shortened(v.replace(/[\u0000-\u001f\u007f]/g, " "), LONGEST) : v;
const listed = (names: Scalar): readonly string[] => String(names).split(/, */).filter(Boolean);

/** undefined: no system holds one. Of what is not seen now, what was seen last is told. */
export function cpeSection({ cpe }: ResolvedSubscriber, input: Input): Cpe | undefined {
  if (!cpe) return undefined;
  const key = refKey(cpe.ref);
  const facts = input.report?.facts.get(key);
  const { faultCode, faultParameter, faultMessage, templates } = facts ?? {};
  const before = input.previous?.cpe?.serial === cpe.serial ? input.previous.cpe : {};
  const isLooked = input.report?.plan.changes.some((c) => refKey(c.ref) === key) === true;
  const provisioning = provisioningOf(key, input) ?? (isLooked ? undefined : before.provisioning);
  return {
    ...(facts ? (only(facts, [...CPE, ...CPE_TOO]) as Cpe) : before),
    serial: cpe.serial,
    ...(templates && { templates: listed(templates) }),
    ...(faultCode !== undefined && { fault: faultOf(faultCode, faultParameter, faultMessage) }),
    ...(provisioning && { provisioning }),
  };
}
const faultOf = (
  code: Scalar,
  parameter: Scalar | undefined,
  message: Scalar | undefined,
): NonNullable<Cpe["fault"]> => ({
  code: String(clean(code)),
  ...(parameter !== undefined && { parameter: String(clean(parameter)) }),
  ...(message !== undefined && { message: String(clean(message)) }),
});

function provisioningOf(key: RefKey, { report }: Input): Cpe["provisioning"] {
  const fault = report?.faults.get(key);
  if (fault) return fault.kind === "Waiting" ? "AwaitingDevice" : fault.code === "DeviceFault" ? "Faulted" : undefined;
  const change = report?.plan.changes.find((c) => refKey(c.ref) === key);
  return change && isDone(change) ? "Completed" : undefined;
}

function onuFacts(serial: string, input: Input): Facts {
  const own = (input.report?.plan.changes ?? []).filter((c) => isAccess(c, input) && belongs(c, serial));
  const told = own.map((c) => input.report?.facts.get(refKey(c.ref)) ?? {});
  // Each port tells of its own services.
  const services = [...new Set(told.flatMap((f) => (f["services"] ? listed(f["services"]) : [])))].sort();
  return Object.assign({}, ...told, services.length > 0 ? { services: services.join() } : {});
}

/** The ONU and its ports are several objects; what they tell is one section. */
export function onuSection({ onu }: ResolvedSubscriber, input: Input): Onu | undefined {
  if (!onu) return undefined;
  const facts = onuFacts(onu.serial, input);
  const { services, ponPort } = facts;
  const before = input.previous?.onu?.serial === onu.serial ? input.previous.onu : {};
  const seen = Object.keys(facts).length > 0;
  return {
    olt: onu.olt,
    ...(seen ? (only(facts, ONU) as Onu) : before),
    ...(ponPort !== undefined && { ponPort: String(ponPort) }),
    ...(services && { services: listed(services) }),
    serial: onu.serial,
  };
}
const isAccess = ({ ref }: Change, { systems }: Input): boolean => systems.get(ref.system) === "VOLTHA";
/** A port is called `<serial>-<uni>`. */
const belongs = ({ ref: { key } }: Change, serial: string): boolean => key === serial || key.startsWith(`${serial}-`);

/** Served all the same: where it is plugged in is for people to know. */
export function deviceRemarks({ onu }: ResolvedSubscriber, input: Input): readonly Warning[] {
  const ponPort = onu && onuFacts(onu.serial, input)["ponPort"];
  if (onu?.expectedPonPort === undefined || ponPort === undefined || ponPort === onu.expectedPonPort) return [];
  const message = `ONU ${onu.serial} is on PON port ${ponPort} of ${onu.olt}, and expected on ${onu.expectedPonPort}`;
  return [{ reason: "PonPortUnexpected", message }];
}

/** What moves by itself never makes a status worth writing. */
export function steady(status: SubscriberStatus): SubscriberStatus {
  const { cpe, onu, ...rest } = status;
  const { lastInform: _1, uptimeSeconds: _2, opticalLevelDbm: _3, tasksPending: _4, ...still } = cpe ?? {};
  const { opticalLevelDbm: _5, ...standing } = onu ?? {};
  return { ...rest, ...(cpe && { cpe: still }), ...(onu && { onu: standing }) };
}
