/** What a device refused: GenieACS's fault, of which only code, parameter and words are read (fact 9). */
import type { Facts } from "../../controller/core/model.ts";
import { Fault } from "../errors.ts";
import { at, type Item, textAt } from "./list.ts";

export interface DeviceFault {
  /** `<device>:<channel>` (fact 8). */
  readonly id: string;
  readonly device: string;
  readonly channel: string;
  /** Of CWMP: that of the parameter, else that of the whole; otherwise GenieACS's own. */
  readonly code: string;
  readonly parameter: string | undefined;
  /** All that were refused, the first is `parameter`. */
  readonly parameters: readonly string[];
  readonly message: string;
}
export const FAULT_FIELDS = ["_id", "device", "channel", "code", "message", "detail.setParameterValuesFault"];
export const channelOf = (task: string): string => `task_${task}`;
const LONGEST = 200;

export function faultOf(item: Item): DeviceFault {
  const all = at(item, "detail.setParameterValuesFault");
  const first: unknown = Array.isArray(all) ? all[0] : undefined;
  return {
    id: item._id,
    device: textAt(item, "device") ?? "",
    channel: textAt(item, "channel") ?? "",
    code: textAt(first, "faultCode") ?? (textAt(item, "code") ?? "").replace(/^cwmp\./, ""),
    parameter: textAt(first, "parameterName"),
    parameters: Array.isArray(all) ? all.flatMap((p) => textAt(p, "parameterName") ?? []) : [],
    message: textAt(first, "faultString") ?? textAt(item, "message") ?? "",
  };
}

const MAP = "map it in the plan's cpe.mappings";
/** TR-069, A.5: what a person has to do. */
const PERSON: Readonly<Record<string, string>> = {
  "9000": "the device does not know the request: update its firmware, or leave the value out",
  "9001": "the device denies the request: look at its own settings",
  "9003": "correct the value in the declaration",
  "9005": `the device has no such parameter: ${MAP}, or remove it`,
  "9006": "declare the parameter with the type that the device has",
  "9007": "correct the value in the declaration: the device does not take it",
  "9008": `the parameter cannot be written on this device: ${MAP}, or remove it`,
};
/** Internal error, resources exceeded, a session that broke off: the next one may go well. */
const PASSING = /^(9002|9004|timeout|session_terminated|disconnected|too_many_.*)$/;

const BROKEN = /^(timeout|session_terminated|disconnected)$/;
/** A refusal of the router's own says that nothing was written (TR-069, A.3.2.1); any other end leaves it open. */
export const isOpenEnd = ({ id, code }: DeviceFault): boolean => id === "" || !/^\d+$/.test(code);
const UNKNOWN = "look the code up in the device's manual: correct the value, or leave it out";

/** `router`: as people call it. `hide`: values that no message may repeat. */
export function refusal(router: string, f: DeviceFault, hide: readonly string[]): Fault {
  const isBroken = BROKEN.test(f.code);
  const what = f.parameter ?? (isBroken ? "its values" : "what it was told");
  const words = conceal(f.message, hide);
  const did = isBroken ? "broke off while it was told" : "refused";
  const message = `the router ${router} ${did} ${what}: ${f.code} ${words}`.trim();
  const facts = factsOfFault(f, hide);
  if (PASSING.test(f.code))
    return new Fault("Transient", "DeviceFault", message, { remedy: "it is tried again", facts });
  return new Fault("Rejected", "DeviceFault", message, { remedy: PERSON[f.code] ?? UNKNOWN, facts });
}
/** For status. Numbers are CWMP's, words GenieACS's. */
export function factsOfFault({ code, parameter, message }: DeviceFault, hide: readonly string[]): Facts {
  return {
    faultCode: /^\d+$/.test(code) ? `cwmp.${code}` : code,
    ...(parameter !== undefined && { faultParameter: parameter }),
    ...(message !== "" && { faultMessage: conceal(message, hide) }),
  };
}
/** A device may repeat in its words what it was sent. */
const conceal = (text: string, hide: readonly string[]): string =>
  hide
    .filter((s) => s !== "")
    .reduce((out, s) => out.replaceAll(s, "(secret)"), text)
    .slice(0, LONGEST); // last of all: half a secret is one, too

export const unmapped = (router: string, name: string, why: string): Fault =>
  new Fault("Rejected", "DeviceFault", `the router ${router} ${why} ${name}`, { remedy: MAP });
export const unkept = (router: string, name: string): Fault =>
  new Fault("Rejected", "DeviceFault", `the router ${router} did not keep ${name}`, {
    remedy: "a preset of the ACS, or the device itself, sets it back: change that, or declare what it sets",
  });
