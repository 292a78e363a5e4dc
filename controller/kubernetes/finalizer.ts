/** Keeps an object in sight until all that it stands for is out of service. */
import type { KindName } from "../api/types.generated.ts";
import { type KubeApi, KubeError } from "./api.ts";
import { type Kept, kept } from "./kept.ts";
import { targetOf } from "./kinds.ts";

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers */
export const FINALIZER = "lastmile.dev/deprovision";
/** Kinds with something of their own in a system. */
const KEPT_KINDS: ReadonlySet<KindName> = new Set(["Subscriber", "ServicePlan", "Tenant", "ExternalSystem"]);

export const isHeld = ({ finalizers }: Kept): boolean => finalizers.includes(FINALIZER);
export const needsHold = (object: Kept): boolean => KEPT_KINDS.has(object.kind) && !object.deleting && !isHeld(object);

/** Refused by the server where the object is no longer as we know it, so it is a fresh look at it, too. */
export const hold = (api: KubeApi, object: Kept, signal: AbortSignal): Promise<Kept | undefined> =>
  change(api, object, [...object.finalizers, FINALIZER], signal);
export const letGo = (api: KubeApi, object: Kept, signal: AbortSignal): Promise<Kept | undefined> =>
  change(
    api,
    object,
    object.finalizers.filter((f) => f !== FINALIZER),
    signal,
  );

/** The object as it is now; undefined: it is gone. */
async function change(
  api: KubeApi,
  { kind, namespace, name, uid, resourceVersion }: Kept,
  finalizers: readonly string[],
  signal: AbortSignal,
): Promise<Kept | undefined> {
  const target = targetOf(kind, namespace, name);
  try {
    return kept(kind, await api.patch(target, { metadata: { uid, resourceVersion, finalizers } }, "merge", signal));
  } catch (e) {
    if (!(e instanceof KubeError) || (e.code !== "Conflict" && e.code !== "NotFound")) throw e;
    const now = await api.get(target, signal);
    return now && kept(kind, now);
  }
}
