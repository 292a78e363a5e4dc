/** A branch of a git repository, followed. Sends snapshots; a revision that has errors changes nothing at all. */
import { setTimeout } from "node:timers/promises";
import { type Assemble, createAssembler } from "../api/load-snapshot.ts";
import { fileProblem, type ParseCache } from "../api/load-tree.ts";
import { createValidator } from "../api/validate.ts";
import { toUpdate } from "./directory.ts";
import type { AccessOptions } from "./git-access.ts";
import { type GitAddress, gitSourceId } from "./git-address.ts";
import { authorOf, lastTouches, type Touches } from "./git-authors.ts";
import { type Clone, openClone } from "./git-clone.ts";
import { there, toFault } from "./git-faults.ts";
import { readCommit } from "./git-tree.ts";
import type { Source, SourceUpdate } from "./source.ts";

export interface GitOptions extends AccessOptions {
  readonly address: GitAddress;
  /** For our clone; ours alone. */
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  /** Commits that were taken in from this source before, wherever that is remembered. */
  readonly known: () => Promise<readonly string[]>;
  /** A person has looked at this commit: it is taken though it shares no history with the last one. */
  readonly acceptRewrite?: string;
  readonly pollMs?: number;
  readonly assemble?: Assemble;
}
export interface GitSource extends Source {
  /** Looks now, and not only when it is time. */
  poll(): void;
}
const POLL_MS = 30_000;

export function gitSource(options: GitOptions): GitSource {
  let asked = new AbortController();
  const sourceId = gitSourceId(options.address);
  async function* updates(signal: AbortSignal): AsyncGenerator<SourceUpdate> {
    const look = looker(options, sourceId, signal);
    while (!signal.aborted) {
      asked = new AbortController(); // before the look: who asks during it is answered by the next
      const seen = await look();
      if (seen && !signal.aborted) {
        yield seen.update;
        await seen.taken();
      }
      const wake = AbortSignal.any([signal, asked.signal]);
      await setTimeout(options.pollMs ?? POLL_MS, undefined, { signal: wake }).catch(() => undefined);
    }
  }
  return { sourceId, updates, poll: () => asked.abort() };
}

interface Look {
  readonly update: SourceUpdate;
  /** Whoever was given the update has it now. */
  readonly taken: () => Promise<void>;
}

/** Answers what is news, and nothing while all is as it was. */
function looker(o: GitOptions, sourceId: string, signal: AbortSignal): () => Promise<Look | undefined> {
  const clone = openClone({ ...o, signal });
  const read = reader(o, clone);
  let last = "";
  let commit = "";
  const once = async (): Promise<Look | undefined> => {
    const found = await clone.fetch();
    if (found === commit && last === found) return undefined;
    commit = found;
    await related(o, clone, found);
    const update = await read(found);
    last = found;
    const taken = async (): Promise<void> => {
      if (update.complete) await clone.take(found).catch(() => undefined); // then the store is asked
    };
    return { update, taken };
  };
  return async () => {
    try {
      return await healing(clone, signal, once);
    } catch (e) {
      const { message, remedy } = toFault(e);
      if (last === message || signal.aborted) return undefined;
      last = message;
      const errors = [fileProblem(sourceId, message, remedy)];
      const update = { sourceId, revision: commit, complete: false, upserts: [], deletes: [], errors };
      return { update, taken: async () => {} };
    }
  };
}

/** A clone that was cut short or damaged is made anew, once in a look. */
async function healing<T>(clone: Clone, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (e) {
    if (signal.aborted || toFault(e).where === "there") throw e;
    await clone.forget();
    return work();
  }
}

/** A branch that begins anew declares everything anew: an accident until a person says otherwise. */
async function related({ known, acceptRewrite }: GitOptions, clone: Clone, commit: string): Promise<void> {
  if (acceptRewrite !== undefined && commit.startsWith(acceptRewrite)) return;
  const taken = await clone.taken();
  const before = taken ? [taken] : await known();
  if (before.length === 0 || (await clone.common(commit, before)) !== undefined) return;
  throw there(
    `commit ${commit} has no history in common with what was taken in before`,
    `look at it; if it is meant, start with --accept-rewrite ${commit}`,
  );
}

/** Each object with the commit and the author of its file. */
function reader({ address, assemble = createAssembler(createValidator()) }: GitOptions, clone: Clone) {
  const cache: ParseCache = new Map();
  let known: { readonly at: string; readonly touches: Touches } | undefined;
  const touchesAt = async (commit: string): Promise<Touches> => {
    const since = known && (await clone.common(commit, [known.at])) === known.at ? known : undefined;
    const fresh = await lastTouches(clone.git, commit, address.folder, since?.at);
    const touches = new Map([...(since?.touches ?? []), ...fresh]);
    known = { at: commit, touches };
    return touches;
  };
  return async (commit: string): Promise<SourceUpdate> => {
    const snapshot = assemble(await readCommit(clone.git, commit, address.folder, cache));
    const update = toUpdate(gitSourceId(address), snapshot);
    // Half of a revision is nobody's wish.
    if (!snapshot.complete) return { ...update, upserts: [] };
    const touches = await touchesAt(commit);
    const author = await authorOf(clone.git, commit);
    const upserts = update.upserts.map((u) => ({ ...u, origin: { ...u.origin, ...touches.get(u.origin.file) } }));
    return { ...update, author, upserts };
  };
}
