/** Pure: what people are told about the sessions of one account. */
import type { Facts } from "../../controller/core/model.ts";
import type { Account, Judged } from "./judged.ts";

const MOST = 16;
const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

/** `active` is JSON, for facts are plain values. */
export function factsOf({ sessions, last }: Account): Facts {
  const active = sessions.filter(({ verdict }) => verdict.kind !== "Stale" && verdict.kind !== "Ending");
  const stale = sessions.filter(({ verdict }) => verdict.kind === "Stale").length;
  const untold = sessions.find(({ verdict }) => verdict.kind === "Untold")?.verdict;
  const [, cause, type, outcome, at] = last;
  return {
    active: JSON.stringify(active.slice(0, MOST).map(shown)),
    ...(stale > 0 && { stale }),
    ...(cause && { lastTerminateCause: cause }),
    ...(type && outcome && at && { lastType: type, lastOutcome: outcome, lastAt: iso(Number(at)) }),
    ...(untold?.kind === "Untold" && { untold: untold.why }),
  };
}

const shown = ({ session: { id, nas: address, port, mac, address: ip, start }, nas }: Judged) => ({
  id,
  nas: nas?.name ?? address,
  ...(port !== undefined && { port }),
  ...(mac !== undefined && { mac }),
  ...(ip !== undefined && { address: ip }),
  since: iso(start),
});
