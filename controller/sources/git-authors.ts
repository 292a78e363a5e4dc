/** Whose word each file is: the last commit that touched it. */
import type { Git } from "./git-command.ts";

export interface Touch {
  readonly revision: string;
  /** `Name <address>`, as the commit says. */
  readonly author: string;
}
export type Touches = ReadonlyMap<string, Touch>;

/** By file, from the root of the repository. `since`: commits before it are known already. */
export async function lastTouches(git: Git, head: string, folder: string, since?: string): Promise<Touches> {
  // A merge names only what it decided itself; what it brings is told by the commits that it brings.
  const text = await git.text(
    ...["log", "-c", "--name-only", "-z", "--topo-order", "--no-show-signature", "--format=%x00%x00%H%x00%an <%ae>"],
    ...(since ? [`${since}..${head}`] : [head]),
    ...(folder ? ["--", folder] : []),
  );
  return touchesOf(text);
}

export const authorOf = async (git: Git, commit: string): Promise<string> =>
  (await git.text("log", "-1", "--no-show-signature", "--format=%an <%ae>", commit)).trim();

/** Empty parts, commit, author, then its files, the first behind a line feed. */
function touchesOf(text: string): Touches {
  const touches = new Map<string, Touch>();
  let touch: Touch | undefined;
  const parts = text.split("\0");
  for (let n = 0; n < parts.length; n++) {
    const part = parts[n] ?? "";
    if (part === "") touch = undefined;
    else if (!touch) touch = { revision: part, author: parts[++n] ?? "" };
    else {
      const file = part.replace(/^\n/, "");
      if (!touches.has(file)) touches.set(file, touch); // newest first
    }
  }
  return touches;
}
