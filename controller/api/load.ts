/** Text of a file → documents with places. Every problem at once; nothing is thrown. */
import { isMap, isNode, isSeq, LineCounter, type Node, parseAllDocuments, type Document as YamlDocument } from "yaml";
import { isArray, isObject, type JsonObject, numberFromSource } from "./json.ts";
import { locateIn } from "./load-locate.ts";
import type { LoadProblem, Position } from "./load-problem.ts";
import { findTraps } from "./load-traps.ts";
import { API_VERSION, type KindName } from "./types.generated.ts";

/** One object as it was written: not defaulted, not validated. */
export interface Document {
  readonly file: string;
  readonly kind: KindName;
  /** Numbers beyond ±2^53 are BigInt, as the validator wants them. */
  readonly object: JsonObject;
  /** Where it begins. */
  readonly line: number;
  /** Place of a field path; the nearest field above where the field is missing. */
  readonly locate: (path: string) => Position;
}
export interface Loaded {
  readonly documents: readonly Document[];
  readonly problems: readonly LoadProblem[];
  /** What was left aside on purpose: objects of other API groups. */
  readonly notes: readonly string[];
}

/** Bytes. A larger tenant belongs into several files: a person edits them. */
export const MAX_FILE = 16 * 1024 * 1024;
const MAX_ALIASES = 100;
/** Of one document: what follows an unclosed bracket is mostly noise. */
const MAX_ERRORS = 50;
const GROUP = "lastmile.dev";
const KINDS: readonly KindName[] = [
  "Tenant",
  "ExternalSystem",
  "ServicePlan",
  "NetworkProfile",
  "Subscriber",
  "SiteSurvey",
];

/** @param content bytes of a YAML or JSON file (JSON is YAML), at most `MAX_FILE`. */
export function load(file: string, content: Uint8Array): Loaded {
  const at = (position: Position, message: string, remedy: string): LoadProblem => ({
    file,
    ...position,
    kind: "",
    name: "",
    path: "",
    message,
    remedy,
  });
  const failed = (message: string, remedy: string): Loaded => ({
    documents: [],
    problems: [at({ line: 1, column: 1 }, message, remedy)],
    notes: [],
  });
  if (content.byteLength > MAX_FILE)
    return failed(
      `the file has ${content.byteLength} bytes, at most ${MAX_FILE} are read`,
      "split it into several files",
    );
  const text = decode(content);
  if (text === undefined) return failed("the file is not UTF-8", "save it as UTF-8 without NUL characters");
  try {
    return new Reading(file, text).result();
  } catch (error) {
    // The parser is recursive: a file that is nested thousands of levels deep ends here.
    if (error instanceof RangeError)
      return failed("the file is nested too deeply", "no kind needs more than 20 levels");
    throw error;
  }
}

function decode(content: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

class Reading {
  readonly #file: string;
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #documents: Document[] = [];
  readonly #problems: LoadProblem[] = [];
  readonly #notes: string[] = [];

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  result(): Loaded {
    for (const [index, document] of parse(this.#text, this.#lines).entries()) this.#document(document, index);
    return { documents: this.#documents, problems: this.#problems, notes: this.#notes };
  }

  #document(document: YamlDocument, index: number): void {
    const before = this.#problems.length;
    const errors = [...document.errors, ...document.warnings];
    // The parser is recursive and reports the end of its stack as a problem of the text, with thousands behind it.
    if (errors.some((e) => e.message.startsWith("Maximum call stack"))) throw new RangeError("nested too deeply");
    for (const e of errors.slice(0, MAX_ERRORS)) this.#problem(e.pos[0], e.message, remedyOf(e.code));
    if (document.directives?.yaml.explicit && document.directives.yaml.version !== "1.2")
      this.#problem(0, `YAML ${document.directives.yaml.version} is asked for`, "remove the %YAML line; 1.2 is read");
    for (const t of findTraps(document).slice(0, MAX_ERRORS - errors.length))
      this.#problem(t.offset, t.message, t.remedy);
    if (this.#problems.length > before) return;
    const value = this.#value(document);
    if (value === undefined || value === null) return;
    this.#object(value, document.contents, index, []);
  }

  #value(document: YamlDocument): unknown {
    try {
      return document.toJS({ maxAliasCount: MAX_ALIASES, reviver: (_, v) => plainNumber(v) });
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      this.#problem(document.contents?.range?.[0] ?? 0, "aliases multiply beyond bounds", "write the values out");
      return undefined;
    }
  }

  #object(value: unknown, node: Node | null, index: number, path: readonly string[]): void {
    const offset = node?.range?.[0] ?? 0;
    const verdict = classify(value);
    if (verdict.is === "ours") this.#documents.push(this.#accept(verdict, offset, this.#locator(index, path)));
    else if (verdict.is === "list") this.#list(verdict.items, node, index, path);
    else if (verdict.is === "foreign") this.#notes.push(`${this.#file}: ${verdict.note}`);
    else this.#problem(offset, verdict.message, verdict.remedy);
  }

  #accept({ kind, object }: Extract<Verdict, { is: "ours" }>, offset: number, locate: Document["locate"]): Document {
    return { file: this.#file, kind, object, line: this.#lines.linePos(offset).line, locate };
  }

  #list(items: readonly unknown[], node: Node | null, index: number, path: readonly string[]): void {
    const list = isMap(node) ? node.get("items", true) : null;
    for (const [i, item] of items.entries()) {
      const child: unknown = isSeq(list) ? list.items[i] : null;
      this.#object(item, isNode(child) ? child : node, index, [...path, `items[${i}]`]);
    }
  }

  /** Places are needed for problems only, so the tree is not kept: the text is parsed again when somebody asks. */
  #locator(index: number, path: readonly string[]): (field: string) => Position {
    const text = this.#text;
    return (field) => {
      const { documents, lines } = parsedAgain(text);
      const document = documents[index];
      if (!document) return { line: 1, column: 1 };
      return locateIn(document, document.contents, [...path, field === "<nil>" ? "" : field].join("."), lines);
    };
  }

  #problem(offset: number, message: string, remedy: string): void {
    const { line, col } = this.#lines.linePos(offset);
    const position = { line: Math.max(line, 1), column: Math.max(col, 1) };
    this.#problems.push({ file: this.#file, ...position, kind: "", name: "", path: "", message, remedy });
  }
}

interface Parsed {
  readonly documents: readonly YamlDocument[];
  readonly lines: LineCounter;
}
/** Problems come many to a file, and name places in others: the trees last asked for are kept, for this turn only. */
const trees = new Map<string, Parsed>();
const MAX_TREES = 8;
/** Characters of all trees that are kept; a tree takes about a hundred times its text. */
const MAX_KEPT = 4 * 1024 * 1024;

function parsedAgain(text: string): Parsed {
  const kept = trees.get(text);
  if (kept) return kept;
  if (trees.size === 0) setImmediate(() => trees.clear()).unref();
  makeRoom(text.length);
  const lines = new LineCounter();
  const parsed = { lines, documents: parse(text, lines) };
  trees.set(text, parsed);
  return parsed;
}
function makeRoom(size: number): void {
  let total = size;
  for (const text of trees.keys()) total += text.length;
  for (const text of trees.keys()) {
    if (trees.size < MAX_TREES && total <= MAX_KEPT) return;
    trees.delete(text);
    total -= text.length;
  }
}

type Verdict =
  | { readonly is: "ours"; readonly kind: KindName; readonly object: JsonObject }
  | { readonly is: "list"; readonly items: readonly unknown[] }
  | { readonly is: "foreign"; readonly note: string }
  | { readonly is: "wrong"; readonly message: string; readonly remedy: string };

function classify(value: unknown): Verdict {
  const wrong = (message: string, remedy: string): Verdict => ({ is: "wrong", message, remedy });
  if (!isObject(value)) return wrong("is no object", "begin with apiVersion, kind, metadata and spec");
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== "string" || typeof kind !== "string")
    return wrong("has no apiVersion or kind", `write apiVersion: ${API_VERSION} and a kind`);
  if (kind === "List" && apiVersion === "v1") {
    const items = value["items"];
    return isArray(items) ? { is: "list", items } : wrong("the List has no items", "write items: []");
  }
  if (apiVersion.split("/")[0] !== GROUP)
    return { is: "foreign", note: `${apiVersion} ${kind} is not one of ours and is left aside` };
  if (apiVersion !== API_VERSION) return wrong(`${apiVersion} is not known`, `write apiVersion: ${API_VERSION}`);
  const known = KINDS.find((k) => k === kind);
  return known
    ? { is: "ours", kind: known, object: value }
    : wrong(`kind ${kind} is not known`, `one of ${KINDS.join(", ")}`);
}

const parse = (text: string, lineCounter: LineCounter): readonly YamlDocument[] => {
  const parsed = parseAllDocuments(text, {
    lineCounter,
    version: "1.2",
    merge: true,
    intAsBigInt: true,
    prettyErrors: false,
    uniqueKeys: false, // the parser compares each key with all before it; findTraps looks them up
  });
  return Array.isArray(parsed) ? parsed : [];
};

/** kubectl sends YAML's 100.0 as 100, so only integers that a double cannot hold stay apart. */
function plainNumber(v: unknown): unknown {
  return typeof v === "bigint" ? numberFromSource(String(v)) : v;
}

const REMEDIES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "indent with spaces",
  BAD_INDENT: "align it with its neighbours",
  MISSING_CHAR: "close the quote or bracket, or quote the text",
  TAG_RESOLVE_FAILED: "remove the tag",
  BAD_ALIAS: "declare the anchor before it is used",
};
const remedyOf = (code: string): string => REMEDIES[code] ?? "correct the YAML";
