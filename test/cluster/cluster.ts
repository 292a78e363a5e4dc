/** The cluster as a person leaves it to the next: no object, no kind and no namespace of an earlier file. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { parse } from "yaml";
import { readKinds } from "../../controller/api/kinds.ts";
import type { Send } from "./client.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const GROUP = "/apis/lastmile.dev/v1alpha1";
const folder = join(import.meta.dirname, "../../crds");
const files = readdirSync(folder).filter((f) => f.endsWith(".yaml"));
const kinds = files.map((f) => parse(readFileSync(join(folder, f), "utf8")) as Named);

/** Asks again until it holds; nothing is judged by its speed. */
export const soon = (check: () => void | Promise<void>, seconds = 60): Promise<void> =>
  vi.waitFor(check, { timeout: seconds * 1000, interval: 200 });
const answers = (send: Send, path: string, status: number): Promise<void> =>
  soon(async () => expect((await send("GET", path)).status).toBe(status));

interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly finalizers?: readonly string[] };
}
interface Listed {
  readonly items: readonly Named[];
}

/** Installs the kinds into a cluster that holds nothing of ours any more. */
export async function freshKinds(send: Send): Promise<void> {
  await withoutKinds(send);
  for (const kind of kinds) await created(send, CRDS, kind);
  for (const { plural } of readKinds()) await answers(send, `${GROUP}/${plural}`, 200);
}

export async function withoutKinds(send: Send): Promise<void> {
  await unguard(send);
  for (const { metadata } of kinds) await send("DELETE", `${CRDS}/${metadata.name}`);
  for (const { metadata } of kinds) await answers(send, `${CRDS}/${metadata.name}`, 404);
}

/** A finalizer whose controller is dead would keep its object for ever. */
async function unguard(send: Send): Promise<void> {
  for (const { plural, scope } of readKinds()) {
    const listed = await send("GET", `${GROUP}/${plural}`);
    if (listed.status !== 200) continue;
    for (const item of (JSON.parse(listed.text) as Listed).items) {
      const { finalizers = [], ...metadata } = item.metadata;
      const home = scope === "Namespaced" ? `${GROUP}/namespaces/${metadata.namespace}` : GROUP;
      if (finalizers.length > 0)
        await send("PUT", `${home}/${plural}/${metadata.name}`, JSON.stringify({ ...item, metadata }));
    }
  }
}

export async function freshNamespace(send: Send, name: string): Promise<void> {
  await withoutNamespace(send, name);
  await created(send, "/api/v1/namespaces", { metadata: { name } });
}

export async function withoutNamespace(send: Send, name: string): Promise<void> {
  await send("DELETE", `/api/v1/namespaces/${name}`);
  await answers(send, `/api/v1/namespaces/${name}`, 404);
}

async function created(send: Send, path: string, object: object): Promise<void> {
  const { status, text } = await send("POST", path, JSON.stringify(object));
  expect(status, text).toBe(201);
}
