/** A reflector of one kind over a real connection, and what it holds against what the server holds. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, vi } from "vitest";
import type { KindName } from "../../controller/api/types.generated.ts";
import { type Connection, connectKubernetes } from "../../controller/kubernetes/connection.ts";
import { kept } from "../../controller/kubernetes/kept.ts";
import { collectionOf } from "../../controller/kubernetes/kinds.ts";
import { openReflector } from "../../controller/kubernetes/reflector.ts";
import { World } from "../../controller/kubernetes/world.ts";
import type { Send } from "./client.ts";

export interface Follower {
  readonly world: World;
  /** Codes of what went wrong, in order. */
  readonly troubles: string[];
  /** How many objects each list had. */
  readonly lists: number[];
  /** Requests for pages. */
  readonly pages: () => number;
  readonly age: () => number | undefined;
  /** Until it holds what the server holds. */
  readonly same: () => Promise<void>;
  /** Until this went wrong, from here on. */
  readonly trouble: (...codes: readonly string[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}
export interface Way {
  readonly url: string;
  readonly pki: string;
  /** As a kubeconfig has it; the administrator unless told. */
  readonly user?: object;
}
export const KIND: KindName = "NetworkProfile";
const PATIENCE = { timeout: 200_000, interval: 100 };

/** JSON is YAML. */
function kubeconfig({ url, pki, user }: Way): string {
  const file = join(pki, `config-${Math.random().toString(36).slice(2)}`);
  const admin = { "client-certificate": "admin.crt", "client-key": "admin.key" };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: url, "certificate-authority": "ca.crt" } }],
    users: [{ name: "u", user: user ?? admin }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

export async function follow(way: Way, admin: Send): Promise<Follower> {
  const api: Connection = await connectKubernetes({ kubeconfig: kubeconfig(way) });
  const of = collectionOf(KIND);
  const stop = new AbortController();
  const world = new World();
  const [troubles, lists]: [string[], number[]] = [[], []];
  let pages = 0;
  const page: Connection["page"] = (...args) => {
    pages++;
    return api.page(...args);
  };
  const reflector = openReflector({
    api: { ...api, page },
    of,
    trim: (object) => kept(KIND, object),
    signal: stop.signal,
    trouble: (e) => {
      troubles.push(e.code);
    },
    backoffMs: [100, 1000],
  });
  const running = (async () => {
    for await (const reflection of reflector.run()) {
      if (reflection.type === "all") lists.push(reflection.objects.length);
      world.take(KIND, reflection);
    }
  })();
  const versions = (): readonly string[] =>
    [...world.values()].map((k) => `${k.name} ${k.uid} ${k.resourceVersion}`).toSorted();
  return {
    world,
    troubles,
    lists,
    pages: () => pages,
    age: reflector.age,
    async same() {
      // A server that has just come back answers 429 until its cache is filled.
      const text = await vi.waitFor(async () => {
        const answer = await admin("GET", `/apis/${of.group}/${of.version}/${of.plural}`);
        expect(answer.status).toBe(200);
        return answer.text;
      }, PATIENCE);
      const { items } = JSON.parse(text) as {
        items: { metadata: { name: string; uid: string; resourceVersion: string } }[];
      };
      const there = items.map(({ metadata: m }) => `${m.name} ${m.uid} ${m.resourceVersion}`).toSorted();
      await vi.waitFor(() => expect(versions()).toEqual(there), PATIENCE);
    },
    async trouble(...codes) {
      const from = troubles.length;
      await vi.waitFor(() => expect(troubles.slice(from).some((c) => codes.includes(c))).toBe(true), PATIENCE);
    },
    async stop() {
      stop.abort();
      await running;
      api.close();
    },
  };
}
