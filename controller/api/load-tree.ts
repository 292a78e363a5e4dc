/** A file or a folder of files → all of its documents. */
import { createHash, hash } from "node:crypto";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { type Document, type Loaded, load } from "./load.ts";
import { readStable } from "./load-file.ts";
import { compareProblems, type LoadProblem } from "./load-problem.ts";

export interface Tree extends Loaded {
  /** False: something could not be read or understood, so nothing may be concluded from what is missing. */
  readonly complete: boolean;
  /** Digest of names and contents. */
  readonly revision: string;
}
/** What was parsed, by digest of name and content, so that only changed files are parsed again. */
export type ParseCache = Map<string, Loaded>;

const EXTENSION = /\.(?:ya?ml|json)$/i;
export const isDeclaration = (name: string): boolean => EXTENSION.test(name);
const WALKS = 3;

/** @param path a file, or a folder whose *.yaml, *.yml and *.json are read, sorted by name; names with a dot in front are not. */
export async function loadPath(path: string, cache: ParseCache = new Map()): Promise<Tree> {
  let tree = await walkOnce(path, cache);
  // A file that was there and is gone was renamed over another, as editors save: look at the folder once more.
  for (let walk = 1; walk < WALKS && tree.gone.length > 0; walk++) tree = await walkOnce(path, cache);
  const gone = tree.gone.map((f) => fileProblem(f, "vanished while it was read", "put it back, or try again"));
  return judged(path, { ...tree, problems: [...tree.problems, ...gone] });
}

/** What holds nothing was emptied by mistake, or is the wrong folder: never a wish that everything goes. */
export function judged(path: string, tree: Omit<Tree, "complete">): Tree {
  const problems = [...tree.problems];
  if (problems.length === 0 && tree.documents.length === 0)
    problems.push(fileProblem(path, "holds no object of lastmile.dev", "name the folder of the declarations"));
  return { ...tree, problems: problems.toSorted(compareProblems), complete: problems.length === 0 };
}
export const fileProblem = (file: string, message: string, remedy: string): LoadProblem => ({
  file,
  line: 1,
  column: 1,
  kind: "",
  name: "",
  path: "",
  message,
  remedy,
});

interface Walk {
  readonly documents: Document[];
  readonly problems: LoadProblem[];
  readonly notes: string[];
  readonly gone: string[];
  revision: string;
}

async function walkOnce(path: string, cache: ParseCache): Promise<Walk> {
  const walk: Walk = { documents: [], problems: [], notes: [], gone: [], revision: "" };
  const digest = createHash("sha256");
  const used = new Set<string>();
  for (const file of await filesOf(path, walk)) {
    const content = await readStable(file);
    if (content.is === "gone") walk.gone.push(file);
    else if (content.is === "refused") walk.problems.push(fileProblem(file, content.message, content.remedy));
    else {
      const key = `${file} ${hash("sha256", content.bytes)}`;
      const loaded = cache.get(key) ?? load(file, content.bytes);
      cache.set(key, loaded);
      used.add(key);
      digest.update(`${relative(path, file)} ${key.slice(-64)}\n`);
      for (const document of loaded.documents) walk.documents.push(document);
      walk.problems.push(...loaded.problems);
      walk.notes.push(...loaded.notes);
    }
  }
  for (const key of cache.keys()) if (!used.has(key)) cache.delete(key);
  walk.revision = digest.digest("hex");
  return walk;
}

async function filesOf(path: string, walk: Walk): Promise<readonly string[]> {
  try {
    if ((await stat(path)).isFile()) return [path];
    const files: string[] = [];
    await collect(path, await realpath(path), walk, files);
    return files;
  } catch (error) {
    walk.problems.push(unreadable(path, error));
    return [];
  }
}

async function collect(folder: string, root: string, walk: Walk, files: string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    try {
      if (entry.isDirectory()) await collect(path, root, walk, files);
      else if (isDeclaration(entry.name) && (!entry.isSymbolicLink() || (await staysInside(path, root, walk))))
        files.push(path);
    } catch (error) {
      walk.problems.push(unreadable(path, error));
    }
  }
}

/** A mounted ConfigMap is made of links inside itself; a link out of the tree could show any file of the machine. */
async function staysInside(path: string, root: string, walk: Walk): Promise<boolean> {
  const target = await realpath(path);
  if (target.startsWith(root + sep)) return true;
  walk.problems.push(fileProblem(path, "is a link out of the folder", "copy the file into the folder"));
  return false;
}

function unreadable(path: string, error: unknown): LoadProblem {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  return code === "ENOENT"
    ? fileProblem(path, "does not exist", "correct the path, or put the folder back")
    : fileProblem(path, `cannot be read (${code})`, "make it readable for Lastmile");
}
