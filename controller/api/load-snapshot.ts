/** Everything that a folder declares, validated one by one and against each other. */
import { keyOf, keyOfObject, type ObjectKey } from "../core/catalog.ts";
import { crossCheck, type Declared, type Finding, findingProblem, whereIs } from "./cross.ts";
import { rememberClaims } from "./cross-claims.ts";
import type { Document } from "./load.ts";
import { compareProblems, type LoadProblem } from "./load-problem.ts";
import type { Tree } from "./load-tree.ts";
import { type Problem, WHOLE } from "./problem.ts";
import { storable } from "./storable.ts";
import type { LastmileObject } from "./types.generated.ts";
import type { Validator, Verdict } from "./validate.ts";

export interface Snapshot {
  /** Valid, defaulted, at peace with each other. */
  readonly declared: readonly Declared[];
  /** Everything that is wrong, the files' own problems included, in the order of the files. */
  readonly problems: readonly LoadProblem[];
  /** Declared and not accepted: what is known of them from before stands. */
  readonly refused: ReadonlySet<ObjectKey>;
  readonly notes: readonly string[];
  readonly complete: boolean;
  readonly revision: string;
}

/** As it was accepted before. */
export type Accepted = (key: ObjectKey) => LastmileObject | undefined;
export type Assemble = (tree: Tree) => Snapshot;

/** Verdicts and claims are kept with the documents, so that after an edit only the edited file is validated again. */
export function createAssembler(validator: Validator, accepted?: Accepted): Assemble {
  const verdicts = new WeakMap<Document, Verdict>();
  const strict = storable(validator);
  const judge = (document: Document): Verdict => {
    const verdict = verdicts.get(document) ?? strict.validate(document.object);
    verdicts.set(document, verdict);
    return verdict;
  };
  const claimsIn = rememberClaims();
  return (tree) => assemble(tree, judge, (valid, refused) => crossCheck(valid, refused, accepted, claimsIn));
}

type Compare = (valid: readonly Declared[], refused: ReadonlySet<ObjectKey>) => readonly Finding[];
function assemble(tree: Tree, judge: (document: Document) => Verdict, compared: Compare): Snapshot {
  const problems: LoadProblem[] = [...tree.problems];
  const refused = new Set<ObjectKey>();
  const valid: Declared[] = [];
  for (const document of tree.documents) {
    const verdict = judge(document);
    if (verdict.ok) valid.push({ object: verdict.object, source: document });
    else problems.push(...refusal(document, verdict.problems, refused));
  }
  const { unique, findings } = oncePerKey(valid);
  const wrong = [...findings, ...compared(unique, refused)];
  const losers = new Set(wrong.map((f) => f.of));
  const declared = unique.filter((d) => !losers.has(d));
  for (const loser of losers) refused.add(keyOfObject(loser.object));
  // By file: places are read from the file's tree, and few trees are kept.
  problems.push(...byFile(wrong).map(findingProblem));
  const sorted = problems.toSorted(compareProblems);
  const { notes, revision } = tree;
  return { declared, refused, problems: sorted, notes, complete: sorted.length === 0, revision };
}

const byFile = (findings: readonly Finding[]): readonly Finding[] =>
  [...Map.groupBy(findings, (f) => f.of.source.file).values()].flat();

function refusal(document: Document, problems: readonly Problem[], refused: Set<ObjectKey>): readonly LoadProblem[] {
  const { kind, name, key } = identity(document);
  if (key !== undefined) refused.add(key);
  return problems.map((p) => ({
    file: document.file,
    ...document.locate(p.path),
    kind,
    name,
    path: p.path === WHOLE ? "" : p.path,
    message: p.message,
    remedy: p.remedy ?? "",
  }));
}

/** An object that is declared twice stands as it is declared first, by file and line. */
function oncePerKey(declared: readonly Declared[]): { unique: readonly Declared[]; findings: readonly Finding[] } {
  const first = new Map<ObjectKey, Declared>();
  const findings: Finding[] = [];
  for (const of of declared) {
    const holder = first.get(keyOfObject(of.object));
    if (!holder) first.set(keyOfObject(of.object), of);
    else
      findings.push({
        of,
        path: "metadata.name",
        message: `is declared twice: the first is ${whereIs(holder)}`,
        remedy: "remove one of the two",
      });
  }
  return { unique: [...first.values()], findings };
}

/** As far as it can be read from something that is not valid. */
function identity({ kind, object }: Document): { kind: string; name: string; key: ObjectKey | undefined } {
  const metadata = object["metadata"];
  const { name, namespace } =
    typeof metadata === "object" && metadata !== null && !Array.isArray(metadata)
      ? (metadata as Record<string, unknown>)
      : {};
  if (typeof name !== "string") return { kind, name: "", key: undefined };
  const cluster = kind === "Tenant" || kind === "ExternalSystem";
  const space = typeof namespace === "string" ? namespace : "default";
  return { kind, name: cluster ? name : `${space}/${name}`, key: keyOf(kind, cluster ? undefined : space, name) };
}
