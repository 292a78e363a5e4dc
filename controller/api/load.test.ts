import { describe, expect, it } from "vitest";
import { load, MAX_FILE } from "./load.ts";

const read = (text: string | Uint8Array) => load("f.yaml", typeof text === "string" ? Buffer.from(text) : text);
const HEAD = "apiVersion: lastmile.dev/v1alpha1\nkind: Tenant\n";
const places = (text: string | Uint8Array) => read(text).problems.map((p) => `${p.line}:${p.column} ${p.message}`);

describe("YAML traps", () => {
  it.each([
    ["a boolean to kubectl", `${HEAD}x: NO\n`, "3:4 NO"],
    ["a boolean in a list", `${HEAD}x: [a, on]\n`, "3:8 on"],
    ["a key that is a boolean", `${HEAD}off: 1\n`, "3:1 off"],
    ["octal", `${HEAD}x: 0123\n`, "3:4 0123"],
    ["new octal", `${HEAD}x: 0o17\n`, "3:4 0o17"],
    ["underscores", `${HEAD}x: 1_000\n`, "3:4 1_000"],
    ["base 60 (a MAC of digits)", `${HEAD}x: 00:11:22:33:44:55\n`, "3:4 00:11:22:33:44:55"],
    ["a time of day", `${HEAD}at: 10:00\n`, "3:5 10:00"],
    ["no JSON value", `${HEAD}x: .nan\n`, "3:4 .nan"],
    ["a serial that is a huge number", `${HEAD}x: 1234e5678\n`, "3:4 1234e5678"],
    ["a key that is a number", `${HEAD}1: x\n`, "3:1 a key"],
    ["a duplicate key", `${HEAD}kind: Tenant\n`, "3:1 Map keys"],
    ["a duplicate key of a map in a list", `${HEAD}x: [{a: 1, b: 2, "a": 3}]\n`, "3:18 Map keys"],
    ["a tab", `${HEAD}spec:\n\tx: 1\n`, "4:1 Tabs"],
    ["a tag", `${HEAD}x: !!binary aGk=\n`, "3:13 the tag"],
    ["another YAML", `%YAML 1.1\n---\n${HEAD}`, "1:1 YAML 1.1"],
    ["an unknown alias", `${HEAD}x: *nope\n`, "3:4 the alias *nope"],
    ["an open quote", `${HEAD}x: 'abc\n`, ""],
  ])("refuses %s where it stands", (_, text, start) => {
    const { problems, documents } = read(text);
    expect(places(text)[0]).toContain(start);
    expect(problems.every((p) => p.remedy !== "")).toBe(true);
    expect(documents).toEqual([]);
  });
  it("takes them in quotes, and dates and addresses without", () =>
    expect(
      places(
        `${HEAD}a: "NO"\nb: "010"\nc: 2026-12-25\nd: 10.0.0.1\ne: 2001:db8::/64\nf: ~\ng: false\nh: OLT1/1/1/1:1\n`,
      ),
    ).toEqual([]));
  it("tells everything at once", () => expect(places(`${HEAD}a: NO\nb: 010\n---\nx: on\n`)).toHaveLength(3));
  it("says nothing of good documents beside a bad one", () =>
    expect(read(`${HEAD}---\n${HEAD}x: NO\n`).documents).toHaveLength(1));
});

describe("hostile files", () => {
  const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
  for (let i = 1; i < 9; i++) {
    const [name, old] = ["abcdefghi"[i], "abcdefghi"[i - 1]];
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${old}`).join(",")}]`);
  }
  it.each<[string, string | Uint8Array, string]>([
    ["an alias bomb", bomb.join("\n"), "aliases"],
    ["a deep nest", "[".repeat(50_000), "nested"],
    ["Latin-1", Buffer.from("a: \xe4\n", "latin1"), "UTF-8"],
    ["UTF-16", Buffer.from("a: b\n", "utf16le"), "UTF-8"],
    ["a huge file", new Uint8Array(MAX_FILE + 1), "bytes"],
  ])("refuses %s with one problem", (_, text, word) => {
    expect(places(text)).toHaveLength(1);
    expect(places(text)[0]).toContain(word);
  });
  it("refuses a map of 80,000 keys in a moment", () => {
    const keys = Array.from({ length: 80_000 }, (_, n) => `  k${n}: 1\n`).join("");
    const began = performance.now();
    expect(places(`${HEAD}x:\n${keys}`)).toEqual(["4:3 the map has 80000 keys, at most 1000 are read"]);
    expect(performance.now() - began).toBeLessThan(20_000); // it was minutes when each key was compared with all
  });
  it("does not drown in what follows an open bracket", () =>
    expect(places(`${HEAD}x: {\n${"- a\n".repeat(5_000)}`).length).toBeLessThanOrEqual(50));
});

describe("documents", () => {
  it.each([
    ["nothing", "", 0],
    ["comments and empty documents", "# a\n---\n---\n# b\n", 0],
    ["several", `${HEAD}---\n${HEAD}`, 2],
    ["JSON", '{"apiVersion": "lastmile.dev/v1alpha1", "kind": "Tenant"}', 1],
    ["a byte order mark", `\ufeff${HEAD}`, 1],
    ["a List", `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: lastmile.dev/v1alpha1, kind: Tenant}\n`, 1],
  ])("reads %s", (_, text, count) => {
    expect(places(text)).toEqual([]);
    expect(read(text).documents).toHaveLength(count);
  });
  it("leaves other groups aside and says so", () => {
    const { documents, problems, notes } = read("apiVersion: v1\nkind: Secret\n");
    expect([documents, problems]).toEqual([[], []]);
    expect(notes[0]).toContain("v1 Secret");
  });
  it.each([
    ["an unknown kind of ours", "apiVersion: lastmile.dev/v1alpha1\nkind: Plan\n", "kind Plan"],
    ["another version of ours", "apiVersion: lastmile.dev/v2\nkind: Tenant\n", "lastmile.dev/v2"],
    ["a text", "hello\n", "no object"],
    ["no kind", "spec: {}\n", "no apiVersion"],
  ])("refuses %s", (_, text, word) => expect(places(text)[0]).toContain(word));
  it("keeps integers exact", () =>
    expect(read(`${HEAD}a: 9007199254740993\nb: 42\n`).documents[0]?.object).toMatchObject({
      a: 9007199254740993n,
      b: 42,
    }));
});

describe("places", () => {
  const text = `# first\n---\n${HEAD}spec:\n  limits: {a.b: 1}\n  services:\n    - name: x\n    - {name: z, vlan: 5}\n`;
  it.each([
    ["spec.services[1].vlan", "9:17"],
    ["spec.services[0]", "8:7"],
    ["spec.limits[a.b]", "6:12"],
    // What is missing is shown at the nearest field above.
    ["spec.services[1].pbit", "9:7"],
    ["spec.nothing.here", "5:1"],
    ["<nil>", "3:1"],
    ["", "3:1"],
  ])("%s stands at %s", (path, place) => {
    const { line, column } = read(text).documents[0]!.locate(path);
    expect(`${line}:${column}`).toBe(place);
  });
  it("reads two files once each, however often they are asked for in turn", () => {
    const long = (name: string) => `${HEAD}x:\n${`  - {a: ${name}, b: [1, 2, 3]}\n`.repeat(5_000)}`;
    const pair = ["one", "two"].map((name) => read(long(name)).documents[0]!);
    const began = performance.now();
    for (let n = 0; n < 200; n++) for (const document of pair) expect(document.locate(`x[${n}].b`).line).toBe(n + 4);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
  it("finds its way through a List", () => {
    const list =
      "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: X}\n- apiVersion: lastmile.dev/v1alpha1\n  kind: Tenant\n  spec: {a: 1}\n";
    expect(read(list).documents[0]?.locate("spec.a")).toEqual({ line: 7, column: 10 });
    expect(read(list).documents[0]?.line).toBe(5);
  });
});
