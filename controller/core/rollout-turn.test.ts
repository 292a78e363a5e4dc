import { expect, it } from "vitest";
import { plan } from "./resolve/fixture.ts";
import { advanced, begun, edited, heard, type Progress, type RolloutPolicy } from "./rollout.ts";
import { turnOf } from "./rollout-turn.ts";

const speed = (mbps: number) => plan({ speed: { down: `${mbps}Mbps`, up: "50Mbps" } }).spec;
const owners = ["a", "b", "c", "d", "e"].map((n) => `lab/acme/Subscriber/isp/${n}`);
const policy: RolloutPolicy = { step: { count: 2 }, pauseMs: 60_000, from: 2, stopAfter: 2 };
const look = (p: Progress, now: number): Progress => advanced(p, { policy, now, paused: false, belongs: () => true });
const well = (p: Progress): Progress => ({
  ...p,
  members: p.members.map((m) => (m.place === "Released" ? { ...m, place: "Ready" } : m)),
});
const edit = (p: Progress, mbps: number, now = 0) => look(edited(p, speed(mbps), owners, { policy, now }), now);

const start = begun(speed(100));
const first = edit(start, 200);
const second = look(well(first), 60_000);
const third = look(well(second), 120_000);
const over = look(well(third), 180_000);
const stopped = look(first, 60_000);
const told = look(heard(stopped, true, 90_000), 90_000);

it.each<[string, Progress, Progress, ReturnType<typeof turnOf>]>([
  ["the first step", start, first, { action: "release", revision: 2, before: "0 of 5", after: "2 of 5" }],
  ["the next", first, second, { action: "release", revision: 2, before: "2 of 5", after: "4 of 5" }],
  ["a look between two steps", first, look(well(first), 59_999), undefined],
  ["all have arrived", third, over, { action: "finish", revision: 2, before: "5 of 5", after: "5 of 5" }],
  ["a look afterwards", over, look(over, 999_999), undefined],
  ["too many failed", first, stopped, { action: "stop", revision: 2, before: "2 of 5", after: "2 of 5, 2 failed" }],
  ["a look while it stands", stopped, look(stopped, 999_999), undefined],
  [
    "a person says to go on",
    stopped,
    told,
    { action: "release", revision: 2, before: "2 of 5, 2 failed", after: "4 of 5" },
  ],
  [
    "another edit on the way begins anew",
    second,
    edit(second, 300, 70_000),
    { action: "release", revision: 3, before: "0 of 5", after: "2 of 5" },
  ],
  [
    "the edit is taken back",
    first,
    edit(first, 100, 1_000),
    { action: "release", revision: 1, before: "0 of 2", after: "2 of 2" },
  ],
  [
    "few are reached at once, without steps",
    start,
    edited(start, speed(200), owners.slice(0, 1), { policy, now: 0 }),
    undefined,
  ],
])("%s", (_, before, after, turn) => expect(turnOf(before, after)).toEqual(turn));
