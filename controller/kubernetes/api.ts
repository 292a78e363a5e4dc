/** What Lastmile asks of a Kubernetes API server, and how it fails. */

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}
/** A collection: all namespaces where none is named. */
export interface Collection {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
}
/** One object of a collection; namespaced ones name their namespace. */
export interface Target extends Collection {
  readonly name: string;
}
export interface Page {
  readonly items: readonly KubeObject[];
  /** Of the whole list, however many pages it has. */
  readonly resourceVersion: string;
  /** Asks for the next page; undefined: this was the last. */
  readonly next: string | undefined;
}
export type WatchEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: KubeObject }
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string };
export type PatchKind = "apply" | "merge";

export interface KubeApi {
  /** Consistent: never from a cache that lags behind. */
  page(of: Collection, next: string | undefined, signal: AbortSignal): Promise<Page>;
  /** Until the server ends it, which it does every few minutes. Throws what the server refuses, 410 among it. */
  watch(of: Collection, from: string, signal: AbortSignal): AsyncIterable<WatchEvent>;
  /** undefined: there is none. */
  get(target: Target, signal: AbortSignal): Promise<KubeObject | undefined>;
  /** Our fields of its status, and no others'. */
  applyStatus(target: Target, body: object, signal: AbortSignal): Promise<KubeObject>;
  patch(target: Target, body: object, kind: PatchKind, signal: AbortSignal): Promise<KubeObject>;
  create(of: Collection, body: object, signal: AbortSignal): Promise<KubeObject>;
  /** Only while it is still this one. */
  remove(target: Target, uid: string, signal: AbortSignal): Promise<void>;
}

/** Who writes what is ours: https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers */
export const FIELD_MANAGER = "lastmile";

const FAULTS = {
  Gone: "the server remembers no changes of so long ago; everything is listed again",
  NotFound: "there is no such object",
  Conflict: "it was changed meanwhile; it is read again",
  Forbidden: "grant it with the chart's role, or check the account",
  Unauthorized: "check the credentials of the kubeconfig or the service account",
  Invalid: "the server refused the content",
  Unusable:
    "name a kubeconfig that can be read, and a context of it, with kubernetes:CONTEXT or KUBECONFIG; a folder is named by its path",
  Unreachable: "check the address and that the API server is up; it is tried again",
  TooLong: "look for an object of megabytes, such as one with very many labels",
  Busy: "the server asked to slow down; it is tried again",
} as const;
export type KubeFault = keyof typeof FAULTS;

/** Everything that the API server or the way to it refuses. */
export class KubeError extends Error {
  override readonly name = "KubeError";
  readonly code: KubeFault;
  readonly remedy: string;
  /** Milliseconds that the server asked us to wait. */
  readonly retryAfterMs: number | undefined;
  constructor(code: KubeFault, doing: string, words: string, retryAfterMs?: number) {
    super(`cannot ${doing}: ${words}`);
    this.code = code;
    this.remedy = FAULTS[code];
    this.retryAfterMs = retryAfterMs;
  }
}

const BY_STATUS: Readonly<Record<number, KubeFault>> = {
  400: "Invalid",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  410: "Gone",
  422: "Invalid",
  429: "Busy",
};
export const faultOfStatus = (status: number): KubeFault => BY_STATUS[status] ?? "Unreachable";
