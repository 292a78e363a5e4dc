/** Waits until others have done the work. A status says when to look; only what was looked at is told. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Condition } from "../api/types.generated.ts";
import { objectKeyOf } from "../core/compose.ts";
import type { OwnerKey } from "../core/owner.ts";
import { isToCome } from "../core/status/reasons.ts";
import type { Controller } from "../engine/controller.ts";
import type { PreviewedSubject } from "../engine/preview.ts";
import type { Installation } from "../main.ts";
import { LEASE_MS } from "../store/leases.ts";
import { shown } from "./because.ts";
import type { Cx } from "./io.ts";
import type { Outcome } from "./render/outcome.ts";

export interface WatchOptions {
  readonly owners: readonly OwnerKey[];
  /** Seconds. */
  readonly timeout: number;
  /** True: nobody was left who would do it, and all leases are held here. */
  readonly takeOver: () => Promise<boolean>;
}
const POLL_MS = 250;
/** After a look at the systems, and between two tries to take over. */
const LOOK_MS = 1000;

/** undefined: nobody is left who would do it, and all leases are held here. */
export async function watch(
  cx: Cx,
  controller: Controller,
  installation: Installation,
  { owners, timeout, takeOver }: WatchOptions,
): Promise<readonly Outcome[] | undefined> {
  const end = performance.now() + timeout * 1000;
  for (let next = performance.now() + LOOK_MS; ; ) {
    const statuses = await installation.store.statusOf(owners);
    const ended = owners.filter((o) => hasEnded(controller.declared.meta(objectKeyOf(o))?.generation, statuses.get(o)));
    cx.io.progress(`waiting for the controller: ${ended.length} of ${owners.length}`);
    const late = performance.now() > end;
    const found = late || ended.length === owners.length ? await look(controller, owners) : undefined;
    const result = (o: OwnerKey): Result => resultOf(found?.get(o), statuses.get(o));
    if (found && (late || owners.every((o) => result(o) !== "open"))) {
      cx.io.progress(undefined);
      const words = await lateWords(installation, timeout);
      return owners.map((o) => outcomeOf(o, result(o), statuses.get(o), words));
    }
    if (performance.now() > next) {
      if (await takeOver()) return undefined;
      next = performance.now() + LOOK_MS;
    }
    await sleep(found ? LOOK_MS : POLL_MS, undefined, { signal: cx.signal });
  }
}

async function look(
  controller: Controller,
  owners: readonly OwnerKey[],
): Promise<ReadonlyMap<OwnerKey, PreviewedSubject>> {
  const { subjects } = await controller.preview(undefined, { prune: false, only: owners });
  return new Map(subjects.map((s) => [s.key, s]));
}

type Result = "in place" | "waiting" | "held" | "open";
/** Of who has anything left to do. */
function resultOf(left: PreviewedSubject | undefined, status: unknown): Result {
  if (left === undefined) return "in place";
  if (awaitsDevice(status)) return "waiting";
  const held = left.plan.changes.every((c) => c.hold || c.action === "none");
  return held && left.faults.size === 0 ? "held" : "open";
}
function outcomeOf(owner: OwnerKey, result: Result, status: unknown, late: string): Outcome {
  const subject = shown(objectKeyOf(owner));
  if (result === "in place") return { subject, result, words: [] };
  if (result === "held" || result === "waiting") return { subject, result, words: readyWords(status) };
  return { subject, result: "failed", words: [late, ...readyWords(status)] };
}
/** A live controller renews its leases long before they end. */
async function lateWords({ leases }: Installation, timeout: number): Promise<string> {
  const holders = await leases.holders();
  const left = Math.max(0, ...holders.map((h) => h.endsInMs));
  return left > LEASE_MS / 2
    ? `not done within ${timeout} s; it goes on: look with \`lastmile status\`, or wait longer with --timeout`
    : `not done within ${timeout} s: the controller does not renew its leases; run it again in ${Math.ceil(left / 1000)} s`;
}

interface Conditioned {
  readonly conditions?: readonly Condition[];
  readonly observedGeneration?: number;
}
const condition = (status: unknown, type: string): Condition | undefined =>
  (status as Conditioned | undefined)?.conditions?.find((c) => c.type === type);

/** Why a subject is not ready, or what it still waits for, as its status says. */
export function readyWords(status: unknown): readonly string[] {
  const ready = condition(status, "Ready");
  return ready && (ready.status !== "True" || awaitsDevice(status)) ? [`${ready.reason}: ${ready.message}`] : [];
}
/** Everything that could be done now is done; a device, a technician or a surveyor is to come. */
export function awaitsDevice(status: unknown): boolean {
  const ready = condition(status, "Ready");
  return ready?.status === "True" && isToCome(ready.reason);
}

/** The controller has nothing under way for this generation. A withdrawn owner has no generation. */
function hasEnded(generation: number | undefined, status: unknown): boolean {
  const ready = condition(status, "Ready");
  if (generation === undefined && (status === undefined || ready?.reason === "Terminated")) return true;
  if (generation !== undefined && ((status as Conditioned | undefined)?.observedGeneration ?? 0) < generation)
    return false;
  return ready?.status === "True" || condition(status, "Stalled")?.status === "True";
}
