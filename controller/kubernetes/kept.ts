/** What is kept in memory of an object of the API server: its declaration, and what its status and its end need. */
import { hash } from "node:crypto";
import type { JsonObject } from "../api/json.ts";
import type { Document } from "../api/load.ts";
import { API_VERSION, type Condition, type KindName } from "../api/types.generated.ts";
import type { ObjectKey } from "../core/catalog-key.ts";
import { type Landmarks, landmarksOf } from "../core/status/happening.ts";
import { FIELD_MANAGER, type KubeObject } from "./api.ts";
import { canonical } from "./canonical.ts";
import { collectionOf, keyAt } from "./kinds.ts";

/** Marks what Lastmile itself made in the API server, so that it is never read as a declaration. */
export const GENERATED = "lastmile.dev/generated";
const OURS = "lastmile.dev/";

export interface Kept {
  readonly generated: false;
  readonly key: ObjectKey;
  readonly kind: KindName;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** It is asked to go; its finalizers keep it. */
  readonly deleting: boolean;
  readonly finalizers: readonly string[];
  /** As it is declared, for validation; without status and without what other tools note at it. */
  readonly document: Document;
  /** Of the declaration, and of the status as it is there. */
  readonly digest: string;
  readonly statusDigest: string;
  /** Of the status without the times of its transitions. */
  readonly timelessDigest: string;
  /** Of the status as it is there: what is news when it changes. */
  readonly landmarks: Landmarks;
  /** Who wrote the declaration last, such as `kubectl` or `argocd-controller`. */
  readonly author: string | undefined;
}
/** What is kept of an object that Lastmile made. */
export type Mirror = Pick<
  Kept,
  "key" | "kind" | "namespace" | "name" | "uid" | "resourceVersion" | "generation" | "digest" | "timelessDigest"
> & { readonly generated: true };

export const trimmed = (kind: KindName, object: KubeObject): Kept | Mirror =>
  kept(kind, object) ?? mirror(kind, object);

/** undefined: Lastmile made it. */
export function kept(kind: KindName, object: KubeObject): Kept | undefined {
  const { metadata } = object;
  if (kind === "NetworkProfile" && metadata.labels?.[GENERATED] !== undefined && isOurs(object)) return undefined;
  const { name, namespace, uid, resourceVersion, generation = 1, deletionTimestamp, finalizers = [] } = metadata;
  const declaration = declarationOf(kind, object);
  return {
    generated: false,
    key: keyAt(kind, namespace, name),
    ...{ kind, namespace, name, uid, resourceVersion, generation, finalizers },
    deleting: deletionTimestamp !== undefined,
    document: documentOf(kind, namespace, name, declaration),
    digest: digestOf(declaration),
    statusDigest: digestOf(object["status"] ?? {}),
    timelessDigest: timelessOf(object["status"] ?? {}),
    landmarks: landmarksOf(object["status"] ?? {}),
    author: authorOf(object),
  };
}
function mirror(kind: KindName, object: KubeObject): Mirror {
  const { name, namespace, uid, resourceVersion, generation = 1 } = object.metadata;
  return {
    generated: true,
    key: keyAt(kind, namespace, name),
    ...{ kind, namespace, name, uid, resourceVersion, generation },
    digest: digestOf(object["spec"] ?? {}),
    timelessDigest: timelessOf(object["status"] ?? {}),
  };
}
export const digestOf = (value: unknown): string => hash("sha1", canonical(value), "base64");
export function timelessOf(status: object): string {
  const { conditions = [], ...rest } = status as { readonly conditions?: readonly Condition[] };
  return digestOf({ ...rest, conditions: conditions.map(({ lastTransitionTime: _, ...c }) => c) });
}

function declarationOf(kind: KindName, { metadata, ...object }: KubeObject): JsonObject {
  const { name, namespace } = metadata;
  const annotations = oursOf(metadata.annotations);
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: { name, ...(namespace && { namespace }), ...(annotations && { annotations }) },
    ...(object["spec"] !== undefined && { spec: object["spec"] as JsonObject }),
  };
}
function oursOf(annotations: Readonly<Record<string, string>> = {}): Record<string, string> | undefined {
  const ours = Object.entries(annotations).filter(([key]) => key.startsWith(OURS));
  return ours.length === 0 ? undefined : Object.fromEntries(ours);
}

/** An object of the API server has no line: its place is its name. */
function documentOf(kind: KindName, namespace: string | undefined, name: string, object: JsonObject): Document {
  const { plural, group } = collectionOf(kind);
  const file = [`${plural}.${group}`, namespace, name].filter((part) => part !== undefined).join("/");
  return { file, kind, object, line: 1, locate: () => ({ line: 1, column: 1 }) };
}

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
interface Managed {
  readonly manager?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}
/** By others than us, beside statuses. */
function managedBy({ metadata }: KubeObject): readonly Managed[] {
  const { managedFields = [] } = metadata as { readonly managedFields?: readonly Managed[] };
  return managedFields.filter((m) => m.subresource === undefined && m.manager !== FIELD_MANAGER);
}
/** Whoever writes the spec of an object declares it, whatever its label says, and whoever made it first. */
const isOurs = (object: KubeObject): boolean => !managedBy(object).some((m) => m.fieldsV1?.["f:spec"] !== undefined);
function authorOf(object: KubeObject): string | undefined {
  return managedBy(object)
    .toSorted((a, b) => ((a.time ?? "") < (b.time ?? "") ? -1 : 1))
    .at(-1)?.manager;
}
