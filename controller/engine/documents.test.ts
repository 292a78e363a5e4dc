import { expect, it } from "vitest";
import { fault } from "../../reconcilers/errors.ts";
import type { Session } from "../../reconcilers/system.ts";
import { Catalog } from "../core/catalog.ts";
import type { Composed } from "../core/compose.ts";
import type { OwnerKey } from "../core/owner.ts";
import { subscriber } from "../core/resolve/fixture.ts";
import { type Answering, answerAt } from "./documents.ts";

const MANY = 1000;
const serialOf = (n: number): string => `HWTC${n.toString(16).padStart(8, "0").toUpperCase()}`;
const asked = (n: number): string => `/sadis/v2/subscribers/HWTC${n.toString(16).padStart(8, "0")}-1`;
const home = (n: number) => subscriber({ onu: { olt: "olt1", serial: serialOf(n) } }, `home-${n}`);

/** A thousand homes and one plan; the first port of each is published at `pon`. */
function world(sessions: Readonly<Record<string, Session["answers"]>> = {}) {
  const composed: OwnerKey[] = [];
  const catalog = new Catalog(Array.from({ length: MANY }, (_, n) => home(n)));
  const answering: Answering = {
    declared: {
      catalog,
      owner: (key) => key,
      *shared() {
        yield "a-plan";
      },
      outline(key) {
        composed.push(key);
        return { desired: [{ ref: { system: "pon", resource: "uni", key }, spec: {} }] } as unknown as Composed;
      },
    },
    published: ({ ref: { key } }) => {
      const n = /home-(\d+)$/.exec(key)?.[1];
      return n === undefined
        ? { path: "/sadis/v2/bandwidthprofiles/fast", body: "fast" }
        : { path: asked(Number(n)), body: `declared ${n}` };
    },
    sessions: new Map(Object.entries(sessions).map(([name, answers]) => [name, { answers } as Session])),
    closed: [],
  };
  return { answering, composed };
}
const failing = async (): Promise<never> => {
  throw fault("Unavailable", "away");
};

it.each([
  ["a port", asked(7), "declared 7", ["Subscriber/isp-acme/home-7"]],
  ["a port that nobody declares", asked(MANY), undefined, ["a-plan"]],
  ["a bandwidth profile", "/sadis/v2/bandwidthprofiles/fast", "fast", ["a-plan"]],
  ["what is no question", "/sadis/v2/subscribers/", undefined, ["a-plan"]],
  ["many at once", `/sadis/v2/subscribers/${serialOf(1)}${serialOf(2)}-1`, undefined, ["a-plan"]],
])("%s is asked for: only who is named is composed", async (_what, path, body, composed) => {
  const w = world();
  expect(await answerAt(path, w.answering)).toEqual(body);
  expect(w.composed).toEqual(composed);
});

it.each<readonly [string, string, Readonly<Record<string, Session["answers"]>>, unknown]>([
  [
    "what still stands goes with what is declared",
    asked(7),
    { pon: async (_p, d) => `${String(d)} and held` },
    "declared 7 and held",
  ],
  ["what stands is told when nobody declares it", asked(MANY), { pon: async () => "held" }, "held"],
  ["who has nothing of it leaves it as it is", asked(7), { pon: async () => undefined, acs: undefined }, "declared 7"],
  ["another system may be away", asked(7), { other: failing, pon: async () => undefined }, "declared 7"],
  ["its own may not", asked(7), { pon: failing }, "Unavailable"],
  ["of what nobody declares any may have something", asked(MANY), { other: failing }, "Unavailable"],
])("%s", async (_why, path, sessions, expected) => {
  const answer = answerAt(path, world(sessions).answering);
  expect(await answer.catch((e: { readonly code?: string }) => e.code)).toEqual(expected);
});

it("nothing is said to be nobody's while a system could not be opened", async () => {
  const { answering } = world();
  const closed = { ...answering, closed: ["pon"] };
  await expect(answerAt(asked(MANY), closed)).rejects.toMatchObject({ code: "Unavailable" });
  expect(await answerAt(asked(7), closed)).toBe("declared 7");
});
