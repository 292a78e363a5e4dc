/** `lastmile approvals`: what people have allowed. `lastmile revoke`: takes it back. */

import { objectKeyOf } from "../../core/compose.ts";
import { rfc3339 } from "../../core/status/conditions.ts";
import { approvalRef } from "../../engine/approving.ts";
import type { Installation } from "../../main.ts";
import type { Approval } from "../../store/approvals.ts";
import { shown } from "../because.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type OutputOption, print } from "../output.ts";
import { count } from "../render/problems.ts";
import { table } from "../render/table.ts";
import { withInstallation } from "../session.ts";
import { whoAmI } from "./secret.ts";

export async function approvals(cx: Cx, { output }: OutputOption): Promise<Exit> {
  return withInstallation(cx, async ({ store }) => {
    const groups = grouped(await store.approvals(), Date.now());
    await print(cx.io, output, { approvals: groups }, () =>
      groups.length === 0
        ? "Nothing is approved."
        : table(
            ["change set", "changes", "by", "at", "counts until", "why"],
            groups.map((g) => [
              g.changeSet,
              String(g.changes.length),
              g.by,
              rfc3339(g.at),
              g.expired ? `${rfc3339(g.expires)} (over)` : rfc3339(g.expires),
              g.why ?? "",
            ]),
          ),
    );
    return EXIT.ok;
  });
}

interface Group extends Omit<Approval, "tuple" | "changeSet"> {
  readonly changeSet: string;
  readonly expired: boolean;
  /** `action object`. */
  readonly changes: readonly string[];
}
/** Newest first, as the store answers. */
function grouped(all: readonly Approval[], now: number): readonly Group[] {
  const sets = Map.groupBy(all, ({ changeSet = "", by, at }) => JSON.stringify([changeSet, by, at]));
  return [...sets.values()].flatMap(([first, ...rest]) => {
    if (!first) return [];
    const { tuple: _, changeSet = "", ...group } = first;
    return [{ ...group, changeSet, expired: first.expires <= now, changes: [first, ...rest].map(changeOf) }];
  });
}
/** Of `ref|action|id|digest`. */
function changeOf({ tuple }: Approval): string {
  const [digest, id, action, ...ref] = tuple.split("|").reverse();
  return digest !== undefined && id !== undefined ? `${action} ${ref.reverse().join("|")}` : tuple;
}

export interface RevokeOptions extends OutputOption {
  readonly reason?: string;
}

export async function revoke(cx: Cx, changeSet: string, { reason, output }: RevokeOptions): Promise<Exit> {
  return withInstallation(cx, async (installation) => {
    const { store } = installation;
    const standing = await store.approvals(changeSet);
    if (standing.length === 0)
      throw new CliError(`nothing is approved as ${changeSet}`, "`lastmile approvals` lists what is");
    await store.revoke(standing.map((a) => a.tuple));
    const owners = await tell(installation, changeSet, reason);
    const data = {
      changeSet,
      by: whoAmI(),
      changes: standing.length,
      subjects: owners.map((o) => shown(objectKeyOf(o))),
    };
    await print(
      cx.io,
      output,
      data,
      () => `Taken back: ${count(standing.length, "change")}. What was done already stays done.`,
    );
    return EXIT.ok;
  });
}

/** The history knows for whom it was approved. */
async function tell({ store }: Installation, changeSet: string, reason: string | undefined) {
  const ref = approvalRef(changeSet);
  const owners = await store.audited(ref);
  const changes = reason === undefined ? [] : [{ field: "why", before: "", after: reason }];
  const row = { ref, action: "revoke", changes, planId: "", outcome: "Done", at: Date.now(), by: { author: whoAmI() } };
  await store.audit(owners.map((owner) => ({ ...row, owner })));
  return owners;
}
