/** Hears when another process changed the declared objects. Carries no data: the listener asks `since`. */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { CHANGED } from "./objects.ts";

const RETRY_MS = 1000;

/**
 * Calls back once per connection, because changes may have been missed before it, and then for every change. Comes back by
 * itself after a lost connection. Resolves when `signal` aborts; what `changed` throws rejects.
 */
export async function watchChanges(url: string, changed: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await listen(url, changed, signal);
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Until the connection is lost or the signal aborts. */
async function listen(url: string, changed: () => void, signal: AbortSignal): Promise<void> {
  const client = new pg.Client({ connectionString: url, keepAlive: true, application_name: "lastmile watch" });
  const ended = new Promise<void>((resolve) => {
    client.once("error", () => resolve());
    client.once("end", () => resolve());
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  client.on("error", () => undefined); // a second one, after the first was handled
  client.on("notification", changed);
  const up = await client
    .connect()
    .then(() => client.query(`listen ${CHANGED}`))
    .then(
      () => true,
      () => false,
    );
  if (up) {
    changed();
    await ended;
  }
  await client.end().catch(() => undefined);
}
