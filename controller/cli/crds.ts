/** The kinds as crds/ name them: short names and the columns that `kubectl get` prints. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { KindName } from "../api/types.generated.ts";

export interface KindInfo {
  readonly kind: KindName;
  readonly plural: string;
  /** All names under which a person may ask for it, in lower case. */
  readonly names: readonly string[];
  readonly namespaced: boolean;
  readonly columns: readonly Column[];
}
export interface Column {
  readonly name: string;
  readonly jsonPath: string;
  /** Above 0: with `-o wide` only. */
  readonly priority?: number;
}
interface Crd {
  readonly spec: {
    readonly scope: "Cluster" | "Namespaced";
    readonly names: Record<"plural" | "singular", string> & { readonly kind: KindName } & {
      readonly shortNames?: readonly string[];
    };
    readonly versions: readonly [{ readonly additionalPrinterColumns?: readonly Column[] }];
  };
}
const FOLDER = join(import.meta.dirname, "..", "..", "crds");

export function readCrds(folder: string = FOLDER): readonly KindInfo[] {
  const files = readdirSync(folder).filter((f) => f.endsWith(".yaml"));
  return files.sort().map((file) => {
    const { spec } = parse(headOf(readFileSync(join(folder, file), "utf8"))) as Crd;
    const { kind, plural, singular, shortNames = [] } = spec.names;
    const names = [plural, singular, kind, ...shortNames].map((n) => n.toLowerCase());
    const columns = spec.versions[0].additionalPrinterColumns ?? [];
    // A folder knows no time of creation.
    const known = columns.filter((c) => c.jsonPath !== ".metadata.creationTimestamp");
    return { kind, plural, names: [...new Set(names)], namespaced: spec.scope === "Namespaced", columns: known };
  });
}
/** The schema is nine tenths of the file, and columns stand before it. */
const headOf = (text: string): string => text.split(/^ {6}schema:$/m)[0] ?? text;

/** The part of JSONPath that printer columns use: `.a.b` and `[?(@.key=="value")]`. undefined: not there. */
export function readJsonPath(object: unknown, path: string): unknown {
  let at: unknown = object;
  for (const [, name, key, value] of path.matchAll(/\.(\w+)|\[\?\(@\.(\w+)=="([^"]*)"\)\]/g)) {
    if (name !== undefined) at = field(at, name);
    else at = Array.isArray(at) ? at.find((item) => field(item, key ?? "") === value) : undefined;
  }
  return at;
}
const field = (of: unknown, name: string): unknown =>
  typeof of === "object" && of !== null && Object.hasOwn(of, name) ? (of as Record<string, unknown>)[name] : undefined;
