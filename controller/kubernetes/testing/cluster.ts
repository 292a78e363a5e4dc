/** An API server in memory, as far as a follower can tell: versions, pages, watches that lag, finalizers, refusals. */
import { API_VERSION } from "../../api/types.generated.ts";
import {
  type Collection,
  type KubeApi,
  KubeError,
  type KubeObject,
  type Page,
  type Target,
  type WatchEvent,
} from "../api.ts";

export interface Declared {
  readonly kind: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name: string;
}
interface Logged {
  readonly version: number;
  readonly plural: string;
  readonly event: Exclude<WatchEvent, { type: "BOOKMARK" }>;
}
type End = "ended" | KubeError;
class Watcher {
  readonly plural: string;
  readonly marks: string[] = [];
  seen: number;
  end: End | undefined;
  #resume: () => void = () => {};

  constructor(plural: string, seen: number) {
    this.plural = plural;
    this.seen = seen;
  }
  wake(): void {
    this.#resume();
  }
  cut(end: End): void {
    this.end = end;
    this.wake();
  }
  asleep(): Promise<void> {
    return new Promise((resume) => {
      this.#resume = resume;
    });
  }
}
type Meta = Readonly<Record<string, unknown>>;

export class MemoryCluster {
  readonly asked: string[] = [];
  /** Before every call; what it throws is the server's answer. */
  before: (call: string) => void | Promise<void> = () => {};
  pageSize = 2;
  /** What refusals ask to wait. */
  retryAfterMs: number | undefined;
  /** Watches tell nothing while it is so. */
  lagging = false;
  #version = 10;
  #uids = 0;
  #compacted = 0;
  #log: Logged[] = [];
  readonly #objects = new Map<string, KubeObject>();
  readonly #moments = new Map<string, readonly KubeObject[]>();
  readonly #watchers = new Set<Watcher>();

  readonly api: KubeApi = {
    page: (of, next, signal) => this.#asked(`list ${of.plural}${next ?? ""}`, signal, () => this.#page(of, next)),
    watch: (of, from, signal) => this.#watch(of, from, signal),
    get: (target, signal) => this.#asked(`get ${idOf(target)}`, signal, () => this.#objects.get(idOf(target))),
    applyStatus: (target, body, signal) =>
      this.#asked(`status ${idOf(target)}`, signal, () => {
        const { status } = body as { readonly status?: unknown };
        return this.#write(target, { ...this.#must(target), status });
      }),
    patch: (target, body, _, signal) =>
      this.#asked(`patch ${idOf(target)}`, signal, () => this.#patch(target, body as { readonly metadata?: Meta })),
    create: () => Promise.reject(new KubeError("Invalid", "create", "not here")),
    remove: (target, _, signal) => this.#asked(`delete ${idOf(target)}`, signal, () => this.#remove(target)),
  };

  /** Creates it, or writes another spec. */
  put({ kind, plural, namespace, name }: Declared, spec: object = {}, more: Meta = {}): KubeObject {
    const target = { ...at(plural), ...(namespace !== undefined && { namespace }), name };
    const known = this.#objects.get(idOf(target));
    const generation = JSON.stringify(known?.["spec"]) === JSON.stringify(spec) ? 0 : 1;
    const metadata = {
      ...(known?.metadata ?? { name, ...(namespace !== undefined && { namespace }), uid: `u${++this.#uids}` }),
      ...more,
      generation: (known?.metadata.generation ?? 0) + generation,
    } as KubeObject["metadata"];
    return this.#write(target, { ...known, apiVersion: API_VERSION, kind, metadata, spec });
  }
  /** Asks it to go; it stays while it has finalizers. */
  remove({ plural, namespace, name }: Declared): void {
    this.#remove({ ...at(plural), ...(namespace !== undefined && { namespace }), name });
  }
  /** As it is now. */
  find({ plural, namespace, name }: Declared): KubeObject | undefined {
    return this.#objects.get([plural, namespace, name].filter(Boolean).join("/"));
  }
  /** Takes away what keeps it. */
  free(of: Declared): void {
    const { plural, namespace, name } = of;
    const known = this.find(of);
    const target = { ...at(plural), ...(namespace !== undefined && { namespace }), name };
    if (known) this.#write(target, { ...known, metadata: { ...known.metadata, finalizers: [] } });
  }
  objects(plural: string): readonly KubeObject[] {
    return [...this.#objects].filter(([id]) => id.startsWith(`${plural}/`)).map(([, object]) => object);
  }
  version(): string {
    return String(this.#version);
  }
  /** Tells every watch how far it is. */
  bookmark(): void {
    for (const w of this.#watchers) {
      w.marks.push(this.version());
      w.wake();
    }
  }
  /** Ends every watch of these, in order or with an error. */
  cut(end: End = "ended", plural?: string): void {
    for (const w of this.#watchers) if (plural === undefined || w.plural === plural) w.cut(end);
  }
  /** Forgets how it came to be what it is. */
  compact(): void {
    this.#compacted = this.#version;
    this.#log = [];
  }
  catchUp(): void {
    this.lagging = false;
    for (const w of this.#watchers) w.wake();
  }
  watches(): number {
    return this.#watchers.size;
  }

  async #asked<T>(call: string, signal: AbortSignal, answer: () => T): Promise<T> {
    this.asked.push(call);
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(new KubeError("Unreachable", call, "no answer (ERR_CANCELED)"));
    aborted.promise.catch(() => undefined);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    try {
      await Promise.race([aborted.promise, this.before(call)]);
      return answer();
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
  /** All pages of one list show one moment. */
  #page(of: Collection, next: string | undefined): Page {
    const [, moment = this.version(), from = "0"] = next?.split("@") ?? [];
    if (next !== undefined && Number(moment) < this.#compacted)
      throw new KubeError("Gone", `list ${of.plural}`, "the continue token is too old", this.retryAfterMs);
    const all = next === undefined ? this.objects(of.plural) : (this.#moments.get(`${of.plural} ${moment}`) ?? []);
    this.#moments.set(`${of.plural} ${moment}`, all);
    const end = Number(from) + this.pageSize;
    return {
      items: all.slice(Number(from), end),
      resourceVersion: moment,
      next: end < all.length ? `@${moment}@${end}` : undefined,
    };
  }
  async *#watch({ plural }: Collection, from: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    await this.#asked(`watch ${plural} from ${from}`, signal, () => undefined);
    const watcher = new Watcher(plural, Number(from));
    this.#watchers.add(watcher);
    const wake = (): void => watcher.wake();
    signal.addEventListener("abort", wake, { once: true });
    try {
      while (!signal.aborted && watcher.end !== "ended") {
        const event = this.#next(watcher);
        if (event) yield event;
        else await watcher.asleep();
      }
    } finally {
      signal.removeEventListener("abort", wake);
      this.#watchers.delete(watcher);
    }
  }
  /** What this watch tells next, if anything. */
  #next(w: Watcher): WatchEvent | undefined {
    if (w.end instanceof KubeError) throw w.end;
    if (w.seen < this.#compacted)
      throw new KubeError("Gone", `watch ${w.plural}`, "too old resource version", this.retryAfterMs);
    const [event] = this.#after(w.plural, w.seen);
    const mark = event ? undefined : w.marks.shift();
    w.seen = Number(event?.object.metadata.resourceVersion ?? mark ?? w.seen);
    return event ?? (mark === undefined ? undefined : { type: "BOOKMARK", resourceVersion: mark });
  }
  #after(plural: string, seen: number) {
    return this.lagging ? [] : this.#log.filter((l) => l.plural === plural && l.version > seen).map((l) => l.event);
  }
  #must(target: Target): KubeObject {
    const known = this.#objects.get(idOf(target));
    if (!known) throw new KubeError("NotFound", `change ${idOf(target)}`, "there is none");
    return known;
  }
  #patch(target: Target, { metadata = {} }: { readonly metadata?: Meta }): KubeObject {
    const known = this.#must(target);
    const { uid = known.metadata.uid, resourceVersion = known.metadata.resourceVersion } = metadata;
    if (uid !== known.metadata.uid || resourceVersion !== known.metadata.resourceVersion)
      throw new KubeError("Conflict", `change ${idOf(target)}`, "the object has been modified");
    return this.#write(target, { ...known, metadata: { ...known.metadata, ...metadata } });
  }
  #remove(target: Target): void {
    const known = this.#objects.get(idOf(target));
    if (!known || known.metadata.deletionTimestamp !== undefined) return;
    this.#write(target, { ...known, metadata: { ...known.metadata, deletionTimestamp: "2026-11-22T00:00:00Z" } });
  }
  /** What is asked to go and held by nobody is gone. */
  #write(target: Target, object: KubeObject): KubeObject {
    const id = idOf(target);
    const version = ++this.#version;
    const written = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    const { deletionTimestamp, finalizers = [] } = written.metadata;
    const gone = deletionTimestamp !== undefined && finalizers.length === 0;
    const type = gone ? "DELETED" : this.#objects.has(id) ? "MODIFIED" : "ADDED";
    if (gone) this.#objects.delete(id);
    else this.#objects.set(id, written);
    this.#log.push({ version, plural: target.plural, event: { type, object: written } });
    for (const w of this.#watchers) w.wake();
    return written;
  }
}
const at = (plural: string): Collection => {
  const [group = "", version = ""] = API_VERSION.split("/");
  return { group, version, plural };
};
const idOf = ({ plural, namespace, name }: Target): string => [plural, namespace, name].filter(Boolean).join("/");
