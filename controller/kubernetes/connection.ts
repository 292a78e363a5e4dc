/** A Kubernetes API server, by kubeconfig or as a pod. With `transport.ts` all that knows the client library. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type * as k8s from "@kubernetes/client-node";
import {
  type Collection,
  FIELD_MANAGER,
  type KubeApi,
  KubeError,
  type KubeObject,
  type PatchKind,
  type Target,
} from "./api.ts";
import { openCredentials, withTokenFiles } from "./credentials.ts";
import { openTransport, type Transport } from "./transport.ts";
import { watchEvents } from "./watching.ts";
import { nameOf } from "./words.ts";

export interface ConnectionOptions {
  /** A kubeconfig file; otherwise KUBECONFIG, ~/.kube/config, or the service account of the pod. */
  readonly kubeconfig?: string;
  readonly context?: string;
}
export interface Connection extends KubeApi {
  /** Address of the API server. */
  readonly server: string;
  close(): void;
}
/** Objects in one page: about a megabyte, where nobody hangs megabytes of labels at them. */
const PAGE = 500;

/** Nothing is asked of the server yet. The library takes 90 MB, so only who needs it loads it. @throws KubeError */
export async function connectKubernetes(o: ConnectionOptions = {}): Promise<Connection> {
  const lib = await import("@kubernetes/client-node");
  const credentials = openCredentials(() => readConfig(lib, o));
  const cluster = credentials.current().getCurrentCluster();
  if (!cluster) throw unusable("the kubeconfig names no cluster for this context");
  const transport = openTransport(credentials, cluster);
  const watch: KubeApi["watch"] = async function* (of, from, signal) {
    const config = credentials.current();
    try {
      yield* watchEvents(new lib.Watch(config), pathOf(of), `watch ${of.plural}`, from, signal);
    } catch (e) {
      if (e instanceof KubeError && e.code === "Unauthorized") credentials.refused(config);
      throw e;
    }
  };
  return { server: cluster.server, ...verbs(transport), watch, close: () => transport.close() };
}

/** Of a file that cannot be read only the code is said: its text may hold a token. */
function readConfig(lib: typeof k8s, o: ConnectionOptions): k8s.KubeConfig {
  try {
    return configOf(lib, o);
  } catch (e) {
    if (e instanceof KubeError) throw e;
    throw unusable(`the kubeconfig cannot be read (${nameOf(e)})`);
  }
}
function configOf(lib: typeof k8s, { kubeconfig, context }: ConnectionOptions): k8s.KubeConfig {
  const config = new lib.KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else if (existsSync(kubeconfig)) config.loadFromFile(kubeconfig);
  else throw unusable(`${kubeconfig} does not exist`);
  if (config.getCurrentCluster()?.server === NOWHERE) throw unusable("there is no kubeconfig, and this is no pod");
  withTokenFiles(config, kubeconfig ?? process.env["KUBECONFIG"] ?? join(homedir(), ".kube", "config"));
  if (context === undefined) return config;
  if (!config.getContextObject(context)) throw unusable(`the kubeconfig has no context ${context}`);
  config.setCurrentContext(context);
  return config;
}
/** What the library answers where it found nothing; nobody who declares a provider serves it without TLS. */
const NOWHERE = "http://localhost:8080";
const unusable = (words: string): KubeError => new KubeError("Unusable", "connect to Kubernetes", words);

function verbs({ send }: Transport): Omit<KubeApi, "watch"> {
  return {
    async page(of, next, signal) {
      const { apiVersion, metadata, ...list } = await listed(of, next, PAGE, signal);
      const kind = list.kind.replace(/List$/, "");
      return {
        // In a list the items of a built-in kind do not say what they are.
        items: list.items.map((item) => ({ ...item, apiVersion, kind })),
        resourceVersion: metadata.resourceVersion,
        next: metadata.continue || undefined,
      };
    },
    async get(target, signal) {
      try {
        return (await send({
          doing: `read ${wordsOf(target)}`,
          method: "GET",
          path: pathOf(target),
          signal,
        })) as KubeObject;
      } catch (e) {
        if (e instanceof KubeError && e.code === "NotFound") return undefined;
        throw e;
      }
    },
    applyStatus: (target, body, signal) =>
      change(`write the status of ${wordsOf(target)}`, `${pathOf(target)}/status`, body, "apply", signal),
    patch: (target, body, kind, signal) => change(`change ${wordsOf(target)}`, pathOf(target), body, kind, signal),
    create: async (of, body, signal) =>
      (await send({
        doing: `create one of ${of.plural}`,
        method: "POST",
        path: `${pathOf(of)}?fieldManager=${FIELD_MANAGER}`,
        body,
        signal,
      })) as KubeObject,
    async remove(target, uid, signal) {
      const body = { preconditions: { uid } };
      await send({ doing: `delete ${wordsOf(target)}`, method: "DELETE", path: pathOf(target), body, signal });
    },
  };

  /** Where a page is too long to be read, fewer: what one object carries must not hide all the others. */
  async function listed(of: Collection, next: string | undefined, limit: number, signal: AbortSignal): Promise<List> {
    const query = new URLSearchParams({ limit: `${limit}`, ...(next !== undefined && { continue: next }) });
    try {
      return (await send({
        doing: `list ${of.plural}`,
        method: "GET",
        path: `${pathOf(of)}?${query}`,
        signal,
      })) as List;
    } catch (e) {
      if (!(e instanceof KubeError) || e.code !== "TooLong" || limit === 1) throw e;
      return listed(of, next, Math.ceil(limit / 8), signal);
    }
  }
  async function change(doing: string, path: string, body: object, kind: PatchKind, signal: AbortSignal) {
    const forced = kind === "apply" ? "&force=true" : "";
    return (await send({
      doing,
      method: "PATCH",
      path: `${path}?fieldManager=${FIELD_MANAGER}${forced}`,
      body,
      type: TYPES[kind],
      signal,
    })) as KubeObject;
  }
}
const TYPES: Readonly<Record<PatchKind, string>> = {
  apply: "application/apply-patch+yaml", // JSON is YAML
  merge: "application/merge-patch+json",
};

interface List {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubeObject[];
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
function pathOf(of: Collection | Target): string {
  const root = of.group === "" ? `/api/${of.version}` : `/apis/${of.group}/${of.version}`;
  const parts = [...(of.namespace === undefined ? [] : ["namespaces", of.namespace]), of.plural];
  if ("name" in of) parts.push(of.name);
  return [root, ...parts.map(encodeURIComponent)].join("/");
}
const wordsOf = ({ plural, namespace, name }: Target): string =>
  [plural, [namespace, name].filter(Boolean).join("/")].join(" ");
