/** Telling a device something: one task, whose fate the answer's reason phrase tells (fact 3). */
import type { Token } from "../../controller/core/owner.ts";
import { fault } from "../errors.ts";
import { cut } from "../wire.ts";
import type { Answer } from "./answers.ts";
import { canBeCalled, type Device } from "./device.ts";
import { channelOf, type DeviceFault, FAULT_FIELDS, faultOf } from "./faults.ts";
import { type Item, list, listBy, textAt } from "./list.ts";
import { encode } from "./serials.ts";
import type { Session } from "./session.ts";
import { takeBack } from "./takeback.ts";
import type { Task } from "./task.ts";
import type { Pair } from "./values.ts";

/** Only these: an unknown name, a null or an empty list kills a worker of the NBI (fact 6). */
export type Work =
  | { readonly name: "setParameterValues"; readonly parameterValues: readonly Pair[] }
  | { readonly name: "getParameterValues"; readonly parameterNames: readonly string[] }
  | { readonly name: "refreshObject"; readonly objectName: string }
  | { readonly name: "factoryReset" };
/** What a task of ours is for: one of each at a time, the later replaces the earlier (fact 7). */
export type Purpose = "set" | "read" | "retire";
export const uniqueKey = (token: Token, purpose: Purpose): string => `${token}/${purpose}`;

/** What waits for a device or was refused by it, of ours and of others. */
export interface Pending {
  readonly tasks: readonly Task[];
  readonly faults: readonly DeviceFault[];
}
export const NONE: Pending = { tasks: [], faults: [] };

/** `posted`: when the task was made. */
export type Fate =
  | { readonly is: "done"; readonly posted: string | undefined }
  | Queued
  | { readonly is: "refused"; readonly fault: DeviceFault };

export interface Queued {
  readonly is: "queued";
  readonly id: string;
  readonly posted: string | undefined;
  readonly why: "offline" | "silent" | "unreachable";
  readonly words: string;
}

const START_MS = 3000;

/** `expiry` in seconds. A device that cannot be called is left to its next inform. */
export async function post(
  s: Session,
  device: Device,
  work: Work,
  { key, expiry }: { readonly key: string; readonly expiry: number },
  signal: AbortSignal,
): Promise<Fate> {
  const call = canBeCalled(device) ? `?timeout=${START_MS}&connection_request` : "";
  const path = `/devices/${encode(device.id)}/tasks${call}`;
  const answer = await s.http.send("POST", path, { ...work, uniqueKey: key, expiry }, signal);
  if (answer.code === 404) throw fault("Lost", "the ACS does not know the router any more");
  if (answer.code === 400) throw fault("BadValue", "GenieACS cannot read what the router is to be told");
  const task = taskIn(answer);
  if (answer.code === 200) return { is: "done", posted: textAt(task, "timestamp") };
  return fateOf(s, device, task, answer.reason, signal);
}
function taskIn({ text }: Answer): Item {
  try {
    const raw: unknown = JSON.parse(text);
    if (typeof raw === "object" && raw !== null && "_id" in raw && typeof raw._id === "string") return raw as Item;
  } catch {
    // said below
  }
  throw cut("POST", "GenieACS's answer shows no task");
}

async function fateOf(s: Session, device: Device, task: Item, reason: string, signal: AbortSignal): Promise<Fate> {
  const id = task._id;
  const posted = textAt(task, "timestamp");
  const queued = (why: Queued["why"], words = ""): Fate => ({ is: "queued", id, posted, why, words });
  if (/^Task faulted/i.test(reason)) return faulted(s, device, id, signal);
  if (/^Device is offline/i.test(reason)) return queued("offline");
  if (/^Task queued but not processed/i.test(reason)) return queued("silent");
  if (/^Connection request error/i.test(reason)) return queued("unreachable", reason);
  // No phrase, as over HTTP/2, or `Accepted` of a device that was not called: what is there tells.
  const { tasks, faults } = await pendingOf(s, [device.id], signal);
  if (faults.some((f) => f.channel === channelOf(id))) return faulted(s, device, id, signal);
  if (!tasks.some((t) => t.id === id)) return { is: "done", posted };
  return canBeCalled(device) ? queued("offline") : queued("unreachable", "it has told no ConnectionRequestURL");
}

/** The fault carries what was sent, and so does its task: both go (facts 8, 9). */
async function faulted(s: Session, device: Device, id: string, signal: AbortSignal): Promise<Fate> {
  const all = await pendingOf(s, [device.id], signal);
  const found = all.faults.find((f) => f.channel === channelOf(id));
  await takeBack(s, { id, device: device.id }, signal);
  const unknown = {
    id: "",
    device: device.id,
    channel: channelOf(id),
    code: "9002",
    parameter: undefined,
    parameters: [],
    message: "",
  };
  return { is: "refused", fault: found ?? unknown };
}

/** Never what they carry (fact 9). */
const TASK_FIELDS = ["_id", "device", "uniqueKey"];
export async function pendingOf(s: Session, devices: readonly string[], signal: AbortSignal): Promise<Pending> {
  const by = { field: "device", values: devices };
  const tasks = await listBy(s.http, "tasks", by, TASK_FIELDS, signal);
  const faults = await listBy(s.http, "faults", by, FAULT_FIELDS, signal);
  return { tasks: tasks.map(taskOf), faults: faults.map(faultOf) };
}
const taskOf = (item: Item): Task => ({
  id: item._id,
  device: textAt(item, "device") ?? "",
  uniqueKey: textAt(item, "uniqueKey") ?? "",
});
export const ofDevice = ({ tasks, faults }: Pending, id: string): Pending => ({
  tasks: tasks.filter((t) => t.device === id),
  faults: faults.filter((f) => f.device === id),
});
/** Faults since a moment, for hints. */
export const faultsSince = async (s: Session, since: string, signal: AbortSignal): Promise<readonly DeviceFault[]> =>
  (await list(s.http, "faults", { timestamp: { $gt: since } }, FAULT_FIELDS, signal)).map(faultOf);

export const isOf = (task: Task, token: Token): boolean => task.uniqueKey.startsWith(`${token}/`);
/** Of this owner, or of one who had the device before. */
export const isOurs = (task: Task): boolean => /^lm_[A-Za-z0-9_-]+\//.test(task.uniqueKey);
