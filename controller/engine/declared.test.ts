/** What acceptance knows of a subscriber before its secrets are fetched. */
import { expect, test } from "vitest";
import { radius } from "../../reconcilers/radius/index.ts";
import { bind } from "../../reconcilers/system.ts";
import { keyOfObject } from "../core/catalog.ts";
import * as fixture from "../core/resolve/fixture.ts";
import { Sensitive } from "../core/sensitive.ts";
import type { Json } from "../store/status.ts";
import { Declared } from "./declared.ts";
import { Endpoints } from "./endpoints.ts";
import { Ports } from "./run/ports.ts";

const KEY = "lab/acme/Subscriber/isp-acme/john";
const password = new Sensitive("generated-for-john");

async function declare(): Promise<Declared> {
  const ports = new Ports(new AbortController().signal, () => Number.POSITIVE_INFINITY);
  const secrets = { read: async () => undefined, readAll: async () => ({}) };
  const endpoints = new Endpoints(new Map([bind(radius)]), secrets, ports, String);
  const generated = { name: "secrets", limit: 1, run: async () => [password] };
  const declared = new Declared({
    installation: "lab",
    now: 0,
    endpoint: endpoints.endpoint,
    secrets,
    generated,
    ports,
  });
  const objects = [fixture.tenant(), fixture.radius(), fixture.plan(), fixture.subscriber()];
  const row = { tenant: "acme", sourceId: "test", origin: {}, digest: "", generation: 1, deletedAt: undefined, seq: 1 };
  declared.put(objects.map((o) => ({ ...row, key: keyOfObject(o), object: o as unknown as Json })));
  await endpoints.sync(declared.systems());
  return declared;
}

test("a password that is not fetched blocks nobody: what an outline wants is counted before the first effect", async () => {
  const declared = await declare();
  const [outline, subject] = [declared.outline(KEY), await declared.subject(KEY, false)];
  expect(outline.blocked).toEqual([]);
  expect(outline.desired.map((d) => d.ref)).toEqual(subject.desired.map((d) => d.ref));
  expect(outline.desired).toHaveLength(1);
  expect(outline.claims).toEqual(subject.claims);
});

test("a tenant that is leaving is still scanned, once: what it left behind may come back", async () => {
  const declared = await declare();
  const names = () => [...declared.tenants()].map((t) => t.metadata.name);
  const row = { tenant: "acme", sourceId: "test", origin: {}, digest: "", generation: 1, seq: 2 };
  const object = fixture.tenant();
  const withdrawn = { ...row, key: keyOfObject(object), object: object as unknown as Json, deletedAt: 1 };
  expect(names()).toEqual(["acme"]);
  declared.put([withdrawn]);
  expect(names()).toEqual(["acme"]);
  declared.put([{ ...withdrawn, deletedAt: undefined }]);
  expect(names()).toEqual(["acme"]);
});
