import { expect, test } from "vitest";
import { isSmall, turns } from "./turns.ts";

/** Work that goes on until it is told to end. */
function worker() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () =>
    new Promise<void>((end) => {
      begun.push(name);
      ends.set(name, end);
    });
  const settle = () => new Promise((go) => setImmediate(go));
  const end = async (name: string) => {
    ends.get(name)?.();
    await settle();
  };
  return { begun, work, end, settle };
}

test("as many devices at a time as there are slots, of which the many leave one to small edits", async () => {
  const { begun, work, end, settle } = worker();
  const turn = turns(3);
  for (const n of ["a", "b", "c", "d"]) void turn(n, false, work(n));
  await settle();
  expect(begun).toEqual(["a", "b"]);
  for (const n of ["x", "y"]) void turn(n, true, work(n));
  await settle();
  expect(begun).toEqual(["a", "b", "x"]);
  await end("a");
  expect(begun, "the small one goes first").toEqual(["a", "b", "x", "y"]);
  await end("x");
  await end("y");
  expect(begun).toEqual(["a", "b", "x", "y", "c"]);
});
test("never two at one device, also when the first fails", async () => {
  const { begun, work, end, settle } = worker();
  const turn = turns(4);
  const failing = turn("a", true, () => Promise.reject(new Error("no")));
  void turn("a", true, work("second"));
  void turn("a", true, work("third"));
  await expect(failing).rejects.toThrow("no");
  await settle();
  expect(begun).toEqual(["second"]);
  await end("second");
  expect(begun).toEqual(["second", "third"]);
});
test.each([
  [1, true],
  [10, true],
  [11, false],
])("%i objects are a small edit: %s", (n, is) => expect(isSmall(n)).toBe(is));
