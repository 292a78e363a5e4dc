/** What a tenant shows of what waits for an approval. Pure, and the same for as long as the same waits. */
import type { TenantStatusHeld } from "../../api/types.generated.ts";
import type { Awaiting } from "../held.ts";
import type { Impact } from "../model.ts";
import { type OwnerKey, parseOwner } from "../owner.ts";
import { rfc3339 } from "./conditions.ts";

export interface HeldView {
  readonly changeSet: string;
  readonly reason: Awaiting;
  readonly impact: Impact;
  readonly subscribers: number;
  readonly changes: number;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly examples: readonly { readonly owner: OwnerKey; readonly said: readonly string[] }[];
}
const IMPACTS = { retire: "Retire", suspend: "Suspend", disrupt: "Disrupt" } as const;
const LONGEST = 256;

export const heldStatus = ({ impact, since, examples, ...set }: HeldView): TenantStatusHeld => ({
  ...{ changeSet: set.changeSet, reason: set.reason, impact: IMPACTS[impact] },
  ...{ subscribers: set.subscribers, changes: set.changes, since: rfc3339(since) },
  examples: examples.map(example),
});

function example({ owner, said }: HeldView["examples"][number]): string {
  const { kind, name } = parseOwner(owner);
  const text = `${kind} ${name}: ${said.join(", ")}`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 2)} …` : text;
}
