import { expect, it } from "vitest";
import { load } from "./load.ts";
import { createAssembler } from "./load-snapshot.ts";
import { storable } from "./storable.ts";
import { createValidator } from "./validate.ts";

const validator = storable(createValidator());
const subscriber = (name: string, annotations: Readonly<Record<string, string>> = {}) => ({
  ...{ apiVersion: "lastmile.dev/v1alpha1", kind: "Subscriber" },
  metadata: { name: "john", namespace: "isp-acme", annotations },
  spec: { subscriberNumber: "S-1", customer: { id: "c-1", name }, planRef: { name: "basic" } },
});
const problems = (object: unknown) => {
  const verdict = validator.validate(object);
  return verdict.ok ? [] : verdict.problems.map((p) => p.path);
};

it.each([
  ["what people write, in any language", subscriber("Zoë 李 😀\n", { "crm.example/note": "\t" }), []],
  ["NUL", subscriber("a\0b"), ["spec.customer.name"]],
  ["half of a pair", subscriber("a\ud83d"), ["spec.customer.name"]],
  [
    "NUL where only people look",
    subscriber("a", { "crm.example/note": "\0" }),
    ["metadata.annotations.crm.example/note"],
  ],
])("%s", (_, object, expected) => expect(problems(object)).toEqual(expected));
it("what is wrong otherwise stays so", () =>
  expect(problems({ ...subscriber("\0"), kind: "Nothing" })).toEqual(["kind"]));
it("is refused alone: whoever comes with it is taken in", () => {
  const text = [subscriber("a\0b"), { ...subscriber("Ann"), metadata: { name: "ann", namespace: "isp-acme" } }];
  const { documents } = load("a.yaml", new TextEncoder().encode(text.map((o) => JSON.stringify(o)).join("\n---\n")));
  const made = createAssembler(createValidator())({
    documents,
    problems: [],
    notes: [],
    complete: true,
    revision: "1",
  });
  const about = made.problems.filter((p) => p.message.includes("cannot be stored"));
  expect(about.map((p) => `${p.name} ${p.path}:${p.line}`)).toEqual(["isp-acme/john spec.customer.name:1"]);
});
