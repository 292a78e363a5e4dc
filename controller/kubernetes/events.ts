/** Events on transitions: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
import { randomBytes } from "node:crypto";
import { API_VERSION } from "../api/types.generated.ts";
import type { Happening } from "../core/status/happening.ts";
import { shortened } from "../core/text.ts";
import type { KubeApi } from "./api.ts";
import type { Kept } from "./kept.ts";

export interface Reporter {
  /** Names this process. */
  readonly instance: string;
  readonly now: () => number;
}
const EVENTS = { group: "events.k8s.io", version: "v1", plural: "events" } as const;
const CONTROLLER = "lastmile.dev/controller";
/** Of a note, in bytes. */
const LONGEST = 1024;
/** Where events of objects without a namespace are kept. */
const CLUSTER = "default";

/** Nothing depends on an event, so who calls this may do without one that cannot be written. @throws KubeError */
export async function sendEvent(
  api: KubeApi,
  object: Kept,
  happening: Happening,
  by: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const namespace = object.namespace ?? CLUSTER;
  await api.create({ ...EVENTS, namespace }, eventOf(object, happening, namespace, by), signal);
}

function eventOf(
  object: Kept,
  { type, reason, message }: Happening,
  namespace: string,
  { instance, now }: Reporter,
): object {
  const { kind, name, uid, resourceVersion } = object;
  return {
    apiVersion: `${EVENTS.group}/${EVENTS.version}`,
    kind: "Event",
    metadata: { namespace, name: `${name.slice(0, 200)}.${randomBytes(8).toString("hex")}` },
    eventTime: new Date(now()).toISOString().replace("Z", "000Z"), // microseconds are demanded
    reportingController: CONTROLLER,
    reportingInstance: instance,
    action: "Reconcile",
    ...{ type, reason },
    note: withinBytes(shortened(message, LONGEST)),
    regarding: {
      apiVersion: API_VERSION,
      kind,
      name,
      uid,
      resourceVersion,
      ...(object.namespace !== undefined && { namespace: object.namespace }),
    },
  };
}

/** A character that is cut in two is left out. */
const withinBytes = (text: string): string =>
  new TextDecoder().decode(Buffer.from(text).subarray(0, LONGEST), { stream: true });
