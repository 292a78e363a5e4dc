/** From any mix of states that systems can come to, any declared state is reached, or held for a reason that is there. */
import { fc, it } from "@fast-check/vitest";
import { beforeAll, describe, expect } from "vitest";
import { ANY_WISH, approve, EVENT, type Event, happen, heal } from "../../../test/lab/mix/events.ts";
import { CPES, FIRST, type Means, means, ONUS, type Wish } from "../../../test/lab/mix/ground.ts";
import { faultsIn, whyHeld } from "../../../test/lab/mix/judge.ts";
import { World } from "../../../test/lab/mix/world.ts";
import { ALLOWED } from "./transitions.ts";

const SEED = 20261122;
const RUNS = 200;
/** Rounds after which nothing may be left to do, where nothing more happens. */
const ROUNDS = 12;

let common: Means;
beforeAll(async () => {
  common = await means();
});

const standing = (w: World) => ({
  writes: w.systems.writes.length,
  status: JSON.parse(JSON.stringify(w.status ?? null)),
  rows: [...w.systems.rows],
});
/** Until a round writes and says nothing new; then two more, which must write and say nothing either. */
async function quiet(w: World): Promise<void> {
  let before = "";
  for (let rounds = 0; before !== JSON.stringify(standing(w)); rounds++) {
    expect(rounds, `still writes: ${w.systems.writes.slice(-12).join("\n")}`).toBeLessThan(ROUNDS);
    before = JSON.stringify(standing(w));
    await w.round();
    approve(w);
  }
  const stands = standing(w);
  for (let n = 0; n < 2; n++) await w.round();
  expect(standing(w)).toEqual(stands);
}
/** Every turn is one of the table, and none is taken back while nothing happens. */
function turnsOf(w: World): void {
  let since: string[] = [];
  let last = "[*]";
  for (const entry of w.diary) {
    if (entry === "event") since = [];
    else if (entry === "gone") last = "[*]";
    else {
      if (entry !== last) expect(ALLOWED, `${last} > ${entry}`).toContain(`${last}>${entry}`);
      if (entry !== last) expect(since, "taken back while nothing happened").not.toContain(entry);
      since.push(entry);
      last = entry;
    }
  }
}
/** Everything is at home, and he was served once. */
const SERVED: readonly Event[] = [
  ...(["survey", "visit"] as const).map((what) => ({ what })),
  ...[...ONUS, ...CPES].map((device) => ({ what: "plug", device }) as const),
  ...([{ what: "declare", wish: { ...FIRST, state: "Active" } }, { what: "run" }, { what: "run" }] as const),
];
async function lived(events: readonly Event[], wish: Wish): Promise<World> {
  const w = new World(common);
  for (const e of events) await happen(w, e);
  await happen(w, { what: "declare", wish });
  await quiet(w);
  return w;
}
const START = fc.constantFrom([], SERVED, SERVED, SERVED);
const EVENTS = fc.array(EVENT, { minLength: 1, maxLength: 20, size: "max" });

describe("from any mix of states", () => {
  it.prop([START, EVENTS, ANY_WISH], { seed: SEED, numRuns: RUNS })(
    "what is declared is reached, or held for a reason that is there; when the reason is gone it is reached",
    async (start, events, wish) => {
      const w = await lived([...start, ...events], wish);
      expect(whyHeld(w)).toEqual([]);
      heal(w);
      await quiet(w);
      expect(w.status?.conditions?.find((c) => c.type === "Ready")?.status ?? "gone").not.toBe("False");
      expect(faultsIn(w)).toEqual([]);
      turnsOf(w);
    },
  );
});
