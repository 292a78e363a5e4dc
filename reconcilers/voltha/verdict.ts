/** Whether the flows of a port are where they should be. */
import type { Ref } from "../../controller/core/model.ts";
import type { FlowStatus } from "./controller.ts";
import { isTaken, judge, type Verdict } from "./flows.ts";
import { serialOf } from "./names.ts";
import type { Onu } from "./plant.ts";
import type { Site } from "./site.ts";

export interface Seen {
  readonly ref: Pick<Ref, "key">;
  /** Known to the inventory. */
  readonly id: string | undefined;
  readonly onu: Onu | undefined;
  /** Undefined: not asked. */
  readonly status: FlowStatus | undefined;
  /** Only when its ONU is started anew it will carry anything. */
  readonly isDark: boolean;
}
export function verdict(site: Site, { ref, id, onu, status, isDark }: Seen): Verdict {
  const { memory, storms, now } = site;
  const serial = serialOf(ref.key);
  return judge({
    onu,
    weather: storms.of(onu?.olt),
    status,
    steadyMs: now() - memory.steadySince(ref.key, serial),
    isNew: isNew(site, { ref, id }),
    isStale: isStale(site, ref.key, serial, onu?.device.reason ?? ""),
    isDark,
  });
}
/** What it says of a port before it was seen there the controller is asked about, too. */
export const isNew = ({ memory }: Site, { ref, id }: Pick<Seen, "ref" | "id">): boolean =>
  memory.landings.isNew(ref.key, id !== undefined);

function isStale({ memory, momentMs }: Site, port: string, serial: string, reason: string): boolean {
  const since = memory.saidSince(serial);
  return isTaken(reason)
    ? memory.landings.isUndone(port, serial, since)
    : memory.landings.isOldWord(port, since, momentMs);
}
