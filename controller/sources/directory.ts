/** A folder (or one file) of declarations, watched. Sends snapshots. */
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { watch } from "chokidar";
import { type Assemble, createAssembler, type Snapshot } from "../api/load-snapshot.ts";
import { loadPath, type ParseCache, type Tree } from "../api/load-tree.ts";
import { createValidator } from "../api/validate.ts";
import { keyOfObject } from "../core/catalog.ts";
import type { Source, SourceUpdate } from "./source.ts";

export interface DirectoryOptions {
  /** File or folder. */
  readonly path: string;
  /** Left out: `dir:` and the absolute path. */
  readonly sourceId?: string;
  readonly assemble?: Assemble;
  /** Milliseconds without another change before the folder is read: editors and checkouts write many files. */
  readonly settleMs?: number;
  /** Milliseconds between looks without any notice: network file systems send none. */
  readonly rescanMs?: number;
}
const SETTLE_MS = 100;
const RESCAN_MS = 30_000;
/** While something is wrong people are at work, and a folder that vanished is no longer watched. */
const RESCAN_WHILE_WRONG_MS = 1_000;
/** A folder that never comes to rest is read anyway after so many times the settle time. */
const MAX_SETTLES = 20;

export const sourceIdOf = (path: string): string => `dir:${resolve(path)}`;

export function directorySource(options: DirectoryOptions): Source {
  const { path, sourceId = sourceIdOf(path), assemble = createAssembler(createValidator()) } = options;
  return { sourceId, updates: (signal) => updates(options, sourceId, assemble, signal) };
}

async function* updates(
  { path, settleMs = SETTLE_MS, rescanMs = RESCAN_MS }: DirectoryOptions,
  sourceId: string,
  assemble: Assemble,
  signal: AbortSignal,
): AsyncGenerator<SourceUpdate> {
  const changes = new Changes(signal);
  // Watching begins before the first look, so that no edit falls between the two.
  const watcher = watch(path, { ignoreInitial: true, ignorePermissionErrors: true });
  watcher.on("all", () => changes.note()).on("error", () => changes.note());
  await Promise.race([new Promise<void>((ready) => watcher.once("ready", ready)), setTimeout(RESCAN_WHILE_WRONG_MS)]);
  const cache: ParseCache = new Map();
  let last = "";
  try {
    while (!signal.aborted) {
      changes.taken();
      const tree = await loadPath(path, cache);
      const seen = fingerprint(tree);
      if (seen !== last && !signal.aborted) yield toUpdate(sourceId, assemble(tree));
      last = seen;
      await changes.next(tree.complete ? rescanMs : Math.min(rescanMs, RESCAN_WHILE_WRONG_MS));
      await changes.settled(settleMs);
    }
  } finally {
    await watcher.close();
  }
}

const fingerprint = (tree: Tree): string => JSON.stringify([tree.revision, tree.problems]);

export const toUpdate = (sourceId: string, snapshot: Snapshot): SourceUpdate => ({
  sourceId,
  revision: snapshot.revision,
  complete: snapshot.complete,
  upserts: snapshot.declared.map(({ object, source }) => ({
    key: keyOfObject(object),
    object,
    origin: { file: source.file, line: source.line },
  })),
  deletes: [],
  errors: snapshot.problems,
});

/** Notices of change, collected while somebody is busy. */
class Changes {
  readonly #signal: AbortSignal;
  #noted = false;
  #wake: () => void = () => {};

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#wake(), { once: true });
  }
  note(): void {
    this.#noted = true;
    this.#wake();
  }
  taken(): void {
    this.#noted = false;
  }
  /** Until something is noted, time is up or the signal comes. */
  async next(ms: number): Promise<void> {
    if (this.#noted || this.#signal.aborted) return;
    const timer = new AbortController();
    const woken = new Promise<void>((wake) => {
      this.#wake = wake;
    });
    await Promise.race([woken, setTimeout(ms, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  }
  /** Until nothing has been noted for so long. */
  async settled(ms: number): Promise<void> {
    for (let i = 0; i < MAX_SETTLES && this.#noted && !this.#signal.aborted; i++) {
      this.taken();
      await this.#pause(ms);
    }
  }
  async #pause(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.#signal }).catch(() => undefined);
  }
}
