import { expect, it } from "vitest";
import { plan } from "../resolve/fixture.ts";
import { advanced, begun, edited, type Progress, type RolloutPolicy } from "../rollout.ts";
import { account, NOW, run, SYSTEMS } from "./fixture.ts";
import { happeningsOf, landmarksOf } from "./happening.ts";
import { planStatus } from "./plan.ts";

const ready = (status: "True" | "False" | "Unknown", reason: string, phase?: string) => ({
  ...(phase && { phase }),
  conditions: [
    { type: "Ready", status, reason, message: `it is ${reason}`, lastTransitionTime: "", observedGeneration: 1 },
  ],
});

it.each([
  ["the first word", {}, ready("True", "Converged", "Active"), ["Normal Converged: it is Converged"]],
  ["the same again", ready("True", "Converged"), ready("True", "Converged"), []],
  ["trouble", ready("True", "Converged"), ready("False", "Rejected"), ["Warning Rejected: it is Rejected"]],
  [
    "work, which is no trouble",
    ready("True", "Converged"),
    ready("False", "Progressing"),
    ["Normal Progressing: it is Progressing"],
  ],
  [
    "nobody knows",
    ready("True", "Converged"),
    ready("Unknown", "NotObserved"),
    ["Normal NotObserved: it is NotObserved"],
  ],
  [
    "a turn of a life, and why",
    ready("True", "Converged", "Active"),
    ready("True", "Suspended", "Suspended"),
    ["Normal Suspended: Active → Suspended; it is Suspended"],
  ],
  [
    "a turn for the same reason as before",
    ready("False", "Unavailable", "Active"),
    ready("False", "Unavailable", "Degraded"),
    ["Warning Degraded: Active → Degraded"],
  ],
  ["a status written before there were phases", ready("True", "Converged"), ready("True", "Converged", "Active"), []],
])("%s", (_, before, after, said) =>
  expect(happeningsOf(landmarksOf(before), after).map((h) => `${h.type} ${h.reason}: ${h.message}`)).toEqual(said),
);

it("tells of each step of an edited plan, of its stop and of its end, once", () => {
  const speed = (mbps: number) => plan({ speed: { down: `${mbps}Mbps`, up: "50Mbps" } }).spec;
  const owners = ["a", "b", "c", "d", "e"].map((n) => `i/acme/Subscriber/isp-acme/${n}`);
  const policy: RolloutPolicy = { step: { count: 2 }, pauseMs: 60_000, from: 2, stopAfter: 1 };
  const look = (p: Progress, now: number): Progress => advanced(p, { policy, now, paused: false, belongs: () => true });
  const well = (p: Progress): Progress => ({
    ...p,
    members: p.members.map((m) => (m.place === "Released" ? { ...m, place: "Ready" } : m)),
  });
  const group = account({ ref: { system: "radius-1", resource: "group", key: "acme:basic:generic" } });
  const status = (rollout: Progress) =>
    planStatus({
      ...{ generation: 1, now: NOW, previous: undefined, blocked: [], warnings: [] },
      ...{ report: run([group]), systems: SYSTEMS, subscribers: 5, rollout },
    });
  const first = look(edited(begun(speed(100)), speed(200), owners, { policy, now: 0 }), 0);
  const second = look(well(first), 60_000);
  const third = look(well(second), 120_000);
  const said = [begun(speed(100)), first, first, well(first), second, third, look(well(third), 180_000)]
    .map(status)
    .flatMap((now, n, all) => (n === 0 ? [] : happeningsOf(landmarksOf(all[n - 1]!), now)));
  expect(said.map((h) => `${h.type} ${h.reason}: ${h.message}`)).toEqual([
    "Normal RollingOut: 2 of 5 subscribers were released to revision 2",
    "Normal RollingOut: 4 of 5 subscribers were released to revision 2",
    "Normal RollingOut: 5 of 5 subscribers were released to revision 2",
    "Normal RolledOut: the last edit of the plan has reached all of its subscribers",
    "Normal Converged: everything that is declared is in place and was verified",
  ]);
  const stop = happeningsOf(landmarksOf(status(first)), status(look(first, 60_000)));
  expect(stop).toMatchObject([{ type: "Warning", reason: "RolloutStopped" }]);
});
