/** What the API server's objects are brought to, and by what means. */
import type { SubscriberStatus } from "../api/types.generated.ts";
import type { ObjectKey } from "../core/catalog-key.ts";
import type { KubeApi } from "./api.ts";
import type { Kept } from "./kept.ts";
import type { World } from "./world.ts";

/** Of an object, what the store says. */
export interface Stored {
  readonly key: ObjectKey;
  readonly status: object;
}
/** What the desk asks the controller and its store. */
export interface Ports {
  /** A place in time, for `changedSince`. */
  mark(): Promise<string>;
  /** In pages, whose status was written since the mark; some may come twice. "0": everything. */
  changedSince(mark: string): AsyncIterable<readonly Stored[]>;
  statusOf(key: ObjectKey): Promise<object | undefined>;
  /** Who uses this profile; undefined: nobody does. */
  userOf(profile: ObjectKey): Promise<ProfileUser | undefined>;
  /** Those of these that still stand for something: declared, or not yet out of service everywhere. */
  standing(keys: readonly ObjectKey[]): Promise<ReadonlySet<ObjectKey>>;
  /** Whether Lastmile makes and takes away for this object; where it only looks, nothing is held. */
  enforces(object: Kept): boolean;
  /** By the clock that no pause of this process stops: whether nobody else can have begun to write. */
  mayWrite(): boolean;
}
export interface ProfileUser {
  readonly name: string;
  readonly status: SubscriberStatus | undefined;
}
export interface DeskOptions {
  readonly api: KubeApi;
  readonly world: World;
  readonly ports: Ports;
  /** Names this process in events. */
  readonly instance: string;
  readonly now: () => number;
  readonly trouble: (error: unknown) => void;
}
