/** What a watch of a person shows of a collection. */
import type { Collection, KubeApi, KubeObject } from "../../controller/kubernetes/api.ts";

export interface Follower {
  /** Asked before they are written: until each of these was seen so. */
  all(names: Iterable<string>, is: (object: KubeObject) => boolean): Promise<void>;
  stop(): Promise<void>;
}
interface Waiting {
  readonly names: Set<string>;
  readonly is: (object: KubeObject) => boolean;
  readonly done: () => void;
  /** Ends the waiting when none was seen for so long. */
  readonly patience: NodeJS.Timeout;
}
const PATIENCE_MS = 180_000;

export async function follow(api: KubeApi, of: Collection): Promise<Follower> {
  const stop = new AbortController();
  const waiting = new Set<Waiting>();
  const see = (object: KubeObject): void => {
    for (const w of waiting) {
      if (!w.names.has(object.metadata.name) || !w.is(object)) continue;
      w.names.delete(object.metadata.name);
      w.patience.refresh();
      if (w.names.size > 0) continue;
      waiting.delete(w);
      clearTimeout(w.patience);
      w.done();
    }
  };
  let { resourceVersion: from } = await api.page(of, undefined, stop.signal);
  const running = (async () => {
    while (!stop.signal.aborted)
      for await (const event of api.watch(of, from, stop.signal)) {
        from = event.type === "BOOKMARK" ? event.resourceVersion : event.object.metadata.resourceVersion;
        if (event.type !== "BOOKMARK") see(event.object);
      }
  })();
  return {
    all: (names, is) => {
      const { promise, resolve: done, reject } = Promise.withResolvers<void>();
      const left = new Set(names);
      const tired = (): void => reject(new Error(`${left.size} never came to be so, ${[...left][0]} is the first`));
      waiting.add({ names: left, is, done, patience: setTimeout(tired, PATIENCE_MS) });
      return Promise.race([promise, running]); // ends before that only by what went wrong
    },
    async stop() {
      stop.abort();
      await running;
    },
  };
}
