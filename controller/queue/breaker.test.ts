import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fault, type FaultCode, fault } from "../../reconcilers/errors.ts";
import {
  afterCall,
  afterPing,
  type Breaker,
  closed,
  probing,
  THRESHOLD,
  type Verdict,
  verdictOf,
  verdictOfAll,
} from "./breaker.ts";

const NOW = 5_000;
const down = fault("Unavailable", "radius-1 cannot be reached");
const call = (b: Breaker, verdict: Verdict, now = NOW): Breaker => afterCall(b, verdict, now, 1);
const fail = (b: Breaker, times: number): Breaker =>
  Array.from({ length: times }).reduce<Breaker>((at) => call(at, "Unanswered"), b);
const opened = fail(closed, THRESHOLD);
/** As it is when its ping has failed so often. */
function outage(pings: number): Breaker {
  let b = opened;
  for (let n = 0; n < pings; n++) b = afterPing(probing(b, Number.MAX_VALUE), down, NOW, 1);
  return b;
}

describe("what a fault says of the endpoint", () => {
  const rows: readonly (readonly [FaultCode, Verdict, string])[] = [
    ["Unavailable", "Unanswered", "nobody was there"],
    ["Lost", "Unclear", "it may have been done, or not"],
    ["NotConverging", "Unclear", "who does not keep a change may be on its way down"],
    ["NotOwned", "Answered", "it looked, and found another's"],
    ["InUse", "Answered", "it knows who uses the object"],
    ["BadValue", "Answered", "it read what was asked"],
    ["Denied", "Answered", "it knows who we are"],
    ["AwaitingDevice", "Answered", "the device is away, not the endpoint"],
  ];
  test.each(rows)("%s: %s, for %s", (code, verdict) => expect(verdictOf(fault(code, ""))).toBe(verdict));
  test("to be asked for less is an answer, and so is the trouble of one device", () => {
    expect(verdictOf(new Fault("RateLimited", "429", ""))).toBe("Answered");
    expect(verdictOf(new Fault("Transient", "DeviceFault", ""))).toBe("Answered");
  });
  test.each([
    [["Unanswered", "Answered"], "Answered"],
    [["Unanswered", "Unanswered"], "Unanswered"],
    [["Unanswered", "Unclear"], "Unclear"],
    [[], "Unclear"],
  ] as const)("of a call with %j: %s", (all, one) => expect(verdictOfAll(all)).toBe(one));
});

describe("closed", () => {
  test("opens when nothing was answered for a while of calls, and is asked at once whether it lives", () => {
    expect(fail(closed, THRESHOLD - 1).state).toBe("Closed");
    expect(opened).toMatchObject({ state: "Open", until: NOW });
    expect(probing(opened, NOW).state).toBe("HalfOpen");
  });
  test.each([
    ["an answer between them starts the count anew", "Answered", "Closed"],
    ["what is unclear neither counts nor excuses", "Unclear", "Open"],
  ] as const)("%s", (_why, between, state) => {
    expect(fail(call(fail(closed, THRESHOLD - 1), between), 1).state).toBe(state);
  });
  test("pings that fail count as calls: an endpoint that nobody needs opens too", () => {
    let b: Breaker = closed;
    for (let n = 0; n < THRESHOLD; n++) b = afterPing(b, down, NOW, 1);
    expect(b.state).toBe("Open");
  });
});

describe("open", () => {
  test("waits longer each time its ping fails, up to as long as it is looked at without any need", () => {
    const waits = Array.from({ length: 7 }, (_, n) => outage(n)).map((b) => (b.state === "Open" ? b.until - NOW : -1));
    expect(waits).toEqual([0, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });
  test("names what its ping ran into, never what a call did: that may name what belongs to one tenant", () => {
    expect(opened).toMatchObject({ cause: undefined });
    expect(outage(1)).toMatchObject({ cause: down });
  });
  test("lets nothing through before its time", () => {
    expect(probing(outage(2), NOW + 1_999)).toEqual(outage(2));
    expect(probing(outage(2), NOW + 2_000).state).toBe("HalfOpen");
  });
  test("calls that were on their way when it opened make its wait no longer, and end it when they are answered", () => {
    expect(call(outage(2), "Unanswered")).toEqual(outage(2));
    expect(call(outage(2), "Answered")).toEqual(closed);
  });
});

describe("half open", () => {
  const half = probing(outage(3), NOW * 10);
  test.each([
    ["is closed by an answer", undefined, "Closed"],
    ["is closed by a refusal too: who refuses lives", fault("Denied", "not you"), "Closed"],
    ["is open again when nothing came", down, "Open"],
  ] as const)("%s", (_why, answer, state) => expect(afterPing(half, answer, NOW, 1).state).toBe(state));
  test("calls that fail late do not decide for the one that was let through", () => {
    expect(call(half, "Unanswered")).toEqual(half);
  });
  test("answers to pings alone do not shorten the next wait; the answer to a call does", () => {
    const pinged = afterPing(half, undefined, NOW, 1);
    expect(fail(pinged, THRESHOLD)).toMatchObject({ state: "Open", until: NOW + 8_000 });
    expect(fail(call(pinged, "Answered"), THRESHOLD)).toMatchObject({ state: "Open", until: NOW });
  });
});

const MOVES: Readonly<Record<string, (b: Breaker, now: number, random: number) => Breaker>> = {
  answered: (b, now, random) => afterCall(b, "Answered", now, random),
  unanswered: (b, now, random) => afterCall(b, "Unanswered", now, random),
  unclear: (b, now, random) => afterCall(b, "Unclear", now, random),
  pinged: (b, now, random) => afterPing(b, undefined, now, random),
  "ping failed": (b, now, random) => afterPing(b, down, now, random),
  probing: (b, now) => probing(b, now),
};
test("whatever happens, who answers is let through, and who does not is asked again within ten seconds", () => {
  const step = fc.record({
    move: fc.constantFrom(...Object.keys(MOVES)),
    ms: fc.nat(20_000),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let [b, now] = [closed, 0];
      for (const { move, ms, random } of steps) {
        now += ms;
        b = MOVES[move]!(b, now, random);
        if (move === "answered" || move === "pinged") expect(b.state).toBe("Closed");
        if (b.state === "Closed") expect(b.failures).toBeLessThan(THRESHOLD);
        if (b.state === "Open" && move !== "probing") expect(b.until - now).toBeLessThanOrEqual(10_000);
      }
    }),
  );
});
