import { beforeEach, expect, test } from "vitest";
import { Sensitive } from "../core/sensitive.ts";
import { UsedSecrets } from "./used-secrets.ts";

let kept: Map<string, string>;
let used: UsedSecrets;
const digest = (text: string): string => `digest of ${text.length}`;
beforeEach(() => {
  kept = new Map([["acme/pw/a", "one"]]);
  const read = async (...place: readonly string[]) => {
    const text = kept.get(place.join("/"));
    return text === undefined ? undefined : new Sensitive(text);
  };
  used = new UsedSecrets({ read, readAll: async () => ({}) }, digest);
});

test("what was handed out and is another one now is told once", async () => {
  expect((await used.read("acme", "pw", "a"))?.reveal()).toBe("one");
  expect([...(await used.changed())]).toEqual([]);
  kept.set("acme/pw/a", "three");
  expect([...(await used.changed())]).toEqual(["acme/pw/a"]);
  expect([...(await used.changed())]).toEqual([]);
});
test("one that was missing and comes is told, and one that goes; one that nobody has used is not looked at", async () => {
  await used.read("acme", "late", "a");
  kept.set("acme/late/a", "here");
  kept.set("acme/other/a", "here");
  expect([...(await used.changed())]).toEqual(["acme/late/a"]);
  kept.delete("acme/late/a");
  expect([...(await used.changed())]).toEqual(["acme/late/a"]);
});
test("of many, each has its turn", async () => {
  for (let n = 0; n < 450; n++) await used.read("acme", `s${n}`, "a");
  kept.set("acme/s449/a", "new");
  const turns = [await used.changed(), await used.changed(), await used.changed()];
  expect(turns.map((t) => [...t])).toEqual([[], [], ["acme/s449/a"]]);
});
test("one that is gone is forgotten, unless somebody asks for it again", async () => {
  const asked: string[] = [];
  const read = async (...place: readonly string[]) => {
    asked.push(place.join("/"));
    return kept.has(place.join("/")) ? new Sensitive("here") : undefined;
  };
  used = new UsedSecrets({ read, readAll: async () => ({}) }, digest);
  await used.read("acme", "pw", "a");
  kept.clear();
  await used.changed();
  asked.length = 0;
  await used.changed();
  expect(asked).toEqual([]);
  await used.read("acme", "pw", "a");
  await used.changed();
  kept.set("acme/pw/a", "again");
  expect([...(await used.changed())]).toEqual(["acme/pw/a"]);
});
