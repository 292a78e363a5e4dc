/** The declarations of one commit, from git's own objects: a work tree could be written while it is read. */
import { type Loaded, load, MAX_FILE } from "../api/load.ts";
import { fileProblem, isDeclaration, judged, type ParseCache, type Tree } from "../api/load-tree.ts";
import type { Git } from "./git-command.ts";

interface Entry {
  readonly mode: string;
  readonly object: string;
  readonly size: number;
  /** From the root of the repository. */
  readonly file: string;
}
const LINK = "120000";
const SUBMODULE = "160000";

/** @param folder a folder or a file, from the root of the repository; empty: all of it. */
export async function readCommit(
  git: Git,
  commit: string,
  folder: string,
  cache: ParseCache = new Map(),
): Promise<Tree> {
  const entries = (await list(git, commit, folder)).filter((e) => !isHidden(e.file, folder));
  const refusals = new Map(entries.flatMap((e) => refusal(e) ?? []).map((p) => [p.file, p]));
  const wanted = entries.filter((e) => isDeclaration(e.file) && !refusals.has(e.file));
  const read = await parse(git, wanted, cache);
  return judged(folder || "the repository", {
    documents: read.flatMap((r) => r.documents),
    problems: [...refusals.values(), ...read.flatMap((r) => r.problems)],
    notes: read.flatMap((r) => r.notes),
    revision: commit,
  });
}

async function list(git: Git, commit: string, folder: string): Promise<readonly Entry[]> {
  const text = await git.text("ls-tree", "-r", "-z", "-l", "--full-tree", commit, ...(folder ? ["--", folder] : []));
  return text.split("\0").flatMap((line) => {
    const [, mode = "", object = "", size = "", file = ""] = /^(\d+) \w+ (\w+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
    return mode ? [{ mode, object, size: Number(size), file }] : [];
  });
}

/** Below the folder that was named, as in a directory. */
const isHidden = (file: string, folder: string): boolean =>
  file
    .slice(folder === "" || file === folder ? 0 : folder.length + 1)
    .split("/")
    .some((part) => part.startsWith("."));

function refusal({ mode, size, file }: Entry) {
  if (mode === LINK)
    return [fileProblem(file, "is a symbolic link, and links are not followed", "commit the file itself")];
  if (mode === SUBMODULE)
    return [fileProblem(file, "is a submodule, and submodules are not fetched", "commit its files here")];
  if (!isDeclaration(file)) return undefined;
  if (size > MAX_FILE)
    return [fileProblem(file, `has ${size} bytes, at most ${MAX_FILE} are read`, "split it into several files")];
  return size === 0 ? [fileProblem(file, "is empty", "write its declarations, or remove the file")] : undefined;
}

/** Bytes that are asked for at once. */
const AT_ONCE = 4 * MAX_FILE;

async function parse(git: Git, entries: readonly Entry[], cache: ParseCache): Promise<readonly Loaded[]> {
  const keyOf = ({ file, object }: Entry): string => `${file} ${object}`;
  const fresh = entries.filter((e) => !cache.has(keyOf(e)));
  for (let at = 0; at < fresh.length; ) {
    const part = some(fresh, at);
    at += part.length;
    const contents = blobs(await git.blobs(part.map((e) => e.object)));
    for (const e of part) cache.set(keyOf(e), loaded(e.file, contents.get(e.object)));
  }
  const used = new Set(entries.map(keyOf));
  for (const key of cache.keys()) if (!used.has(key)) cache.delete(key);
  return entries.flatMap((e) => cache.get(keyOf(e)) ?? []);
}
function some(entries: readonly Entry[], from: number): readonly Entry[] {
  let end = from + 1;
  for (let size = 0; end < entries.length && size < AT_ONCE; end++) size += entries[end]?.size ?? 0;
  return entries.slice(from, end);
}

/** `object type size LF content LF`, one after the other. A content that is not all there ends it. */
function blobs(output: Buffer): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (let at = 0; at < output.length; ) {
    const line = output.indexOf("\n", at);
    const [object = "", type, size] = output.toString("latin1", at, line).split(" ");
    const end = line + 1 + Number(size);
    if (line < 0 || type !== "blob" || !(end < output.length)) break;
    found.set(object, output.subarray(line + 1, end));
    at = end + 1;
  }
  return found;
}

const POINTER = "version https://git-lfs.github.com/spec/";
function loaded(file: string, content: Uint8Array | undefined): Loaded {
  if (content === undefined) throw new Error(`missing blob of ${file}`);
  if (Buffer.from(content.subarray(0, POINTER.length)).toString("latin1") === POINTER)
    return {
      documents: [],
      problems: [fileProblem(file, "is kept by Git LFS, which is not run", "commit the file itself")],
      notes: [],
    };
  return load(file, content);
}
