/** Making a device ours and telling it what differs: one task, and then the truth about it (facts 1 to 5). */
import { refKey, type State } from "../../controller/core/model.ts";
import type { Order } from "../system.ts";
import { isOnce, isValue, ON_RETIRE } from "./desired.ts";
import type { Device } from "./device.ts";
import { namesOf } from "./find.ts";
import { claim, type Marked, memoryNow, remember, tagTemplates } from "./marks.ts";
import { nameHash } from "./memory.ts";
import { DIALS, isWifi, placeOf } from "./names.ts";
import type { Telling } from "./prove.ts";
import { sure } from "./refresh.ts";
import { type Wish, wantedOf } from "./session.ts";
import { set } from "./set.ts";
import { digestOf } from "./state.ts";

/** @throws Fault: what could be done stands, and is remembered. */
export async function change(m: Marked, device: Device, wish: Wish | undefined): Promise<void> {
  const { s, order, signal } = m;
  await claim(m);
  if (!wish) return tagTemplates(m, {});
  const telling = tellingOf(order, wish);
  const values = telling.map((t) => [t.name, t.value] as const);
  // Tells of the life in which the values are written: one that ends meanwhile has lost them.
  const before = await sure(s, order.token, device, wish, values, signal);
  await tagTemplates(m, endOf(m, before, wish));
  if (telling.length === 0) return;
  const { held, fault } = await set(s, order, before, wish, telling, signal);
  await keep(m, wish, before, held);
  if (fault) throw fault;
  s.refusals.delete(refKey(order.ref));
}

const tellingOf = ({ patch }: Order, wish: Wish): readonly Telling[] =>
  Object.entries(patch).flatMap(([name, value]) =>
    value === null || !isValue(name) ? [] : [{ name, value, isOnce: isOnce(wish.how, name) }],
  );

/** What a retirement will have to undo: by then nobody may know the plan any more, nor what was declared before it. */
function endOf(m: Marked, device: Device, wish: Wish) {
  const before = memoryNow(m);
  const at = (name: string): readonly string[] => placeOf(device, name, wish.how.mappings).at ?? [];
  const names = namesOf(wish);
  const switches = names.filter(isWifi).map((name) => name.replace(/\.[^.]+$/, ".enabled"));
  return {
    off: [...new Set([...before.off, ...switches.flatMap(at)])].sort(),
    blank: [...new Set([...before.blank, ...names.filter((name) => DIALS.has(name)).flatMap(at)])].sort(),
    reset: wantedOf(wish, ON_RETIRE) === "FactoryReset",
  };
}

async function keep(m: Marked, wish: Wish, device: Device, held: State): Promise<void> {
  const { s, order } = m;
  const memory = memoryNow(m);
  const bootstrap = device.lastBootstrap ?? "";
  const wanted = new Set(namesOf(wish).map(nameHash));
  const before = memory.bootstrap === bootstrap ? Object.entries(memory.written) : [];
  const now = Object.entries(held).map(
    ([name, value]) => [nameHash(name), digestOf(s, order.ref, name, value)] as const,
  );
  const written = Object.fromEntries(new Map([...before.filter(([name]) => wanted.has(name)), ...now]));
  await remember(m, { bootstrap, written });
}
