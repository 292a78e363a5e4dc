import { chmod, mkdir, readdir, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AUTHOR, type Repository, repository } from "../../test/lab/repository.ts";
import { createAssembler } from "../api/load-snapshot.ts";
import { createValidator } from "../api/validate.ts";
import { type GitOptions, type GitSource, gitSource } from "./git.ts";
import { parseGitAddress } from "./git-address.ts";
import type { SourceUpdate } from "./source.ts";

const TENANT = (name: string): string =>
  `apiVersion: lastmile.dev/v1alpha1\nkind: Tenant\nmetadata: {name: ${name}}\nspec: {namespace: isp-${name}, realms: [${name}.example]}\n`;
const BOB = "Bob <bob@isp.example>";

const assemble = createAssembler(createValidator());
let repo: Repository;
let stop: AbortController;
let source: GitSource;
let updates: AsyncIterator<SourceUpdate> | undefined;
const clone = (): string => join(repo.origin, "..", "clone");

beforeEach(async () => {
  repo = await repository();
  stop = new AbortController();
});
afterEach(async () => {
  await ended();
  await repo.remove();
});
async function ended(): Promise<void> {
  stop.abort();
  while (updates && !(await updates.next()).done);
  updates = undefined;
}

function follow(what = "#main", more: Partial<GitOptions> = {}): void {
  const parsed = parseGitAddress(`${repo.origin}${what}`, "/");
  if (!parsed.ok) throw new Error(parsed.message);
  const options = { address: parsed.address, directory: clone(), env: process.env, known: async () => [], assemble };
  source = gitSource({ ...options, pollMs: 100, ...more });
  stop = new AbortController();
  updates = source.updates(stop.signal)[Symbol.asyncIterator]();
}
async function next(): Promise<SourceUpdate> {
  const found = await updates?.next();
  if (!found || found.done) throw new Error("the source has ended");
  return found.value;
}
/** A process that begins anew, with what its clone holds. */
async function again(what?: string, more?: Partial<GitOptions>): Promise<SourceUpdate> {
  await ended();
  follow(what, more);
  return next();
}
const names = (u: SourceUpdate): readonly string[] => u.upserts.map((o) => o.object.metadata.name);
/** Nothing may follow from it: nothing is declared, nothing is withdrawn. */
const changesNothing = (u: SourceUpdate): void => expect([u.complete, u.upserts, u.deletes]).toEqual([false, [], []]);
const words = (u: SourceUpdate): string => u.errors.map((e) => `${e.file}:${e.line} ${e.message}`).join("\n");

describe("a followed branch", () => {
  it("sends what the commit holds, then each commit", async () => {
    const first = await repo.push({ "isp/a.yaml": `# first\n---\n${TENANT("a")}` });
    follow();
    const update = await next();
    expect(update).toMatchObject({ sourceId: `git:file://${repo.origin}#main`, revision: first, complete: true });
    expect(update.upserts[0]?.origin).toEqual({ file: "isp/a.yaml", line: 3, revision: first, author: AUTHOR });
    const second = await repo.push({ "isp/b.yaml": TENANT("b") });
    expect(await next()).toMatchObject({ revision: second, complete: true, upserts: [{}, {}] });
    await repo.push({ "isp/a.yaml": undefined });
    const third = await next();
    expect([third.complete, names(third)]).toEqual([true, ["b"]]);
  });
  it("names for each object the commit and the author of its own file, also behind a merge", async () => {
    const first = await repo.push({ "a.yaml": TENANT("a"), "b.yaml": TENANT("b") });
    await repo.git("checkout", "-q", "-b", "side");
    const side = await repo.commit({ "b.yaml": `${TENANT("b")}# more\n` }, BOB);
    await repo.git("checkout", "-q", "main");
    await repo.commit({ "notes.md": "x" });
    await repo.git("-c", "user.name=M", "-c", "user.email=m@x", "merge", "-q", "--no-ff", "--no-edit", "side");
    const head = await repo.push();
    follow();
    const { revision, upserts } = await next();
    expect(revision).toBe(head);
    expect(upserts.map((u) => [u.origin.revision, u.origin.author])).toEqual([
      [first, AUTHOR],
      [side, BOB],
    ]);
    const later = await repo.push({ "a.yaml": `${TENANT("a")}# more\n` }, BOB);
    expect((await next()).upserts.map((u) => u.origin.revision)).toEqual([later, side]);
  });
  it("is one folder of it, where one is named", async () => {
    await repo.push({
      "eu/a.yaml": TENANT("a"),
      "us/b.yaml": "kind: [",
      "eu/.ci/c.yaml": "kind: [",
      "eu2/d.yaml": "[",
    });
    follow("#main:/eu/");
    const update = await next();
    expect(update.sourceId).toBe(`git:file://${repo.origin}#main:eu`);
    expect([names(update), update.errors]).toEqual([["a"], []]);
  });
  it("is looked at when somebody asks, before it is time", async () => {
    await repo.push({ "a.yaml": TENANT("a") });
    follow("#main", { pollMs: 600_000 });
    await next();
    const waiting = next();
    await repo.push({ "a.yaml": TENANT("z") });
    setTimeout(() => source.poll(), 50);
    expect(names(await waiting)).toEqual(["z"]);
  });
  it("ends with its signal, while it waits", async () => {
    await repo.push({ "a.yaml": TENANT("a") });
    follow("#main", { pollMs: 600_000 });
    await next();
    const waiting = updates?.next();
    stop.abort();
    expect((await waiting)?.done).toBe(true);
  });
});

describe("a revision that is wrong changes nothing at all", () => {
  it.each<[why: string, files: Record<string, string>, word: RegExp]>([
    ["bad YAML", { "x.yaml": "a: 1\nkind: [" }, /^x\.yaml:2 /],
    ["an invalid object", { "x.yaml": TENANT("x").replace("realms", "realm") }, /^x\.yaml:4 unknown field/],
    ["two of one name", { "x.yaml": TENANT("a") }, /^x\.yaml:\d .*declared twice/],
    ["an empty file, as a broken tool leaves it", { "x.yaml": "" }, /^x\.yaml:1 is empty/],
    [
      "a file that Git LFS keeps",
      { "x.yaml": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n" },
      /^x\.yaml:1 is kept by Git LFS/,
    ],
  ])("%s", async (_, files, word) => {
    await repo.push({ "a.yaml": TENANT("a") });
    follow();
    await next();
    const bad = await repo.push({
      ...files,
      "good.yaml": files["a.yaml"] === undefined && "a.yaml" in files ? undefined! : TENANT("good"),
    });
    const update = await next();
    changesNothing(update);
    expect(words(update)).toMatch(word);
    expect([update.revision, update.errors[0]?.remedy]).toEqual([bad, expect.stringMatching(/./)]);
    const mended = await repo.push({ "x.yaml": TENANT("mended") });
    expect(await next()).toMatchObject({ revision: mended, complete: true, errors: [] });
  });
  it("a symbolic link, wherever it points", async () => {
    await repo.commit({ "a.yaml": TENANT("a") });
    await repo.link("passwords.yaml", "/etc/passwd");
    await repo.push();
    follow();
    const update = await next();
    changesNothing(update);
    expect(words(update)).toBe("passwords.yaml:1 is a symbolic link, and links are not followed");
  });
  it("a submodule", async () => {
    const head = await repo.commit({ "a.yaml": TENANT("a") });
    await repo.git("update-index", "--add", "--cacheinfo", `160000,${head},vendor`);
    await repo.git("-c", "user.name=A", "-c", "user.email=a@x", "commit", "-q", "-m", "sub");
    await repo.git("push", "-q", "origin", "main");
    follow();
    const update = await next();
    changesNothing(update);
    expect(words(update)).toBe("vendor:1 is a submodule, and submodules are not fetched");
  });
});

describe("a remote that is not as before withdraws nothing, and heals", () => {
  const moved = async (work: () => Promise<void>, word: RegExp, back: () => Promise<void>): Promise<void> => {
    const head = await repo.push({ "a.yaml": TENANT("a") });
    follow();
    await next();
    await work();
    const update = await next();
    changesNothing(update);
    expect(words(update)).toMatch(word);
    expect(update.revision).toBe(head);
    await back();
    expect(await next()).toMatchObject({ revision: head, complete: true, errors: [] });
  };
  it("unreachable", () =>
    moved(
      () => rename(repo.origin, `${repo.origin}.away`),
      /no such repository|cannot be reached/,
      () => rename(`${repo.origin}.away`, repo.origin),
    ));
  it("without the branch", () =>
    moved(
      async () => void (await repo.git("push", "-q", "origin", ":refs/heads/main")),
      /the branch does not exist/,
      async () => void (await repo.git("push", "-q", "origin", "main")),
    ));
  it("emptied by a commit that removes everything", async () => {
    await repo.push({ "a.yaml": TENANT("a") });
    follow();
    await next();
    await repo.push({ "a.yaml": undefined });
    const update = await next();
    changesNothing(update);
    expect(words(update)).toContain("holds no object");
  });
  it("without the folder", async () => {
    await repo.push({ "eu/a.yaml": TENANT("a") });
    follow("#main:eu");
    await next();
    await repo.git("mv", "eu", "europe");
    await repo.push();
    const update = await next();
    changesNothing(update);
    expect(words(update)).toBe("eu:1 holds no object of lastmile.dev");
  });
});

describe("history that was rewritten", () => {
  it("is taken where it grew from a common past: the budget guards what it costs", async () => {
    await repo.push({ "a.yaml": TENANT("a") });
    await repo.push({ "b.yaml": TENANT("b") });
    follow();
    await next();
    await repo.git("reset", "-q", "--hard", "HEAD~1");
    const rewritten = await repo.push({ "c.yaml": TENANT("c") });
    const update = await next();
    expect([update.revision, update.complete, names(update)]).toEqual([rewritten, true, ["a", "c"]]);
  });
  it("is taken where the branch goes back", async () => {
    const first = await repo.push({ "a.yaml": TENANT("a") });
    await repo.push({ "a.yaml": TENANT("z") });
    follow();
    await next();
    await repo.git("push", "-q", "--force", "origin", `${first}:main`);
    const update = await next();
    expect([update.revision, names(update)]).toEqual([first, ["a"]]);
  });

  const orphan = async (): Promise<string> => {
    await repo.git("checkout", "-q", "--orphan", "anew");
    await repo.git("rm", "-rfq", "--cached", ".");
    const made = await repo.commit({ "a.yaml": TENANT("z") });
    await repo.git("push", "-q", "--force", "origin", "anew:main");
    return made;
  };
  it("is refused where nothing of the past is in it, until a person names the commit", async () => {
    await repo.push({ "a.yaml": TENANT("a") });
    follow();
    await next();
    const made = await orphan();
    const refused = await next();
    changesNothing(refused);
    expect(words(refused)).toContain(`commit ${made} has no history in common`);
    expect(refused.errors[0]?.remedy).toContain(`--accept-rewrite ${made}`);
    changesNothing(await again());
    changesNothing(await again("#main", { acceptRewrite: "0000000" }));
    expect(names(await again("#main", { acceptRewrite: made.slice(0, 12) }))).toEqual(["z"]);
    expect(names(await again())).toEqual(["z"]);
  });
  it("is refused also by a machine that has never seen the repository: the store knows the past", async () => {
    const past = await repo.push({ "a.yaml": TENANT("a") });
    const known = async (): Promise<readonly string[]> => ["no commit", past];
    follow("#main", { known });
    expect(names(await next())).toEqual(["a"]);
    await orphan();
    await ended();
    await rm(clone(), { recursive: true });
    const refused = await again("#main", { known });
    changesNothing(refused);
    expect(words(refused)).toContain("has no history in common");
  });
  it("is taken by a new machine where the past is in it", async () => {
    const past = await repo.push({ "a.yaml": TENANT("a") });
    await repo.push({ "a.yaml": TENANT("b") });
    follow("#main", { known: async () => ["0".repeat(40), past] });
    expect(names(await next())).toEqual(["b"]);
  });
});

describe("our own clone", () => {
  const damages: readonly [string, (dir: string) => Promise<void>][] = [
    ["gone", (dir) => rm(dir, { recursive: true })],
    ["a file instead", (dir) => rm(dir, { recursive: true }).then(() => writeFile(dir, "x"))],
    ["without HEAD", (dir) => rm(join(dir, "HEAD"))],
    ["with a broken configuration", (dir) => writeFile(join(dir, "config"), "[core")],
    ["with a lock that a killed fetch left", (dir) => writeFile(join(dir, "refs/lastmile/head.lock"), "")],
    [
      "without its objects",
      (dir) => rm(join(dir, "objects"), { recursive: true }).then(() => void mkdir(join(dir, "objects"))),
    ],
    ["with objects cut to nothing", (dir) => cut(dir, 0)],
    ["with objects cut in the middle", (dir) => cut(dir, 20)],
  ];
  const cut = async (dir: string, length: number): Promise<void> => {
    for (const name of await readdir(join(dir, "objects"), { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const path = join(name.parentPath, name.name);
      await chmod(path, 0o600);
      await truncate(path, length);
    }
  };
  it.each(damages)("%s: it is made anew", async (_, damage) => {
    await repo.push({ "a.yaml": TENANT("a") });
    follow();
    await next();
    await damage(clone());
    const head = await repo.push({ "b.yaml": TENANT("b") });
    expect(await next()).toMatchObject({ revision: head, complete: true, errors: [] });
    await damage(clone());
    expect(names(await again())).toEqual(["a", "b"]);
  });
  it("runs nothing that a repository, a clone or the user's configuration asks for", async () => {
    const ran = join(repo.origin, "..", "ran");
    await repo.push({ "a.yaml": TENANT("a"), ".gitattributes": "*.yaml filter=bad diff=bad" });
    const home = join(repo.origin, "..", "home");
    await mkdir(home);
    const bad = `[core]\n\tfsmonitor = "touch ${ran}"\n\thooksPath = ${home}\n[filter "bad"]\n\tsmudge = touch ${ran}\n[diff "bad"]\n\ttextconv = touch ${ran}\n[credential]\n\thelper = "!touch ${ran}"\n[alias]\n\tfetch = "!touch ${ran}"\n[url "ext::touch ${ran}"]\n\tinsteadOf = file://\n`;
    await writeFile(join(home, ".gitconfig"), bad);
    for (const hook of ["post-checkout", "reference-transaction", "post-merge"])
      await writeFile(join(home, hook), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
    const env = {
      ...process.env,
      HOME: home,
      GIT_SSH_COMMAND: `touch ${ran}`,
      GIT_CONFIG_GLOBAL: join(home, ".gitconfig"),
    };
    follow("#main", { env });
    expect(names(await next())).toEqual(["a"]);
    for (const hook of ["reference-transaction", "post-checkout"])
      await writeFile(join(clone(), "hooks", hook), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
    await repo.push({ "a.yaml": TENANT("b") });
    expect(names(await next())).toEqual(["b"]);
    expect(await readdir(join(repo.origin, ".."))).not.toContain("ran");
  });
});
