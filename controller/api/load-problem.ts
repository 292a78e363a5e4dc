/** Where something stands in a file: both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}
/** One thing that is wrong with what was declared, said so that a person can mend it. */
export interface LoadProblem extends Position {
  readonly file: string;
  /** Kind and name of the object, as far as they could be read. */
  readonly kind: string;
  /** `namespace/name`, or the name of a cluster-scoped object. */
  readonly name: string;
  /** Field path such as `spec.services[1].vlan`; empty: the object as a whole. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
  /** In place of the message where only the people of its tenant read it: of another tenant's they learn nothing. */
  readonly toTenant?: string;
}

/** `file:line:column kind name path: message; remedy`. */
export function problemText(p: LoadProblem): string {
  const who = [p.kind, p.name].filter(Boolean).join(" ");
  const where = [`${p.file}:${p.line}:${p.column}`, who, p.path].filter(Boolean).join(" ");
  return `${where}: ${p.message}${p.remedy === "" ? "" : `; ${p.remedy}`}`;
}

export const compareProblems = (a: LoadProblem, b: LoadProblem): number =>
  compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.message, b.message);
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
