/** The API server as a source: one snapshot when everything has been listed, then what changes. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Accepted, type Assemble, createAssembler, type Snapshot } from "../api/load-snapshot.ts";
import { storable } from "../api/storable.ts";
import type { LastmileObject } from "../api/types.generated.ts";
import { createValidator } from "../api/validate.ts";
import { keyOfObject, type ObjectKey } from "../core/catalog-key.ts";
import { readAgain } from "../kubernetes/fresh.ts";
import type { Kept } from "../kubernetes/kept.ts";
import { KINDS } from "../kubernetes/kinds.ts";
import { Holding, type HoldingOptions } from "./kubernetes-holding.ts";
import { Watches, type WatchesOptions } from "./kubernetes-watches.ts";
import type { Source, SourceObject, SourceUpdate } from "./source.ts";

export interface KubernetesOptions extends HoldingOptions, WatchesOptions {
  /** Names the cluster, whatever its address. */
  readonly sourceId: string;
  /** As it was taken in last: who holds what only one may have keeps it. */
  readonly accepted?: Accepted;
  readonly assemble?: Assemble;
  /** Milliseconds in which changes are collected. */
  readonly settleMs?: number;
}
export interface KubernetesSource extends Source {
  /** Milliseconds since the quietest of the watches heard anything; undefined: one has heard nothing yet. */
  age(): number | undefined;
}
const SETTLE_MS = 20;
/** New objects that are held before they are told of: of a crowd the first are served while the last still wait. */
const PORTION = 500;

export function kubernetesSource(o: KubernetesOptions): KubernetesSource {
  let watches: Watches | undefined;
  return {
    sourceId: o.sourceId,
    exclusive: true,
    async *updates(signal) {
      watches = new Watches(o, signal);
      yield* new Following(o, watches, signal).updates();
      watches = undefined; // who does not read any more has nothing that ages
    },
    age: () => watches?.age(),
  };
}

class Following {
  readonly #o: KubernetesOptions;
  readonly #watches: Watches;
  readonly #signal: AbortSignal;
  readonly #validator = storable(createValidator());
  readonly #assemble: Assemble;
  readonly #holding: Holding;
  /** Whether the last update left out what came with it. */
  #hasMore = false;
  #comparedMs = 0;
  /** What was sent of each object that stands. */
  readonly #sent = new Map<ObjectKey, string>();
  /** What was declared when everything was judged last; undefined: it was not yet. */
  #judged: Map<ObjectKey, string | undefined> | undefined;
  /** What was sent last of each object that is asked to go. */
  readonly #lasts = new Map<ObjectKey, string>();

  constructor(o: KubernetesOptions, watches: Watches, signal: AbortSignal) {
    this.#o = o;
    this.#watches = watches;
    this.#signal = signal;
    this.#holding = new Holding(o, signal);
    this.#assemble = o.assemble ?? createAssembler(this.#validator, o.accepted);
  }

  async *updates(): AsyncGenerator<SourceUpdate> {
    const { world } = this.#o;
    world.forget();
    const running = this.#watches.run();
    let complete = true;
    while (!this.#signal.aborted) {
      if (!this.#hasMore) await this.#watches.next();
      this.#comparedMs = 0;
      if ((!this.#take() && !this.#hasMore) || !world.knows(KINDS)) continue;
      const update = await this.#update(complete);
      if (update && !this.#signal.aborted) yield update;
      complete = false;
      // Comparing costs time with the number of objects, so many edits in a row are compared together.
      await this.#pause(Math.max(this.#o.settleMs ?? SETTLE_MS, this.#comparedMs));
    }
    await running;
  }

  /** Answers whether any of it declares something else than what was judged last: most of what comes are our own statuses. */
  #take(): boolean {
    const keys = this.#watches.take();
    return !this.#judged || keys.some((key) => this.#judged?.get(key) !== this.#wordOf(key));
  }
  #pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#signal }).catch(() => undefined);
  }

  /** undefined: nothing is declared otherwise than before. */
  async #update(complete: boolean): Promise<SourceUpdate | undefined> {
    const first = this.#portion(this.#draft(), complete);
    const { upserts, deletes, lasts, snapshot } = (await this.#makeSure(first)) ? this.#after(first) : first;
    const { sourceId } = this.#o;
    const otherProblems = this.#otherProblems(snapshot);
    if (!complete && upserts.length + deletes.length + lasts.length === 0 && !otherProblems) return undefined;
    for (const { key } of lasts) this.#lasts.set(key, this.#contentOf(key));
    for (const { key } of upserts) this.#sent.set(key, this.#contentOf(key));
    for (const key of deletes) this.#sent.delete(key);
    for (const key of this.#lasts.keys()) if (!this.#o.world.get(key)?.deleting) this.#lasts.delete(key);
    // What was accepted of it before we began to read may stand, so its end is told.
    if (complete) for (const key of snapshot.refused) this.#sent.set(key, "");
    const errors = snapshot.problems;
    const standing = snapshot.refused;
    return { sourceId, revision: this.#revision(), complete, upserts, lasts, deletes, errors, standing };
  }

  #problems = "[]";
  #otherProblems({ problems }: Snapshot): boolean {
    const before = this.#problems;
    this.#problems = JSON.stringify(problems);
    return this.#problems !== before;
  }

  #draft(): Draft {
    const began = performance.now();
    const draft = this.#compared();
    this.#comparedMs += performance.now() - began;
    return draft;
  }
  #compared(): Draft {
    const { world } = this.#o;
    const all = [...world.values()];
    this.#judged = new Map(all.map(({ key }) => [key, this.#wordOf(key)]));
    const here = all.filter((k) => !k.deleting);
    const documents = here.map((k) => k.document);
    const snapshot = this.#assemble({ documents, problems: [], notes: [], complete: true, revision: this.#revision() });
    const live = new Set(here.map((k) => k.key));
    return {
      snapshot,
      upserts: snapshot.declared.flatMap(({ object }) => this.#upsert(object)),
      deletes: [...this.#sent.keys()].filter((key) => !live.has(key)),
      lasts: all.filter((k) => k.deleting).flatMap((k) => this.#last(k)),
    };
  }
  /** What everything is declared by is told as a whole: what it lacks would be gone. */
  #portion(draft: Draft, complete: boolean): Draft {
    const unheld = this.#holding.claim(draft.upserts.map(({ key }) => key));
    const later = new Set(complete ? [] : unheld.slice(PORTION));
    this.#hasMore = later.size > 0;
    return { ...draft, upserts: draft.upserts.filter(({ key }) => !later.has(key)) };
  }
  /** Of what is asked to go: its pause may come with that, or end before it is gone. */
  #last({ key, document }: Kept): readonly SourceObject[] {
    if (this.#lasts.get(key) === this.#contentOf(key)) return [];
    const verdict = this.#validator.validate(document.object);
    return verdict.ok ? this.#told(key, verdict.object) : [];
  }
  /** What a list by the way has shown and nobody holds yet is told when its watch tells of it. */
  #after(first: Draft): Draft {
    const tried = new Set(first.upserts.map((u) => u.key));
    const draft = this.#draft();
    const early = new Set(
      draft.upserts.map((u) => u.key).filter((key) => !tried.has(key) && this.#holding.unheld(key)),
    );
    for (const key of early) this.#judged?.delete(key);
    return { ...draft, upserts: draft.upserts.filter(({ key }) => !early.has(key)) };
  }
  #upsert(object: LastmileObject): readonly SourceObject[] {
    const key = keyOfObject(object);
    return this.#sent.get(key) === this.#contentOf(key) ? [] : this.#told(key, object);
  }
  #told(key: ObjectKey, object: LastmileObject): readonly SourceObject[] {
    const held = this.#o.world.get(key);
    if (!held) return [];
    const { document, generation, resourceVersion: revision, author } = held;
    const { file, line } = document;
    return [{ key, object, generation, origin: { file, line, revision, ...(author && { author }) } }];
  }
  #contentOf(key: ObjectKey): string {
    const { digest, generation, uid } = this.#o.world.get(key) ?? {};
    return `${uid} ${generation} ${digest}`;
  }
  #wordOf(key: ObjectKey): string | undefined {
    const object = this.#o.world.get(key);
    return object && `${this.#contentOf(key)} ${object.deleting}`;
  }
  /** Versions of one server can be compared: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions */
  #revision(): string {
    let latest = 0n;
    for (const { resourceVersion } of this.#o.world.values()) {
      const version = BigInt(resourceVersion);
      if (version > latest) latest = version;
    }
    return `${latest}`;
  }

  /** What is told is held by our finalizer, and what is gone is read once more. Answers whether anything is other than it was. */
  async #makeSure({ upserts, deletes, lasts }: Draft): Promise<boolean> {
    const { api, world, trouble } = this.#o;
    const signal = this.#signal;
    const concerned = [...upserts, ...lasts].map(({ key }) => key).concat(deletes);
    const before = concerned.map((key) => this.#contentOf(key));
    await this.#holding.hold(upserts.map(({ key }) => key));
    await readAgain({ api, world, trouble, signal, pause: (ms) => this.#pause(ms) }, deletes);
    return concerned.some((key, n) => this.#contentOf(key) !== before[n]);
  }
}

/** What is declared now against what was sent. */
interface Draft {
  readonly snapshot: Snapshot;
  readonly upserts: readonly SourceObject[];
  readonly deletes: readonly ObjectKey[];
  readonly lasts: readonly SourceObject[];
}
