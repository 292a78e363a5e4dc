/** Devices for which something may have changed, soon after they report: not every inform of every device. */
import { type RefKey, refKey } from "../../controller/core/model.ts";
import { type Polled, polled } from "../polled.ts";
import { type Device, deviceOf } from "./device.ts";
import { type Item, itemsOf, list, textAt } from "./list.ts";
import type { Session } from "./session.ts";
import { faultsSince } from "./tasks.ts";

const POLL_MS = 5000;
/** An inform is written with its own time at the end of its session, of which 30 s of silence are one: others come before it. */
const OVERLAP_MS = 40_000;
const FIELDS = ["_id", "_deviceId", "_lastInform", "_lastBoot", "_lastBootstrap", "_registered"];

export function hints(s: Session, signal: AbortSignal, everyMs = POLL_MS): AsyncGenerator<readonly RefKey[]> {
  const seen = new Map<string, string>();
  const ask = (since: string | undefined): Promise<Polled<string>> =>
    since === undefined ? begin(s, seen, signal) : poll(s, since, seen, signal);
  return polled({ ask, everyMs, signal });
}

/** What happened before is seen by those who look at everything first. */
async function begin(s: Session, seen: Map<string, string>, signal: AbortSignal): Promise<Polled<string>> {
  const { cursor } = await poll(s, await newest(s, signal), seen, signal);
  return { refs: [], cursor };
}
async function newest(s: Session, signal: AbortSignal): Promise<string> {
  const query = { query: "{}", projection: "_lastInform", sort: JSON.stringify({ _lastInform: -1 }), limit: "1" };
  const [item] = itemsOf("devices", await s.http.get("/devices", query, signal));
  return textAt(item, "_lastInform") ?? new Date(0).toISOString();
}

async function poll(
  s: Session,
  cursor: string,
  seen: Map<string, string>,
  signal: AbortSignal,
): Promise<Polled<string>> {
  const since = new Date(Math.max(0, Date.parse(cursor) - OVERLAP_MS)).toISOString();
  const items = await list(s.http, "devices", { _lastInform: { $gt: since } }, FIELDS, signal);
  const faulted = new Set((await faultsSince(s, since, signal)).map((f) => f.device));
  const refs: RefKey[] = [];
  let last = cursor;
  for (const item of items) {
    const device = deviceOf(item);
    const inform = device.lastInform ?? "";
    const before = seen.get(device.id) ?? since;
    seen.set(device.id, inform);
    if (inform > last) last = inform;
    if (inform > before && matters(s, item, device, before, faulted)) refs.push(keyOf(s, device));
  }
  for (const [id, inform] of seen) if (inform < since) seen.delete(id);
  return { refs, cursor: last };
}
const keyOf = (s: Session, { serial }: Device): RefKey =>
  refKey({ system: s.endpoint, resource: "device", key: serial });

function matters(s: Session, item: Item, device: Device, before: string, faulted: ReadonlySet<string>): boolean {
  const isNew = ["_registered", "_lastBoot", "_lastBootstrap"].some((f) => (textAt(item, f) ?? "") > before);
  const due = s.due.get(keyOf(s, device));
  return isNew || faulted.has(device.id) || (due !== undefined && due <= s.now());
}
