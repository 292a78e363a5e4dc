/** One file as it stood at one moment. */
import { open, stat } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { MAX_FILE } from "./load.ts";

export type FileContent =
  | { readonly is: "content"; readonly bytes: Uint8Array }
  | { readonly is: "gone" }
  | { readonly is: "refused"; readonly message: string; readonly remedy: string };

const ATTEMPTS = 5;
const PAUSE_MS = 20;

/** Not to be taken as it is: looked at again a little later. */
type Passing = "empty" | "moving";
const REFUSALS = {
  // Writers that do not rename truncate first: for a moment a full file looks like a wish for nothing.
  empty: { is: "refused", message: "is empty", remedy: "write its declarations, or remove the file" },
  moving: { is: "refused", message: "changes faster than it can be read", remedy: "wait until its writer is done" },
} as const satisfies Record<Passing, FileContent>;

/** A file that is written or replaced while it is read is read again. */
export async function readStable(path: string): Promise<FileContent> {
  let passing: Passing = "moving";
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await setTimeout(PAUSE_MS);
    const content = await readOnce(path).catch(failure);
    if (typeof content === "object") return content;
    passing = content;
  }
  return REFUSALS[passing];
}

function failure(error: unknown): FileContent {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  if (code === "ENOENT") return { is: "gone" };
  return { is: "refused", message: `cannot be read (${code})`, remedy: "make it readable for Lastmile" };
}

async function readOnce(path: string): Promise<FileContent | Passing> {
  const before = await stat(path, { bigint: true });
  if (!before.isFile()) return { is: "refused", message: "is no regular file", remedy: "remove it from the folder" };
  // Not read at all: the limit is there to keep it out of memory.
  if (before.size > MAX_FILE)
    return {
      is: "refused",
      message: `has ${before.size} bytes, at most ${MAX_FILE} are read`,
      remedy: "split it into several files",
    };
  const file = await open(path);
  try {
    const bytes = await file.readFile();
    const after = await stat(path, { bigint: true });
    const opened = await file.stat({ bigint: true });
    const stable = [after, opened].every(
      (s) => s.ino === before.ino && s.size === before.size && s.mtimeNs === before.mtimeNs,
    );
    if (!stable || BigInt(bytes.byteLength) !== before.size) return "moving";
    return bytes.byteLength === 0 ? "empty" : { is: "content", bytes };
  } finally {
    await file.close();
  }
}
