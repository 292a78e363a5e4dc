/** The stand-in answers as GenieACS 1.2.16 did: the recorded exchanges, in an order in which they can happen again. */
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cpe } from "../lab/genieacs/cpe.ts";
import { type GenieacsLab, startGenieacs } from "../lab/genieacs/server.ts";

interface Exchange {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  /** 0: the worker died, nobody answered. */
  readonly status: number;
  readonly reason?: string;
  readonly total?: number;
  readonly allow?: string;
  /** Times, ids and addresses are placeholders. */
  readonly answer?: unknown;
  readonly text?: string;
}
const file = join(import.meta.dirname, "../lab/genieacs/exchanges.jsonl");
const exchanges = readFileSync(file, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Exchange);

/** Recorded, and nothing to replay. */
test.skip("49-nbi-alive, 79-nbi-log: the whole NBI was down for a while after a crash; the stand-in goes on at once", () => {});

let lab: GenieacsLab;
const cpes = new Map<string, Cpe>();
const cpe = (serial: string): Cpe => cpes.get(serial)!;
const tr181 = { oui: "00D09E", productClass: "RG181", manufacturer: "RigWorks", dataModel: "TR-181" } as const;
const tr098 = { oui: "202BC1", productClass: "BM632w", manufacturer: "Huawei", dataModel: "TR-098" } as const;
const weird = {
  oui: "A0B1C2",
  productClass: "F@ST-3890/v3 100%+é",
  manufacturer: 'Sag & Co "x"',
  dataModel: "TR-181",
} as const;
beforeAll(async () => {
  lab = await startGenieacs();
  for (const serial of ["000200", "000201", "000202"]) cpes.set(serial, lab.plug({ ...tr181, serial }));
  for (const serial of ["000900", "000100", "000101", "000102", "000103"])
    cpes.set(serial, lab.plug({ ...tr098, serial }));
  cpes.set("000300", lab.plug({ ...weird, serial: "000300" }));
});
afterAll(() => lab.close());

/** What happened between two exchanges and was not recorded. */
const BEFORE: Readonly<Record<string, () => unknown>> = {
  "03-head-total": () => cpes.set("000400", lab.plug({ ...tr181, serial: "000400" })),
  "40-offline-spv": () => {
    cpe("000400").online = false;
  },
  "51-device-tags": async () => {
    await ask({ method: "DELETE", path: "/devices/00D09E-RG181-000200/tags/plan-100M" });
    await ask({ method: "POST", path: "/devices/00D09E-RG181-000200/tags/managed" });
    await ask({ method: "POST", path: "/devices/00D09E-RG181-000200/tags/plan-100M" });
  },
  "88-cr-auth": () => {
    for (const why of ["auth", "busy", "hang", "silent"] as const) plugFake(why, why);
    plugFake("nourl", "url");
    plugFake("noinform", "inform");
  },
  "96-tasks-after-crash-are-queued": () => {
    const of = (device: string): string => lab.tasks().find((t) => t.device === device)!._id;
    ids.set("{taskA}", of("FAKE-nourl")).set("{taskB}", of("FAKE-noinform"));
  },
  "97-final-check": async () => {
    for (const id of lab.devices().map((d) => String(d["_id"])))
      if (/FAKE|000900/.test(id)) await ask({ method: "DELETE", path: `/devices/${id}` });
  },
  "98-offline-returns-tasks": async () => {
    const body = { name: "setParameterValues", parameterValues: [["Device.WiFi.SSID.1.SSID", "D1"]] };
    await ask({ method: "POST", path: "/devices/00D09E-RG181-000400/tasks", body: JSON.stringify(body) });
    cpe("000400").inform();
  },
};
function plugFake(serial: string, why: Cpe["noConnectionRequest"]): void {
  lab.plug({ ...tr181, oui: "FAKE", productClass: "", serial }).noConnectionRequest = why;
}

type Answer = Omit<Exchange, "name" | "method" | "path" | "body">;
/** As bytes: no client shall mend a path or hide a reason phrase. */
async function ask({ method, path, body }: Omit<Exchange, "name" | "status">): Promise<Answer> {
  const { hostname, port } = new URL(lab.url);
  return new Promise((done) => {
    const req = request({ hostname, port, method, path }, async (res) => {
      const text = Buffer.concat(await res.toArray()).toString();
      const { total, allow, "content-type": type } = res.headers;
      done({
        status: res.statusCode!,
        reason: res.statusMessage!,
        ...(total !== undefined && { total: Number(total) }),
        ...(allow !== undefined && { allow }),
        ...(text !== "" && (type === "application/json" ? { answer: JSON.parse(text) } : { text })),
      });
    });
    req.on("error", () => done({ status: 0 }));
    req.end(body);
  });
}

/** Our ids of tasks, by the recording's placeholders. */
const ids = new Map<string, string>();
const ours = (text: string): string => text.replace(/\{task\w+\}/g, (name) => ids.get(name) ?? name);
function theirs(text: string): string {
  return [...ids].reduce((out, [name, id]) => out.replaceAll(id, name), text);
}
function placeholders(value: unknown, key?: string): unknown {
  if (Array.isArray(value)) return value.map((v) => placeholders(v));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, placeholders(v, k)]));
  if (typeof value !== "string") return value;
  if (key === "stack") return "(stack)";
  if (key !== "_value" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return "(time)";
  return theirs(value).replace(/http:\/\/127\.0\.0\.1:\d+\//, "http://(acs)/");
}
/** MongoDB returns in no order, unless asked. */
const unordered = (answer: unknown): unknown =>
  Array.isArray(answer) ? answer.toSorted((a, b) => (String(a["_id"]) < String(b["_id"]) ? -1 : 1)) : answer;

for (const e of exchanges) {
  test(`${e.name}: ${e.method} ${e.path}`, async () => {
    await BEFORE[e.name]?.();
    const deaths = lab.killed.length;
    const got = await ask({ ...e, path: ours(e.path) });
    expect(lab.killed.length - deaths, lab.killed.at(-1) ?? "").toBe(e.status === 0 ? 1 : 0);
    learnIds(e, got);
    const { name: _, method: __, path, body: ___, ...said } = e;
    const answer = placeholders(got.answer);
    if (/&limit=/.test(path) && !path.includes("sort=")) {
      // Which ones come first is not said.
      expect({ ...got, answer: (answer as unknown[]).length }).toEqual({
        ...said,
        answer: (said.answer as unknown[]).length,
      });
    } else if (path.includes("sort=")) expect({ ...got, answer }).toEqual(said);
    else expect({ ...got, answer: unordered(answer) }).toEqual({ ...said, answer: unordered(said.answer) });
  });
}
function learnIds(e: Exchange, got: Answer): void {
  const name = (e.answer as { _id?: string } | undefined)?._id;
  const id = (got.answer as { _id?: string } | undefined)?._id;
  if (name !== undefined && id !== undefined) ids.set(name, id);
}

test("99e-same-value-no-rpc: a value that the document has is not sent again", async () => {
  const body = { name: "setParameterValues", parameterValues: [["Device.WiFi.SSID.1.SSID", "Twice"]] };
  const post = {
    method: "POST",
    path: `/devices/${cpe("000202").id}/tasks?connection_request`,
    body: JSON.stringify(body),
  };
  const sets = (): number => cpe("000202").rpcs.filter((r) => r.name === "SetParameterValues").length;
  expect([(await ask(post)).status, sets()]).toEqual([200, 1]);
  expect([(await ask(post)).status, sets()]).toEqual([200, 1]);
});
