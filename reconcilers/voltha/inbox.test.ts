import { expect, test } from "vitest";
import { inbox } from "./inbox.ts";

test("who asks gets all that came since, once", async () => {
  const box = inbox();
  box.put(["a", "b"]);
  box.put(["b", "c"]);
  expect(await box.take()).toEqual(["a", "b", "c"]);
  const next = box.take();
  box.put([]);
  box.put(["a"]);
  expect(await next).toEqual(["a"]);
});
test("what is in it is still given when it ends; then nothing more", async () => {
  const box = inbox();
  box.put(["a"]);
  box.end();
  expect(await box.take()).toEqual(["a"]);
  expect(await box.take()).toBeUndefined();
});
test("a bug of a source is the reader's", async () => {
  const box = inbox();
  const waiting = box.take();
  box.end(new TypeError("bug"));
  await expect(waiting).rejects.toThrow(TypeError);
});
