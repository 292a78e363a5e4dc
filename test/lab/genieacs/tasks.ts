/** The queue of tasks. A task that is malformed throws, as it kills a worker (fact 6). */
import { randomBytes } from "node:crypto";
import type { Doc } from "./documents.ts";
import { objectId } from "./query.ts";

export interface Task extends Doc {
  readonly _id: string;
  readonly name: string;
  readonly device: string;
  readonly timestamp: Date;
  readonly expiry?: Date;
}
export type Tasks = Map<string, Task>;

export function enqueue(tasks: Tasks, body: Doc, now: Date): Task {
  check(body);
  if (body["uniqueKey"])
    for (const t of tasks.values())
      if (t.device === body["device"] && t["uniqueKey"] === body["uniqueKey"]) tasks.delete(t._id);
  const timestamp = body["timestamp"] ? new Date(body["timestamp"] as string) : now;
  const task = {
    ...body,
    ...(body["expiry"] ? { expiry: expiry(body["expiry"], timestamp) } : {}),
    timestamp,
    _id: taskId(now),
  } as Task;
  tasks.set(task._id, task);
  return task;
}
/** Seconds from now, or a time. */
const expiry = (given: unknown, from: Date): Date =>
  Number.isNaN(Number(given)) ? new Date(given as string) : new Date(from.getTime() + Number(given) * 1000);

const OF_PROCESS = randomBytes(5).toString("hex");
let made = 0;
const taskId = (now: Date): string =>
  Math.floor(now.getTime() / 1000)
    .toString(16)
    .padStart(8, "0") +
  OF_PROCESS +
  (made++).toString(16).padStart(6, "0");

const isText = (v: unknown): v is string => typeof v === "string" && v !== "";
const isPair = (p: unknown): boolean =>
  Array.isArray(p) &&
  isText(p[0]) &&
  ["string", "boolean", "number"].includes(typeof p[1]) &&
  (p[2] == null || typeof p[2] === "string");
const isFilled = (list: unknown, fits: (v: unknown) => boolean): boolean =>
  Array.isArray(list) && list.length > 0 && list.every(fits);
const CHECKS: Readonly<Record<string, (task: Doc) => boolean>> = {
  getParameterValues: (t) => isFilled(t["parameterNames"], isText),
  setParameterValues: (t) => isFilled(t["parameterValues"], isPair),
  refreshObject: (t) => typeof t["objectName"] === "string",
  deleteObject: (t) => isText(t["objectName"]),
  addObject: (t) => isText(t["objectName"]) && (t["parameterValues"] == null || isFilled(t["parameterValues"], isPair)),
  reboot: () => true,
  factoryReset: () => true,
};
function check(task: Doc): void {
  const fits = CHECKS[String(task["name"])];
  if (!fits) throw new Error("Invalid task name");
  if (!fits(task)) throw new Error(`Invalid properties of ${task["name"]}`);
}

/** Oldest first, as a session runs them. */
export const tasksOf = (tasks: Tasks, device: string): readonly Task[] =>
  [...tasks.values()].filter((t) => t.device === device).sort((a, b) => a.timestamp.getTime() - b.timestamp.getTime());
export const taskById = (tasks: Tasks, id: string): Task | undefined => tasks.get(objectId(id));
