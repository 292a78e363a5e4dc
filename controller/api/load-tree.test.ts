import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadPath, type ParseCache } from "./load-tree.ts";

const TENANT = (name: string): string => `apiVersion: lastmile.dev/v1alpha1\nkind: Tenant\nmetadata: {name: ${name}}\n`;
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "lastmile-tree-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const put = (name: string, text: string): void => writeFileSync(join(dir, name), text);
const names = (tree: Awaited<ReturnType<typeof loadPath>>) =>
  tree.documents.map((d) => (d.object["metadata"] as { name: string }).name);

describe("a folder", () => {
  it("is read sorted, in depth, with three extensions and without hidden names", async () => {
    mkdirSync(join(dir, "b"));
    mkdirSync(join(dir, ".git"));
    put("c.yml", TENANT("c"));
    put("b/x.json", '{"apiVersion":"lastmile.dev/v1alpha1","kind":"Tenant","metadata":{"name":"b"}}');
    put("a.yaml", TENANT("a"));
    put("notes.md", "no");
    put(".git/z.yaml", TENANT("z"));
    const tree = await loadPath(dir);
    expect([names(tree), tree.complete]).toEqual([["a", "b", "c"], true]);
  });
  it("has a revision of its content alone", async () => {
    put("a.yaml", TENANT("a"));
    const { revision } = await loadPath(dir);
    put("a.yaml", TENANT("a"));
    expect((await loadPath(dir)).revision).toBe(revision);
    put("a.yaml", TENANT("b"));
    expect((await loadPath(dir)).revision).not.toBe(revision);
  });
  it("parses only what changed", async () => {
    const cache: ParseCache = new Map();
    put("a.yaml", TENANT("a"));
    put("b.yaml", TENANT("b"));
    const before = await loadPath(dir, cache);
    put("b.yaml", TENANT("c"));
    const after = await loadPath(dir, cache);
    expect(after.documents[0]).toBe(before.documents[0]);
    expect([names(after), cache.size]).toEqual([["a", "c"], 2]);
  });
  it.each<[string, () => void, string]>([
    ["empty", () => {}, "no object"],
    ["gone", () => rmSync(dir, { recursive: true }), "does not exist"],
    ["linked out of", () => symlinkSync("/etc/hostname", join(dir, "x.yaml")), "link out"],
    ["with a dangling link", () => symlinkSync("nowhere", join(dir, "x.yaml")), "does not exist"],
    ["with a folder that is called like a file, linked", () => symlinkSync("/tmp", join(dir, "x.yaml")), "link out"],
    ["with a file that was cut to nothing", () => put("x.yaml", ""), "is empty"],
    ["with one bad document", () => put("x.yaml", `${TENANT("a")}x: NO\n`), "NO without quotes"],
  ])("is incomplete when %s", async (_, make, word) => {
    make();
    const tree = await loadPath(dir);
    expect(tree.complete).toBe(false);
    expect(tree.problems[0]?.message).toContain(word);
  });
  it("is not fooled by a neighbour whose name begins alike", async () => {
    const neighbour = `${dir}-2`;
    mkdirSync(neighbour);
    writeFileSync(join(neighbour, "x.yaml"), TENANT("x"));
    symlinkSync(join(neighbour, "x.yaml"), join(dir, "x.yaml"));
    const { problems, documents } = await loadPath(dir);
    rmSync(neighbour, { recursive: true });
    expect([problems[0]?.message, documents]).toEqual(["is a link out of the folder", []]);
  });
  it("takes links within itself, as a mounted ConfigMap has them", async () => {
    mkdirSync(join(dir, "..2026"));
    put("..2026/a.yaml", TENANT("a"));
    symlinkSync("..2026", join(dir, "..data"));
    symlinkSync("..data/a.yaml", join(dir, "a.yaml"));
    expect(names(await loadPath(dir))).toEqual(["a"]);
  });
  it("never shows half of a file that is replaced while it is read", async () => {
    const body = (n: number): string => Array.from({ length: 300 }, (_, i) => `---\n${TENANT(`t${n}-${i}`)}`).join("");
    put("a.yaml", body(0));
    let stop = false;
    const writer = (async () => {
      for (let n = 1; !stop; n++) {
        put("a.tmp", body(n));
        renameSync(join(dir, "a.tmp"), join(dir, "a.yaml"));
        await new Promise((r) => setTimeout(r, 3));
      }
    })();
    for (let i = 0; i < 15; i++) {
      const tree = await loadPath(dir);
      const edits = new Set(names(tree).map((n) => n.split("-")[0]));
      if (tree.complete) expect([names(tree).length, edits.size]).toEqual([300, 1]);
    }
    stop = true;
    await writer;
  });
});
