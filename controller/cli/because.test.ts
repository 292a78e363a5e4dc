import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { LastmileObject } from "../api/types.generated.ts";
import { Catalog, keyOfObject } from "../core/catalog.ts";
import type { SourceUpdate } from "../sources/source.ts";
import { becauseOf, differences } from "./because.ts";

describe("differences", () => {
  it.each([
    ["nothing but the order of keys", { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ["a value", { a: { b: 1 } }, { a: { b: 2 } }, ["a.b"]],
    ["a field that came", { a: {} }, { a: { b: 1 } }, ["a.b"]],
    ["a field that went", { a: { b: 1 } }, { a: {} }, ["a.b"]],
    ["an item of a list", { l: [1, 2] }, { l: [1, 3] }, ["l[1]"]],
    ["a longer list, as a whole", { l: [1] }, { l: [1, 2] }, ["l"]],
    ["another type", { a: [] }, { a: {} }, ["a"]],
  ])("name %s", (_what, a, b, paths) => {
    expect(differences(a, b)).toEqual(paths);
  });
  test.prop([fc.jsonValue()])("of a value and itself are none, whatever it went through", (value) => {
    expect(differences(value, JSON.parse(JSON.stringify(value)))).toEqual([]);
  });
});

const meta = (kind: string, name: string) => ({
  apiVersion: "lastmile.dev/v1alpha1",
  kind,
  metadata: { name, namespace: "isp" },
});
const plan = (down: string) =>
  ({ ...meta("ServicePlan", "fiber"), spec: { aliases: [], speed: { down, up: down } } }) as object as LastmileObject;
const subscriber = (name: string, number = name) =>
  ({
    ...meta("Subscriber", name),
    spec: { subscriberNumber: number, customer: { id: name }, planRef: { name: "fiber" } },
  }) as LastmileObject;
const update = (...objects: readonly LastmileObject[]): SourceUpdate => ({
  ...{ sourceId: "dir:x", revision: "1", complete: true, deletes: [], errors: [] },
  upserts: objects.map((object) => ({ key: keyOfObject(object), object, origin: { file: "f.yaml", line: 1 } })),
});

describe("becauseOf", () => {
  const before = new Catalog([plan("1Gbps"), subscriber("ann"), subscriber("bob")]);
  const words = (u: SourceUpdate, gone: readonly string[] = []) => Object.fromEntries(becauseOf(u, before, gone));
  it("is empty when nothing was declared differently", () => {
    expect(words(update(plan("1Gbps"), subscriber("ann")))).toEqual({});
  });
  it("tells dependants of a plan that it changed", () => {
    const why = "ServicePlan isp/fiber: spec.speed.down, spec.speed.up changed";
    expect(words(update(plan("2Gbps")))).toEqual({
      "ServicePlan/isp/fiber": ["spec.speed.down, spec.speed.up changed"],
      "Subscriber/isp/ann": [why],
      "Subscriber/isp/bob": [why],
    });
  });
  it("puts what concerns the object itself first, and shows paths without values", () => {
    const found = words(update(plan("2Gbps"), subscriber("ann", "secret-number")))["Subscriber/isp/ann"];
    expect(found).toEqual(["spec.subscriberNumber changed", expect.stringMatching(/^ServicePlan/)]);
  });
  it("knows who is new and who is gone", () => {
    expect(words(update(subscriber("new")), ["Subscriber/isp/bob"])).toEqual({
      "Subscriber/isp/new": ["declared now"],
      "Subscriber/isp/bob": ["declared no longer"],
    });
  });
});
