/** The offline verdict is the API server's: which objects, which fields, which reasons. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { parse } from "yaml";
import type { JsonObject } from "../../controller/api/json.ts";
import { readKinds } from "../../controller/api/kinds.ts";
import { createValidator } from "../../controller/api/validate.ts";
import { type Answer, connect } from "./client.ts";
import { documents, nearly, serialize } from "./objects.ts";

const { send, close } = connect(inject("apiServer"));
const validator = createValidator();
const crds = join(import.meta.dirname, "../../crds");
const RUNS = Number(process.env["RUNS"] ?? 4000);
const SEED = Number(process.env["SEED"] ?? 1);

beforeAll(async () => {
  await expectCreated("/api/v1/namespaces", { metadata: { name: "isp-acme" } });
});
afterAll(close);

test("the server installs every CRD: schemas are structural, rules compile and stay within the cost budget", async () => {
  const refused: string[] = [];
  for (const file of readdirSync(crds).filter((f) => f.endsWith(".yaml"))) {
    const crd: unknown = parse(readFileSync(join(crds, file), "utf8"));
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    const { status, text } = await send("POST", path, JSON.stringify(crd));
    if (status !== 201) refused.push((JSON.parse(text) as { readonly message: string }).message);
  }
  expect(refused).toEqual([]);
  for (const { plural } of readKinds()) await expect.poll(() => served(plural), { timeout: 30_000 }).toBe(200);
});

test("creates", async () => {
  const objects = sample(Math.ceil(RUNS / documents.length));
  const different = await differences(objects, async (object) => ({
    server: reported(await send("POST", `${collection(object)}?${STRICT}`, serialize(object))),
    offline: judged(object),
  }));
  expect(different).toEqual([]);
});

test("updates", async () => {
  const stored = new Map<string, JsonObject>();
  for (const document of documents) {
    const created = await send("POST", collection(document), serialize(document));
    expect(created.status, created.text).toBe(201);
    stored.set(identity(document), JSON.parse(created.text) as JsonObject);
  }
  const objects = sample(Math.ceil(RUNS / documents.length / 2)).map((o) => ({
    ...o,
    metadata: stored.get(identity(o))!["metadata"]!,
  }));
  const different = await differences(objects, async (object) => ({
    server: reported(await send("PUT", `${collection(object)}/${nameOf(object)}?${STRICT}`, serialize(object))),
    offline: judged(object, stored.get(identity(object))),
  }));
  expect(different).toEqual([]);
});

const STRICT = "dryRun=All&fieldValidation=Strict";
const sample = (runs: number): readonly JsonObject[] =>
  documents.flatMap((document, i) => fc.sample(nearly(document), { numRuns: runs, seed: SEED + i }));

interface Pair {
  readonly server: readonly string[];
  readonly offline: readonly string[];
}
/** The first disagreements, shortest object first, with what only one side said. */
async function differences(
  objects: readonly JsonObject[],
  ask: (object: JsonObject) => Promise<Pair>,
): Promise<readonly object[]> {
  const out: {
    readonly spec: string;
    readonly onlyServer: readonly string[];
    readonly onlyOffline: readonly string[];
  }[] = [];
  const queue = objects.values();
  const worker = async (): Promise<void> => {
    for (const object of queue) {
      const { server, offline } = await ask(object);
      const onlyServer = server.filter((s) => !offline.includes(s));
      const onlyOffline = offline.filter((s) => !server.includes(s));
      if (onlyServer.length + onlyOffline.length)
        out.push({ spec: serialize(object["spec"]!), onlyServer, onlyOffline });
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  if (out.length) process.stderr.write(`${out.length} of ${objects.length} verdicts differ\n`);
  return out.sort((a, b) => a.spec.length - b.spec.length).slice(0, 10);
}

/** `path reason` of everything that the server refuses. */
function reported({ status, text }: Answer): readonly string[] {
  if (status < 300) return [];
  const body = JSON.parse(text) as {
    message: string;
    details?: { causes?: readonly { field: string; reason: string }[] };
  };
  if (status === 422) return (body.details?.causes ?? []).map((c) => `${c.field} ${c.reason}`);
  if (status !== 400) return [`HTTP ${status} ${body.message}`];
  return [...body.message.matchAll(/unknown field "((?:[^"\\]|\\.)*)"/g)].map(
    (m) => `${JSON.parse(`"${m[1]}"`)} UnknownField`,
  );
}
function judged(object: JsonObject, old?: JsonObject): readonly string[] {
  const verdict = validator.validate(object, { old });
  return verdict.ok ? [] : verdict.problems.map((p) => `${p.path} ${p.reason}`);
}

const nameOf = (object: JsonObject): string => (object["metadata"] as { readonly name: string }).name;
const identity = (object: JsonObject): string => `${object["kind"]}/${nameOf(object)}`;
function collection(object: JsonObject): string {
  const { plural, scope } = readKinds().find((k) => k.kind === object["kind"])!;
  return `/apis/lastmile.dev/v1alpha1/${scope === "Namespaced" ? "namespaces/isp-acme/" : ""}${plural}`;
}
const served = async (plural: string): Promise<number> =>
  (await send("GET", `/apis/lastmile.dev/v1alpha1/${plural}`)).status;
async function expectCreated(path: string, object: object): Promise<void> {
  const { status, text } = await send("POST", path, JSON.stringify(object));
  expect(status, text).toBe(201);
}
