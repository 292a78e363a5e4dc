import { describe, expect, test } from "vitest";
import { Fault, type FaultCode, fault } from "../../../reconcilers/errors.ts";
import type { Order, ScanScope, Session } from "../../../reconcilers/system.ts";
import { Faults } from "../../../test/lab/faults.ts";
import { Memory } from "../../../test/lab/memory.ts";
import type { ResolvedTenant } from "../../core/resolved.ts";
import type { Breaker } from "../../queue/breaker.ts";
import { THRESHOLD } from "../../queue/breaker.ts";
import { Circuit, NotAsked } from "./circuit.ts";

const signal = new AbortController().signal;
const scope: ScanScope = { installation: "lab", tenant: "acme" };
const memory = new Memory({ name: "pon", marker: "inline", fields: {} });
const order = { ref: memory.ref("a"), action: "create", patch: {} } as unknown as Order;

/** An endpoint that answers as the test says, and whose every request is counted. */
function bench() {
  const asked: string[] = [];
  const states: Breaker["state"][] = [];
  const server: { says: Fault | undefined } = { says: fault("Unavailable", "pon cannot be reached") };
  const reply = async <T>(what: string, answer: T): Promise<T> => {
    asked.push(what);
    if (server.says) throw server.says;
    return answer;
  };
  const resource = {
    ...memory.resource(new Faults().guard),
    observe: () => reply("observe", new Map()),
    apply: async (orders: readonly Order[]) => {
      asked.push("apply");
      return orders.map(() => server.says ?? null);
    },
    async *scan() {
      yield await reply("scan", []);
    },
  };
  const direct: Session = {
    resources: [resource],
    slots: 4,
    ping: () => reply("ping", { version: "1" }),
    changes: () => reply("changes", { cursor: "1", changed: false }),
    answers: () => reply("answers", undefined),
    fills: () => reply("fills", []),
    async *hints() {
      yield await reply("hints", []);
    },
    close: async () => undefined,
  };
  let turned: (s: Breaker["state"]) => void = () => {};
  const circuit = new Circuit("pon", ({ state }) => {
    states.push(state);
    turned(state);
  });
  const becomes = (state: Breaker["state"]) =>
    new Promise<void>((resolve) => {
      turned = (s) => s === state && resolve();
    });
  const session = circuit.through(direct);
  const observe = () => session.resources[0]!.observe([], signal).catch((e: unknown) => e);
  const failing = async (times: number) => {
    for (let n = 0; n < times; n++) await observe();
  };
  /** Its ping was not answered either. */
  const outage = async () => {
    await failing(THRESHOLD);
    await becomes("HalfOpen");
    await becomes("Open");
    asked.length = 0;
    states.length = 0;
  };
  return { asked, states, server, circuit, session, observe, failing, becomes, outage };
}
const read = async (pages: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of pages);
};

describe("an endpoint that is down", () => {
  const calls: readonly (readonly [string, (s: Session) => Promise<unknown>])[] = [
    ["a look", (s) => s.resources[0]!.observe([], signal)],
    ["a change", (s) => s.resources[0]!.apply([order], signal)],
    ["a scan", (s) => read(s.resources[0]!.scan!(scope, signal))],
    ["its log", (s) => s.changes!(undefined, signal)],
    ["its own words", async (s) => read(s.hints!(signal))],
    ["what it holds at a path", (s) => s.answers!("/", {}, signal)],
    ["how full its pools are", (s) => s.fills!({} as ResolvedTenant, signal)],
    ["its health", (s) => s.ping(signal)],
  ];
  test.each(calls)("is not asked: %s", async (_what, ask) => {
    const b = bench();
    await b.outage();
    const answer: unknown = await ask(b.session).catch((e: unknown) => e);
    expect(b.asked).toEqual([]);
    expect(answer).toBeInstanceOf(NotAsked);
    expect(answer).toMatchObject({ kind: "Transient", code: "Unavailable", message: "pon cannot be reached" });
    expect((answer as Fault).retryAfterMs).toBeGreaterThan(0);
    b.circuit.stop();
  });
  test("is asked itself before anybody is told so, with one ping; when that is answered, all go on", async () => {
    const b = bench();
    await b.failing(THRESHOLD);
    b.server.says = undefined;
    expect(await b.observe()).toMatchObject({ message: "pon did not answer the last calls" });
    await b.becomes("Closed");
    expect(b.asked).toEqual([...new Array(THRESHOLD).fill("observe"), "ping"]);
    expect(b.states).toEqual(["Open", "HalfOpen", "Closed"]);
    expect(await b.observe()).toEqual(new Map());
  });
  test("is asked again by itself, and lets calls through when it answered", async () => {
    const b = bench();
    await b.outage();
    b.server.says = undefined;
    await b.becomes("Closed");
    expect(b.asked).toEqual(["ping"]);
    expect(await b.observe()).toEqual(new Map());
  });
  test("is asked anew where it is served anew, with the wait that was: it is the same endpoint", async () => {
    const b = bench();
    await b.outage();
    const pings: string[] = [];
    const ping = async () => {
      pings.push("new");
      return { version: "2" };
    };
    b.circuit.through({ resources: [], slots: 2, ping, close: async () => undefined });
    expect(b.circuit.breaker.state).toBe("Open");
    await b.becomes("Closed");
    expect([pings, b.asked]).toEqual([["new"], []]);
  });
  test("holds nobody any longer when it is served no more", async () => {
    const b = bench();
    await b.outage();
    b.circuit.end();
    expect(b.states).toEqual(["Closed"]);
  });
});

describe("an endpoint that lives", () => {
  const lives: readonly FaultCode[] = ["BadValue", "AwaitingDevice", "InUse", "Denied", "Lost"];
  test.each(lives)("stays closed, however often it says %s", async (code) => {
    const b = bench();
    b.server.says = fault(code, "");
    await b.failing(3 * THRESHOLD);
    for (let n = 0; n < THRESHOLD; n++) await b.session.resources[0]!.apply([order], signal);
    expect(b.states).toEqual([]);
  });
  test("changes of which none was answered count, one for each call", async () => {
    const b = bench();
    for (let n = 0; n < THRESHOLD; n++) await b.session.resources[0]!.apply([order, order], signal);
    expect(b.states).toEqual(["Open"]);
    b.circuit.stop();
  });
  test("what we gave up ourselves is no word of its own", async () => {
    const b = bench();
    const given = AbortSignal.abort();
    for (let n = 0; n < 2 * THRESHOLD; n++)
      await b.session.resources[0]!.observe([], given).catch((e: unknown) => expect(e).toBeInstanceOf(Fault));
    expect(b.states).toEqual([]);
  });
});
