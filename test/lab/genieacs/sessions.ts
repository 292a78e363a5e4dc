/** A session of a device: what it says with its inform, then the tasks that wait for it, then the presets. */

import { addObject, type CwmpFault, deleteObject, restart } from "./cwmp.ts";
import type { Device } from "./device.ts";
import { type Documents, dropAt, learnValue, nodeAt, register } from "./documents.ts";
import { type Failure, type Faults, faultId, record, rests, taskChannel } from "./faults.ts";
import { type Rules, runPresets } from "./presets.ts";
import { type Task, type Tasks, tasksOf } from "./tasks.ts";
import { type Branch, find, type Value } from "./tree.ts";
import { discover, refresh, type Session, setValues } from "./values.ts";

export interface Acs extends Rules {
  readonly docs: Documents;
  readonly tasks: Tasks;
  readonly faults: Faults;
  readonly devices: Map<string, Device>;
  readonly now: () => Date;
}

export function inform(acs: Acs, device: Device, cause: string): void {
  const now = acs.now();
  const doc = acs.docs.byId.get(device.id) ?? register(acs.docs, device.plug, now);
  const events = [...device.pending, cause];
  device.pending = [];
  doc["_lastInform"] = now;
  if (events.includes("1 BOOT")) doc["_lastBoot"] = now;
  if (events.includes("0 BOOTSTRAP")) doc["_lastBootstrap"] = now;
  const session = { device, doc, now };
  informParameters(session);
  for (const task of tasksOf(acs.tasks, device.id)) if (runTask(acs, session, task) === "broken off") return;
  runPresets(acs, session, events);
}
/** What every inform carries. `_writable` is not known of them until they are listed (fact 13). */
const CARRIED = [
  "DeviceSummary",
  "DeviceInfo.SpecVersion",
  "DeviceInfo.HardwareVersion",
  "DeviceInfo.SoftwareVersion",
  "DeviceInfo.ProvisioningCode",
  "ManagementServer.ConnectionRequestURL",
  "ManagementServer.ParameterKey",
];
function informParameters({ device, doc, now }: Session): void {
  for (const [root, tree] of device.tree.children)
    for (const name of CARRIED) {
      const there = find(tree as Branch, name);
      if (there?.kind !== "leaf" || (name.endsWith("URL") && device.noConnectionRequest === "url")) continue;
      learnValue(doc, `${root}.${name}`, there.value, there.type, now);
    }
}

function runTask(acs: Acs, session: Session, task: Task): "over" | "broken off" {
  const { device, now } = session;
  const channel = taskChannel(task._id);
  const expired = task.expiry !== undefined && task.expiry <= now;
  if (!expired && rests(acs.faults, device.id, channel, now)) return "over";
  const when = !expired && task.name === "setParameterValues" ? device.breaksOff : undefined;
  if (when) {
    breakOff(session, task, when);
    record(acs.faults, device.id, channel, TERMINATED, provisionsOf(task), now, task.expiry);
    return "broken off";
  }
  const fault = expired ? undefined : carryOut(session, task);
  if (fault) record(acs.faults, device.id, channel, failure(fault), provisionsOf(task), now, task.expiry);
  else done(acs, task);
  return "over";
}
/** What the device did is not in the document: that is written from its answers. */
function breakOff(session: Session, task: Task, when: "before" | "after"): void {
  session.device.breaksOff = undefined;
  if (when === "after") setValues({ ...session, doc: structuredClone(session.doc) }, pairsOf(task));
}
/** After 30 s of silence, for which the session goes on there. */
const TERMINATED: Failure = {
  code: "session_terminated",
  message: "The TR-069 session was unsuccessfully terminated",
  detail: undefined,
};
function done(acs: Acs, task: Task): void {
  acs.tasks.delete(task._id);
  acs.faults.delete(faultId(task.device, taskChannel(task._id)));
}
const failure = (fault: CwmpFault): Failure => ({
  code: `cwmp.${fault.faultCode}`,
  message: fault.faultString,
  detail: fault,
});
const pairsOf = (task: Task): readonly (readonly [string, Value])[] =>
  (task["parameterValues"] ?? []) as readonly (readonly [string, Value])[];
const namesOf = (task: Task): readonly string[] =>
  task.name === "refreshObject" ? [String(task["objectName"])] : (task["parameterNames"] as readonly string[]);

function carryOut(session: Session, task: Task): CwmpFault | undefined {
  const { device } = session;
  switch (task.name) {
    case "setParameterValues":
      return setValues(session, pairsOf(task));
    case "getParameterValues":
    case "refreshObject":
      for (const name of namesOf(task)) refresh(session, name);
      return undefined;
    case "addObject":
      return addInstance(session, String(task["objectName"]), pairsOf(task));
    case "deleteObject":
      return deleteInstance(session, String(task["objectName"]));
    default:
      restart(device, task.name === "reboot" ? "Reboot" : "FactoryReset");
      return undefined;
  }
}
function provisionsOf(task: Task): unknown {
  switch (task.name) {
    case "setParameterValues":
      return pairsOf(task).map(([path, value]) => ["value", path, value]);
    case "addObject": {
      const alias = pairsOf(task).map(([path, value]) => `${path}:${JSON.stringify(value)}`);
      return [["instances", `${task["objectName"]}.[${alias.join(",")}]`, "+1"]];
    }
    case "deleteObject":
      return [["instances", task["objectName"], 0]];
    default:
      return namesOf(task).map((name) => ["refresh", name]);
  }
}

function addInstance(
  session: Session,
  table: string,
  values: readonly (readonly [string, Value])[],
): CwmpFault | undefined {
  discover(session, `${table}.1`);
  if (nodeAt(session.doc, table)?.["_writable"] !== true) return undefined;
  const made = addObject(session.device, table);
  if (typeof made !== "string") return made;
  refresh(session, `${table}.${made}`);
  return setValues(
    session,
    values.map(([name, value]) => [`${table}.${made}.${name}`, value]),
  );
}
function deleteInstance(session: Session, path: string): CwmpFault | undefined {
  discover(session, path);
  if (nodeAt(session.doc, path)?.["_writable"] !== true) return undefined;
  const fault = deleteObject(session.device, path);
  if (!fault) dropAt(session.doc, path);
  return fault;
}
