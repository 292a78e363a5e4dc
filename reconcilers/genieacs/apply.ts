/** Orders on devices: each on its own, as many at a time as there are slots, all looked at again together. */
import { type RefKey, refKey } from "../../controller/core/model.ts";
import { Fault, fault } from "../errors.ts";
import type { Order, Outcome } from "../system.ts";
import { change } from "./change.ts";
import type { Device } from "./device.ts";
import { type Candidates, find } from "./find.ts";
import { observe } from "./observe.ts";
import { destroy, retire } from "./retire.ts";
import { type Session, wishFor } from "./session.ts";
import { ambiguous } from "./state.ts";
import { decommissioned, marksFor, ownersOn } from "./tags.ts";

export async function apply(s: Session, orders: readonly Order[], signal: AbortSignal): Promise<readonly Outcome[]> {
  const wanted = orders.map((o) => ({ ref: o.ref, token: o.token, how: wishFor(s, refKey(o.ref), o)?.how }));
  const found = await find(s, wanted, signal);
  const done = await Promise.all(orders.map((o) => guarded(() => one(s, o, found.get(refKey(o.ref)) ?? [], signal))));
  const standing = orders.filter((_, n) => done[n] === "done");
  const seen = await observe(s, standing.map(lookupOf), signal, false).catch(asFault);
  return orders.map((o, n) => outcome(o, done[n]!, seen));
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

async function one(s: Session, order: Order, found: Candidates, signal: AbortSignal): Promise<Done> {
  const [device, ...others] = found;
  if (!device) return absent(s, order);
  if (others.length > 0) return fault("NotOwned", `it is ${ambiguous(order.ref, found).holder}`);
  const { live, isDecommissioned } = marksFor(device.tags, order.token);
  if (live !== undefined && live !== order.token) return fault("NotOwned", holderOf(device, order, live));
  const isThere = live !== undefined || isDecommissioned;
  if (order.action === "destroy" && !isThere) return "gone";
  if (order.action !== "create" && !isThere) return fault("Lost", "the router does not carry our mark any more");
  return s.turn(device.id, () => act(s, order, device, signal));
}
async function act(s: Session, order: Order, device: Device, signal: AbortSignal): Promise<Done> {
  if (order.action === "retire") await retire(s, order, device, signal);
  else if (order.action === "destroy") await destroy(s, order, device, signal);
  else await tell(s, order, device, signal);
  return order.action === "destroy" ? "gone" : "done";
}

/** Who waits is looked at as soon as the device reports. */
async function tell(s: Session, order: Order, device: Device, signal: AbortSignal): Promise<void> {
  const key: RefKey = refKey(order.ref);
  const wish = wishFor(s, key, order);
  if (wish) s.wishes.set(key, wish);
  s.due.delete(key);
  try {
    await change(s, order, device, wish, signal);
  } catch (e) {
    if (e instanceof Fault && e.kind === "Waiting") s.due.set(key, 0);
    throw e;
  }
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
