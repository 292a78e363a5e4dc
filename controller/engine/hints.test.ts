import { expect, test } from "vitest";
import type { Session } from "../../reconcilers/system.ts";
import { Hints } from "./hints.ts";

/** A session whose hints are pushed by the test. */
function telling() {
  const waiting: ((refs: readonly string[] | Error | undefined) => void)[] = [];
  let open = 0;
  const session: Session = {
    resources: [],
    slots: 2,
    async *hints(signal) {
      open++;
      const ended = new Promise<undefined>((resolve) => signal.addEventListener("abort", () => resolve(undefined)));
      try {
        for (;;) {
          const next = await Promise.race([
            ended,
            new Promise<readonly string[] | Error | undefined>((r) => waiting.push(r)),
          ]);
          if (next === undefined) return;
          if (next instanceof Error) throw next;
          yield next;
        }
      } finally {
        open--;
      }
    },
    ping: async () => ({ version: "1" }),
    close: async () => undefined,
  };
  const say = async (refs: readonly string[] | Error): Promise<void> => {
    waiting.shift()?.(refs);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { session, say, open: () => open };
}
function house() {
  const sessions = new Map<string, Session>();
  const heard: string[] = [];
  const trouble: string[] = [];
  const stop = new AbortController();
  const hints = new Hints({
    sessions: () => sessions,
    heard: (refs) => heard.push(...refs),
    trouble: (endpoint, error) => trouble.push(`${endpoint}: ${String(error)}`),
    signal: stop.signal,
  });
  return { sessions, heard, trouble, stop, hints };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("what a system tells is heard, once for each session, however often it is asked for", async () => {
  const [h, acs] = [house(), telling()];
  h.sessions.set("acs", acs.session);
  for (let n = 0; n < 3; n++) h.hints.sync();
  expect(acs.open()).toBe(1);
  await acs.say(["acs/device/A"]);
  expect(h.heard).toEqual(["acs/device/A"]);
});
test("a session that was opened anew is heard, the former one no more", async () => {
  const [h, first, second] = [house(), telling(), telling()];
  h.sessions.set("acs", first.session);
  h.hints.sync();
  h.sessions.set("acs", second.session);
  h.hints.sync();
  await turn();
  expect([first.open(), second.open()]).toEqual([0, 1]);
});
test("an ear that fails is told of, and opened again at the next look", async () => {
  const [h, acs] = [house(), telling()];
  h.sessions.set("acs", acs.session);
  h.hints.sync();
  await acs.say(new Error("gone"));
  expect([h.trouble, acs.open()]).toEqual([["acs: Error: gone"], 0]);
  h.hints.sync();
  expect(acs.open()).toBe(1);
});
test("nothing is heard after the end, and nothing is opened", async () => {
  const [h, acs] = [house(), telling()];
  h.sessions.set("acs", acs.session);
  h.hints.sync();
  h.stop.abort();
  await turn();
  h.hints.sync();
  expect(acs.open()).toBe(0);
});
