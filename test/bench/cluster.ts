/** A real API server with our kinds, a tenant and RADIUS, and beside our Subscriber one of another group that nobody reads. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { type Collection, KubeError, type KubeObject, type Target } from "../../controller/kubernetes/api.ts";
import { type Connection, connectKubernetes } from "../../controller/kubernetes/connection.ts";
import { collectionOf, targetOf } from "../../controller/kubernetes/kinds.ts";
import { sideBySide } from "../../controller/kubernetes/side-by-side.ts";
import type { SourceObject } from "../../controller/sources/source.ts";
import { connect } from "../cluster/client.ts";
import { type ApiServer, COLLECTING, startServer } from "../cluster/up.ts";
import { type Audit, openAudit } from "./cluster-audit.ts";
import { type Controller, startController } from "./cluster-controller.ts";
import { groundOf } from "./cluster-ground.ts";
import { makeDatabase, openRadius, type RadiusDatabase } from "./databases.ts";
import type { Bench } from "./part.ts";
import { CREDENTIALS, INSTALLATION, NAMESPACE } from "./tenant.ts";

/** Requests at a time, as the controller sends them. */
const AT_ONCE = 16;
const ACCOUNT = "lastmile";
const USER = `system:serviceaccount:${CREDENTIALS.namespace}:${ACCOUNT}`;
const CRDS = join(import.meta.dirname, "../../crds");
const QUIET_MS = 2_000;
/** Subscribers of plans and tenants are counted every ten seconds. */
export const COUNTED_MS = 12_000;
const LOOK_MS = 100;

export const SUBSCRIBERS = collectionOf("Subscriber");
/** The same schema and the same rules, and no controller. */
export const FLOOR: Collection = { ...SUBSCRIBERS, group: "floor.example" };

export interface Cluster {
  /** As the administrator. */
  readonly api: Connection;
  readonly audit: Audit;
  readonly radius: RadiusDatabase;
  /** Server-side apply of a person; the order is kept where one waits for the other. */
  apply(objects: readonly SourceObject[]): Promise<void>;
  /** The same of the floor's kind: created, and its status written. */
  floor(objects: readonly SourceObject[], status: object): Promise<void>;
  start(): Promise<Controller>;
  /** Until the controller has nothing left to do and asked nothing for a while. */
  quiet(controller: Controller, forMs?: number): Promise<void>;
  close(): Promise<void>;
}

export async function onCluster<T>({ server }: Bench, work: (cluster: Cluster) => Promise<T>): Promise<T> {
  const cluster = await openCluster(server);
  try {
    return await work(cluster);
  } finally {
    await cluster.close();
  }
}

async function openCluster(databases: string): Promise<Cluster> {
  const root = await mkdtemp(join(tmpdir(), "lastmile-bench-cluster-"));
  const audit = await openAudit(root, USER);
  const { server, stop } = await startServer(COLLECTING, audit.options);
  const { send, close } = connect(server, AT_ONCE);
  const must = async (method: string, path: string, body: object, type?: string): Promise<KubeObject> => {
    const { status, text } = await send(method, path, JSON.stringify(body), type);
    if (status >= 300) throw new Error(`${method} ${path}: ${text}`);
    return JSON.parse(text) as KubeObject;
  };
  const applied = (target: Target, body: object, part = ""): Promise<KubeObject> =>
    must("PATCH", `${pathOf(target)}${part}?fieldManager=kubectl&force=true`, body, "application/apply-patch+yaml");
  const api = await connectKubernetes({ kubeconfig: server.kubeconfig });
  const [store, radius] = await Promise.all([makeDatabase(databases), openRadius(databases)]);
  await prepare(must, radius.url);
  await served(api, [SUBSCRIBERS, FLOOR]);
  const apply: Cluster["apply"] = (objects) =>
    sideBySide(objects, AT_ONCE, async ({ object }) => {
      await applied(targetOf(object.kind, object.metadata.namespace, object.metadata.name), object);
    });
  await apply(groundOf(radius.url));
  const running = new Set<Controller>();
  const env = await environment(root, server, must);
  return {
    ...{ api, audit, radius, apply },
    floor: (objects, status) =>
      sideBySide(objects, AT_ONCE, async ({ object: { metadata, ...object } }) => {
        const target = { ...FLOOR, namespace: NAMESPACE, name: metadata.name };
        const head = { apiVersion: `${FLOOR.group}/${FLOOR.version}`, kind: object.kind, metadata };
        await applied(target, { ...object, ...head });
        await applied(target, { ...head, status }, "/status");
      }),
    async start() {
      const controller = await startController({ ...env, DATABASE_URL: store.url.href }, root);
      running.add(controller);
      return controller;
    },
    async quiet(controller, forMs = QUIET_MS) {
      let [count, since] = [0, performance.now()];
      while (performance.now() - since < forMs) {
        await sleep(LOOK_MS);
        const { length } = await audit.read();
        if (length !== count || !(await controller.idle())) [count, since] = [length, performance.now()];
      }
    },
    async close() {
      for (const controller of running) await controller.stop();
      close();
      api.close();
      await stop();
      await audit.close();
      await radius.close();
      await store.drop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

type Must = (method: string, path: string, body: object) => Promise<KubeObject>;

async function prepare(must: Must, radius: URL): Promise<void> {
  for (const name of await readdir(CRDS)) {
    if (!name.endsWith(".yaml")) continue;
    const crd = parse(await readFile(join(CRDS, name), "utf8")) as Crd;
    await must("POST", DEFINITIONS, crd);
    if (crd.spec.names.plural === SUBSCRIBERS.plural) await must("POST", DEFINITIONS, elsewhere(crd));
  }
  for (const name of [NAMESPACE, CREDENTIALS.namespace])
    await must("POST", "/api/v1/namespaces", { metadata: { name } });
  const { namespace, name } = CREDENTIALS;
  const [username, password] = [decodeURIComponent(radius.username), decodeURIComponent(radius.password)];
  const secret = { metadata: { name }, stringData: { username, password } };
  await must("POST", `/api/v1/namespaces/${namespace}/secrets`, secret);
}
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
interface Crd {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly group: string; readonly names: { readonly plural: string } };
}
const elsewhere = (crd: Crd): Crd => {
  const { group, plural } = FLOOR;
  return { ...crd, metadata: { name: `${plural}.${group}` }, spec: { ...crd.spec, group } };
};
async function served(api: Connection, kinds: readonly Collection[]): Promise<void> {
  for (const of of kinds)
    for (;;) {
      const found = await api.page(of, undefined, AbortSignal.timeout(60_000)).catch((e: unknown) => e);
      if (!(found instanceof KubeError)) break;
      await sleep(LOOK_MS);
    }
}

/** As a pod has it: a service account of its own, which is also how its requests are told from ours. */
async function environment(root: string, { url, pki }: ApiServer, must: Must): Promise<Record<string, string>> {
  const accounts = `/api/v1/namespaces/${CREDENTIALS.namespace}/serviceaccounts`;
  await must("POST", accounts, { metadata: { name: ACCOUNT } });
  await must("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
    metadata: { name: ACCOUNT },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "ServiceAccount", namespace: CREDENTIALS.namespace, name: ACCOUNT }],
  });
  const spec = { expirationSeconds: 86_400 };
  const { status } = (await must("POST", `${accounts}/${ACCOUNT}/token`, { spec })) as unknown as Token;
  const kubeconfig = join(root, "kubeconfig");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: url, "certificate-authority": join(pki, "ca.crt") } }],
    users: [{ name: "u", user: { token: status.token } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 });
  for (const name of ["home", "secrets"]) await mkdir(join(root, name));
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: root,
    KUBECONFIG: kubeconfig,
    LASTMILE_HOME: join(root, "home"),
    LASTMILE_SECRETS: join(root, "secrets"),
    LASTMILE_INSTALLATION: INSTALLATION,
  };
}
interface Token {
  readonly status: { readonly token: string };
}

function pathOf({ group, version, namespace, plural, name }: Target): string {
  const home = namespace === undefined ? "" : `/namespaces/${namespace}`;
  return `/apis/${group}/${version}${home}/${plural}/${name}`;
}
