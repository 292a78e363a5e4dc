/** Time passes: what is scheduled is carried out when it is due, by whoever runs then, and nothing that is declared is written. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Subscriber, SubscriberSchedule, SubscriberSpec } from "../../controller/api/types.generated.ts";
import { plan } from "../../controller/core/resolve/fixture.ts";
import { radius, snapshot, sub, subs, tenant } from "./objects.ts";
import { Site } from "./site.ts";
import { staying } from "./staying.ts";

const NOON = Date.UTC(2026, 10, 22, 12);
const HOUR = 3_600_000;
const JOHN = "john@acme.example";
const REJECT = "Auth-Type := Reject";
const at = (hours: number): string => new Date(NOON + hours * HOUR).toISOString();
const fast = plan({ speed: { down: "1Gbps", up: "500Mbps" } }, "fast");
const unpaid = (hours: number) =>
  ({ serviceState: "Suspended", suspension: { reason: "NonPayment", resumeAt: at(hours) } }) as const;

let site: Site;
let now: number;
beforeEach(async () => {
  now = NOON;
  site = await Site.open();
  await site.stop();
  site.now = () => now;
  await site.start();
});
afterEach(() => site.close());

async function pass(hours: number): Promise<void> {
  now = NOON + hours * HOUR;
  await site.controller.keepTime();
  await site.settle();
}
const scheduled = (...schedule: SubscriberSchedule[]): Partial<SubscriberSpec> => ({ schedule });
const account = async (name = JOHN) => {
  const found = (await site.accounts()).get(name);
  return [found?.groups.join(), found?.check.includes(REJECT) ? "out" : "in", found?.retired ? "retired" : "live"];
};
const declaredRows = async (): Promise<string> => {
  const { rows } = await site.store.pool.query(
    "select key, object, generation, seq from lastmile.objects order by key",
  );
  return JSON.stringify(rows);
};

describe("what is scheduled", () => {
  it("comes in its order: plan, suspension, its end, termination; status says what was and what comes next", async () => {
    const john = sub(
      "john",
      scheduled(
        { at: at(4), set: { serviceState: "Terminated" } },
        { at: at(1), set: { planRef: { name: "fast" } } },
        { at: at(2), set: unpaid(3) },
      ),
    );
    await site.declare([...site.base(john), fast]);
    const written = await declaredRows();
    const seen: unknown[] = [];
    for (const hours of [0, 1, 2, 3, 4]) {
      await pass(hours);
      const { applied, next } = (await site.status("john"))?.schedule ?? {};
      seen.push([...(await account()), applied?.change ?? "", next?.change ?? ""].join(" | "));
    }
    expect(seen).toEqual([
      "acme:basic:generic | in | live |  | plan fast",
      "acme:fast:generic | in | live | plan fast | suspended (NonPayment)",
      expect.stringMatching(/\| out \| live \| suspended \(NonPayment\) \| resumed$/),
      "acme:fast:generic | in | live | resumed | terminated",
      expect.stringMatching(/\| out \| retired \| terminated \| $/),
    ]);
    expect(await site.condition("john", "Ready")).toBe("True Terminated");
    expect(await declaredRows(), "nobody who compares with git may see a difference").toBe(written);
  });
  it("and was due while nobody ran: whoever starts goes by the last word, and by no other on the way", async () => {
    const john = sub(
      "john",
      scheduled({ at: at(1), set: { planRef: { name: "fast" } } }, { at: at(2), set: unpaid(5) }),
    );
    await site.declare([...site.base(john), fast]);
    now = NOON + 6 * HOUR;
    await site.restart();
    expect(await account()).toEqual(["acme:fast:generic", "in", "live"]);
    const history = await site.installation.store.history(site.subscriber("john"), { limit: 50 });
    expect(JSON.stringify(history)).not.toContain("Reject");
  });
  it("has passed already when it is declared first", async () => {
    await site.declare([
      ...site.base(sub("john", { ...unpaid(-1), ...scheduled({ at: at(-2), set: { planRef: { name: "fast" } } }) })),
      fast,
    ]);
    expect(await account()).toEqual(["acme:fast:generic", "in", "live"]);
  });
  it("is taken back, or set anew, before it is due", async () => {
    const change = { at: at(1), set: { planRef: { name: "fast" } } };
    await site.declare([...site.base(sub("john", scheduled(change))), fast]);
    await site.declare([...site.base(sub("john", scheduled({ ...change, at: at(3) }))), fast]);
    await pass(2);
    expect(await account()).toContain("acme:basic:generic");
    await pass(3);
    expect(await account()).toContain("acme:fast:generic");
    await site.declare([...site.base(sub("john")), fast]);
    expect(await account()).toContain("acme:basic:generic");
  });
  it("is in the plan before it is due, and why there is something to do afterwards", async () => {
    const all = [...site.base(sub("john", scheduled({ at: at(1), set: { planRef: { name: "fast" } } }))), fast];
    await site.declare(all);
    const before = await site.controller.preview(snapshot(all), { prune: true });
    expect(before.subjects).toEqual([]);
    expect(before.scheduled).toEqual([{ key: site.subscriber("john"), at: NOON + HOUR, change: "plan fast" }]);
    now = NOON + HOUR;
    const after = await site.controller.preview(undefined, { prune: false });
    expect(after.subjects.map((s) => [s.subject.owner.name, s.subject.timing?.applied?.change])).toEqual([
      ["john", "plan fast"],
    ]);
  });
  it("comes about by the clock of a controller that stays, within the look of a moment", async () => {
    await site.submitNow([...site.base(sub("john", unpaid(1)))]);
    await site.settle();
    expect(await account()).toContain("out");
    await site.stop();
    const installation = await site.open({ holder: "stays" });
    const end = new AbortController();
    const controller = installation.controller({ clock: { now: () => now } });
    const serving = staying(installation, controller, { source: undefined, signal: end.signal, every: { time: 20 } });
    await site.until(async () => installation.leases.held() > 0 && controller.engine.queue.idle());
    expect(await account()).toContain("out");
    now = NOON + HOUR;
    await site.until(async () => (await account()).includes("in"));
    end.abort();
    await serving;
  });
});

describe("many at one moment", () => {
  const minimum = { retire: "0%", suspend: "0%", disrupt: "0%", minimum: 1, window: "24h" };
  const strict = (all: readonly Subscriber[]) => [
    tenant({}, { budgets: minimum }),
    radius(site.radius.url),
    plan(),
    ...all,
  ];
  const rejected = async () => [...(await site.accounts()).values()].filter((a) => a.check.includes(REJECT)).length;
  const each = (spec: Partial<SubscriberSpec>) => subs(4).map((s) => ({ ...s, spec: { ...s.spec, ...spec } }));

  it("are one set: a suspension of more than the budget has places for is held as a whole", async () => {
    const { suspension } = unpaid(9);
    await site.declare(strict(each(scheduled({ at: at(1), set: { serviceState: "Suspended", suspension } }))));
    await pass(1);
    expect(await rejected()).toBe(0);
    expect(await site.condition("s0000", "Ready")).toBe("False DestructiveLimit");
    await site.approveAllHeld();
    await site.controller.follow();
    await site.settle();
    expect(await rejected()).toBe(4);
  });
  it("a resume is held by no budget", async () => {
    await site.declare(strict(each(unpaid(1))));
    expect(await rejected()).toBe(4);
    await pass(1);
    expect(await rejected()).toBe(0);
    expect(await site.condition("s0003", "InService")).toBe("True InService");
  });
});
