/** `apply` beside a running controller: the store is told, the controller does it, we look whether it is done. */

import { objectKeyOf } from "../core/compose.ts";
import type { OwnerKey } from "../core/owner.ts";
import { PARTITIONS } from "../core/owner.ts";
import type { Controller } from "../engine/controller.ts";
import { intake } from "../engine/intake.ts";
import { touch } from "../engine/overlay.ts";
import type { Edit } from "../engine/run/accept.ts";
import type { Installation } from "../main.ts";
import type { SourceUpdate } from "../sources/source.ts";
import { CliError } from "./errors.ts";
import type { Cx } from "./io.ts";
import type { Outcome } from "./render/outcome.ts";
import { watch } from "./watching.ts";

export interface HandOverOptions {
  readonly prune?: boolean;
  /** Seconds. */
  readonly timeout: number;
}
/** All partitions, and the one for singleton work. */
const ALL = PARTITIONS + 1;

/** `us`: whoever held the leases is gone; they are held here now, and the edits are for the caller to carry out. */
export type Handed =
  | { readonly by: "them"; readonly outcomes: readonly Outcome[] }
  | { readonly by: "us"; readonly edits: () => Iterable<Edit> };

/** All leases, or none. */
export async function acquireAll({ leases }: Installation): Promise<boolean> {
  if ((await leases.acquire()) === ALL) return true;
  await leases.release();
  return false;
}

/** @param planned who had anything to do, whoever declared it first: a controller, or an apply that was killed. */
export async function handOver(
  cx: Cx,
  controller: Controller,
  installation: Installation,
  { update, planned }: { readonly update: SourceUpdate; readonly planned: readonly OwnerKey[] },
  { prune = false, timeout }: HandOverOptions,
): Promise<Handed> {
  const { declared } = controller;
  const names = (await installation.leases.holders()).map((h) => h.holder).join(", ");
  const touched = new Set<OwnerKey>();
  const taken = await intake(update, declared, installation.objects, { prune, source: "keep" }, Date.now());
  if (!taken.ok) throw new CliError(taken.message, "apply the folder that the tenant is declared in");
  const keys = [...taken.changed, ...taken.withdrawn];
  const rows = keys.map((key) => ({ key }));
  touch(rows, declared, touched);
  const before = new Map([...touched].map((key) => [key, declared.outline(key)]));
  for await (const page of installation.objects.load({ keys, deleted: true })) declared.put(page);
  touch(rows, declared, touched);
  await installation.objects.again(planned.map(objectKeyOf)); // also what nobody declared differently: drift
  cx.io.err(`A controller is running (${names}): it does the work, this waits for it.`);
  const owners = [...new Set([...touched, ...planned])].sort();
  const outcomes = await watch(cx, controller, installation, { owners, timeout, takeOver: () => free(installation) });
  if (outcomes !== undefined) return { by: "them", outcomes };
  cx.io.err("That controller has gone: the work is done here.");
  return {
    by: "us",
    edits: () => [...touched].sort().map((key) => ({ key, before: before.get(key), after: declared.outline(key) })),
  };
}

/** Tries only where nobody holds anything: who is alive is not disturbed. */
const free = async (installation: Installation): Promise<boolean> =>
  (await installation.leases.holders()).length === 0 && acquireAll(installation);
