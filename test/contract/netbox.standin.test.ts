/** The stand-in answers as NetBox 4.7.3 did: the recorded exchanges, in an order in which they can happen again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import axios from "axios";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Standin, startStandin } from "../lab/netbox/server.ts";

interface Exchange {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly status: number;
  /** Without ids of requests, times and counts; undefined: only made so that the next ones fit. */
  readonly answer?: unknown;
}
const file = join(import.meta.dirname, "../lab/netbox/exchanges.jsonl");
const exchanges = readFileSync(file, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Exchange);

let site: Standin;
beforeAll(async () => {
  site = await startStandin();
  site.accounts.set("nbt_readonly.x", { writes: false });
  site.accounts.set("nbt_viewer.x", { writes: true, grants: new Set(["ipam.view_ipaddress", "ipam.view_prefix"]) });
});
afterAll(() => site.close());

/** Whose token was used is told by the name: the recording left tokens out. */
function authorization({ name, headers }: Exchange): string | undefined {
  if (headers["Authorization"] === "(absent)") return undefined;
  if (name.includes("bad_v1")) return `Token ${"f".repeat(40)}`;
  if (name.includes("bad_v2")) return "Bearer nbt_nobody.x";
  if (name.includes("readonly")) return "Bearer nbt_readonly.x";
  return `Bearer ${name.includes("viewer") ? "nbt_viewer.x" : site.token}`;
}

async function ask(e: Exchange): Promise<{ readonly status: number; readonly answer: unknown }> {
  const { Authorization: _, ...headers } = e.headers;
  const token = authorization(e);
  const { status, data } = await axios.request<unknown>({
    method: e.method,
    url: `${site.url}${e.path}`,
    headers: { "Content-Type": "application/json", ...headers, ...(token !== undefined && { Authorization: token }) },
    transformRequest: [(data: unknown) => data], // what is no JSON stays none
    data: e.body === null ? undefined : typeof e.body === "string" ? e.body : JSON.stringify(e.body),
    validateStatus: () => true,
  });
  return { status, answer: typeof data === "string" && data.startsWith("<!DOCTYPE") ? "html" : data };
}

/** Everything that the stand-in says beside addresses and times of its own was said by NetBox. */
const OWN = new Set([
  "url",
  "display_url",
  "created",
  "last_updated",
  "next",
  "previous",
  "results",
  "label",
  "hostname",
]);
/** Of the recording's own minute. */
const timeless = (value: unknown): unknown =>
  typeof value === "string" ? value.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d/, "(time)") : value;
function said(own: unknown, theirs: unknown, path: string): string[] {
  if (typeof own !== "object" || own === null || typeof theirs !== "object" || theirs === null)
    return timeless(own) === timeless(theirs) ? [] : [`${path}: ${JSON.stringify(own)} for ${JSON.stringify(theirs)}`];
  return Object.entries(own).flatMap(([key, value]) => {
    if (OWN.has(key) || key.endsWith("_count")) return [];
    const there = (theirs as Record<string, unknown>)[key];
    if (there === undefined) return [`${path}.${key}: NetBox does not say it`];
    return said(value, there, `${path}.${key}`);
  });
}

/** NetBox lists what is in the way in no order. */
function unordered(answer: unknown): unknown {
  const { detail } = answer as { detail?: string };
  const [head, list] = /^(.* were found: )(.*)$/.exec(detail ?? "")?.slice(1) ?? [];
  return list === undefined ? answer : [head, ...list.split(", ").sort()];
}

for (const e of exchanges) {
  test(`${e.name}: ${e.method} ${e.path}`, async () => {
    const got = await ask(e);
    expect(got.status, JSON.stringify(got.answer)).toBe(e.status);
    if (e.status >= 400) expect(unordered(got.answer)).toEqual(unordered(e.answer));
    else if (e.answer !== undefined) expect(said(got.answer, e.answer, "").join("\n")).toBe("");
  });
}
