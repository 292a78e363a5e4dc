/** However replicas come and go, and in whatever order they act: the work ends up shared evenly, and rests there. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { balance } from "./sharing.ts";

const TOTAL = 64;
/** Who holds each partition; undefined: nobody. One place each, so nothing is ever held twice. */
interface World {
  readonly live: Set<string>;
  readonly holders: (string | undefined)[];
  moves: number;
}
const held = ({ live, holders }: World): ReadonlyMap<string, number> =>
  new Map([...live].map((name) => [name, holders.filter((h) => h === name).length]));
const free = ({ holders }: World): readonly number[] => [...holders.keys()].filter((n) => holders[n] === undefined);

/** What a replica does in its turn. Answers whether anything changed. */
function turn(world: World, name: string): boolean {
  const { surplus, room } = balance(name, held(world), TOTAL);
  const own = [...world.holders.keys()].filter((n) => world.holders[n] === name);
  for (const n of own.slice(0, surplus)) world.holders[n] = undefined;
  const taken = free(world).slice(0, room);
  for (const n of taken) world.holders[n] = name;
  world.moves += surplus;
  return surplus + taken.length > 0;
}
function settle(world: World, order: readonly string[]): void {
  for (let round = 0; round < 4; round++) if (!order.map((name) => turn(world, name)).includes(true)) return;
  throw new Error("still moving");
}
const isEven = (world: World): boolean => {
  const counts = [...held(world).values()];
  return free(world).length === 0 && Math.max(...counts) - Math.min(...counts) <= 1;
};
const names = ["a", "b", "c", "d", "e"];
const start = (live: readonly string[], holders: readonly (string | undefined)[]): World => ({
  live: new Set(live),
  holders: [...holders],
  moves: 0,
});
/** Some that live, and partitions that they or nobody hold. */
const anyWorld = fc
  .subarray(names, { minLength: 1 })
  .chain((live) =>
    fc
      .array(fc.constantFrom(undefined, ...live), { minLength: TOTAL, maxLength: TOTAL })
      .map((holders) => start(live, holders)),
  );

describe("sharing", () => {
  it("comes to rest evenly from anywhere, in whatever order they act", () => {
    fc.assert(
      fc.property(anyWorld, fc.shuffledSubarray(names, { minLength: 5 }), (world, order) => {
        settle(
          world,
          order.filter((n) => world.live.has(n)),
        );
        expect(isEven(world)).toBe(true);
      }),
    );
  });
  it("moves nothing where all is even, and no more than it must elsewhere", () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const counts = [...held(world).values()].sort((x, y) => y - x);
        const least = Math.floor(TOTAL / counts.length);
        // With the odd ones left where most is held: whoever is above that must give, and nobody else.
        const must = counts.reduce((n, c, i) => n + Math.max(0, c - least - Number(i < TOTAL % counts.length)), 0);
        settle(world, [...world.live]);
        expect(world.moves).toBe(must);
        settle(world, [...world.live].reverse());
        expect(world.moves).toBe(must);
      }),
    );
  });
  it("one that comes takes from the others, and what one leaves goes to them: nobody who stays loses anything", () => {
    fc.assert(
      fc.property(anyWorld, fc.nat(), (world, pick) => {
        settle(world, [...world.live]);
        world.moves = 0;
        world.live.add("new");
        settle(world, [...world.live]);
        expect(isEven(world)).toBe(true);
        expect(world.moves).toBe(held(world).get("new"));
        world.moves = 0;
        const gone = [...world.live][pick % world.live.size] ?? "";
        world.live.delete(gone);
        for (const n of world.holders.keys()) if (world.holders[n] === gone) world.holders[n] = undefined;
        settle(world, [...world.live]);
        expect([isEven(world), world.moves]).toEqual([true, 0]);
      }),
    );
  });
  it.each([
    ["alone", [["a", 0]], [{ surplus: 0, room: 64 }]],
    [
      "beside one that has all",
      [
        ["a", 64],
        ["b", 0],
      ],
      [
        { surplus: 32, room: 0 },
        { surplus: 0, room: 32 },
      ],
    ],
    [
      "three, and the odd one stays where most is held",
      [
        ["a", 21],
        ["b", 22],
        ["c", 21],
      ],
      Array(3).fill({ surplus: 0, room: 0 }),
    ],
    [
      "another program holds some and is not one of them",
      [
        ["a", 10],
        ["b", 10],
      ],
      Array(2).fill({ surplus: 0, room: 22 }),
    ],
  ] as const)("%s", (_, all, expected) => {
    expect(all.map(([name]) => balance(name, new Map(all), TOTAL))).toEqual(expected);
  });
});
