/** Releases what waits for a person, and nothing that came since: on a word at the Tenant, or at the command line. */
import { APPROVE, approvalsAsked } from "../core/approval.ts";
import { type OwnerKey, tenantOf } from "../core/owner.ts";
import type { Warning } from "../core/resolve/findings.ts";
import { rfc3339 } from "../core/status/conditions.ts";
import type { By } from "../store/audit.ts";
import type { HeldRow } from "../store/held.ts";
import type { Asked } from "../store/requests.ts";
import type { Store } from "../store/store.ts";
import type { Declared } from "./declared.ts";

export interface Approving {
  readonly changeSet: string;
  readonly by: By;
  readonly whom: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly expires: number;
  readonly why?: string;
}
/** What the history calls an approval. */
export const approvalRef = (changeSet: string): string => `store/approval/${changeSet}`;

/** The audit first: what cannot be written down is not released. Answers the number of changes. */
export async function release(
  store: Pick<Store, "audit" | "approve">,
  held: readonly Pick<HeldRow, "owner" | "planId" | "tuples" | "said">[],
  { changeSet, by, whom, at, expires, why }: Approving,
): Promise<number> {
  const after = `approved until ${rfc3339(expires)}`;
  const because = why === undefined ? [] : [{ field: "why", before: "", after: why }];
  const rest = { ref: approvalRef(changeSet), action: "approve", outcome: "Done", at, by };
  await store.audit(
    held.map(({ owner, planId, said }) => {
      const changes = [...said.map((field) => ({ field, before: "held", after })), ...because];
      return { ...rest, owner, planId, changes };
    }),
  );
  const tuples = held.flatMap((h) => h.tuples);
  await store.approve(tuples, { whom, at, expires, changeSet, ...(why !== undefined && { why }) });
  return tuples.length;
}

const DAY_MS = 86_400_000;
/** Milliseconds for which an approval by annotation counts, and for which its word waits for what it names. */
const COUNTS_MS = DAY_MS;

export interface Hearing {
  readonly declared: Declared;
  readonly store: Pick<Store, "ask" | "use" | "heldIn" | "approvals" | "audit" | "approve">;
  /** The owners of the tenants whose word is this process's to act upon, by name. */
  readonly tenants: ReadonlyMap<string, OwnerKey>;
  readonly now: number;
}
export interface Heard {
  /** Whether anything was approved. */
  readonly approved: boolean;
  /** What a tenant named in vain, by tenant. */
  readonly warnings: ReadonlyMap<string, readonly Warning[]>;
}

/** Each word counts once: left standing it approves nothing that comes later, not even the same again. */
export async function hearApprovals(h: Hearing): Promise<Heard> {
  const { declared, store, tenants } = h;
  const named = [...tenants.keys()].flatMap((tenant) => {
    const object = declared.tenant(tenant);
    return (object ? approvalsAsked(object) : []).map((changeSet) => ({ tenant, changeSet }));
  });
  const asked = tenants.size === 0 ? [] : await store.ask([...tenants.values()], [...tenants.keys()], named);
  let approved = false;
  const vain: Asked[] = [];
  for (const request of asked.filter((a) => !a.used)) {
    const verdict = await hear(request, h);
    if (verdict === "approved") approved = true;
    if (verdict === "unknown") vain.push(request);
    else await store.use(tenants.get(request.tenant) ?? "", request);
  }
  return { approved, warnings: warningsOf(vain) };
}

async function hear({ tenant, changeSet, since }: Asked, h: Hearing): Promise<"approved" | "before" | "unknown"> {
  const { declared, store, tenants, now } = h;
  const key = tenants.get(tenant) ?? "";
  const found = since > now - COUNTS_MS ? await store.heldIn(changeSet) : [];
  const rows = found.filter((row) => tenantOf(row.owner) === tenant); // a word counts for its own tenant only
  if (rows.length === 0) return (await store.approvals(changeSet)).length > 0 ? "before" : "unknown";
  const by = declared.by(key);
  const whom = by.author ?? by.source ?? "unknown";
  const why = `annotation ${APPROVE}`;
  await release(store, rows, { changeSet, by, whom, at: now, expires: now + COUNTS_MS, why });
  return "approved";
}

function warningsOf(vain: readonly Asked[]): ReadonlyMap<string, readonly Warning[]> {
  const by = Map.groupBy(vain, (a) => a.tenant);
  return new Map([...by].map(([tenant, all]) => [tenant, all.map(warning)]));
}
const warning = ({ changeSet }: Asked): Warning => ({
  reason: "ApprovalUnknown",
  message: `the annotation ${APPROVE} names ${changeSet}: nothing that waits has that name now`,
});
