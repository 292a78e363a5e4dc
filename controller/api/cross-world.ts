/** What the rules between objects see, and how they speak. */
import { type Catalog, isClusterScoped, namespaceOf, type ObjectKey } from "../core/catalog.ts";
import type { Claim } from "../core/model.ts";
import type { Document } from "./load.ts";
import type { LoadProblem } from "./load-problem.ts";
import type { LastmileObject, Subscriber } from "./types.generated.ts";

/** A valid object and where it stands. */
export interface Declared {
  readonly object: LastmileObject;
  readonly source: Document;
}
/** Something wrong between `of` and others. `of` is refused; the others stand. */
export interface Finding {
  readonly of: Declared;
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
  /** As of LoadProblem. */
  readonly toTenant?: string;
}
export interface World {
  readonly declared: readonly Declared[];
  /** Of everything but the subscribers. */
  readonly catalog: Catalog;
  /** The exclusive claims of a subscriber, resolved once. */
  readonly claimsOf: (subscriber: Subscriber) => readonly Claim[];
  /** Keys of objects that are declared and refused already: naming one of them is no mistake of its own. */
  readonly refused: ReadonlySet<ObjectKey>;
  /** As it was accepted before: who had then what only one may have is its holder, and whoever comes is not. */
  readonly accepted: (key: ObjectKey) => LastmileObject | undefined;
}
export type Rule = (world: World) => Iterable<Finding>;

/** As people know it: `namespace/name`. */
export const nameOf = (o: LastmileObject): string =>
  isClusterScoped(o.kind) ? o.metadata.name : `${namespaceOf(o)}/${o.metadata.name}`;

/** `Subscriber isp-acme/john-doe (examples/a.yaml:12)`. */
export const whereIs = ({ object, source }: Declared, path = "metadata.name"): string =>
  `${object.kind} ${nameOf(object)} (${source.file}:${source.locate(path).line})`;

export const isForeign = (a: Declared, b: Declared): boolean =>
  !isClusterScoped(a.object.kind) && namespaceOf(a.object) !== namespaceOf(b.object);

export const findingProblem = ({ of, path, message, remedy, toTenant }: Finding): LoadProblem => ({
  file: of.source.file,
  ...of.source.locate(path),
  kind: of.object.kind,
  name: nameOf(of.object),
  path,
  message,
  remedy,
  ...(toTenant !== undefined && { toTenant }),
});

export const subscribers = (declared: readonly Declared[]): readonly { of: Declared; object: Subscriber }[] =>
  declared.flatMap((of) => (of.object.kind === "Subscriber" ? [{ of, object: of.object }] : []));

export const finding = (of: Declared, path: string, message: string, remedy: string): Finding => ({
  of,
  path,
  message,
  remedy,
});
export const oneOf = (known: ReadonlySet<string>, otherwise: string): string =>
  known.size === 0 ? otherwise : `name one of ${[...known].join(", ")}, or ${otherwise}`;
