/** Keys from several sources to one reader, who gets what came since he last asked. */
import type { RefKey } from "../../controller/core/model.ts";

export interface Inbox {
  put(keys: Iterable<RefKey>): void;
  /** Waits for the next; undefined: it has ended. */
  take(): Promise<readonly RefKey[] | undefined>;
  /** `cause`: thrown to the reader. */
  end(cause?: unknown): void;
}

export function inbox(): Inbox {
  let waiting = new Set<RefKey>();
  let over: { readonly cause?: unknown } | undefined;
  let bell = Promise.withResolvers<void>();
  const ring = (): void => bell.resolve();
  return {
    put(keys) {
      for (const key of keys) waiting.add(key);
      if (waiting.size > 0) ring();
    },
    async take() {
      await bell.promise;
      if (over?.cause !== undefined) throw over.cause;
      if (waiting.size === 0) return undefined;
      const taken = [...waiting];
      waiting = new Set();
      if (!over) bell = Promise.withResolvers();
      return taken;
    },
    end(cause) {
      over = { cause };
      ring();
    },
  };
}
