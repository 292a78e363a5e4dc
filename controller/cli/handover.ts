/** `apply` beside a running controller: the store is told, the controller does it, we watch the statuses. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Condition } from "../api/types.generated.ts";
import { objectKeyOf } from "../core/compose.ts";
import { type OwnerKey, PARTITIONS } from "../core/owner.ts";
import type { Edit } from "../engine/accept.ts";
import type { Controller } from "../engine/controller.ts";
import { intake } from "../engine/intake.ts";
import { touch } from "../engine/overlay.ts";
import type { Installation } from "../main.ts";
import type { SourceUpdate } from "../sources/source.ts";
import { shown } from "./because.ts";
import { CliError } from "./errors.ts";
import { EXIT, type Exit } from "./exit.ts";
import type { Cx } from "./io.ts";
import { type OutputOption, print } from "./output.ts";
import { type Outcome, outcomeText } from "./render/outcome.ts";

export interface HandOverOptions extends OutputOption {
  readonly prune?: boolean;
  /** Seconds. */
  readonly timeout: number;
}
const POLL_MS = 250;
const ACQUIRE_MS = 1000;
/** All partitions, and the one for singleton work. */
const ALL = PARTITIONS + 1;

/** `us`: whoever held the leases is gone; they are held here now, and the edits are for the caller to carry out. */
export type Handed =
  | { readonly by: "them"; readonly exit: Exit }
  | { readonly by: "us"; readonly edits: () => Iterable<Edit> };

/** All leases, or none. */
export async function acquireAll({ leases }: Installation): Promise<boolean> {
  if ((await leases.acquire()) === ALL) return true;
  await leases.release();
  return false;
}

export async function handOver(
  cx: Cx,
  { declared }: Controller,
  installation: Installation,
  update: SourceUpdate,
  { prune = false, timeout, output }: HandOverOptions,
): Promise<Handed> {
  const names = (await installation.leases.holders()).map((h) => h.holder).join(", ");
  const owners = new Set<OwnerKey>();
  const began = Date.now();
  const taken = await intake(update, declared, installation.objects, { prune, source: "keep" }, began);
  if (!taken.ok) throw new CliError(taken.message, "apply the folder that the tenant is declared in");
  const keys = [...taken.changed, ...taken.withdrawn];
  const rows = keys.map((key) => ({ key }));
  touch(rows, declared, owners);
  const before = new Map([...owners].map((key) => [key, declared.outline(key)]));
  for await (const page of installation.objects.load({ keys, deleted: true })) declared.put(page);
  touch(rows, declared, owners);
  cx.io.err(`A controller is running (${names}): it does the work, this waits for it.`);
  const subjects = [...owners].sort();
  const outcomes = await watch(cx, installation, declared, subjects, timeout);
  if (outcomes === undefined) {
    cx.io.err("That controller has gone: the work is done here.");
    return {
      by: "us",
      edits: () => subjects.map((key) => ({ key, before: before.get(key), after: declared.outline(key) })),
    };
  }
  await print(cx.io, output, { outcomes }, (wide) => outcomeText(outcomes, wide, cx.io.paint));
  return { by: "them", exit: exitOf(outcomes) };
}

export function exitOf(outcomes: readonly Outcome[]): Exit {
  if (outcomes.some((o) => o.result === "failed")) return EXIT.failed;
  return outcomes.some((o) => o.result === "held") ? EXIT.held : EXIT.ok;
}

/** undefined: nobody is left who would do it, and all leases are held here. */
async function watch(
  cx: Cx,
  installation: Installation,
  declared: Controller["declared"],
  owners: readonly OwnerKey[],
  timeout: number,
): Promise<readonly Outcome[] | undefined> {
  const end = performance.now() + timeout * 1000;
  let tried = performance.now();
  for (;;) {
    const statuses = await installation.store.statusOf(owners);
    const outcomes = owners.map((o) => outcomeOf(o, declared.meta(objectKeyOf(o))?.generation, statuses.get(o)));
    const open = outcomes.filter((o) => o === undefined).length;
    cx.io.progress(`waiting for the controller: ${owners.length - open} of ${owners.length}`);
    if (open === 0 || performance.now() > end) {
      cx.io.progress(undefined);
      return outcomes.map((o, n) => o ?? late(owners[n] ?? "", timeout));
    }
    if (performance.now() - tried > ACQUIRE_MS) {
      tried = performance.now();
      if (await free(installation)) return undefined;
    }
    await sleep(POLL_MS, undefined, { signal: cx.signal });
  }
}
/** Tries only where nobody holds anything: who is alive is not disturbed. */
const free = async (installation: Installation): Promise<boolean> =>
  (await installation.leases.holders()).length === 0 && acquireAll(installation);
const late = (owner: OwnerKey, timeout: number): Outcome => ({
  ...blank(owner, "failed"),
  words: [`not done within ${timeout} s; it goes on: look with \`lastmile status\`, or wait longer with --timeout`],
});
const blank = (owner: OwnerKey, result: Outcome["result"]): Outcome => ({
  subject: shown(objectKeyOf(owner)),
  result,
  effects: 0,
  words: [],
});

interface Conditioned {
  readonly conditions?: readonly Condition[];
  readonly observedGeneration?: number;
}
const condition = (status: unknown, type: string): Condition | undefined =>
  (status as Conditioned | undefined)?.conditions?.find((c) => c.type === type);

/** Why a subject is not ready, as its status says. */
export function readyWords(status: unknown): readonly string[] {
  const ready = condition(status, "Ready");
  return ready && ready.status !== "True" ? [`${ready.reason}: ${ready.message}`] : [];
}

/** undefined: the controller has not ended its run for this generation yet. A withdrawn owner has no generation. */
function outcomeOf(owner: OwnerKey, generation: number | undefined, status: unknown): Outcome | undefined {
  const seen = (status as Conditioned | undefined)?.observedGeneration ?? 0;
  const ready = condition(status, "Ready");
  const stalled = condition(status, "Stalled")?.status === "True";
  if (generation === undefined) {
    if (status === undefined || ready?.reason === "Terminated") return blank(owner, "in place");
  } else if (seen < generation) return undefined;
  else if (ready?.status === "True") return blank(owner, "in place");
  return stalled ? { ...blank(owner, "held"), words: readyWords(status) } : undefined;
}
