import { chmodSync, copyFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Collection, KubeError, type WatchEvent } from "./api.ts";
import { type Connection, connectKubernetes } from "./connection.ts";
import { collectionOf, targetOf } from "./kinds.ts";
import { type HttpsServer, json, kubeconfig, refusal, serveHttps } from "./testing/https.ts";
import { objectOf } from "./testing/objects.ts";

const TOKEN = "eyJhbGciOi-the-secret-token";
const SUBSCRIBERS: Collection = collectionOf("Subscriber");
const S1 = targetOf("Subscriber", "isp-acme", "s1");
let server: HttpsServer;
let open: Connection[];
let stop: AbortController;
beforeEach(async () => {
  server = await serveHttps();
  open = [];
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  for (const connection of open) connection.close();
  await server.close();
});
const TRUSTED = { "certificate-authority": "ca.crt" };
async function connect(
  user: object = { token: TOKEN },
  cluster: object = TRUSTED,
  url = server.url,
): Promise<Connection> {
  const connection = await connectKubernetes({ kubeconfig: server.write("config", kubeconfig(url, user, cluster)) });
  open.push(connection);
  return connection;
}
async function failureOf(work: Promise<unknown>): Promise<KubeError> {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(KubeError);
  expect(JSON.stringify([error, (error as Error).message, (error as Error).stack])).not.toContain(TOKEN);
  expect((error as Error).cause).toBeUndefined();
  return error as KubeError;
}
const last = () => server.requests.at(-1)!;
const sent = (): readonly string[] => server.requests.map((r) => r.headers.authorization ?? "-");

const collect = async (watch: AsyncIterable<WatchEvent>): Promise<readonly string[]> => {
  const seen: string[] = [];
  for await (const e of watch)
    seen.push(e.type === "BOOKMARK" ? `mark ${e.resourceVersion}` : `${e.type} ${e.object.metadata.name}`);
  return seen;
};
/** Where nobody listens. */
async function nowhere(): Promise<string> {
  const other = createServer();
  await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
  const { port } = other.address() as { readonly port: number };
  await new Promise((closed) => other.close(closed));
  return `https://127.0.0.1:${port}`;
}

describe("requests", () => {
  test("a page: the limit, the token of the next one, and items that say what they are", async () => {
    const api = await connect();
    const { apiVersion: _, kind: __, ...bare } = objectOf({});
    const metadata = { resourceVersion: "7", continue: "more of+it" };
    server.answer = json({ apiVersion: "lastmile.dev/v1alpha1", kind: "SubscriberList", metadata, items: [bare] });
    const page = await api.page(SUBSCRIBERS, undefined, stop.signal);
    expect(page).toEqual({ items: [objectOf({})], resourceVersion: "7", next: "more of+it" });
    expect(last().path).toBe("/apis/lastmile.dev/v1alpha1/subscribers?limit=500");
    expect(last().headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, accept: "application/json" });
    server.answer = json({ kind: "SubscriberList", metadata: { resourceVersion: "7", continue: "" }, items: [] });
    expect((await api.page(SUBSCRIBERS, page.next, stop.signal)).next).toBeUndefined();
    expect(new URL(last().path, server.url).searchParams.get("continue")).toBe("more of+it");
  });
  test.each([
    ["read", (a: Connection) => a.get(S1, stop.signal), "GET", "", undefined],
    [
      "status",
      (a: Connection) => a.applyStatus(S1, { a: 1 }, stop.signal),
      "PATCH",
      "/status?fieldManager=lastmile&force=true",
      "application/apply-patch+yaml",
    ],
    [
      "merge",
      (a: Connection) => a.patch(S1, { a: 1 }, "merge", stop.signal),
      "PATCH",
      "?fieldManager=lastmile",
      "application/merge-patch+json",
    ],
    ["delete", (a: Connection) => a.remove(S1, "u1", stop.signal), "DELETE", "", "application/json"],
  ] as const)("%s", async (_, ask, method, path, type) => {
    await ask(await connect());
    expect(last()).toMatchObject({
      method,
      path: `/apis/lastmile.dev/v1alpha1/namespaces/isp-acme/subscribers/s1${path}`,
    });
    expect(last().headers["content-type"]).toBe(type);
    if (method === "DELETE") expect(JSON.parse(last().body)).toEqual({ preconditions: { uid: "u1" } });
  });
  test("core kinds have another root, and names are quoted", async () => {
    const api = await connect();
    await api.create({ group: "", version: "v1", plural: "events", namespace: "a" }, {}, stop.signal);
    expect(last().path).toBe("/api/v1/namespaces/a/events?fieldManager=lastmile");
    await api.get(targetOf("Subscriber", "isp/../x", "a?b"), stop.signal);
    expect(last().path).toBe("/apis/lastmile.dev/v1alpha1/namespaces/isp%2F..%2Fx/subscribers/a%3Fb");
  });
  test("connections are kept", async () => {
    const api = await connect();
    for (let n = 0; n < 5; n++) await api.get(S1, stop.signal);
    expect(server.connections()).toBe(1);
  });
});

describe("a page that is too long to be read", () => {
  const ballast = "x".repeat(1_000_000);
  test("is asked for in shorter ones, and the list goes on from there", async () => {
    const sizes: string[] = [];
    server.answer = ({ path }, response) => {
      const limit = Number(new URL(path, "http://x").searchParams.get("limit"));
      sizes.push(`${limit}`);
      const items = Array.from({ length: limit }, (_, n) => ({ metadata: { name: `s${n}` }, ballast }));
      response.writeHead(200, { "content-type": "application/json" });
      response.write(
        '{"apiVersion":"v1","kind":"SubscriberList","metadata":{"resourceVersion":"7","continue":"more"},"items":[',
      );
      items.forEach((item, n) => void response.write(`${n > 0 ? "," : ""}${JSON.stringify(item)}`));
      response.end("]}");
    };
    const page = await (await connect()).page(SUBSCRIBERS, undefined, stop.signal);
    expect([sizes, page.items.length, page.next]).toEqual([["500", "63"], 63, "more"]);
  });
});

describe("refusals", () => {
  test.each<[string, number | undefined, string]>([
    ["0", undefined, "to be asked again at once makes a hot loop"],
    ["", undefined, "nothing is no time"],
    ["7", 7_000, "as it wishes"],
    ["86400", 60_000, "a day of silence is longer than anybody means"],
    ["Sun, 22 Nov 2026 08:49:37 GMT", undefined, "a date is read by nobody's clock"],
  ])("Retry-After %j is %j: %s", async (text, retryAfterMs) => {
    server.answer = (_, response) => void response.writeHead(429, { "retry-after": text }).end("{}");
    const failure = await failureOf((await connect()).get(S1, stop.signal));
    expect(failure).toMatchObject({ code: "Busy", retryAfterMs });
  });
  test.each([
    [400, "Invalid"],
    [401, "Unauthorized"],
    [403, "Forbidden"],
    [409, "Conflict"],
    [410, "Gone"],
    [422, "Invalid"],
    [429, "Busy"],
    [500, "Unreachable"],
    [503, "Unreachable"],
  ])("%i is %s, with the server's words, and never absence", async (status, code) => {
    server.answer = refusal(status, "because it is so");
    const error = await failureOf((await connect()).get(S1, stop.signal));
    expect([error.code, error.message]).toEqual([code, "cannot read subscribers isp-acme/s1: because it is so"]);
    expect(error.remedy).not.toBe("");
  });
  test("only 404 is absence", async () => {
    server.answer = refusal(404, "not found");
    expect(await (await connect()).get(S1, stop.signal)).toBeUndefined();
  });
  test("it says how long to wait", async () => {
    server.answer = refusal(429, "slow down", { "retry-after": "7" });
    expect(await failureOf((await connect()).get(S1, stop.signal))).toMatchObject({ code: "Busy", retryAfterMs: 7000 });
    server.answer = refusal(429, "slow down", { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" });
    expect((await failureOf((await connect()).get(S1, stop.signal))).retryAfterMs).toBeUndefined();
  });
  test.each([
    ["a page of HTML", "<html>log in</html>"],
    ["nothing", ""],
    ["half an answer", '{"kind":"Subsc'],
  ])("%s instead of JSON is a failure, also of a list", async (_, text) => {
    server.answer = (__, response) => response.writeHead(200, { "content-type": "text/html" }).end(text);
    const api = await connect();
    for (const ask of [api.get(S1, stop.signal), api.page(SUBSCRIBERS, undefined, stop.signal)])
      expect(await failureOf(ask)).toMatchObject({ code: "Unreachable", message: expect.stringContaining("no JSON") });
  });
  test("HTML with a status is named by the status", async () => {
    server.answer = (_, response) => response.writeHead(502).end("<html>");
    expect((await failureOf((await connect()).get(S1, stop.signal))).message).toMatch(/HTTP 502$/);
  });
  test("a redirect is not followed: the token would go with it", async () => {
    server.answer = (_, response) => response.writeHead(302, { location: "https://127.0.0.1:1/" }).end();
    await failureOf((await connect()).get(S1, stop.signal));
    expect(server.requests).toHaveLength(1);
  });
  test("a connection that is cut, a server that is not there, and one that is not trusted", async () => {
    server.answer = (_, response) => void response.socket?.destroy();
    expect((await failureOf((await connect()).get(S1, stop.signal))).message).toMatch(/no answer from .*ECONNRESET/);
    const silent = await connect({ token: TOKEN }, TRUSTED, await nowhere());
    expect((await failureOf(silent.get(S1, stop.signal))).message).toContain("ECONNREFUSED");
    const strange = await connect({ token: TOKEN }, { "certificate-authority": "stranger.crt" });
    expect(await failureOf(strange.get(S1, stop.signal))).toMatchObject({ code: "Unreachable" });
  });
  test("the signal ends a request that is not answered", async () => {
    const api = await connect();
    server.answer = () => stop.abort();
    expect((await failureOf(api.get(S1, stop.signal))).message).toContain("ERR_CANCELED");
  });
});

describe("credentials", () => {
  const known = (): void => {
    server.answer = (request, response) =>
      (request.headers.authorization === `Bearer ${TOKEN}` ? json(objectOf({})) : refusal(401, "Unauthorized"))(
        request,
        response,
      );
  };
  /** As long as refusals are not looked into again. */
  const untilTaken = async (api: Connection): Promise<void> => {
    for (;;) {
      try {
        return void (await api.get(S1, stop.signal));
      } catch (e) {
        expect(e).toMatchObject({ code: "Unauthorized" });
        await new Promise(setImmediate);
      }
    }
  };
  test("a token file is read again after the server refused its token; a line's end is not of it", async () => {
    known();
    server.write("token", "an-old-one\n");
    const api = await connect({ tokenFile: "token" });
    expect((await failureOf(api.get(S1, stop.signal))).code).toBe("Unauthorized");
    expect(sent()).toEqual(["Bearer an-old-one"]);
    server.write("token", `${TOKEN}\n`);
    await untilTaken(api);
  });
  test("a token of a plugin is asked for again after the server refused it", async () => {
    known();
    const plugin = server.write(
      "plugin",
      '#!/bin/sh\nprintf \'{"kind":"ExecCredential","status":{"token":"%s"}}\' "$(cat "$1")"\n',
    );
    chmodSync(plugin, 0o700);
    const token = server.write("token", "an-old-one");
    const api = await connect({
      exec: { apiVersion: "client.authentication.k8s.io/v1", command: plugin, args: [token] },
    });
    await failureOf(api.get(S1, stop.signal));
    server.write("token", TOKEN);
    await untilTaken(api);
  });
  test("a kubeconfig that was rewritten is read again after a refusal, and one half written does no harm", async () => {
    known();
    const api = await connect({ token: "an-old-one" });
    await failureOf(api.get(S1, stop.signal));
    server.write("config", "{ half");
    await failureOf(api.get(S1, stop.signal));
    server.write("config", kubeconfig(server.url, { token: TOKEN }, TRUSTED));
    await untilTaken(api);
  });
  test("a plugin that fails is named without what it printed, in requests and in watches", async () => {
    const plugin = server.write("plugin", `#!/bin/sh\necho '${TOKEN} is no JSON'\necho '${TOKEN}' >&2\nexit $1\n`);
    chmodSync(plugin, 0o700);
    for (const code of ["0", "1"]) {
      const api = await connect({
        exec: { apiVersion: "client.authentication.k8s.io/v1", command: plugin, args: [code] },
      });
      expect((await failureOf(api.get(S1, stop.signal))).code).toBe("Unauthorized");
      expect((await failureOf(collect(api.watch(SUBSCRIBERS, "1", stop.signal)))).code).toBe("Unauthorized");
    }
    expect(server.requests).toEqual([]);
  });
  test("a renewed certificate is used from the next request on", async () => {
    const files = { "client-certificate": "first.crt", "client-key": "first.key" };
    const api = await connect(files);
    await api.get(S1, stop.signal);
    for (const end of ["crt", "key"]) copyFileSync(join(server.dir, `second.${end}`), join(server.dir, `first.${end}`));
    await api.get(S1, stop.signal);
    expect(server.requests.map((r) => r.client)).toEqual(["first", "second"]);
  });
  test("a name and a password, with a colon in it", async () => {
    await (await connect({ username: "ann", password: "a:b" })).get(S1, stop.signal);
    expect(sent()).toEqual([`Basic ${Buffer.from("ann:a:b").toString("base64")}`]);
  });
});

describe("what cannot be used is named before anything is asked", () => {
  test.each([
    ["a file that is not there", { kubeconfig: "/nowhere/config" }, "does not exist"],
    ["a context that is not in it", { context: "other" }, "no context other"],
  ])("%s", async (_, more, words) => {
    const file = server.write("config", kubeconfig(server.url, { token: TOKEN }, TRUSTED));
    const failure = await failureOf(connectKubernetes({ kubeconfig: file, ...more }));
    expect(failure).toMatchObject({ code: "Unusable", message: expect.stringContaining(words) });
  });
  test.each([
    ["/nowhere/config", "ENOENT", "as KUBECONFIG names one that is not there"],
    ["broken", "cannot be read", "as one that holds a token and is no YAML"],
  ])("%s of the environment: %s, %s", async (name, code) => {
    const file = name.startsWith("/") ? name : server.write(name, "users: [{ token: hunter2 }");
    vi.stubEnv("KUBECONFIG", file);
    const failure = await failureOf(connectKubernetes());
    vi.unstubAllEnvs();
    expect(failure).toMatchObject({ code: "Unusable", message: expect.stringContaining(code) });
    expect(failure.message).not.toContain("hunter2");
  });
});

describe("a watch", () => {
  const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
  const s1 = objectOf({ version: 5 });
  const watch = async () => (await connect()).watch(SUBSCRIBERS, "3", stop.signal);
  const telling = (...parts: readonly string[]): void => {
    server.answer = (_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      for (const part of parts) response.write(part);
      response.end();
    };
  };
  test("asks from its place, with bookmarks and an end, as who we are", async () => {
    telling(line("ADDED", s1), line("BOOKMARK", { metadata: { resourceVersion: "9" } }), line("DELETED", s1));
    expect(await collect(await watch())).toEqual(["ADDED s1", "mark 9", "DELETED s1"]);
    const asked = new URL(last().path, server.url);
    expect(asked.pathname).toBe("/apis/lastmile.dev/v1alpha1/subscribers");
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      watch: "true",
      allowWatchBookmarks: "true",
      resourceVersion: "3",
      timeoutSeconds: "290",
    });
    expect(sent()).toEqual([`Bearer ${TOKEN}`]);
  });
  test("an event may come in pieces, and two at once", async () => {
    const text = line("ADDED", s1) + line("MODIFIED", s1);
    telling(text.slice(0, 30), text.slice(30));
    expect(await collect(await watch())).toEqual(["ADDED s1", "MODIFIED s1"]);
  });
  test("410 may come as an answer and as an event", async () => {
    telling(line("ADDED", s1), line("ERROR", { kind: "Status", code: 410, message: "too old resource version" }));
    expect(await failureOf(collect(await watch()))).toMatchObject({
      code: "Gone",
      message: expect.stringContaining("too old"),
    });
    server.answer = refusal(410, "too old");
    expect((await failureOf(collect(await watch()))).code).toBe("Gone");
  });
  test.each([
    [401, "Unauthorized"],
    [403, "Forbidden"],
    [429, "Busy"],
    [500, "Unreachable"],
  ])("%i is %s", async (status, code) => {
    server.answer = refusal(status, "no");
    expect((await failureOf(collect(await watch()))).code).toBe(code);
  });
  test("a connection that is cut in the middle of an event is a failure, and half an event is none", async () => {
    server.answer = (_, response) => {
      response.writeHead(200).write(line("ADDED", s1) + line("MODIFIED", s1).slice(0, 40), () => {
        setImmediate(() => response.socket?.destroy());
      });
    };
    const seen: string[] = [];
    const reading = (async () => {
      for await (const e of await watch()) seen.push(e.type);
    })();
    expect((await failureOf(reading)).code).toBe("Unreachable");
    expect(seen).toEqual(["ADDED"]);
  });
  test("a server that is not there is named by its code", async () => {
    const api = await connect({ token: TOKEN }, TRUSTED, await nowhere());
    expect((await failureOf(collect(api.watch(SUBSCRIBERS, "3", stop.signal)))).message).toContain("ECONNREFUSED");
  });
  test("a page of HTML tells nothing and ends", async () => {
    telling("<html>\n<p>log in</p>\n</html>\n");
    expect(await collect(await watch())).toEqual([]);
  });
  test("the signal ends it while it is quiet, and while the server has not answered at all", async () => {
    for (const greets of [true, false]) {
      stop = new AbortController();
      const asked = Promise.withResolvers<void>();
      server.answer = (_, response) => {
        if (greets) response.writeHead(200).flushHeaders();
        asked.resolve();
      };
      const seen = collect(await watch());
      await asked.promise;
      stop.abort();
      expect(await seen).toEqual([]);
    }
  });
  test("the signal before it began asks nothing", async () => {
    stop.abort();
    expect(await collect(await watch())).toEqual([]);
    expect(server.requests).toEqual([]);
  });
  test("whoever leaves closes the connection", async () => {
    const closed = Promise.withResolvers<void>();
    server.answer = (_, response) => {
      response.on("close", closed.resolve);
      response.writeHead(200).write(line("ADDED", s1));
    };
    for await (const _ of await watch()) break;
    await closed.promise;
  });
  test("a refused token is read again for the next watch", async () => {
    server.write("token", "an-old-one");
    server.answer = refusal(401, "no");
    const api = await connect({ tokenFile: "token" });
    while (sent().at(-1) !== `Bearer ${TOKEN}`) {
      await failureOf(collect(api.watch(SUBSCRIBERS, "3", stop.signal)));
      server.write("token", TOKEN);
    }
  });
});
