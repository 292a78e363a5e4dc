/** A device as its owner sees it: what it holds, and its marks. */
import { type Observed, type Ref, refKey, type State, type Value } from "../../controller/core/model.ts";
import type { Token } from "../../controller/core/owner.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { MARKING, ON_RETIRE, TEMPLATES } from "./desired.ts";
import type { Device } from "./device.ts";
import { factsOf, type Progress } from "./facts.ts";
import { held, isSure } from "./held.ts";
import type { Memory } from "./memory.ts";
import { isWifi } from "./names.ts";
import { type Session, type Wish, wantedOf } from "./session.ts";
import { decommissioned, isWhole, marksFor, ownersOn } from "./tags.ts";
import { isOf, NONE, type Pending } from "./tasks.ts";
import { plain } from "./values.ts";

/** Undefined: nobody's, or an earlier owner's who is gone: for us there is nothing. */
export function observed(
  s: Session,
  { ref, token }: { readonly ref: Ref; readonly token: Token },
  device: Device,
  wish: Wish | undefined,
  pending: Pending = NONE,
): Observed | undefined {
  const { live, isDecommissioned, memory } = marksFor(device.tags, token);
  if (live === undefined && !isDecommissioned) return undefined;
  if (live !== undefined && live !== token) return another(ref, device, live);
  const known = wish && { s, ref, device, memory, wish };
  const values = known ? held(known) : {};
  const templates = ownTemplates(device, memory, wish);
  const isSettled = Object.entries(values).every(([name, have]) => same(have, wantedOf(wish, name)));
  const isIdle = !isSettled || !pending.tasks.some((t) => isOf(t, token) && t.uniqueKey.endsWith("/set"));
  const isDone = isIdle && (!known || isSure(known));
  const progress = { templates, ...progressOf(values, wish) };
  const state: State = {
    ...values,
    ...(templates.length > 0 && { [TEMPLATES]: templates }),
    [MARKING]: isWhole(device.tags, token, ref) && (live === undefined || isDone),
    ...(memory && { [ON_RETIRE]: memory.reset ? "FactoryReset" : "Keep" }),
  };
  return {
    ref,
    id: device.id,
    token,
    retired: live === undefined,
    state,
    outputs: { deviceId: device.id },
    facts: factsOf(device, isSettled ? pending : withRefusal(s, ref, pending), progress, secretsOf(wish)),
  };
}
function progressOf(values: State, wish: Wish | undefined): Omit<Progress, "templates"> {
  const set = Object.keys(values).filter((name) => same(values[name]!, wantedOf(wish, name)));
  const wifi = Object.keys(values).filter(isWifi);
  return { parametersSet: set.length, wifiConfigured: wifi.length > 0 && wifi.every((name) => set.includes(name)) };
}
function withRefusal(s: Session, ref: Ref, { tasks, faults }: Pending): Pending {
  const refused = s.refusals.get(refKey(ref));
  return { tasks, faults: refused ? [refused, ...faults] : faults };
}
const secretsOf = (wish: Wish | undefined): readonly string[] =>
  Object.values(wish?.spec ?? {}).flatMap((v) => (v instanceof Sensitive ? [v.reveal()] : []));
const same = (have: Value, want: Value): boolean => plain(have) !== undefined && plain(have) === plain(want);

function another(ref: Ref, device: Device, live: Token): Observed {
  const holder = ownersOn(device.tags, ref).get(live);
  const rest = { retired: false, state: {}, outputs: {} };
  return { ref, id: device.id, token: live, ...(holder !== undefined && { holder }), ...rest };
}

/** Nobody may write to one of two. */
export function ambiguous(ref: Ref, devices: readonly Device[]): Observed {
  const ids = devices.map((d) => d.id).join(" and ");
  const holder = `one of ${ids}, which have the same serial number: declare cpe.oui or cpe.productClass`;
  return { ref, id: ids, token: "ambiguous", holder, retired: false, state: {}, outputs: {} };
}

/** Ours, and those of others that are wanted: a tag of that name is all that a template asks for. */
function ownTemplates(device: Device, memory: Memory | undefined, wish: Wish | undefined): readonly string[] {
  const wanted = wantedOf(wish, TEMPLATES);
  const names = new Set([...(memory?.templates ?? []), ...(Array.isArray(wanted) ? wanted : [])]);
  return device.tags.filter((t) => names.has(t)).sort();
}

export const isMarked = (device: Device, token: Token): boolean =>
  device.tags.includes(token) || device.tags.includes(decommissioned(token));
