/** Who reads a source: everybody, or the one process that holds the singleton's lease. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Source, SourceUpdate } from "../sources/source.ts";
import { StoreError } from "../store/errors.ts";
import type { Leases } from "../store/leases.ts";
import type { Controller } from "./controller.ts";
import { type ServeEvent, serve } from "./serve.ts";

interface Submitted {
  readonly revision: string;
  readonly prune: boolean;
  readonly alone: boolean;
}
let stop: AbortController;
let serving: Promise<void>;
let holds: boolean;
let remaining: number;
let refuse: (() => Error) | undefined;
let log: string[];
let submitted: Submitted[];
let events: ServeEvent[];
let tell: (revision: string) => void;
beforeEach(() => {
  stop = new AbortController();
  serving = Promise.resolve();
  [holds, remaining, refuse] = [false, 10_000, undefined];
  [log, submitted, events] = [[], [], []];
});
afterEach(async () => {
  stop.abort();
  await serving;
});

const nothing = async (): Promise<void> => {};
const controller = {
  ...{ load: nothing, resume: nothing, quiet: nothing, follow: nothing, deliver: nothing },
  async submit({ revision }: SourceUpdate, { prune, alone }: { prune: boolean; alone: boolean }) {
    if (refuse) throw refuse();
    submitted.push({ revision, prune, alone });
    return { ok: true, changed: [], withdrawn: [] };
  },
  engine: {
    ports: { sessions: () => new Map() },
    queue: { close: () => {}, idle: () => true, counts: () => ({ inFlight: 0 }) },
    close: () => {},
  },
  endpoints: { close: nothing },
} as unknown as Controller;
const leases = {
  share: nothing,
  held: () => 65,
  tokens: () => new Map(),
  leaving: () => new Set(),
  holdsSingleton: () => holds,
  remainingMs: () => remaining,
  release: nothing,
} as unknown as Leases;

function sourceOf(more: Partial<Source>): Source {
  return {
    sourceId: "s",
    ...more,
    async *updates(signal) {
      log.push("begins");
      let next = Promise.withResolvers<string>();
      tell = (revision) => next.resolve(revision);
      signal.addEventListener("abort", () => next.resolve(""), { once: true });
      while (!signal.aborted) {
        const revision = await next.promise;
        next = Promise.withResolvers<string>();
        if (revision === "") break;
        yield { sourceId: "s", revision, complete: true, upserts: [], deletes: [], errors: [] };
      }
      log.push("ends");
    },
  };
}
function start(more: Partial<Source>): void {
  const hour = 3_600_000;
  serving = serve({
    ...{ controller, leases, installation: "lab", intake: "own", signal: stop.signal, source: sourceOf(more) },
    watch: (_, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
    on: (event) => events.push(event),
    every: { renew: hour, refresh: hour, purge: hour, scan: hour, await: hour },
  });
}
const until = async (good: () => boolean): Promise<void> => {
  while (!good()) await new Promise(setImmediate);
};

test("a source for everybody is read at once, whoever holds what", async () => {
  start({});
  await until(() => log.length === 1);
  tell("1");
  await until(() => submitted.length === 1);
  expect(submitted).toEqual([{ revision: "1", prune: true, alone: false }]);
});

test("one for one process is read while the lease is held, from the start each time, and written under its proof", async () => {
  start({ exclusive: true });
  for (let n = 0; n < 20; n++) await new Promise(setImmediate);
  expect(log).toEqual([]);
  holds = true;
  await until(() => log.length === 1);
  tell("1");
  await until(() => submitted.length === 1);
  holds = false;
  await until(() => log.length === 2);
  expect(log).toEqual(["begins", "ends"]);
  holds = true;
  await until(() => log.length === 3);
  tell("2");
  await until(() => submitted.length === 2);
  expect(submitted.map((s) => [s.revision, s.alone])).toEqual([
    ["1", true],
    ["2", true],
  ]);
});

test("a lease that could not be renewed in time is none", async () => {
  [holds, remaining] = [true, 0];
  start({ exclusive: true });
  for (let n = 0; n < 20; n++) await new Promise(setImmediate);
  expect(log).toEqual([]);
  remaining = 10_000;
  await until(() => log.length === 1);
  remaining = 0;
  await until(() => log.length === 2);
});

test("what the store did not take is offered again until it does, and no more once the lease is lost", async () => {
  holds = true;
  refuse = () => new StoreError("Unavailable", "away");
  start({ exclusive: true });
  await until(() => log.length === 1);
  tell("1");
  await until(() => events.some((e) => e.event === "trouble"));
  refuse = undefined;
  await until(() => submitted.length === 1);
  refuse = () => new StoreError("Fenced", "another holds the lease");
  const before = events.length;
  tell("2");
  await until(() => events.slice(before).some((e) => e.event === "trouble"));
  holds = false;
  await until(() => log.at(-1) === "ends");
  expect(submitted.map((s) => s.revision)).toEqual(["1"]);
});
