/** The status of each object, written by server-side apply, and only where it differs from what is there. */
import { isDeepStrictEqual } from "node:util";
import { API_VERSION } from "../api/types.generated.ts";
import type { ObjectKey } from "../core/catalog-key.ts";
import type { Conditioned } from "../core/status/conditions.ts";
import { happeningsOf } from "../core/status/happening.ts";
import { profileStatus } from "../core/status/profile.ts";
import { acceptedStatus, type Refusal, refusedStatus } from "../core/status/refused.ts";
import { type KubeApi, KubeError } from "./api.ts";
import { sendEvent } from "./events.ts";
import { digestOf, type Kept, kept, timelessOf } from "./kept.ts";
import { targetOf } from "./kinds.ts";
import type { DeskOptions, Stored } from "./ports.ts";

/** What was asked for last of an object, and what the server made of it. */
interface Written {
  readonly asked: string;
  readonly found: string;
}
/** As the store has it; or made from what is there, where times of transitions follow from that. */
type Wanted =
  | { readonly type: "stored"; readonly status: Conditioned }
  | { readonly type: "made"; readonly make: (previous: Conditioned | undefined) => Conditioned };
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
  *declaredOnly(): Generator<ObjectKey> {
    for (const { kind, key } of this.#o.world.values()) if (DECLARED_ONLY.has(kind)) yield key;
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
    const all = [...new Set([...before.keys(), ...refused.keys()])];
    return all.filter((key) => !isDeepStrictEqual(before.get(key), refused.get(key)));
  }

  async write(key: ObjectKey, signal: AbortSignal): Promise<void> {
    const { api, world, ports } = this.#o;
    const object = world.get(key);
    const wanted = object && (await this.#wanted(object));
    if (!object || !wanted) return;
    const asked = wanted.type === "stored" ? digestOf(wanted.status) : timelessOf(wanted.make(undefined));
    if (this.#isWritten(object, asked)) return;
    const status = wanted.type === "stored" ? wanted.status : wanted.make(await this.#there(object, signal));
    if (!ports.mayWrite()) return;
    const now = await this.#apply(api, object, status, signal);
    if (!now) return;
    world.put(now);
    this.#written.set(key, { asked, found: now.statusDigest });
    await this.#tell(object, status, signal);
  }
  async #there({ kind, namespace, name }: Kept, signal: AbortSignal): Promise<Conditioned | undefined> {
    const found = await this.#o.api.get(targetOf(kind, namespace, name), signal);
    return found?.["status"] as Conditioned | undefined;
  }

  async #wanted({ key, kind, generation }: Kept): Promise<Wanted | undefined> {
    const { ports, now } = this.#o;
    const refusals = this.#refused.get(key);
    const stamp = (previous: Conditioned | undefined) => ({ generation, now: now(), previous });
    if (refusals) {
      const standing = ((await ports.statusOf(key)) ?? {}) as Conditioned;
      return { type: "made", make: (previous) => refusedStatus(refusals, stamp(previous), standing) };
    }
    if (kind === "NetworkProfile") {
      const user = await ports.userOf(key);
      return { type: "made", make: (previous) => profileStatus(user, stamp(previous)) };
    }
    if (DECLARED_ONLY.has(kind)) return { type: "made", make: (previous) => acceptedStatus(stamp(previous)) };
    const status = await ports.statusOf(key);
    return status && { type: "stored", status: status as Conditioned };
  }

  #isWritten({ key, statusDigest, timelessDigest }: Kept, digest: string): boolean {
    if (statusDigest === digest || timelessDigest === digest) return true;
    const written = this.#written.get(key);
    return written?.asked === digest && written.found === statusDigest;
  }

  /** undefined: it is not there any more. One that has its name by now is told of by its watch, and written anew. */
  async #apply(api: KubeApi, object: Kept, status: object, signal: AbortSignal): Promise<Kept | undefined> {
    const { kind, name, namespace } = object;
    const body = { apiVersion: API_VERSION, kind, metadata: { name, ...(namespace && { namespace }) }, status };
    try {
      return kept(kind, await api.applyStatus(targetOf(kind, namespace, name), body, signal));
    } catch (e) {
      if (e instanceof KubeError && e.code === "NotFound") return undefined;
      throw e;
    }
  }

  /** Once for each transition: what was there before is known from the server, also after a restart. */
  async #tell(object: Kept, status: Conditioned, signal: AbortSignal): Promise<void> {
    const { api, instance, now, trouble } = this.#o;
    for (const happening of happeningsOf(object.landmarks, status))
      await sendEvent(api, object, happening, { instance, now }, signal).catch((e: unknown) => {
        if (!signal.aborted) trouble(e);
      });
  }
}
