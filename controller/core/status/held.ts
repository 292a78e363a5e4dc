/** What a tenant shows of what waits for an approval. Pure, and the same for as long as the same waits. */
import type { TenantStatusHeld } from "../../api/types.generated.ts";
import type { HeldSet } from "../held.ts";
import { parseOwner } from "../owner.ts";
import { shortened } from "../text.ts";
import { rfc3339 } from "./conditions.ts";

const IMPACTS = { retire: "Retire", suspend: "Suspend", disrupt: "Disrupt" } as const;
const LONGEST = 256;

export const heldStatus = ({ impact, since, examples, ...set }: HeldSet): TenantStatusHeld => ({
  ...{ changeSet: set.changeSet, reason: set.reason, impact: IMPACTS[impact] },
  ...{ subscribers: set.subscribers, changes: set.changes, since: rfc3339(since) },
  examples: examples.map(example),
});

function example({ owner, said }: HeldSet["examples"][number]): string {
  const { kind, name } = parseOwner(owner);
  return shortened(`${kind} ${name}: ${said.join(", ")}`, LONGEST);
}
