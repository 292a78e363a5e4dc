import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FieldTable, type Observed, output, type State } from "./model.ts";
import { fingerprint, show, UNKNOWN } from "./redact.ts";
import { Sensitive } from "./sensitive.ts";

const rules: FieldTable = { rate: { authority: "managed" }, password: { authority: "managed", secret: true } };
const ref = { system: "x", resource: "y", key: "k" };
const digest = (text: string): string => createHmac("sha256", "key").update(text).digest("hex").slice(0, 12);
const observed = (state: State): Observed => ({ ref, id: "1", token: "lm_t", retired: false, state, outputs: {} });

describe("show", () => {
  test.each([
    ["what it was and what it becomes", { rate: "1M" }, { rate: "2M" }, "1M", "2M"],
    ["what comes", null, { rate: "2M" }, "", "2M"],
    ["what goes", { rate: "1M" }, {}, "1M", ""],
    ["a list", { rate: ["a", "b"] }, { rate: ["c"] }, "a, b", "c"],
    ["numbers and truth", { rate: 0 }, { rate: false }, "0", "false"],
    ["what is known after apply", {}, { rate: output(ref, "id") }, "", UNKNOWN],
  ] as const)("%s", (_, have, want, before, after) => {
    expect(show(rules, have && observed(have), want, "rate", digest)).toEqual({ field: "rate", before, after });
  });
  test("a secret field shows that it differs, and nothing else, whoever forgot to wrap it", () => {
    const shown = show(rules, observed({ password: "OLD-SECRET" }), { password: "NEW-SECRET" }, "password", digest);
    expect(shown.before).not.toBe(shown.after);
    expect(JSON.stringify(shown)).not.toMatch(/SECRET/);
  });
  test("a wrapped secret is hidden even where the table forgot to say so", () => {
    const want = { rate: new Sensitive("NEW-SECRET") };
    expect(JSON.stringify(show(rules, null, want, "rate", digest))).not.toMatch(/SECRET/);
  });
});

describe("fingerprint", () => {
  test("tells values apart and shows no secret", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{8,16}$/), fc.boolean(), (s, wrapped) => {
        const print = JSON.stringify(fingerprint(wrapped ? new Sensitive(s) : s, true, digest));
        expect(print).not.toContain(s);
        expect(print).not.toBe(JSON.stringify(fingerprint(`${s}X`, true, digest)));
      }),
    );
  });
  test("nothing is nothing, and an output stays symbolic", () => {
    expect(fingerprint(undefined, false, digest)).toBe(fingerprint(null, false, digest));
    expect(fingerprint(output(ref, "id"), false, digest)).toEqual({ $output: "x/y/k", path: "id" });
  });
});

describe("Sensitive", () => {
  const secret = new Sensitive("HIDDEN");
  test.each([
    ["text", `${secret}`],
    ["JSON", JSON.stringify({ secret })],
    ["inspection, as in every log", inspect({ deep: { secret } }, { depth: 9, showHidden: true })],
    ["its own fields", JSON.stringify(Object.entries(secret))],
  ])("%s shows nothing", (_, text) => {
    expect(text).not.toContain("HIDDEN");
  });
  test("only reveal does", () => {
    expect(secret.reveal()).toBe("HIDDEN");
  });
});
