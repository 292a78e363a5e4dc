import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { Sensitive } from "../../../controller/core/sensitive.ts";
import { Fault } from "../../errors.ts";
import type { Nas } from "../config.ts";
import type { Answer } from "./client.ts";
import { nasLink, places } from "./nas.ts";

const SECRET = "n4s";
const never = new AbortController().signal;
const nas: Nas = {
  name: "bng1",
  address: "192.0.2.1",
  dynamic: { port: 3799, perSecond: 10, secret: "a/b/c" },
  vendor: "MikroTik",
  sendVlan: false,
  option82: { circuitAttribute: "A", remoteAttribute: "B", encoding: "Text" },
};
const code = (e: unknown): string => (e instanceof Fault ? `${e.code} ${e.kind} ${e.retryAfterMs}` : String(e));

describe("the pace of a NAS", () => {
  test("who comes too early gets a place, and keeps it", () => {
    const row = places(10);
    const wait = (session: string, now: number) => row(session, now, "Now");
    expect(["a", "b", "c"].map((s) => wait(s, 0))).toEqual([0, 100, 200]);
    expect(wait("c", 50)).toBe(150);
    expect(wait("c", 250)).toBe(0);
    expect(wait("d", 250)).toBe(50);
  });
  test("nobody who comes back, or is kept out, waits behind the edit of a plan", () => {
    const wait = places(10);
    const storm = Array.from({ length: 5000 }, (_, n) => wait(`s${n}`, 0, "Later"));
    expect(storm.at(-1)).toBe(499_900);
    expect(["back", "out"].map((s) => wait(s, 50, "Now"))).toEqual([50, 150]);
    expect(wait("back", 100, "Now")).toBe(0);
    expect(wait("s1", 100, "Later")).toBe(499_900); // whose place it was
    expect(wait("s4000", 100, "Later")).toBe(399_900);
    expect(wait("s4000", 100, "Now")).toBe(200); // suspended meanwhile
  });
  property.prop([fc.array(fc.nat(300), { minLength: 1, maxLength: 100 })])(
    "who comes back when told is served then, and never more than so many a second",
    (gaps) => {
      const row = places(10);
      const wait = (session: string, at: number) => row(session, at, "Later");
      let now = 0;
      const sent = gaps.map((gap, n) => {
        now += gap;
        return now + wait(`s${n}`, now);
      });
      const later = sent.filter((at) => at > now);
      for (const at of later) expect(wait(`s${sent.indexOf(at)}`, at)).toBe(0);
      sent.sort((x, y) => x - y);
      for (let n = 1; n < sent.length; n++) expect(sent[n]! - sent[n - 1]!).toBeGreaterThanOrEqual(99.999);
    },
  );
  test("a storm is told when to come back, and that is no trouble of the database", async () => {
    const link = nasLink(
      nas,
      new Sensitive(SECRET),
      () => ({ ask: async () => ({ kind: "Ack" }), close: () => undefined }),
      () => 0,
    );
    const all = await Promise.allSettled(Array.from({ length: 15 }, (_, n) => link.place(`s${n}`, "Now")));
    const later = all.flatMap((r) => (r.status === "rejected" ? [code(r.reason)] : []));
    expect(later).toEqual([
      "SessionsPaced Conflict 1100",
      "SessionsPaced Conflict 1200",
      "SessionsPaced Conflict 1300",
      "SessionsPaced Conflict 1400",
    ]);
  });
});

test("after silence one asks whether it is back, and the others do not wait for the answer", async () => {
  let now = 0;
  let answer: Answer = { kind: "Silent" };
  const link = nasLink(
    nas,
    new Sensitive(SECRET),
    () => ({ ask: async () => answer, close: () => undefined }),
    () => now,
  );
  const request = { type: "CoA", attributes: [] } as const;
  await link.place("a", "Now");
  expect(await link.ask(request, never)).toEqual({ kind: "Silent" });
  now = 10_000;
  expect(code(await link.place("b", "Now").catch((e) => e))).toBe("NASSilent Conflict 20000");
  now = 31_000;
  await link.place("b", "Now");
  answer = { kind: "Ack" };
  await link.ask(request, never);
  await link.place("c", "Now");
});
test("no fault tells the secret", async () => {
  const link = nasLink(nas, new Sensitive(SECRET), () => ({
    ask: async () => ({ kind: "Silent" }),
    close: () => undefined,
  }));
  await link.ask({ type: "CoA", attributes: [] }, never);
  const fault = (await link.place("a", "Now").catch((e) => e)) as Fault;
  expect(JSON.stringify(fault) + fault.message).not.toContain(SECRET);
});
