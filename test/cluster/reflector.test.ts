/** What an API server, its store and the way to it can do: in the end the world is what the server holds. */
import { createPrivateKey, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { sideBySide } from "../../controller/kubernetes/side-by-side.ts";
import { connect, type Send } from "./client.ts";
import { freshKinds } from "./cluster.ts";
import { type Follower, follow, KIND, type Way } from "./follower.ts";
import { type Link, openLink } from "./link.ts";
import { type Running, startServer } from "./up.ts";

const MANY = 2000;
const PROFILES = "/apis/lastmile.dev/v1alpha1/namespaces/isp-acme/networkprofiles";
let running: Running;
let link: Link;
let admin: { readonly send: Send; readonly close: () => void };
const followers: Follower[] = [];

beforeAll(async () => {
  running = await startServer("");
  link = await openLink(running.server.url);
  admin = connect(running.server);
  await freshKinds(send);
  await created("/api/v1/namespaces", { metadata: { name: "isp-acme" } });
  await sideBySide(names(MANY), 8, (name) => made(name));
}, 600_000);
afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.stop();
  link.heal();
});
afterAll(async () => {
  admin.close();
  await link.close();
  await running.stop();
});

/** On connections of its own: those of before do not outlive the server. */
const send: Send = (...args) => admin.send(...args);
const names = (count: number, prefix = "p"): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${n}`);
async function created(path: string, object: object): Promise<void> {
  const { status, text } = await send("POST", path, JSON.stringify(object));
  expect(status, text).toBe(201);
}
const made = (name: string) =>
  created(PROFILES, {
    apiVersion: "lastmile.dev/v1alpha1",
    kind: KIND,
    metadata: { name },
    spec: { serviceVlan: 100 },
  });
async function changed(name: string): Promise<void> {
  const { text } = await send("GET", `${PROFILES}/${name}`);
  const object = JSON.parse(text) as { spec: { serviceVlan: number } };
  object.spec.serviceVlan++;
  expect((await send("PUT", `${PROFILES}/${name}`, JSON.stringify(object))).status).toBe(200);
}
const removed = async (name: string): Promise<void> =>
  expect((await send("DELETE", `${PROFILES}/${name}`)).status).toBe(200);
let rounds = 0;
/** Some are made, some changed, some removed, one made again. */
async function stirred(): Promise<void> {
  const fresh = names(6, `r${++rounds}-`);
  await sideBySide(fresh, 4, made);
  await sideBySide(names(20), 4, changed);
  await sideBySide(fresh.slice(0, 3), 4, removed);
  await made(fresh[0]!);
}
async function following(way: Partial<Way> = {}): Promise<Follower> {
  const follower = await follow({ url: link.url, pki: running.server.pki, ...way }, send);
  followers.push(follower);
  return follower;
}
async function settled(way?: Partial<Way>): Promise<Follower> {
  const follower = await following(way);
  await follower.same();
  return follower;
}

test("2,000 objects come in pages, as one list; then only changes come", async () => {
  const follower = await settled();
  expect([follower.lists, follower.pages()]).toEqual([[MANY], MANY / 500]);
  await stirred();
  await follower.same();
  expect([follower.lists.length, follower.troubles]).toEqual([1, []]);
});

describe("the way to the server", () => {
  test("is reset while much changes: nothing is lost, and nothing is listed again", async () => {
    const follower = await settled();
    for (let n = 0; n < 5; n++) {
      link.cut();
      await stirred();
    }
    await follower.same();
    expect(follower.lists).toHaveLength(1);
    expect(new Set(follower.troubles)).toEqual(new Set(["Unreachable"]));
  });
  test("is reset in the middle of a list: half a list is none", async () => {
    link.slow(40);
    const follower = await following();
    while (follower.pages() < 2)
      await vi.waitFor(() => expect(follower.pages()).toBeGreaterThan(1), { timeout: 60_000 });
    link.cut();
    await follower.trouble("Unreachable");
    expect(follower.lists).toEqual([]);
    link.heal();
    await follower.same();
    expect(follower.lists).toHaveLength(1);
  });
  test("is shut for a while", async () => {
    const follower = await settled();
    link.shut();
    await follower.trouble("Unreachable");
    await stirred();
    await follower.trouble("Unreachable");
    link.heal();
    await follower.same();
  });
  test("is slow", async () => {
    link.slow(200);
    const follower = await settled();
    await stirred();
    await follower.same();
    expect(follower.troubles).toEqual([]);
  });
  test("ends with the reader, whatever state it is in", async () => {
    const [open, silent] = [await settled(), await settled()];
    link.silence();
    const opening = await following();
    await Promise.all([open.stop(), silent.stop(), opening.stop()]);
    expect([...open.troubles, ...opening.troubles]).toEqual([]);
  });
  test("falls silent: that is noticed, and nothing is lost", async () => {
    const follower = await settled();
    await stirred();
    await follower.same(); // a watch is open now
    link.silence();
    await stirred();
    await follower.trouble("Unreachable"); // two minutes without a byte
    link.heal();
    await follower.same();
  });
  test("is quiet: the server is heard all the same, so silence is never taken for health", async () => {
    const follower = await settled();
    const aged = (good: (ms: number) => boolean): Promise<void> =>
      vi.waitFor(() => expect(good(follower.age() ?? 0)).toBe(true), { timeout: 200_000, interval: 100 });
    await aged((ms) => ms > 10_000);
    await aged((ms) => ms < 10_000); // a bookmark: nothing changed
    expect([follower.troubles, follower.lists.length]).toEqual([[], 1]);
  });
});

describe("the server", () => {
  const killed = (): void => {
    process.kill(Number(readFileSync(join(running.server.pki, "../kube-apiserver.pid"), "utf8")), "SIGKILL");
  };
  const restarted = async (meanwhile: () => Promise<void> = async () => {}): Promise<void> => {
    admin.close();
    await running.restart(meanwhile);
    admin = connect(running.server);
  };
  test("is killed and comes back at the same address", async () => {
    const follower = await settled({ url: running.server.url });
    killed();
    await follower.trouble("Unreachable");
    await restarted();
    await stirred();
    await follower.same();
  });
  test("has forgotten what happened while we were cut off: 410, and everything is listed again", async () => {
    const follower = await settled();
    link.shut();
    await follower.trouble("Unreachable");
    await stirred();
    await compacted(await latest());
    await restarted();
    link.heal();
    await follower.trouble("Gone");
    await follower.same();
    expect(follower.lists).toHaveLength(2);
    await stirred();
    await follower.same();
    expect(follower.lists).toHaveLength(2);
  });
});
const latest = async (): Promise<string> =>
  (JSON.parse((await send("GET", `${PROFILES}?limit=1`)).text) as { metadata: { resourceVersion: string } }).metadata
    .resourceVersion;
/** https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/ */
async function compacted(revision: string): Promise<void> {
  const body = JSON.stringify({ revision, physical: true });
  const { status } = await fetch(`${running.etcd()}/v3/kv/compaction`, { method: "POST", body });
  expect(status).toBe(200);
}

describe("who we are", () => {
  const ACCOUNTS = "/api/v1/namespaces/isp-acme/serviceaccounts";
  const RBAC = "/apis/rbac.authorization.k8s.io/v1";
  const rule = { apiGroups: ["lastmile.dev"], resources: ["networkprofiles"], verbs: ["get", "list", "watch"] };
  const binding = {
    metadata: { name: "follower" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "follower" },
    subjects: [{ kind: "ServiceAccount", namespace: "isp-acme", name: "follower" }],
  };
  const granted = () => created(`${RBAC}/clusterrolebindings`, binding);
  const taken = async () => expect((await send("DELETE", `${RBAC}/clusterrolebindings/follower`)).status).toBe(200);
  let uid: string;
  async function account(): Promise<void> {
    const { text } = await send("POST", ACCOUNTS, JSON.stringify({ metadata: { name: "follower" } }));
    ({ uid } = (JSON.parse(text) as { metadata: { uid: string } }).metadata);
  }
  /** As the server signs them; it gives out none that ends within ten minutes. */
  function token(seconds: number): string {
    const now = Math.floor(Date.now() / 1000);
    const issuer = "https://kubernetes.default.svc.cluster.local";
    const claims = {
      ...{ iss: issuer, aud: [issuer], sub: "system:serviceaccount:isp-acme:follower" },
      ...{ iat: now - 1, nbf: now - 1, exp: now + seconds },
      "kubernetes.io": { namespace: "isp-acme", serviceaccount: { name: "follower", uid } },
    };
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const head = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
    const key = createPrivateKey(readFileSync(join(running.server.pki, "sa.key")));
    return `${head}.${sign("sha256", Buffer.from(head), key).toString("base64url")}`;
  }
  const written = (seconds: number): void => writeFileSync(join(running.server.pki, "token"), token(seconds));
  const user = { tokenFile: "token" };
  /** A watch that runs is not asked again who it is, and the server remembers an answer for seconds. */
  async function cutUntil(follower: Follower, code: string): Promise<void> {
    const from = follower.troubles.length;
    await vi.waitFor(
      () => {
        link.cut();
        expect(follower.troubles.slice(from)).toContain(code);
      },
      { timeout: 120_000, interval: 1000 },
    );
  }
  beforeAll(async () => {
    await account();
    await created(`${RBAC}/clusterroles`, { metadata: { name: "follower" }, rules: [rule] });
    await granted();
  });

  test("a token that expires, and its file that is written anew", async () => {
    written(15);
    const follower = await settled({ user });
    await cutUntil(follower, "Unauthorized");
    await stirred();
    await follower.trouble("Unauthorized");
    written(3600);
    await follower.same();
    expect(follower.lists).toHaveLength(1);
  });
  test("an account that is removed and made again", async () => {
    written(3600);
    const follower = await settled({ user });
    expect((await send("DELETE", `${ACCOUNTS}/follower`)).status).toBe(200);
    await cutUntil(follower, "Unauthorized");
    await stirred();
    await account();
    await follower.trouble("Unauthorized"); // the old token is of the old account
    written(3600);
    await follower.same();
  });
  test("rights that are taken away and given back, in a watch and before the first list", async () => {
    written(3600);
    const follower = await settled({ user });
    await taken();
    await cutUntil(follower, "Forbidden");
    const late = await following({ user });
    await late.trouble("Forbidden");
    await stirred();
    expect([late.lists, [...late.world.values()]]).toEqual([[], []]);
    await granted();
    await follower.same();
    await late.same();
    expect([follower.lists.length, late.lists.length]).toEqual([1, 1]);
  });
});
