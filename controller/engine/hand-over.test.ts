/** What one replica does in its turn: nothing is handed over while it is under way, and only what is new is taken up. */
import { beforeEach, describe, expect, test } from "vitest";
import { type OwnerKey, partition } from "../core/owner.ts";
import type { Leases } from "../store/leases.ts";
import { Sharing } from "./sharing.ts";

const key = (n: number): OwnerKey => `lab/acme/Subscriber/acme/s${n}`;
const KEYS = Array.from({ length: 500 }, (_, n) => key(n));
const inPartition = (p: number): OwnerKey => KEYS.find((k) => partition(k) === p) ?? "";

let tokens: ReadonlyMap<number, string>;
let leaving: Set<number>;
let running: OwnerKey[];
let quiet: () => Promise<void>;
let resume: () => Promise<void>;
let log: string[];
let sharing: Sharing;
beforeEach(() => {
  [tokens, leaving, running, log] = [new Map(), new Set(), [], []];
  quiet = resume = async () => {};
  const leases = {
    share: async () => {},
    tokens: () => tokens,
    held: () => tokens.size,
    leaving: () => leaving,
    release: async (gone: ReadonlySet<number>) => {
      log.push(`release ${[...gone].join()}`);
      tokens = new Map([...tokens].filter(([p]) => !gone.has(p)));
      leaving = leaving.difference(gone);
    },
  } as unknown as Leases;
  const worker = {
    async resume(isNew: (key: OwnerKey) => boolean) {
      const parts = [...new Set(KEYS.filter(isNew).map(partition))].sort((a, b) => a - b);
      log.push(`resume ${parts.join()}`);
      await resume();
    },
    quiet: () => quiet(),
    engine: { queue: { running: () => running } },
  };
  sharing = new Sharing({ worker, leases, onHeld: (held) => log.push(`held ${held}`) });
});
const hold = (...all: readonly (readonly [number, string])[]): void => {
  tokens = new Map(all);
};

describe("taking up", () => {
  test("is for what is new, or was somebody else's meanwhile, and for nothing when partitions go", async () => {
    hold([1, "1"], [2, "1"]);
    await sharing.turn();
    await sharing.turn();
    hold([1, "1"]);
    await sharing.turn();
    hold([1, "1"], [2, "3"], [5, "1"]);
    await sharing.turn();
    expect(log).toEqual(["resume 1,2", "resume 2,5"]);
  });
  test("is tried until it has worked, with all that came meanwhile", async () => {
    hold([1, "1"]);
    resume = () => Promise.reject(new Error("away"));
    await expect(sharing.turn()).rejects.toThrow("away");
    hold([1, "1"], [2, "1"]);
    resume = async () => {};
    await sharing.turn();
    expect(log).toEqual(["resume 1", "resume 1,2"]);
  });
});

describe("handing over", () => {
  beforeEach(async () => {
    hold([1, "1"], [2, "1"], [3, "1"]);
    await sharing.renew();
    await sharing.turn();
    log.length = 0;
  });
  test("waits for the run of a partition, and keeps nothing else waiting", async () => {
    leaving = new Set([2, 3]);
    running = [inPartition(1), inPartition(3)];
    await sharing.turn();
    await sharing.turn();
    expect(log).toEqual(["release 2", "held 2"]);
    running = [inPartition(1)];
    await sharing.turn();
    expect(log.slice(2)).toEqual(["release 3", "held 1"]);
  });
  test("waits for what began before and is no run; a run that began with it counts", async () => {
    leaving = new Set([2, 3]);
    const { promise, resolve } = Promise.withResolvers<void>();
    quiet = () => promise;
    const turn = sharing.turn();
    await new Promise(setImmediate);
    expect(log).toEqual([]);
    running = [inPartition(2)];
    resolve();
    await turn;
    expect(log).toEqual(["release 3", "held 2"]);
  });
});
