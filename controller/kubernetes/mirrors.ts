/** The profile of who declares none, shown as an object beside him: made and kept right here, and never read as input. */
import { API_VERSION, type Subscriber, type SubscriberStatus } from "../api/types.generated.ts";
import { keyOf, kindOfKey, type ObjectKey } from "../core/catalog-key.ts";
import { GENERATED as GENERATED_SPEC } from "../core/resolve/profile.ts";
import { profileStatus } from "../core/status/profile.ts";
import { KubeError } from "./api.ts";
import { digestOf, GENERATED, type Kept, type Mirror, timelessOf, trimmed } from "./kept.ts";
import { targetOf } from "./kinds.ts";
import type { DeskOptions } from "./ports.ts";

const SPEC = digestOf(GENERATED_SPEC);

export class Mirrors {
  readonly #o: DeskOptions;
  constructor(o: DeskOptions) {
    this.#o = o;
  }

  /** Whether a word of the server about it, or its silence, may ask for a mirror. */
  concerns(key: ObjectKey): boolean {
    const { world } = this.#o;
    const of = subscriberOf(key);
    return of !== undefined && (world.get(of) !== undefined || world.mirror(key) !== undefined);
  }

  /** Subscribers whose mirror is not there, as far as that can be told from what they declare. */
  *missing(): Generator<ObjectKey> {
    const { world } = this.#o;
    for (const object of world.values()) {
      if (object.kind !== "Subscriber" || namesProfile(object) !== undefined) continue;
      if (!world.mirror(profileAt(object)) && !world.get(profileAt(object))) yield object.key;
    }
  }
  /** The declared profile that shows what a subscriber has; none or one. */
  declaredBeside(object: Kept): readonly ObjectKey[] {
    const name = object.kind === "Subscriber" ? namesProfile(object) : undefined;
    return name === undefined ? [] : [keyOf("NetworkProfile", object.namespace, name)];
  }

  /** For the key of a subscriber, or of what stands where its mirror would. */
  async write(key: ObjectKey, signal: AbortSignal): Promise<void> {
    const { world, ports } = this.#o;
    const of = subscriberOf(key);
    const subscriber = of === undefined ? undefined : world.get(of);
    if (of === undefined || subscriber?.deleting) return; // his mirror goes with him, by the server's own hand
    if (!subscriber) return this.#drop(world.mirror(key), signal); // unless that was told to leave it behind
    const at = profileAt(subscriber);
    if (world.get(at)) return; // a declared one of that name
    const status = (await ports.statusOf(of)) as SubscriberStatus | undefined;
    if (!status?.profile) return;
    if (status.profile.source === "Generated") await this.#keep(subscriber, status, signal);
    else await this.#drop(world.mirror(at), signal);
  }

  async #keep(subscriber: Kept, user: SubscriberStatus, signal: AbortSignal): Promise<void> {
    const { api, world, ports, now } = this.#o;
    const { namespace, name, kind, uid } = subscriber;
    const target = targetOf("NetworkProfile", namespace, name);
    const head = { apiVersion: API_VERSION, kind: "NetworkProfile" };
    let mirror = world.mirror(profileAt(subscriber));
    if (mirror?.digest !== SPEC) {
      if (!ports.mayWrite()) return;
      const owner = { apiVersion: API_VERSION, kind, name, uid };
      const metadata = { name, namespace, labels: { [GENERATED]: "true" }, ownerReferences: [owner] };
      mirror = this.#take(await api.patch(target, { ...head, metadata, spec: GENERATED_SPEC }, "apply", signal));
    }
    const stamp = { generation: mirror?.generation, now: now(), previous: undefined };
    const status = profileStatus({ name, status: user }, stamp);
    if (!mirror || mirror.timelessDigest === timelessOf(status) || !ports.mayWrite()) return;
    const body = { ...head, metadata: { name, namespace }, status };
    this.#take(await api.applyStatus(target, body, signal));
  }
  #take(object: Parameters<typeof trimmed>[1]): Mirror | undefined {
    const now = trimmed("NetworkProfile", object);
    this.#o.world.put(now);
    return now.generated ? now : undefined;
  }
  async #drop(mirror: Mirror | undefined, signal: AbortSignal): Promise<void> {
    const { api, ports } = this.#o;
    if (!mirror || !ports.mayWrite()) return;
    const target = targetOf("NetworkProfile", mirror.namespace, mirror.name);
    await api.remove(target, mirror.uid, signal).catch((e: unknown) => {
      if (!(e instanceof KubeError && e.code === "NotFound")) throw e;
    });
  }
}

function namesProfile({ document }: Kept): string | undefined {
  const { spec } = document.object as { readonly spec?: Subscriber["spec"] };
  return spec?.networkProfileRef?.name;
}
const profileAt = ({ namespace, name }: Kept): ObjectKey => keyOf("NetworkProfile", namespace, name);
/** Of itself, or of the profile that has its name; undefined: it is neither. */
function subscriberOf(key: ObjectKey): ObjectKey | undefined {
  const [kind, namespace, name = ""] = key.split("/");
  if (kind === "Subscriber") return key;
  return kindOfKey(key) === "NetworkProfile" ? keyOf("Subscriber", namespace, name) : undefined;
}
