/** What a collection of the API server holds, kept up to date: a paged list, then a watch, and both again for ever. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Collection, type KubeApi, KubeError, type KubeObject } from "./api.ts";
import { everyPage } from "./reading.ts";

/** What whoever follows learns, in this order: one `all`, then single changes, then perhaps another `all`. */
export type Reflection<T> =
  | { readonly type: "all"; readonly objects: readonly T[] }
  | { readonly type: "put"; readonly object: T }
  | { readonly type: "gone"; readonly object: T };
export interface ReflectorOptions<T> {
  readonly api: KubeApi;
  readonly of: Collection;
  /** Of an object, what is kept; undefined: it is none of ours. */
  readonly trim: (object: KubeObject) => T | undefined;
  readonly signal: AbortSignal;
  /** Tells what went wrong; it is tried again whatever it was. */
  readonly trouble: (error: KubeError) => void;
  readonly backoffMs?: readonly [first: number, most: number];
}
export interface Reflector<T> {
  /** Until the signal. Never throws. */
  run(): AsyncIterable<Reflection<T>>;
  /** Milliseconds since the server last said anything, bookmarks included; undefined: it never did. */
  age(): number | undefined;
}

/** Between two watches: a server that ends each at once is not asked without a pause. */
const BREATH_MS = 50;

export function openReflector<T>(o: ReflectorOptions<T>): Reflector<T> {
  let heard: number | undefined;
  const hear = (): void => {
    heard = performance.now();
  };
  return { run: () => reflect(o, hear), age: () => (heard === undefined ? undefined : performance.now() - heard) };
}

async function* reflect<T>(o: ReflectorOptions<T>, hear: () => void): AsyncGenerator<Reflection<T>> {
  const { signal, backoffMs: [first, most] = [500, 30_000] } = o;
  const place: Place = { version: undefined, told: false };
  let wait = first;
  while (!signal.aborted) {
    try {
      yield* round(o, place, hear);
      await pause(BREATH_MS, signal);
    } catch (e) {
      if (signal.aborted) return;
      if (place.told) wait = first; // also in quiet times, when nothing but bookmarks come
      await pause(failed(o, place, e) ?? jitter(wait), signal);
      wait = Math.min(wait * 2, most);
    }
  }
}
/** Answers the milliseconds that the server asked for. */
function failed<T>({ of, trouble }: ReflectorOptions<T>, place: Place, e: unknown): number | undefined {
  const error = e instanceof KubeError ? e : new KubeError("Unreachable", `follow ${of.plural}`, nameOf(e));
  // What the server has forgotten is listed anew; after anything else the watch goes on where it was.
  if (error.code === "Gone") place.version = undefined;
  trouble(error);
  return error.retryAfterMs;
}

interface Place {
  /** Up to where everything was taken; undefined: a list is needed. */
  version: string | undefined;
  /** Whether the watch that runs, or ran last, told anything. */
  told: boolean;
}
function round<T>(o: ReflectorOptions<T>, place: Place, hear: () => void): AsyncGenerator<Reflection<T>> {
  place.told = false;
  return place.version === undefined ? listed(o, place, hear) : watched(o, place, place.version, hear);
}
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);

/** All pages or nothing: half a list would make the rest look deleted. */
async function* listed<T>(
  { api, of, trim, signal }: ReflectorOptions<T>,
  place: Place,
  hear: () => void,
): AsyncGenerator<Reflection<T>> {
  const objects: T[] = [];
  let version = "";
  for await (const { items, resourceVersion } of everyPage(api, of, signal)) {
    hear();
    for (const object of items) {
      const kept = trim(object);
      if (kept !== undefined) objects.push(kept);
    }
    version = resourceVersion;
  }
  yield { type: "all", objects };
  place.version = version;
}

async function* watched<T>(
  { api, of, trim, signal }: ReflectorOptions<T>,
  place: Place,
  from: string,
  hear: () => void,
): AsyncGenerator<Reflection<T>> {
  for await (const event of api.watch(of, from, signal)) {
    hear();
    place.told = true;
    if (event.type === "BOOKMARK") {
      place.version = event.resourceVersion;
      continue;
    }
    const object = trim(event.object);
    if (object !== undefined) yield { type: event.type === "DELETED" ? "gone" : "put", object };
    place.version = event.object.metadata.resourceVersion; // after it was taken: else it would be lost with the watch
  }
  // What is no watch at all, such as a log-in page, ends like this.
  if (!place.told && !signal.aborted)
    throw new KubeError("Unreachable", `watch ${of.plural}`, "it ended before it told anything");
}

const nameOf = (e: unknown): string => (e instanceof Error ? e.message : "unknown");
/** So that replicas do not come back in step. */
const jitter = (ms: number): number => ms * (0.5 + Math.random());
