/** Whose a declaration is: another source gets nothing of it without being told to take it over. */
import { expect, it } from "vitest";
import type { LastmileObject } from "../api/types.generated.ts";
import { Catalog, keyOfObject } from "../core/catalog.ts";
import * as fixture from "../core/resolve/fixture.ts";
import type { SourceUpdate } from "../sources/source.ts";
import type { Objects } from "../store/objects.ts";
import type { Declared } from "./declared.ts";
import { type IntakeOptions, intake } from "./intake.ts";

const acme = fixture.tenant();
const other = (spec: Partial<typeof acme.spec>): LastmileObject => ({
  ...acme,
  metadata: { name: "other" },
  spec: { ...acme.spec, ...spec },
});
const NAMED = { namespace: "isp-other", realms: ["other.example"] };
const elsewhere = acme.spec.addressPools.map((p) => ({ ...p, vrf: "elsewhere" }));
const FREE = { ...NAMED, addressPools: elsewhere };

/** Everything stored is tenant acme's, and of the source `first`. */
async function take(
  objects: readonly LastmileObject[],
  source: IntakeOptions["source"],
  stored: readonly LastmileObject[],
) {
  const rows = stored.map((object) => ({
    key: keyOfObject(object),
    tenant: object.kind === "ExternalSystem" ? "-" : "acme",
    sourceId: "first",
    object,
  }));
  const put: unknown[] = [];
  const store = {
    otherSource: async () => undefined,
    put: async (given: readonly unknown[]) => put.splice(0, 0, ...given),
    revise: async () => undefined,
    remove: async () => [],
    refuse: async () => undefined,
    async *heads({ keys }: { keys: readonly string[] }) {
      yield rows.filter((r) => keys.includes(r.key));
    },
    async *load({ kind }: { kind: string }) {
      yield rows.filter((r) => r.object.kind === kind);
    },
  };
  const upserts = objects.map((object) => ({ key: keyOfObject(object), object, origin: {} }));
  const update = { sourceId: "second", revision: "1", complete: true, upserts, deletes: [] } as unknown as SourceUpdate;
  const declared = { catalog: new Catalog([]), meta: () => undefined } as unknown as Declared;
  const answer = await intake(update, declared, store as unknown as Objects, { prune: false, source }, 0);
  return { answer, put: put.length };
}

it.each([
  [
    "an ExternalSystem",
    [fixture.radius()],
    "own",
    [fixture.radius()],
    /^ExternalSystem\/-\/\S+ is declared by first; .*--take-over$/,
  ],
  [
    "an object",
    [other(FREE), fixture.plan()],
    "own",
    [fixture.plan()],
    /^ServicePlan\/isp-acme\/basic is declared by first/,
  ],
  [
    "a namespace",
    [other({ realms: ["other.example"] })],
    "own",
    [acme],
    /^Tenant other: isp-acme is the namespace of Tenant\/-\/acme, declared by first/,
  ],
  ["a realm", [other({ namespace: "isp-other" })], "own", [acme], /acme\.example is a realm of/],
  [
    "a network of a pool",
    [other(NAMED)],
    "own",
    [acme],
    /^Tenant other: \S+ of pool \S+ overlaps \S+ of pool \S+ of Tenant\/-\/acme, declared by first; choose another one$/,
  ],
  [
    "the tenant of an object",
    [other({}), fixture.plan()],
    "keep",
    [fixture.plan()],
    /is declared by first for tenant acme; withdraw/,
  ],
] as const)("refuses to take %s from another source", async (_, objects, source, stored, words) => {
  const { answer, put } = await take(objects, source, stored);
  expect(answer).toMatchObject({ ok: false, message: expect.stringMatching(words) });
  expect(put).toBe(0);
  expect((await take(objects, "take", stored)).answer.ok).toBe(true);
});
it("takes in what nobody else has", async () =>
  expect((await take([other(FREE)], "own", [acme, fixture.radius()])).answer.ok).toBe(true));

it("takes away what a complete snapshot does not declare, but never what it declares and refuses", async () => {
  const keys = ["a", "b", "c", "d"].map((name) => `ServicePlan/isp-acme/${name}`);
  const removed: string[] = [];
  const put: { readonly sourceGeneration?: number }[] = [];
  const store = {
    otherSource: async () => undefined,
    put: async (rows: readonly object[]) => void put.push(...rows),
    revise: async () => undefined,
    remove: async (gone: readonly string[]) => void removed.push(...gone),
    refuse: async () => undefined,
    async *heads({ sourceId }: { sourceId?: string }) {
      if (sourceId !== undefined) yield keys.map((key) => ({ key, tenant: "acme", sourceId }));
    },
    async *load() {},
  } as unknown as Objects;
  const declared = { catalog: new Catalog([]), meta: () => undefined } as unknown as Declared;
  const update = (more: Partial<SourceUpdate>): SourceUpdate => {
    const upserts = [{ key: keys[0]!, object: fixture.plan(), origin: { file: "", line: 1 }, generation: 7 }];
    const base = { sourceId: "k", revision: "1", complete: true, deletes: [], errors: [] };
    return { ...base, upserts, standing: new Set([keys[1]!]), ...more };
  };
  await intake(update({}), declared, store, { prune: true, source: "own" }, 0);
  expect(removed.splice(0)).toEqual([keys[2], keys[3]]);
  expect(put).toMatchObject([{ sourceGeneration: 7 }]);
  await intake(update({ complete: false, deletes: [keys[3]!] }), declared, store, { prune: true, source: "own" }, 0);
  expect(removed).toEqual([keys[3]]);
});
