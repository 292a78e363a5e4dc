/** The API server as a source: one snapshot when everything has been listed, then what changes. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Accepted, type Assemble, createAssembler, type Snapshot } from "../api/load-snapshot.ts";
import type { KindName, LastmileObject } from "../api/types.generated.ts";
import { createValidator } from "../api/validate.ts";
import { keyOfObject, kindOfKey, type ObjectKey } from "../core/catalog-key.ts";
import { type KubeApi, KubeError } from "../kubernetes/api.ts";
import { hold, needsHold } from "../kubernetes/finalizer.ts";
import { readAgain } from "../kubernetes/fresh.ts";
import { type Kept, type Mirror, trimmed } from "../kubernetes/kept.ts";
import { collectionOf, KINDS } from "../kubernetes/kinds.ts";
import { openReflector, type Reflection, type Reflector } from "../kubernetes/reflector.ts";
import { sideBySide } from "../kubernetes/side-by-side.ts";
import type { World } from "../kubernetes/world.ts";
import type { Source, SourceObject, SourceUpdate } from "./source.ts";

export interface KubernetesOptions {
  readonly api: KubeApi;
  /** Names the cluster, whatever its address. */
  readonly sourceId: string;
  readonly world: World;
  readonly trouble: (error: KubeError) => void;
  /** Whether an object is to be held by our finalizer: where Lastmile only looks, none is. */
  readonly holds: (object: Kept) => boolean;
  /** As it was taken in last: who holds what only one may have keeps it. */
  readonly accepted?: Accepted;
  /** Hears of every object that was told of, before it is taken as declared. */
  readonly told?: (keys: readonly ObjectKey[]) => void;
  readonly assemble?: Assemble;
  /** Milliseconds in which changes are collected. */
  readonly settleMs?: number;
}
export interface KubernetesSource extends Source {
  /** Milliseconds since the quietest of the watches heard anything; undefined: one has heard nothing yet. */
  age(): number | undefined;
}
const SETTLE_MS = 20;
/** Requests, as many as the connection has room for: what waits longer than that would run out of its time. */
const AT_ONCE = 16;
const TRIES = 5;
/** New objects that are held before they are told of: of a crowd the first are served while the last still wait. */
const PORTION = 500;

export function kubernetesSource(o: KubernetesOptions): KubernetesSource {
  const following = new Map<KindName, Reflector<Kept | Mirror>>();
  return {
    sourceId: o.sourceId,
    exclusive: true,
    async *updates(signal) {
      yield* new Following(o, following, signal).updates();
      following.clear(); // who does not read any more has nothing that ages
    },
    age() {
      const ages = [...following.values()].map((r) => r.age());
      return ages.length === 0 || ages.includes(undefined) ? undefined : Math.max(...ages.map((age) => age ?? 0));
    },
  };
}

class Following {
  readonly #o: KubernetesOptions;
  readonly #reflectors: Map<KindName, Reflector<Kept | Mirror>>;
  readonly #signal: AbortSignal;
  readonly #validator = createValidator();
  readonly #assemble: Assemble;
  readonly #inbox: { readonly kind: KindName; readonly reflection: Reflection<Kept | Mirror> }[] = [];
  #wake: () => void = () => {};
  /** Whether the last update left out what came with it. */
  #hasMore = false;
  #comparedMs = 0;
  /** What was sent of each object that stands. */
  readonly #sent = new Map<ObjectKey, string>();
  /** What was declared when everything was judged last; undefined: it was not yet. */
  #judged: Map<ObjectKey, string | undefined> | undefined;
  /** What was sent last of each object that is asked to go. */
  readonly #lasts = new Map<ObjectKey, string>();

  constructor(o: KubernetesOptions, reflectors: Map<KindName, Reflector<Kept | Mirror>>, signal: AbortSignal) {
    this.#o = o;
    this.#reflectors = reflectors;
    this.#signal = signal;
    this.#assemble = o.assemble ?? createAssembler(this.#validator, o.accepted);
  }

  async *updates(): AsyncGenerator<SourceUpdate> {
    const { world } = this.#o;
    world.forget();
    const running = KINDS.map((kind) => this.#reflect(kind));
    this.#signal.addEventListener("abort", () => this.#wake(), { once: true });
    let complete = true;
    while (!this.#signal.aborted) {
      await this.#next();
      this.#comparedMs = 0;
      if ((!this.#take() && !this.#hasMore) || !world.knows(KINDS)) continue;
      const update = await this.#update(complete);
      if (update && !this.#signal.aborted) yield update;
      complete = false;
      // Comparing costs time with the number of objects, so many edits in a row are compared together.
      await this.#pause(Math.max(this.#o.settleMs ?? SETTLE_MS, this.#comparedMs));
    }
    await Promise.all(running);
  }

  async #reflect(kind: KindName): Promise<void> {
    const { api, trouble } = this.#o;
    const of = collectionOf(kind);
    const signal = this.#signal;
    const reflector = openReflector({ api, of, trim: (object) => trimmed(kind, object), signal, trouble });
    this.#reflectors.set(kind, reflector);
    for await (const reflection of reflector.run()) {
      this.#inbox.push({ kind, reflection });
      this.#wake();
    }
  }
  async #next(): Promise<void> {
    while (this.#inbox.length === 0 && !this.#hasMore && !this.#signal.aborted)
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
  }
  /** Answers whether any of it declares something else than what was judged last: most of what comes are our own statuses. */
  #take(): boolean {
    const { world, told = () => {} } = this.#o;
    const keys = this.#inbox.splice(0).flatMap(({ kind, reflection }) => {
      const heard = world.take(kind, reflection);
      told(heard);
      return heard;
    });
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
    const { beingHeld } = this.#o.world;
    const unheld = draft.upserts.flatMap(({ key }) => (this.#unheld(key) ? [key] : []));
    beingHeld.clear();
    for (const key of unheld) beingHeld.add(key);
    // Subscribers last: what they name comes before them.
    const sorted = unheld.toSorted((a, b) => Number(isSubscriber(a)) - Number(isSubscriber(b)));
    const later = new Set(complete ? [] : sorted.slice(PORTION));
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
    const early = new Set(draft.upserts.map((u) => u.key).filter((key) => !tried.has(key) && this.#unheld(key)));
    for (const key of early) this.#judged?.delete(key);
    return { ...draft, upserts: draft.upserts.filter(({ key }) => !early.has(key)) };
  }
  #unheld(key: ObjectKey): Kept | undefined {
    const object = this.#o.world.get(key);
    return object && needsHold(object) && this.#o.holds(object) ? object : undefined;
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
    const unheld = upserts.flatMap(({ key }) => this.#unheld(key) ?? []);
    await sideBySide(unheld, AT_ONCE, (object) => this.#hold(object));
    await readAgain({ api, world, trouble, signal, pause: (ms) => this.#pause(ms) }, deletes);
    return concerned.some((key, n) => this.#contentOf(key) !== before[n]);
  }
  /** Who else writes the object at that moment makes it fail, so it is tried on what they left. */
  async #hold(object: Kept): Promise<void> {
    const { api, world, trouble } = this.#o;
    try {
      for (let now: Kept | undefined = object, tries = 0; now && needsHold(now) && tries < TRIES; tries++) {
        now = await hold(api, now, this.#signal);
        world.read(object.key, now);
      }
    } catch (e) {
      if (!(e instanceof KubeError)) throw e;
      if (!this.#signal.aborted) trouble(e); // it is served all the same, and held as soon as that can be done
    } finally {
      world.beingHeld.delete(object.key);
    }
  }
}

const isSubscriber = (key: ObjectKey): boolean => kindOfKey(key) === "Subscriber";

/** What is declared now against what was sent. */
interface Draft {
  readonly snapshot: Snapshot;
  readonly upserts: readonly SourceObject[];
  readonly deletes: readonly ObjectKey[];
  readonly lasts: readonly SourceObject[];
}
