import { beforeEach, expect, test } from "vitest";
import type { Kept } from "./kept.ts";
import { KINDS } from "./kinds.ts";
import { keptOf } from "./testing/objects.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
const KEY = "Subscriber/isp-acme/s1";
const put = (object: Kept) => world.take("Subscriber", { type: "put", object });
const gone = (object: Kept) => world.take("Subscriber", { type: "gone", object });
const all = (...objects: Kept[]) => world.take("Subscriber", { type: "all", objects });
const version = (): string | undefined => world.get(KEY)?.resourceVersion;

test("an older version, that a lagging watch tells, changes nothing", () => {
  put(keptOf({ version: 9 }));
  put(keptOf({ version: 10 })); // as numbers: as text 10 is less than 9
  expect(version()).toBe("10");
  put(keptOf({ version: 9 }));
  expect(version()).toBe("10");
});

test("an earlier object of the same name does not come back in the place of the later one", () => {
  world.read(KEY, keptOf({ uid: "u2", version: 20 }));
  put(keptOf({ uid: "u1", version: 12, more: { deletionTimestamp: "2026-11-22T00:00:00Z" } }));
  expect(world.get(KEY)).toMatchObject({ uid: "u2", deleting: false });
  expect(gone(keptOf({ uid: "u1", version: 13 }))).toEqual([KEY]);
  expect(world.get(KEY)?.uid).toBe("u2");
  gone(keptOf({ uid: "u2", version: 21 }));
  expect(world.get(KEY)).toBeUndefined();
});

test("an object that was made again takes the place of the earlier one", () => {
  put(keptOf({ uid: "u1", version: 3 }));
  put(keptOf({ uid: "u2", version: 5 }));
  expect(world.get(KEY)?.uid).toBe("u2");
});

test("a list takes away what is not in it, of its kind only, and tells of everything", () => {
  const plan = keptOf({ kind: "ServicePlan", name: "gold" });
  world.take("ServicePlan", { type: "all", objects: [plan] });
  all(keptOf({ name: "s1", version: 2 }), keptOf({ name: "s2", version: 2 }));
  expect(all(keptOf({ name: "s2", version: 2 }), keptOf({ name: "s3", version: 4 })).toSorted()).toEqual(
    ["s1", "s2", "s3"].map((n) => `Subscriber/isp-acme/${n}`),
  );
  expect([...world.values()].map((k) => k.name).toSorted()).toEqual(["gold", "s2", "s3"]);
});

test("what was read by name after the list was made stands", () => {
  world.read(KEY, keptOf({ version: 8 }));
  all(keptOf({ version: 5 }));
  expect(version()).toBe("8");
  world.read(KEY, undefined);
  expect(world.get(KEY)).toBeUndefined();
});

test("everything is known when each kind was listed, an empty one too, and nothing after it was forgotten", () => {
  for (const kind of KINDS) {
    expect(world.knows(KINDS)).toBe(false);
    world.take(kind, { type: "all", objects: [] });
  }
  expect(world.knows(KINDS)).toBe(true);
  put(keptOf());
  world.forget();
  expect([world.knows(KINDS), [...world.values()]]).toEqual([false, []]);
});

test("the document stays the same one until the declaration differs, so that it is judged once", () => {
  put(keptOf({ version: 1, spec: { a: 1 } }));
  const first = world.get(KEY)?.document;
  put(keptOf({ version: 2, spec: { a: 1 }, status: { x: 1 } }));
  expect(world.get(KEY)).toMatchObject({ resourceVersion: "2" });
  expect(world.get(KEY)?.document).toBe(first);
  put(keptOf({ version: 3, spec: { a: 2 } }));
  expect(world.get(KEY)?.document).not.toBe(first);
});
