import { expect, it } from "vitest";
import { Turns } from "./turns.ts";

it("begins nothing before what was asked for earlier has ended, and answers each its own", async () => {
  const turns = new Turns();
  const said: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.take(async () => {
    await gate.promise;
    said.push("first");
    return 1;
  });
  const second = turns.take(async () => said.push("second"));
  expect(said).toEqual([]);
  gate.resolve();
  expect(await first).toBe(1);
  expect(await second).toBe(2);
  expect(said).toEqual(["first", "second"]);
});
it("tells who asked that it failed, and goes on", async () => {
  const turns = new Turns();
  const failing = turns.take(() => Promise.reject(new RangeError("no")));
  const next = turns.take(async () => "next");
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("next");
});
it("is over when all has ended, also what failed", async () => {
  const turns = new Turns();
  const failing = turns.take(() => Promise.reject(new RangeError("no")));
  await turns.over();
  await expect(failing).rejects.toThrow("no");
});
