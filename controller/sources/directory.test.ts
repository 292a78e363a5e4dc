import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { directorySource } from "./directory.ts";
import type { SourceUpdate } from "./source.ts";

const TENANT = (name: string): string =>
  `apiVersion: lastmile.dev/v1alpha1\nkind: Tenant\nmetadata: {name: ${name}}\nspec: {namespace: isp-${name}, realms: [${name}.example]}\n`;

let dir: string;
let stop: AbortController;
let updates: AsyncIterator<SourceUpdate>;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "lastmile-source-"));
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await updates.return?.();
  rmSync(dir, { recursive: true, force: true });
});
const put = (name: string, text: string): void => writeFileSync(join(dir, name), text);
function start(): Promise<SourceUpdate> {
  updates = directorySource({ path: dir, settleMs: 30 }).updates(stop.signal)[Symbol.asyncIterator]();
  return next();
}
async function next(): Promise<SourceUpdate> {
  const { value, done } = await updates.next();
  if (done) throw new Error("the source has ended");
  return value;
}
/** The first update that looks so: a slow disk may show a state in between. */
async function until(good: (u: SourceUpdate) => boolean): Promise<SourceUpdate> {
  for (;;) {
    const update = await next();
    if (good(update)) return update;
  }
}
const names = (u: SourceUpdate): readonly string[] => u.upserts.map((o) => o.object.metadata.name);

describe("a watched folder", () => {
  it("sends what is there, with its origin, then each change", async () => {
    put("a.yaml", `# first\n---\n${TENANT("a")}`);
    const first = await start();
    expect(first).toMatchObject({ sourceId: `dir:${dir}`, complete: true, errors: [], deletes: [] });
    expect(first.upserts[0]).toMatchObject({ key: "Tenant/-/a", origin: { file: join(dir, "a.yaml"), line: 3 } });
    put("b.yaml", TENANT("b"));
    const second = await until((u) => u.upserts.length === 2);
    expect(second.revision).not.toBe(first.revision);
    rmSync(join(dir, "a.yaml"));
    expect(names(await until((u) => u.upserts.length === 1))).toEqual(["b"]);
  });
  it("sees a file that is renamed over another, as editors save", async () => {
    put("a.yaml", TENANT("a"));
    await start();
    put("a.yaml.swp", TENANT("z"));
    renameSync(join(dir, "a.yaml.swp"), join(dir, "a.yaml"));
    expect(names(await until((u) => names(u)[0] === "z"))).toEqual(["z"]);
  });
  it("ends with the last of two edits within a millisecond", async () => {
    put("a.yaml", TENANT("a"));
    await start();
    put("a.yaml", TENANT("b"));
    put("a.yaml", TENANT("c"));
    expect(names(await until((u) => names(u)[0] === "c"))).toEqual(["c"]);
  });
  it("sees an edit of the same size that comes while somebody is busy with the last", async () => {
    put("a.yaml", TENANT("a"));
    await start();
    put("a.yaml", TENANT("b"));
    await new Promise((r) => setTimeout(r, 150));
    put("a.yaml", TENANT("c"));
    expect(names(await until((u) => names(u)[0] === "c"))).toEqual(["c"]);
  });
  it("is incomplete while something is wrong, keeps the rest, and heals", async () => {
    put("a.yaml", TENANT("a"));
    put("b.yaml", TENANT("b"));
    await start();
    put("b.yaml", "kind: [");
    const wrong = await until((u) => u.errors.length > 0);
    expect([wrong.complete, names(wrong)]).toEqual([false, ["a"]]);
    put("b.yaml", TENANT("b"));
    expect(names(await until((u) => u.complete))).toEqual(["a", "b"]);
  });
  it("never takes an empty or vanished folder for a wish, and finds it again", async () => {
    put("a.yaml", TENANT("a"));
    await start();
    rmSync(dir, { recursive: true });
    const gone = await until((u) => !u.complete);
    expect(gone.errors[0]?.remedy).not.toBe("");
    mkdirSync(dir);
    expect((await until((u) => u.errors[0]?.message.includes("no object") ?? false)).complete).toBe(false);
    put("a.yaml", TENANT("a"));
    expect(names(await until((u) => u.complete))).toEqual(["a"]);
  });
  it("is incomplete with a file that cannot be read", async () => {
    put("a.yaml", TENANT("a"));
    symlinkSync("b.yaml", join(dir, "b.yaml")); // a link to itself: not even root reads it
    expect(await start()).toMatchObject({ complete: false, errors: [{ message: "cannot be read (ELOOP)" }] });
  });
  it("ends with its signal, while it waits", async () => {
    put("a.yaml", TENANT("a"));
    await start();
    const waiting = updates.next();
    stop.abort();
    expect((await waiting).done).toBe(true);
  });
});
