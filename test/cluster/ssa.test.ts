/** What a write of ours does to an object, and what it leaves alone. */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { KubeObject } from "../../controller/kubernetes/api.ts";
import { type Connection, connectKubernetes } from "../../controller/kubernetes/connection.ts";
import { FINALIZER, hold, isHeld, letGo } from "../../controller/kubernetes/finalizer.ts";
import { type Kept, kept } from "../../controller/kubernetes/kept.ts";
import { collectionOf, targetOf } from "../../controller/kubernetes/kinds.ts";
import { connect } from "./client.ts";
import { freshKinds, soon } from "./cluster.ts";

const server = inject("apiServer");
const { send, close } = connect(server);
const { signal } = new AbortController();
const NAMESPACE = "isp-ssa";
const PLANS = `/apis/lastmile.dev/v1alpha1/namespaces/${NAMESPACE}/serviceplans`;
const HEAD = { apiVersion: "lastmile.dev/v1alpha1", kind: "ServicePlan" };
let api: Connection;
let name: string;
let count = 0;

beforeAll(async () => {
  api = await connectKubernetes({ kubeconfig: server.kubeconfig });
  await freshKinds(send);
  await send("POST", "/api/v1/namespaces", JSON.stringify({ metadata: { name: NAMESPACE } }));
});
afterAll(() => {
  api.close();
  close();
});
const spec = (down = "100Mbps") => ({
  speed: { down, up: "10Mbps" },
  accessType: "PPPoE",
  services: [{ name: "internet", vlanMode: "Shared", vlan: 100 }],
});
beforeEach(async () => {
  name = `plan-${++count}`;
  const { status, text } = await send("POST", PLANS, JSON.stringify({ ...HEAD, metadata: { name }, spec: spec() }));
  expect(status, text).toBe(201);
});
const target = () => targetOf("ServicePlan", NAMESPACE, name);
const read = async (): Promise<KubeObject> => (await api.get(target(), signal))!;
const held = async (): Promise<Kept> => kept("ServicePlan", await read())!;
const condition = (type: string, status: string, observedGeneration: number, message = "") => ({
  ...{ type, status, reason: "Converged", message, observedGeneration },
  lastTransitionTime: "2026-11-22T00:00:00Z",
});
const apply = (status: object, more: object = {}) =>
  api.applyStatus(target(), { ...HEAD, metadata: { name, namespace: NAMESPACE, ...more }, status }, signal);
/** As somebody else who writes a status, with a field manager of its own. */
const others = (status: object) =>
  send(
    "PATCH",
    `${PLANS}/${name}/status?fieldManager=other`,
    JSON.stringify({ status }),
    "application/merge-patch+json",
  );
const conditionsOf = (o: KubeObject): readonly { readonly type: string; readonly status: string }[] =>
  (o["status"] as { conditions?: { type: string; status: string }[] } | undefined)?.conditions ?? [];
const typesOf = (o: KubeObject): readonly string[] =>
  conditionsOf(o)
    .map((c) => c.type)
    .toSorted();

describe("a status that we apply", () => {
  test("changes nothing else: not spec, generation, labels, annotations or finalizers", async () => {
    const before = await read();
    const after = await apply({ observedGeneration: 1, conditions: [condition("Ready", "True", 1)] });
    const rest = ({
      metadata: { resourceVersion: _, managedFields: __, ...metadata },
      status: ___,
      ...o
    }: KubeObject & { metadata: { managedFields?: unknown } }) => ({ ...o, metadata });
    expect(rest(after)).toEqual(rest(before));
    expect(after["status"]).toMatchObject({ observedGeneration: 1, conditions: [{ type: "Ready", status: "True" }] });
  });
  test("does not carry a spec in, even if we send one", async () => {
    await api.applyStatus(
      target(),
      {
        ...HEAD,
        metadata: { name, namespace: NAMESPACE, labels: { a: "b" } },
        spec: spec("1Gbps"),
        status: { observedGeneration: 1 },
      },
      signal,
    );
    const { metadata, spec: found } = await read();
    expect([found, metadata.generation, metadata.labels]).toMatchObject([{ speed: { down: "100Mbps" } }, 1, undefined]);
  });
  test("that is the same is no write", async () => {
    const status = { observedGeneration: 1, conditions: [condition("Ready", "True", 1)] };
    const first = await apply(status);
    expect((await apply(status)).metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });
  test("takes away what we said before and do not say any more, and nothing that others said", async () => {
    await apply({ conditions: [condition("Ready", "True", 1), condition("Stalled", "False", 1)] });
    const theirs = [...conditionsOf(await read()), condition("Theirs", "True", 1)];
    expect((await others({ conditions: theirs })).status).toBe(200);
    expect(typesOf(await apply({ conditions: [condition("Ready", "True", 1)] }))).toEqual(["Ready", "Theirs"]);
  });
  test("does not fight with another manager: each keeps its own condition, and neither is refused", async () => {
    for (let n = 1; n <= 3; n++) {
      const theirs = {
        ...HEAD,
        metadata: { name },
        status: { conditions: [condition("Theirs", n % 2 ? "True" : "False", 1)] },
      };
      const applied = await send(
        "PATCH",
        `${PLANS}/${name}/status?fieldManager=other`,
        JSON.stringify(theirs),
        "application/apply-patch+yaml",
      );
      expect(applied.status, applied.text).toBe(200);
      await apply({ conditions: [condition("Ready", "True", n)] });
      expect(conditionsOf(await read())).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ type: "Theirs", status: n % 2 ? "True" : "False" }),
          expect.objectContaining({ type: "Ready", observedGeneration: n }),
        ]),
      );
    }
  });
  test("is ours though somebody else wrote over it: it is taken back by the next one", async () => {
    await apply({ conditions: [condition("Ready", "True", 1)] });
    await others({ conditions: [condition("Ready", "False", 1)] });
    expect(conditionsOf(await apply({ conditions: [condition("Ready", "True", 1)] }))).toMatchObject([
      { status: "True" },
    ]);
  });
  test("names the generation that it speaks of: an edit in between stays visible as newer", async () => {
    const edited = { ...HEAD, metadata: { name }, spec: spec("1Gbps") };
    expect(
      (await send("PATCH", `${PLANS}/${name}`, JSON.stringify(edited), "application/merge-patch+json")).status,
    ).toBe(200);
    const after = await apply({ observedGeneration: 1, conditions: [condition("Ready", "True", 1)] });
    const status = after["status"] as { observedGeneration: number; conditions: readonly object[] };
    expect([after.metadata.generation, status.observedGeneration]).toEqual([2, 1]);
    expect(status.conditions).toMatchObject([{ type: "Ready", status: "True", observedGeneration: 1 }]);
  });
  test("makes no object where there is none", async () => {
    await send("DELETE", `${PLANS}/${name}`);
    await expect(apply({ observedGeneration: 1 })).rejects.toMatchObject({ code: "NotFound" });
    expect(await api.get(target(), signal)).toBeUndefined();
  });
  test("goes to whatever has the name: of what was known before, only the version is compared, and never the uid", async () => {
    const { uid, resourceVersion } = (await read()).metadata;
    await send("DELETE", `${PLANS}/${name}`);
    await send("POST", PLANS, JSON.stringify({ ...HEAD, metadata: { name }, spec: spec() }));
    await expect(apply({ observedGeneration: 1 }, { resourceVersion })).rejects.toMatchObject({ code: "Conflict" });
    expect((await read())["status"]).toBeUndefined();
    const written = await apply({ observedGeneration: 1 }, { uid });
    expect(written.metadata.uid).not.toBe(uid);
    expect(written["status"]).toEqual({ observedGeneration: 1 });
  });
  test("that the schema does not allow is refused by name", async () => {
    await expect(apply({ conditions: [{ type: "Ready", status: "Perhaps" }] })).rejects.toMatchObject({
      code: "Invalid",
    });
  });
});

describe("the finalizer", () => {
  test("is put beside those of others, and taken away alone; the generation stays", async () => {
    await send(
      "PATCH",
      `${PLANS}/${name}`,
      JSON.stringify({ metadata: { finalizers: ["example.dev/other"] } }),
      "application/merge-patch+json",
    );
    const ours = await hold(api, await held(), signal);
    expect(ours).toMatchObject({ finalizers: ["example.dev/other", FINALIZER], generation: 1 });
    expect(await letGo(api, ours!, signal)).toMatchObject({ finalizers: ["example.dev/other"], generation: 1 });
    await send(
      "PATCH",
      `${PLANS}/${name}`,
      JSON.stringify({ metadata: { finalizers: [] } }),
      "application/merge-patch+json",
    );
  });
  test("is not put over what somebody wrote meanwhile: the answer is how it is now, and a second try holds", async () => {
    const before = await held();
    await send(
      "PATCH",
      `${PLANS}/${name}`,
      JSON.stringify({ spec: spec("1Gbps"), metadata: { finalizers: ["example.dev/other"] } }),
      "application/merge-patch+json",
    );
    const now = await hold(api, before, signal);
    expect(now).toMatchObject({ finalizers: ["example.dev/other"], generation: 2 });
    expect((await hold(api, now!, signal))?.finalizers).toEqual(["example.dev/other", FINALIZER]);
    await send(
      "PATCH",
      `${PLANS}/${name}`,
      JSON.stringify({ metadata: { finalizers: [] } }),
      "application/merge-patch+json",
    );
  });
  test("keeps a deleted object until it is let go", async () => {
    await hold(api, await held(), signal);
    await send("DELETE", `${PLANS}/${name}`);
    const leaving = await held();
    expect([leaving.deleting, isHeld(leaving)]).toEqual([true, true]);
    await letGo(api, leaving, signal);
    await soon(async () => expect(await api.get(target(), signal)).toBeUndefined());
    expect(await letGo(api, leaving, signal)).toBeUndefined();
  });
  test("is not put on what is already leaving, nor on what was made again under the name", async () => {
    const before = await held();
    await send("DELETE", `${PLANS}/${name}`);
    expect(await hold(api, before, signal)).toBeUndefined();
    await send("POST", PLANS, JSON.stringify({ ...HEAD, metadata: { name }, spec: spec() }));
    const other = await hold(api, before, signal);
    expect(other?.uid).not.toBe(before.uid);
    expect(other && isHeld(other)).toBe(false);
  });
});

test("an object is removed only while it is the one that was meant", async () => {
  const { uid } = (await read()).metadata;
  await expect(api.remove(target(), "00000000-0000-0000-0000-000000000000", signal)).rejects.toMatchObject({
    code: "Conflict",
  });
  await api.remove(target(), uid, signal);
  expect(await api.get(target(), signal)).toBeUndefined();
});
test("a list of a built-in kind says what its items are", async () => {
  const page = await api.page({ group: "", version: "v1", plural: "namespaces" }, undefined, signal);
  expect(page.items[0]).toMatchObject({ apiVersion: "v1", kind: "Namespace" });
  expect((await api.page(collectionOf("ServicePlan"), undefined, signal)).items[0]).toMatchObject(HEAD);
});
