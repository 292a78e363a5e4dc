/** What a person asks of the devices at a customer's: which ones they are, what they last said, how far they are. Pure. */
import type {
  SubscriberStatusCpe as Cpe,
  SubscriberStatusOnu as Onu,
  SubscriberStatus,
} from "../../api/types.generated.ts";
import { type Change, type Facts, isDone, type RefKey, refKey, type Scalar } from "../model.ts";
import type { ResolvedSubscriber } from "../resolved.ts";
import type { StatusInput } from "./causes.ts";

type Input = Pick<StatusInput<SubscriberStatus>, "report" | "systems" | "previous">;

/** undefined: no system holds one. Of what is not seen now, what was seen last is told. */
export function cpeSection({ cpe }: ResolvedSubscriber, input: Input): Cpe | undefined {
  if (!cpe) return undefined;
  const key = refKey(cpe.ref);
  const { faultCode, faultParameter, faultMessage, templates, ...plain } = input.report?.seen.get(key)?.facts ?? {};
  const before = input.previous?.cpe?.serial === cpe.serial ? input.previous.cpe : {};
  const provisioning = provisioningOf(key, input) ?? before.provisioning;
  const seen = Object.keys(plain).length > 0;
  return {
    ...(seen ? (plain as Cpe) : before),
    serial: cpe.serial,
    ...(seen && templates && { templates: String(templates).split(",") }),
    ...(faultCode !== undefined && { fault: faultOf(faultCode, faultParameter, faultMessage) }),
    ...(provisioning && { provisioning }),
  };
}
const faultOf = (
  code: Scalar,
  parameter: Scalar | undefined,
  message: Scalar | undefined,
): NonNullable<Cpe["fault"]> => ({
  code: String(code),
  ...(parameter !== undefined && { parameter: String(parameter) }),
  ...(message !== undefined && { message: String(message) }),
});

function provisioningOf(key: RefKey, { report }: Input): Cpe["provisioning"] {
  const fault = report?.faults.get(key);
  if (fault) return fault.kind === "Waiting" ? "AwaitingDevice" : fault.code === "DeviceFault" ? "Faulted" : undefined;
  const change = report?.plan.changes.find((c) => refKey(c.ref) === key);
  return change && isDone(change) ? "Completed" : undefined;
}

/** The ONU and its ports are several objects; what they tell is one section. */
export function onuSection({ onu }: ResolvedSubscriber, input: Input): Onu | undefined {
  if (!onu) return undefined;
  const own = (input.report?.plan.changes ?? []).filter((c) => isAccess(c, input) && belongs(c, onu.serial));
  const facts: Facts = Object.assign({}, ...own.map((c) => input.report?.seen.get(refKey(c.ref))?.facts ?? {}));
  const { services, ...plain } = facts;
  const before = input.previous?.onu?.serial === onu.serial ? input.previous.onu : {};
  const seen = Object.keys(facts).length > 0;
  return {
    olt: onu.olt,
    ...(seen ? (plain as Onu) : before),
    ...(seen && services && { services: String(services).split(",") }),
    serial: onu.serial,
  };
}
const isAccess = ({ ref }: Change, { systems }: Input): boolean => systems.get(ref.system) === "VOLTHA";
/** A port is called `<serial>-<uni>`. */
const belongs = ({ ref: { key } }: Change, serial: string): boolean => key === serial || key.startsWith(`${serial}-`);

/** What moves by itself never makes a status worth writing. */
export function steady(status: SubscriberStatus): SubscriberStatus {
  const { cpe, onu, ...rest } = status;
  const { lastInform: _1, uptimeSeconds: _2, opticalLevelDbm: _3, tasksPending: _4, ...still } = cpe ?? {};
  const { opticalLevelDbm: _5, ...standing } = onu ?? {};
  return { ...rest, ...(cpe && { cpe: still }), ...(onu && { onu: standing }) };
}
