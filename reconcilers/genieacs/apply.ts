/** Orders on devices: each on its own, as many at a time as there are slots, all looked at again together. */
import { type RefKey, refKey } from "../../controller/core/model.ts";
import { Fault, fault } from "../errors.ts";
import type { Order, Outcome } from "../system.ts";
import { change } from "./change.ts";
import type { Device } from "./device.ts";
import { type Candidates, find, withValues } from "./find.ts";
import { type Marked, marked } from "./marks.ts";
import { observe } from "./observe.ts";
import { destroy, retire } from "./retire.ts";
import { type Session, type Wish, wishFor } from "./session.ts";
import { ambiguous } from "./state.ts";
import { decommissioned, marksFor, ownersOn } from "./tags.ts";
import type { Task } from "./task.ts";
import { ofDevice, pendingOf } from "./tasks.ts";
import { isSmall } from "./turns.ts";

/** An order and what is there, as read at the beginning of the call. */
interface Case {
  readonly order: Order;
  readonly wish: Wish | undefined;
  readonly found: Candidates;
  readonly tasks: readonly Task[];
}

export async function apply(s: Session, orders: readonly Order[], signal: AbortSignal): Promise<readonly Outcome[]> {
  const cases = await casesOf(s, orders, signal);
  const done = await Promise.all(cases.map((c) => guarded(() => one(s, c, isSmall(cases.length), signal))));
  const standing = orders.filter((_, n) => done[n] === "done");
  const seen = await observe(s, standing.map(lookupOf), signal, "cached").catch(asFault);
  return orders.map((o, n) => outcome(o, done[n]!, seen));
}

async function casesOf(s: Session, orders: readonly Order[], signal: AbortSignal): Promise<readonly Case[]> {
  const wishes = orders.map((order) => ({ order, wish: wishFor(s, refKey(order.ref), order) }));
  const wanted = wishes.map(({ order, wish }) => ({ ref: order.ref, token: order.token, how: wish?.how }));
  const all = await find(s, wanted, signal);
  const found = wishes.map((w) => ({ ...w, devices: all.get(refKey(w.order.ref)) ?? [] }));
  const valued = await withValues(
    s,
    new Map(found.flatMap(({ devices, wish }) => devices.map((d) => [d, wish] as const))),
    signal,
  );
  const ids = [...valued.keys()].map((d) => d.id);
  const pending = await pendingOf(s, ids, signal);
  return found.map(({ order, wish, devices }) => ({
    order,
    wish,
    found: devices.map((d) => valued.get(d) ?? d),
    tasks: devices.flatMap((d) => ofDevice(pending, d.id).tasks),
  }));
}
const lookupOf = ({ ref, token, id, spec, how }: Order) => ({
  ref,
  token,
  id,
  ...(spec && { spec }),
  ...(how !== undefined && { how }),
});

type Done = "done" | "gone" | Fault;
async function guarded(work: () => Promise<Done>): Promise<Done> {
  try {
    return await work();
  } catch (e) {
    return asFault(e);
  }
}
function asFault(e: unknown): Fault {
  if (e instanceof Fault) return e;
  throw e;
}
function outcome({ ref, action }: Order, done: Done, seen: Awaited<ReturnType<typeof observe>> | Fault): Outcome {
  if (done === "gone") return null;
  if (done instanceof Fault) return done;
  if (seen instanceof Fault) return seen;
  return seen.get(refKey(ref)) ?? (action === "destroy" ? null : fault("Lost", "the router lost its marks meanwhile"));
}

async function one(s: Session, c: Case, small: boolean, signal: AbortSignal): Promise<Done> {
  const { order, found, tasks } = c;
  const [device, ...others] = found;
  if (!device) return absent(s, order);
  if (others.length > 0) return fault("NotOwned", `it is ${ambiguous(order.ref, found).holder}`);
  const { live, isDecommissioned } = marksFor(device.tags, order.token);
  if (live !== undefined && live !== order.token) return fault("NotOwned", holderOf(device, order, live));
  const isThere = live !== undefined || isDecommissioned;
  if (order.action === "destroy" && !isThere) return "gone";
  if (order.action !== "create" && !isThere) return fault("Lost", "the router does not carry our mark any more");
  return s.turn(device.id, small, () => act(marked(s, order, device, tasks, signal), device, c.wish));
}
async function act(m: Marked, device: Device, wish: Wish | undefined): Promise<Done> {
  const { action } = m.order;
  if (action === "retire") await retire(m, device);
  else if (action === "destroy") await destroy(m);
  else await tell(m, device, wish);
  return action === "destroy" ? "gone" : "done";
}

async function tell(m: Marked, device: Device, wish: Wish | undefined): Promise<void> {
  const { s } = m;
  const key: RefKey = refKey(m.order.ref);
  if (wish) s.wishes.set(key, wish);
  s.due.delete(key);
  await change(m, device, wish);
}

function absent(s: Session, { ref, action }: Order): Done {
  if (action === "destroy") return "gone";
  if (action !== "create") return fault("Lost", "the ACS does not know the router any more");
  s.due.set(refKey(ref), 0);
  return fault("AwaitingDevice", `the router ${ref.key} has never reported to ${s.endpoint}`);
}
function holderOf(device: Device, { ref }: Order, live: string): string {
  const owner = ownersOn(device.tags, ref).get(live) ?? ownersOn(device.tags, ref).get(decommissioned(live));
  return `router ${device.id} has ${owner ?? "another owner's mark"}`;
}
