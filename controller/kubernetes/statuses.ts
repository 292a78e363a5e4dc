/** The status of each object, written by server-side apply, and only where it differs from what is there. */
import { API_VERSION, type Condition } from "../api/types.generated.ts";
import type { ObjectKey } from "../core/catalog-key.ts";
import type { Conditioned } from "../core/status/conditions.ts";
import { acceptedStatus, type Refusal, refusedStatus } from "../core/status/refused.ts";
import { type KubeApi, KubeError } from "./api.ts";
import type { DeskOptions } from "./desk.ts";
import { sendEvent } from "./events.ts";
import { digestOf, type Kept, kept } from "./kept.ts";
import { targetOf } from "./kinds.ts";

/** Of an object, what the store says. */
export interface Stored {
  readonly key: ObjectKey;
  readonly status: object;
}
/** What was asked for last of an object, and what the server made of it. */
interface Written {
  readonly asked: string;
  readonly found: string;
}
/** What it is to be, and by what that is recognised: times of transitions follow from what was there. */
interface Wanted {
  readonly digest: string;
  readonly make: (previous: () => Promise<Conditioned>) => Promise<Conditioned>;
}
/** Kinds that nothing in the store speaks of. */
const DECLARED_ONLY: ReadonlySet<string> = new Set(["NetworkProfile", "SiteSurvey"]);
const NONE = digestOf({});

export class Statuses {
  readonly #o: DeskOptions;
  readonly #written = new Map<ObjectKey, Written>();
  #refused: ReadonlyMap<ObjectKey, readonly Refusal[]> = new Map();

  constructor(o: DeskOptions) {
    this.#o = o;
  }
  /** Another process may have written since. */
  forget(): void {
    this.#written.clear();
  }

  /** Those whose object shows something else. */
  *differing(rows: readonly Stored[]): Generator<ObjectKey> {
    for (const { key, status } of rows) {
      const object = this.#o.world.get(key);
      if (!object) continue;
      if (this.#refused.has(key) || !this.#isWritten(object, digestOf(status))) yield key;
    }
  }
  /** Whether a word of the server about it may ask for a status: somebody wrote it, or nobody did yet. */
  concerns(key: ObjectKey): boolean {
    const object = this.#o.world.get(key);
    if (!object) {
      this.#written.delete(key);
      return false;
    }
    if (DECLARED_ONLY.has(object.kind)) return true;
    const written = this.#written.get(key);
    return written ? written.found !== object.statusDigest : object.statusDigest !== NONE;
  }
  /** Answers those for which that is news. */
  refuse(refused: ReadonlyMap<ObjectKey, readonly Refusal[]>): readonly ObjectKey[] {
    const before = this.#refused;
    this.#refused = refused;
    return [...new Set([...before.keys(), ...refused.keys()])];
  }

  async write(key: ObjectKey, signal: AbortSignal): Promise<void> {
    const { api, world, ports } = this.#o;
    const object = world.get(key);
    const wanted = object && (await this.#wanted(object));
    if (!object || !wanted || this.#isWritten(object, wanted.digest)) return;
    const target = targetOf(object.kind, object.namespace, object.name);
    const previous = async (): Promise<Conditioned> =>
      ((await api.get(target, signal))?.["status"] ?? {}) as Conditioned;
    const status = await wanted.make(previous);
    if (!ports.mayWrite()) return;
    if (digestOf(status) === object.statusDigest) {
      this.#written.set(key, { asked: wanted.digest, found: object.statusDigest });
      return;
    }
    const now = await this.#apply(api, object, status, signal);
    if (!now) return;
    world.put(now);
    this.#written.set(key, { asked: wanted.digest, found: now.statusDigest });
    await this.#tell(object, status, signal);
  }

  async #wanted({ key, kind, generation, ready }: Kept): Promise<Wanted | undefined> {
    const refusals = this.#refused.get(key);
    const { now } = this.#o;
    if (refusals) {
      const standing = ((await this.#o.ports.statusOf(key)) ?? {}) as Conditioned;
      const make: Wanted["make"] = async (previous) =>
        refusedStatus(refusals, { generation, now: now(), previous: await previous() }, standing);
      return { digest: digestOf([refusals, generation, standing]), make };
    }
    if (DECLARED_ONLY.has(kind)) {
      if (ready?.reason === "Accepted" && ready.observedGeneration === generation) return undefined;
      const make: Wanted["make"] = async (previous) =>
        acceptedStatus({ generation, now: now(), previous: await previous() });
      return { digest: digestOf(["accepted", generation]), make };
    }
    const status = await this.#o.ports.statusOf(key);
    return status && { digest: digestOf(status), make: async () => status as Conditioned };
  }

  #isWritten({ key, statusDigest }: Kept, digest: string): boolean {
    if (statusDigest === digest) return true;
    const written = this.#written.get(key);
    return written?.asked === digest && written.found === statusDigest;
  }

  /** undefined: it is not there any more, or it is another one by now. */
  async #apply(api: KubeApi, object: Kept, status: object, signal: AbortSignal): Promise<Kept | undefined> {
    const { kind, name, namespace, uid } = object;
    const body = { apiVersion: API_VERSION, kind, metadata: { name, ...(namespace && { namespace }), uid }, status };
    try {
      return kept(kind, await api.applyStatus(targetOf(kind, namespace, name), body, signal));
    } catch (e) {
      if (e instanceof KubeError && (e.code === "NotFound" || e.code === "Conflict")) return undefined;
      throw e;
    }
  }

  /** Once for each transition: what was there before is known from the server, also after a restart. */
  async #tell(object: Kept, { conditions = [] }: Conditioned, signal: AbortSignal): Promise<void> {
    const ready = conditions.find((c: Condition) => c.type === "Ready");
    if (!ready || (object.ready?.status === ready.status && object.ready.reason === ready.reason)) return;
    const { api, instance, now, trouble } = this.#o;
    await sendEvent(api, { object, ready }, { instance, now }, signal).catch((e: unknown) => {
      if (!signal.aborted) trouble(e);
    });
  }
}
