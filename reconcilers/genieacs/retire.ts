/** Taking a device out of service, and forgetting it. Nothing waits for the device: what it must be told is a queued task. */
import type { Order } from "../system.ts";
import { type Device, leafOf } from "./device.ts";
import { drop, type Marked, memoryNow, put, take } from "./marks.ts";
import { isMemory } from "./memory.ts";
import type { Session } from "./session.ts";
import { decommissioned, ownerIn } from "./tags.ts";
import { isOf, post, uniqueKey, type Work } from "./tasks.ts";
import type { Pair } from "./values.ts";

/** The token goes last: until then it is not retired, and is retired again. */
export async function retire(m: Marked, device: Device): Promise<void> {
  const { s, order } = m;
  await tellEnd(m, device);
  await take(m, ...memoryNow(m).templates);
  await put(m, decommissioned(order.token));
  await take(m, ...m.tags.filter(isMemory));
  await take(m, order.token);
  forget(s, order);
}

async function tellEnd(m: Marked, device: Device): Promise<void> {
  const { s, order, signal } = m;
  await drop(m, (t) => isOf(t, order.token));
  const work = endOf(m, device);
  if (!work) return;
  const how = { key: uniqueKey(order.token, "retire"), expiry: s.config.taskExpirySeconds };
  const fate = await post(s, device, work, how, signal);
  // CWMP takes all or nothing: what was not refused goes again without what was.
  if (fate.is !== "refused" || work.name !== "setParameterValues") return;
  const rest = work.parameterValues.filter(([path]) => !fate.fault.parameters.includes(path));
  if (rest.length > 0 && rest.length < work.parameterValues.length)
    await post(s, device, { ...work, parameterValues: rest }, how, signal);
}

function endOf(m: Marked, device: Device): Work | undefined {
  const { reset, off, blank } = memoryNow(m);
  if (reset) return { name: "factoryReset" };
  const typed = (path: string, value: string | boolean): Pair => {
    const type = leafOf(device, path)?.type;
    return type === undefined ? [`${device.root}.${path}`, value] : [`${device.root}.${path}`, value, type];
  };
  const pairs = [...off.map((path) => typed(path, false)), ...blank.map((path) => typed(path, ""))];
  return device.root && pairs.length > 0 ? { name: "setParameterValues", parameterValues: pairs } : undefined;
}

/** What it was told at the end stays queued: its router may come back yet. */
export async function destroy(m: Marked): Promise<void> {
  const { s, order } = m;
  await take(m, ...memoryNow(m).templates);
  await take(m, ...m.tags.filter((t) => isMemory(t) || ownerIn(t) === order.owner), order.token);
  await take(m, decommissioned(order.token));
  forget(s, order);
}

function forget(s: Session, { ref }: Order): void {
  const key = `${ref.system}/${ref.resource}/${ref.key}`;
  s.wishes.delete(key);
  s.due.delete(key);
  s.refusals.delete(key);
}
