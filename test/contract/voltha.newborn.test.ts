/** A VGC that has just started knows services from its database and no device yet: nothing that it does not list is absent. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { signal } from "./hand.ts";
import { good, open, orderOf, type Town, town } from "./voltha.site.ts";
import { onuAndUni } from "./voltha.subjects.ts";

const MANY = 20;
const unis = Array.from({ length: MANY }, (_, n) => onuAndUni(n + 1).uni);
let it: Town;
beforeAll(async () => {
  it = await town(MANY);
  good(await it.apply("create", ...unis));
});
afterAll(async () => {
  it.close();
  await it.lab.close();
});
const NOT_YET = { kind: "Transient", code: "Unavailable", message: expect.stringContaining("does not know olt1 yet") };
const DEVICES = { code: 200, text: JSON.stringify({ devices: [] }) };
const NONE = { code: 404, text: "" };
const EMPTY = { code: 200, text: JSON.stringify({ serviceConfig: [] }) };

/** A session to which the controller says something else of some paths. */
function newborn(said: (path: string) => typeof NONE | undefined) {
  const guard = <T>(_: string, call: () => Promise<T>): Promise<T> => call();
  return open(it.config, { guard }, undefined, (rest) => ({
    ...rest,
    call: async (method, path, ...more) => said(path) ?? rest.call(method, path, ...more),
  }));
}
const byPath = (answers: Readonly<Record<string, typeof NONE>>) => (path: string) =>
  Object.entries(answers).find(([part]) => path.includes(part))?.[1];

const lookupsOf = (count: number, id: "known" | "new") =>
  unis.slice(0, count).map(({ ref, spec, how }) => {
    return { ref, spec, how, token: "lm_t", id: id === "known" ? ref.key : undefined };
  });

test.each([
  ["404", 1, { "/subscriber-config/": NONE }],
  ["404", MANY, { "/subscriber-config/": NONE }],
  ["an empty list", 1, { "/subscriber-config/": EMPTY }],
  ["an empty list", MANY, { "/subscriber-config/": EMPTY }],
  [
    "404, and has no device",
    1,
    { "/subscriber-config/": NONE, "/programmed-subscribers": subscribers(), "/vgc/v1/devices": DEVICES },
  ],
])("it says %s of %i ports: that is no answer, and nothing is cleared", async (_, count, answers) => {
  const session = newborn(byPath(answers));
  it.lab.requests.length = 0;
  const uni = session.resource("uni");
  await expect(uni.observe(lookupsOf(count, "known"), signal)).rejects.toMatchObject(NOT_YET);
  await expect(uni.observe(lookupsOf(count, "new"), signal)).rejects.toMatchObject(NOT_YET);
  const orders = unis.slice(0, count).map((d) => orderOf("update", d));
  await expect(uni.apply(orders, signal)).rejects.toMatchObject(NOT_YET);
  expect(it.lab.requests.filter((r) => !r.startsWith("GET"))).toEqual([]);
  session.close();
});
function subscribers() {
  return { code: 200, text: JSON.stringify({ subscribers: [] }) };
}

test("a port of many that its own name finds where it should be is not in the way", async () => {
  const gone = unis[0]!.ref.key.replace(/-1$/, "");
  const session = newborn(() => undefined);
  const { controller } = session.site;
  const { services } = controller;
  // The long list misses one ONU; asked for by its name it is there.
  Object.assign(controller, {
    services: async (...args: Parameters<typeof services>) => {
      const found = await services(...args);
      return args[0].length > 1 ? new Map([...found].filter(([port]) => !port.name.startsWith(gone))) : found;
    },
  });
  const seen = await session.resource("uni").observe(lookupsOf(MANY, "known"), signal);
  expect([...seen.values()].map((o) => o.state["services"])).toEqual(unis.map((d) => d.spec["services"]));
  session.close();
});
