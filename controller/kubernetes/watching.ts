/** The client library's watch as an iterable that ends or throws: its callbacks swallow what is thrown in them. */
import type { Watch } from "@kubernetes/client-node";
import { faultOfStatus, KubeError, type KubeObject, type WatchEvent } from "./api.ts";
import { nameOf, withoutCredentials } from "./words.ts";

/** Seconds after which the server ends the watch, so that a dead one is never waited for long. */
const SECONDS = 290;
/** Milliseconds without a byte: bookmarks come about every minute. */
const QUIET_MS = 130_000;

export async function* watchEvents(
  watch: Watch,
  path: string,
  doing: string,
  resourceVersion: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  if (signal.aborted) return;
  const inbox = new Inbox();
  Object.assign(watch, { requestTimeoutMs: QUIET_MS }); // 30 s otherwise, and nothing comes in 30 s
  const query = { allowWatchBookmarks: true, resourceVersion, timeoutSeconds: SECONDS };
  const connecting = watch.watch(
    path,
    query,
    (type: string, object: KubeObject & Refusal) => inbox.put(eventOf(doing, type, object)),
    (e: unknown) => inbox.end(e == null ? undefined : broken(doing, e)),
  );
  // Its own words may hold what a credential plugin printed.
  connecting.catch((e: unknown) => inbox.end(new KubeError("Unauthorized", doing, withoutCredentials(e))));
  // Not awaited: a server that takes the connection and says nothing would hold up the end.
  const stop = (): void => inbox.end(undefined);
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (;;) {
      const event = await inbox.next();
      if (event === undefined || signal.aborted) return;
      if (event instanceof KubeError) throw event;
      yield event;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    connecting.then(
      (connection) => connection.abort(),
      () => undefined,
    );
  }
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ in place of an object. */
interface Refusal {
  readonly code?: number;
  readonly message?: string;
}
function eventOf(doing: string, type: string, object: KubeObject & Refusal): WatchEvent | KubeError {
  if (type === "BOOKMARK") return { type, resourceVersion: object.metadata.resourceVersion };
  if (type === "ADDED" || type === "MODIFIED" || type === "DELETED") return { type, object };
  return new KubeError(faultOfStatus(object.code ?? 500), doing, object.message ?? type);
}
function broken(doing: string, e: unknown): KubeError {
  const status = e instanceof Error && "statusCode" in e ? Number(e.statusCode) : undefined;
  if (status !== undefined) return new KubeError(faultOfStatus(status), doing, `HTTP ${status}`);
  return new KubeError("Unreachable", doing, `the connection ended (${nameOf(e)})`);
}

/** Events wait here for whoever reads. */
class Inbox {
  readonly #events: (WatchEvent | KubeError)[] = [];
  #ended = false;
  #wake: () => void = () => {};

  put(event: WatchEvent | KubeError): void {
    this.#events.push(event);
    this.#wake();
  }
  end(error: KubeError | undefined): void {
    if (error) this.#events.push(error);
    this.#ended = true;
    this.#wake();
  }
  /** undefined: nothing will come any more. */
  async next(): Promise<WatchEvent | KubeError | undefined> {
    while (this.#events.length === 0 && !this.#ended)
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    return this.#events.shift();
  }
}
