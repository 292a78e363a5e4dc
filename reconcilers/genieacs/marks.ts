/** Writing tags: each is set and taken away on its own, and twice is once (fact 11). */

import { fault } from "../errors.ts";
import type { Order } from "../system.ts";
import { TEMPLATES } from "./desired.ts";
import type { Device } from "./device.ts";
import { blankMemory, decodeMemory, encodeMemory, isMemory, type Memory, memoryOf } from "./memory.ts";
import { encode } from "./serials.ts";
import type { Session } from "./session.ts";
import { ownerTag, strangers } from "./tags.ts";
import { takeBack } from "./takeback.ts";
import type { Task } from "./task.ts";
import { isOurs } from "./tasks.ts";

/** A device whose tags are changed in step with the ACS's. */
export interface Marked {
  readonly s: Session;
  readonly order: Order;
  readonly id: string;
  tags: readonly string[];
  tasks: readonly Task[];
  readonly signal: AbortSignal;
}
export const marked = (
  s: Session,
  order: Order,
  { id, tags }: Device,
  tasks: readonly Task[],
  signal: AbortSignal,
): Marked => ({ s, order, id, tags, tasks, signal });

async function write(m: Marked, method: "POST" | "DELETE", tag: string): Promise<void> {
  const path = `/devices/${encode(m.id)}/tags/${encode(tag)}`;
  const { code } = await m.s.http.send(method, path, undefined, m.signal);
  if (code === 404) throw fault("Lost", "the ACS does not know the router any more");
  m.tags = method === "POST" ? [...m.tags, tag] : m.tags.filter((t) => t !== tag);
}
export async function put(m: Marked, ...tags: readonly string[]): Promise<void> {
  for (const tag of tags) if (!m.tags.includes(tag)) await write(m, "POST", tag);
}
export async function take(m: Marked, ...tags: readonly string[]): Promise<void> {
  for (const tag of tags) if (m.tags.includes(tag)) await write(m, "DELETE", tag);
}

export const memoryNow = (m: Marked): Memory => memoryOf(m.tags, m.order.token) ?? blankMemory(m.order.token);
/** The new one first: until the old one goes the higher count tells. */
export async function remember(m: Marked, change: Partial<Memory>): Promise<void> {
  const before = memoryNow(m);
  const after = { ...before, ...change };
  const isThere = m.tags.some((t) => decodeMemory(t)?.token === m.order.token);
  const old = m.tags.filter(isMemory);
  if (isThere && JSON.stringify(after) === JSON.stringify(before)) {
    const kept = old.find((t) => JSON.stringify(decodeMemory(t)) === JSON.stringify(before));
    return take(m, ...old.filter((t) => t !== kept));
  }
  const tag = encodeMemory({ ...after, count: before.count + 1 });
  await put(m, tag);
  await take(m, ...old.filter((t) => t !== tag));
}

/** Token first: whatever happens next, it is ours and is found. What earlier owners left goes, their tasks before all. */
export async function claim(m: Marked): Promise<void> {
  const { order } = m;
  await drop(m, isOurs); // our own are told anew: one that was refused at an inform keeps its secrets until it goes (fact 9)
  await put(m, order.token, ownerTag(order.owner));
  await take(m, ...strangers(m.tags, order.token, order.owner));
}
/** What waits for the device or was refused by it. */
export async function drop(m: Marked, which: (task: Task) => boolean): Promise<void> {
  for (const t of m.tasks.filter(which)) await takeBack(m.s, t, m.signal);
  m.tasks = m.tasks.filter((t) => !which(t));
}

/** Remembered as ours before they are set; those that somebody else has set are not ours to take away. */
export async function tagTemplates(m: Marked, end: Partial<Memory>): Promise<void> {
  const own = memoryNow(m).templates;
  const value = TEMPLATES in m.order.patch ? (m.order.patch[TEMPLATES] ?? []) : own;
  const wanted = (Array.isArray(value) ? value : []).map(String);
  const added = wanted.filter((t) => !m.tags.includes(t));
  await remember(m, { ...end, templates: [...new Set([...own, ...added])].sort() });
  await put(m, ...added);
  await take(m, ...own.filter((t) => !wanted.includes(t)));
  await remember(m, { templates: memoryNow(m).templates.filter((t) => wanted.includes(t)) });
}
