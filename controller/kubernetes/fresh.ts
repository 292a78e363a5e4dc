/** Reads from the server itself, where what a watch has told is not enough: before something is made or taken away. */
import type { KindName } from "../api/types.generated.ts";
import { kindOfKey, type ObjectKey } from "../core/catalog-key.ts";
import { type KubeApi, KubeError } from "./api.ts";
import { type Kept, type Mirror, trimmed } from "./kept.ts";
import { targetOf } from "./kinds.ts";
import { everyObject } from "./reading.ts";
import type { World } from "./world.ts";

/** Up to here objects are read by name, and more of one kind by one consistent list. */
const FEW = 10;
const RETRY_MS = 1_000;

export interface Reading {
  readonly api: KubeApi;
  readonly world: World;
  readonly trouble: (error: KubeError) => void;
  readonly signal: AbortSignal;
  readonly pause: (ms: number) => Promise<void>;
}

/** Until it has worked: what is not sure leads to nothing. */
export async function readAgain(r: Reading, keys: readonly ObjectKey[]): Promise<void> {
  for (const [kind, some] of Map.groupBy(keys, (key) => kindOfKey(key) as KindName))
    await untilDone(r, () => (some.length > FEW ? list(r, kind) : get(r, kind, some)));
}

async function untilDone({ trouble, signal, pause }: Reading, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    try {
      return await work();
    } catch (e) {
      if (!(e instanceof KubeError)) throw e;
      if (!signal.aborted) trouble(e);
      await pause(e.retryAfterMs ?? RETRY_MS);
    }
  }
}

async function get({ api, world, signal }: Reading, kind: KindName, keys: readonly ObjectKey[]): Promise<void> {
  const read = async (key: ObjectKey): Promise<void> => {
    const [, namespace, name = ""] = key.split("/");
    const object = await api.get(targetOf(kind, namespace === "-" ? undefined : namespace, name), signal);
    world.read(key, object && trimmed(kind, object));
  };
  await Promise.all(keys.map(read));
}

async function list({ api, world, signal }: Reading, kind: KindName): Promise<void> {
  const objects: (Kept | Mirror)[] = [];
  for await (const object of everyObject(api, kind, signal)) objects.push(trimmed(kind, object));
  world.take(kind, { type: "all", objects });
}
