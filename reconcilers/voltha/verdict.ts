/** Whether the flows of a port are where they should be. */
import type { Ref } from "../../controller/core/model.ts";
import type { FlowStatus } from "./controller.ts";
import { judge, type Verdict } from "./flows.ts";
import { parsePort } from "./names.ts";
import type { Onu } from "./plant.ts";
import type { Site } from "./site.ts";

export interface Seen {
  readonly ref: Pick<Ref, "key">;
  /** Known to the inventory. */
  readonly id: string | undefined;
  readonly onu: Onu | undefined;
  /** Undefined: not asked. */
  readonly status: FlowStatus | undefined;
}
export function verdict({ memory, storms, now }: Site, { ref, id, onu, status }: Seen): Verdict {
  const serial = parsePort(ref.key)?.serial ?? ref.key;
  return judge({
    onu,
    weather: storms.of(onu?.olt),
    status,
    steadyMs: now() - memory.steadySince(ref.key, serial),
    awaited: memory.arriving.has(ref.key),
    isKnown: id !== undefined,
  });
}
