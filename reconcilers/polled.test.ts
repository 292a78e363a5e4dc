import { expect, it } from "vitest";
import { type Fault, fault } from "./errors.ts";
import { type Polled, polled } from "./polled.ts";

function bench(answers: readonly (Polled<number> | Error)[]) {
  const asked: (number | undefined)[] = [];
  const end = new AbortController();
  const ask = async (since: number | undefined): Promise<Polled<number>> => {
    asked.push(since);
    const answer = answers[asked.length - 1];
    if (answer === undefined) end.abort();
    if (answer instanceof Error) throw answer;
    return answer ?? { cursor: 99, refs: [] };
  };
  return { asked, end, words: polled({ ask, everyMs: 1, signal: end.signal }) };
}
async function heard(words: AsyncIterable<readonly string[]>): Promise<readonly (readonly string[])[]> {
  const all: (readonly string[])[] = [];
  for await (const refs of words) all.push(refs);
  return all;
}
const at = (cursor: number, ...refs: string[]): Polled<number> => ({ cursor, refs });
const away: Fault = fault("Unavailable", "no answer");

it("goes on from where the last answer ended, and says nothing where nothing happened", async () => {
  const { asked, words } = bench([at(1), at(2, "a", "b"), at(2), at(3, "c")]);
  expect(await heard(words)).toEqual([["a", "b"], ["c"]]);
  expect(asked).toEqual([undefined, 1, 2, 2, 3]);
});
it("asks again from the same place while nobody answers, from the first question on", async () => {
  const { asked, words } = bench([away, at(1), away, away, at(2, "a")]);
  expect(await heard(words)).toEqual([["a"]]);
  expect(asked).toEqual([undefined, undefined, 1, 1, 1, 2]);
});
it("ends by a bug, which is nobody's outage", async () => {
  const { words } = bench([at(1), new TypeError("undefined is not a function")]);
  await expect(heard(words)).rejects.toThrow(TypeError);
});
