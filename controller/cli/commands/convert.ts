/** `lastmile convert`: older inputs in declarations become today's fields, and exactly the same counts as before. */
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Declared, findingProblem } from "../../api/cross.ts";
import type { LoadProblem } from "../../api/load-problem.ts";
import type { Subscriber } from "../../api/types.generated.ts";
import { Catalog, keyOf, keyOfObject, namespaceOf } from "../../core/catalog.ts";
import { type Conversion, conversionsOf } from "../../core/resolve/convert.ts";
import { convertText, type ObjectEdit } from "../convert/file.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type OutputOption, print } from "../output.ts";
import { tellProblems } from "../planning.ts";
import { count, problemList } from "../render/problems.ts";
import { readPath } from "./validate.ts";

export interface ConvertOptions extends OutputOption {
  readonly write?: boolean;
  /** `ID=NAME`, of NetBox prefixes. */
  readonly pool?: ReadonlyMap<number, string>;
}
interface Change {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly words: string;
}
interface Work {
  readonly edits: Map<string, ObjectEdit[]>;
  readonly changes: Change[];
  readonly left: LoadProblem[];
}

export async function convert(
  cx: Cx,
  path: string,
  { write, pool = new Map(), output }: ConvertOptions,
): Promise<Exit> {
  const { problems, declared } = await readPath(path, cx.signal);
  if (problems.length > 0) {
    tellProblems(cx.io, problems);
    return EXIT.invalid;
  }
  const work = workOf(declared, pool);
  const texts = await rewritten(work);
  if (write) for (const [file, text] of texts) await replace(file, text);
  const changes = work.changes.filter((c) => texts.has(c.file));
  const data = { changes, left: work.left, written: write === true };
  await print(cx.io, output, data, () => text(changes, write === true));
  if (work.left.length > 0)
    cx.io.err(`${problemList(work.left, cx.io.paintErr)}\n${count(work.left.length, "older input")} left as it is`);
  if (changes.length > 0 && !write) return EXIT.changes;
  return work.left.length > 0 ? EXIT.held : EXIT.ok;
}

function text(changes: readonly Change[], write: boolean): string {
  if (changes.length === 0) return "Nothing to convert.";
  const lines = changes.map((c) => `${c.file}:${c.line} ${c.name}: ${c.words}`);
  const files = count(new Set(changes.map((c) => c.file)).size, "file");
  return [...lines, write ? `${files} written` : `${files} to write: --write does it`].join("\n");
}

function workOf(declared: readonly Declared[], pools: ReadonlyMap<number, string>): Work {
  const work: Work = { edits: new Map(), changes: [], left: [] };
  const catalog = new Catalog(declared.map((d) => d.object));
  const byKey = new Map(declared.map((d) => [keyOfObject(d.object), d]));
  for (const of of declared) {
    const { object } = of;
    if (object.kind !== "Subscriber") continue;
    const profile = byKey.get(keyOf("NetworkProfile", namespaceOf(object), object.spec.networkProfileRef?.name ?? ""));
    for (const c of conversionsOf(catalog, object, pools)) take(c, of, object, profile, work);
  }
  return work;
}

const inSpec = (field: string): readonly string[] => ["spec", ...field.split(".")];
function take(c: Conversion, of: Declared, object: Subscriber, profile: Declared | undefined, work: Work): void {
  const field = `spec.${c.older[0] ?? (c.is === "moved" ? c.setting.path.join(".") : "")}`;
  if (c.is === "left") {
    work.left.push(findingProblem({ of, path: field, message: c.problem, remedy: c.remedy }));
    return;
  }
  const { file } = of.source;
  const name = `Subscriber ${object.metadata.namespace}/${object.metadata.name}`;
  const { line } = of.source.locate(field);
  const remove = c.older.map(inSpec);
  const words = c.is === "idle" ? `${c.older.join(", ")} removed: ${c.because}` : movedWords(c);
  work.changes.push({ file, line, name, words });
  const [first] = remove;
  const set = c.is === "idle" ? [] : [{ path: ["spec", ...c.setting.path], value: c.setting.value }];
  if (c.is === "moved" && c.into === "NetworkProfile" && profile) {
    note(work, profile, { remove: [], set });
    note(work, of, { remove, set: [] });
  } else note(work, of, { remove, set: set.map((s) => ({ ...s, ...(first && { insteadOf: first }) })) });
}
/** Names of people are not repeated. */
function movedWords({ older, into, setting }: Extract<Conversion, { is: "moved" }>): string {
  const to = `${into === "NetworkProfile" ? "NetworkProfile " : ""}${setting.path.join(".")}`;
  const value = older.some((f) => f.startsWith("customer.")) ? "" : `: ${setting.value}`;
  return older.length === 0 ? `${to}${value}` : `${older.join(", ")} → ${to}${value}`;
}

function note(
  { edits }: Work,
  { object, source }: Declared,
  { remove, set }: Pick<ObjectEdit, "remove" | "set">,
): void {
  const { kind, metadata } = object;
  const namespace = namespaceOf(object);
  const of = edits.get(source.file) ?? [];
  const n = of.findIndex((e) => e.kind === kind && e.namespace === namespace && e.name === metadata.name);
  const known = of[n] ?? { kind, namespace, name: metadata.name, remove: [], set: [] };
  const more = { ...known, remove: [...known.remove, ...remove], set: [...known.set, ...set] };
  edits.set(source.file, n < 0 ? [...of, more] : of.with(n, more));
}

/** All files that hang together, or none: half of a move would change what counts. */
async function rewritten(work: Work): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const [file, edits] of work.edits) {
    const made = convertText(file, await readFile(file, "utf8"), edits);
    if (made.ok) texts.set(file, made.text);
    else {
      const remedy = "write it by hand as the other lines say, or write the file more plainly and try again";
      const at = { file, line: 1, column: 1, kind: "", name: "", path: "" };
      work.left.push({ ...at, message: `cannot be changed in place: ${made.message}`, remedy });
    }
  }
  return texts.size === work.edits.size ? texts : new Map();
}

/** Whoever follows the folder sees the old file or the new one. */
async function replace(file: string, text: string): Promise<void> {
  const { mode } = await stat(file);
  const next = join(dirname(file), `.${basename(file)}.converted`);
  await writeFile(next, text, { mode });
  await rename(next, file);
}
