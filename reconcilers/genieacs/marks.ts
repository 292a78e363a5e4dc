/** Writing tags: each is set and taken away on its own, and twice is once (fact 11). */

import { fault } from "../errors.ts";
import type { Order } from "../system.ts";
import { TEMPLATES } from "./desired.ts";
import type { Device } from "./device.ts";
import { blankMemory, decodeMemory, encodeMemory, isMemory, type Memory, memoryOf } from "./memory.ts";
import { encode } from "./serials.ts";
import type { Session } from "./session.ts";
import { ownerTag, strangers } from "./tags.ts";
import { dropTask, isOf, isOurs, ofDevice, pendingOf } from "./tasks.ts";

/** A device whose tags are changed in step with the ACS's. */
export interface Marked {
  readonly s: Session;
  readonly order: Order;
  readonly id: string;
  tags: readonly string[];
  readonly signal: AbortSignal;
}
export const marked = (s: Session, order: Order, device: Device, signal: AbortSignal): Marked => ({
  s,
  order,
  id: device.id,
  tags: device.tags,
  signal,
});

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
  const { order, s, signal } = m;
  const { tasks } = ofDevice(await pendingOf(s, [m.id], signal), m.id);
  const isFresh = order.action !== "update";
  for (const t of tasks) if (isOurs(t) && (isFresh || !isOf(t, order.token))) await dropTask(s, t, signal);
  await put(m, order.token, ownerTag(order.owner));
  await take(m, ...strangers(m.tags, order.token, order.owner));
}

/** Remembered as ours before they are set; those that somebody else has set are not ours to take away. */
export async function tagTemplates(m: Marked): Promise<void> {
  if (!(TEMPLATES in m.order.patch)) return;
  const value = m.order.patch[TEMPLATES];
  const wanted = (Array.isArray(value) ? value : []).map(String);
  const own = memoryNow(m).templates;
  const added = wanted.filter((t) => !m.tags.includes(t));
  if (added.some((t) => !own.includes(t))) await remember(m, { templates: [...new Set([...own, ...added])].sort() });
  await put(m, ...added);
  await take(m, ...own.filter((t) => !wanted.includes(t)));
  await remember(m, { templates: memoryNow(m).templates.filter((t) => wanted.includes(t)) });
}
