/** Where declarations come from. */
import type { LoadProblem } from "../api/load-problem.ts";
import type { LastmileObject } from "../api/types.generated.ts";
import type { ObjectKey } from "../core/catalog.ts";

/** Where an object was declared. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  /** The change that the declaration comes from, where that is known more exactly than the revision of the whole. */
  readonly revision?: string;
  readonly author?: string;
}
export interface SourceObject {
  readonly key: ObjectKey;
  /** Valid and defaulted. */
  readonly object: LastmileObject;
  readonly origin: Origin;
  /** As the source counts it; left out: the store counts. */
  readonly generation?: number;
}
export interface SourceUpdate {
  readonly sourceId: string;
  /** Names the content: a digest, a commit, a resource version. */
  readonly revision: string;
  /** Who made the revision, where the source knows. */
  readonly author?: string;
  /**
   * True: `upserts` is everything that this source declares, so what it declared before and is not among them is gone.
   * False: nothing may be concluded from what is missing; only `deletes` are gone.
   */
  readonly complete: boolean;
  readonly upserts: readonly SourceObject[];
  readonly deletes: readonly ObjectKey[];
  /** Last words of what goes, and of what is gone and still known: a pause may come with the end, or end after it. */
  readonly lasts?: readonly SourceObject[];
  /** What was declared and refused. Whatever was known of these objects before stands. */
  readonly errors: readonly LoadProblem[];
  /** Declared and refused: whatever was known of these stands, also when all else that is missing is gone. */
  readonly standing?: ReadonlySet<ObjectKey>;
}

export interface Source {
  readonly sourceId: string;
  /** Read by one process at a time: two that lag differently would take each other's steps back. */
  readonly exclusive?: true;
  /** The state now, then every change of it, until the signal. Never throws for what is declared: that is in `errors`. */
  updates(signal: AbortSignal): AsyncIterable<SourceUpdate>;
}
