import { beforeEach, describe, expect, it } from "vitest";
import type { Changes, Session } from "../../../reconcilers/system.ts";
import type { Scan } from "./drift.ts";
import { type Read, unlessQuiet } from "./quiet.ts";

const signal = new AbortController().signal;
const clean: Scan = { endpoint: "netbox-1", objects: 7, drifted: [] };
const dirty: Scan = { ...clean, drifted: ["test/acme/Subscriber/isp-acme/john"] };
let now: number;
let wholes: number;
let asked: (string | undefined)[];
let read: Read;
beforeEach(() => {
  [now, wholes, asked, read] = [0, 0, [], unlessQuiet(() => now)];
});
const session = (answers: readonly Changes[]): Session => {
  const left = [...answers];
  const changes = async (since: string | undefined) => {
    asked.push(since);
    return left.shift()!;
  };
  return { resources: [], slots: 2, ping: async () => ({ version: "1" }), close: async () => undefined, changes };
};
const look = (s: Session, found = clean): Promise<Scan> =>
  read(s, signal, async () => {
    wholes++;
    return found;
  });
const first = { cursor: "1", changed: true };
const same = { cursor: "1", changed: false };

describe("an endpoint with a log of its own", () => {
  it("is read once, and spared while nobody writes", async () => {
    const s = session([first, same, same]);
    for (let n = 0; n < 3; n++) expect(await look(s)).toEqual(clean);
    expect([wholes, asked]).toEqual([1, [undefined, "1", "1"]]);
  });
  it("is read again when somebody wrote, from there on", async () => {
    const s = session([first, { cursor: "5", changed: true }, { cursor: "5", changed: false }]);
    for (let n = 0; n < 3; n++) await look(s);
    expect([wholes, asked]).toEqual([2, [undefined, "1", "5"]]);
  });
  it("is read again after a reading that found something: whether it was put right is seen there alone", async () => {
    const s = session([first, same, same]);
    await look(s, dirty);
    expect(await look(s)).toEqual(clean);
    expect(wholes).toBe(2);
  });
  it("is read again after an hour all the same", async () => {
    const s = session([first, same, same]);
    await look(s);
    now = 3_599_999;
    await look(s);
    now = 3_600_000;
    await look(s);
    expect(wholes).toBe(2);
  });
  it("is read again when it was opened anew", async () => {
    await look(session([first]));
    await look(session([first]));
    expect(wholes).toBe(2);
  });
});
it("an endpoint without one is read each time", async () => {
  const { changes: _, ...s } = session([]);
  await look(s);
  await look(s);
  expect(wholes).toBe(2);
});
