import { afterEach, describe, expect, it } from "vitest";
import { type Check, openLiveness, type ReadySources, readiness } from "./health.ts";
import { type Endpoints, type Listening, openHttp } from "./http.ts";
import { openMetrics } from "./metrics.ts";

const alive: ReadySources = {
  pingStore: async () => 1,
  leases: () => ({ held: 65, remainingMs: 8000 }),
  sources: () => [{ id: "dir:a", delivered: true, refused: 0 }],
};
const metrics = openMetrics({
  backlog: () => new Map(),
  reachable: () => new Map(),
  breakers: () => new Map(),
  pools: () => [],
  tickets: () => [],
  silentMs: () => new Map(),
  queue: () => ({ ready: 0, inFlight: 0, waiting: 0 }),
  oldestMs: () => 0,
  leasesHeld: () => 65,
  purgeDue: async () => 0,
});
let server: Listening | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});
async function serve(more: Partial<ReadySources> = {}, endpoints: Partial<Endpoints> = {}): Promise<string> {
  const healthz = () => [{ name: "eventLoop", ok: true, message: "running" } as const];
  const readyz = () => readiness({ ...alive, ...more });
  server = await openHttp({ metrics: metrics.scrape, healthz, readyz, ...endpoints }, { port: 0 });
  return `http://127.0.0.1:${server.port}`;
}

describe("the HTTP endpoints", () => {
  it("listen on the loopback interface unless told otherwise", async () => {
    await serve();
    expect(server?.host).toBe("127.0.0.1");
  });
  it("give metrics to Prometheus", async () => {
    const response = await fetch(`${await serve()}/metrics?x=1`);
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      expect.stringContaining("text/plain"),
    ]);
    expect(await response.text()).toContain("lastmile_leases_held 65");
  });
  it("say that the process is alive, and ready", async () => {
    const url = await serve();
    for (const path of ["/healthz", "/readyz"]) {
      const response = await fetch(url + path);
      expect([response.status, await response.json()]).toMatchObject([200, { status: "ok" }]);
    }
  });

  const rows: readonly (readonly [string, Partial<ReadySources>, string, string])[] = [
    [
      "the store does not answer",
      { pingStore: () => Promise.reject(new Error("password=x")) },
      "store",
      "not reachable",
    ],
    ["the leases ran out", { leases: () => ({ held: 65, remainingMs: 0 }) }, "leases", "not renewed in time"],
    [
      "a source has not delivered",
      {
        sources: () => [
          { id: "dir:a", delivered: true, refused: 0 },
          { id: "dir:b", delivered: false, refused: 0 },
        ],
      },
      "sources",
      "waiting for dir:b",
    ],
  ];
  it.each(rows)("are not ready while %s, and say so", async (_why, more, name, message) => {
    const response = await fetch(`${await serve(more)}/readyz`);
    const { checks } = (await response.json()) as { readonly checks: readonly Check[] };
    expect(response.status).toBe(503);
    expect(checks.filter((c) => !c.ok)).toEqual([{ name, ok: false, message }]);
  });
  it("are ready while standing by for another process", async () => {
    const response = await fetch(`${await serve({ leases: () => ({ held: 0, remainingMs: 5000 }) })}/readyz`);
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("standing by")]);
  });
  it("do not wait for a store that hangs", async () => {
    const began = performance.now();
    const response = await fetch(`${await serve({ pingStore: () => new Promise(() => undefined) })}/readyz`);
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining("no answer in 2000 ms")]);
    expect(performance.now() - began).toBeLessThan(4000);
  });
  it("stay alive while not ready: a restart would help nobody", async () => {
    const url = await serve({ pingStore: () => Promise.reject(new Error("down")) });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
  it("fail without telling anybody why", async () => {
    const url = await serve({}, { metrics: () => Promise.reject(new Error("password=x")) });
    const response = await fetch(`${url}/metrics`);
    expect([response.status, await response.text()]).toEqual([500, "the answer could not be made\n"]);
  });
  it("refuse what they do not have", async () => {
    const url = await serve();
    for (const path of ["/", "/toString", "/metrics/../x", "/%E0%A4%A", "//"])
      expect((await fetch(url + path)).status).toBe(404);
    expect((await fetch(`${url}/metrics`, { method: "POST" })).status).toBe(405);
    const head = await fetch(`${url}/healthz`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });
  it("close at once, also while somebody waits for an answer", async () => {
    const url = await serve({}, { metrics: () => new Promise(() => undefined) });
    const waiting = fetch(`${url}/metrics`).catch(() => "cut off");
    await fetch(`${url}/healthz`); // by now the other has arrived
    await server?.close();
    server = undefined;
    expect(await waiting).toBe("cut off");
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
  it("refuse a port that is taken", async () => {
    await serve();
    const again = openHttp(
      { metrics: metrics.scrape, healthz: () => [], readyz: async () => [] },
      { port: server?.port ?? 0 },
    );
    await expect(again).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});

describe("liveness", () => {
  it("tells that the event loop stood still, once", async () => {
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const liveness = openLiveness(300);
    await pause(50); // the first sample is taken when the monitor is on
    for (const end = performance.now() + 600; performance.now() < end; );
    await pause(50);
    expect(liveness.check()).toMatchObject({ ok: false, message: expect.stringMatching(/^stood still for \d+ ms$/) });
    await pause(50);
    expect(liveness.check()).toMatchObject({ ok: true });
    liveness.close();
  });
});
