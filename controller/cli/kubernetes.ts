/** `--source kubernetes[:CONTEXT]`: the cluster of the kubeconfig, or of the pod, as source and as the place of statuses. */
import { setTimeout as sleep } from "node:timers/promises";
import type { SubscriberStatus } from "../api/types.generated.ts";
import type { ObjectKey } from "../core/catalog-key.ts";
import { objectKeyOf } from "../core/compose.ts";
import type { Refusal } from "../core/status/refused.ts";
import type { Controller } from "../engine/controller.ts";
import type { Declared } from "../engine/declared.ts";
import { isEnforced, ownersOf, standing } from "../engine/standing.ts";
import { type KubeApi, KubeError } from "../kubernetes/api.ts";
import { Desk } from "../kubernetes/desk.ts";
import type { Kept } from "../kubernetes/kept.ts";
import type { Ports } from "../kubernetes/ports.ts";
import { clusterId } from "../kubernetes/reading.ts";
import { kubernetesSecrets, type SecretReader } from "../kubernetes/secrets.ts";
import { World } from "../kubernetes/world.ts";
import type { Installation } from "../main.ts";
import type { Log } from "../observe/log.ts";
import { kubernetesSource } from "../sources/kubernetes.ts";
import type { Source, SourceUpdate } from "../sources/source.ts";
import { type ClusterName, connect, inWords } from "./cluster.ts";

/** What a cluster is to its controller beside a source. */
export interface ClusterSide {
  readonly secrets: SecretReader;
  /** As of KubernetesSource. */
  age(): number | undefined;
  /** Before the first update: what the statuses are of. */
  attach(controller: Controller): void;
  /** Statuses may have been written. */
  nudge(): void;
  refused(update: SourceUpdate): void;
  close(): void;
}
export interface ClusterSource extends Source {
  readonly cluster: ClusterSide;
}
interface Following extends ClusterName {
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** @throws CliError */
export async function followCluster(installation: Installation, f: Following): Promise<ClusterSource> {
  const { settings, leases } = installation;
  const connection = await connect(f);
  const trouble = (error: unknown): void => tell(f.log, error);
  const world = new World();
  let declared: Declared | undefined;
  const enforces = (object: Kept): boolean => declared !== undefined && isEnforced(object, declared, Date.now());
  const ports = portsOf(installation, () => declared, enforces);
  const desk = new Desk({ ...{ api: connection, world, ports, trouble }, instance: settings.holder, now: Date.now });
  const source = kubernetesSource({
    ...{ api: connection, world, trouble, holds: enforces },
    sourceId: await named(connection, f),
    told: (keys) => desk.told(keys),
    accepted: (key) => declared?.catalog.get(key),
  });
  return {
    ...{ sourceId: source.sourceId, exclusive: true },
    cluster: {
      secrets: kubernetesSecrets(connection, trouble),
      age: source.age,
      attach: (controller) => {
        declared = controller.declared;
      },
      nudge: () => leases.holdsSingleton() && desk.nudge(),
      refused: (update) => desk.refused(refusalsOf(update, world)),
      close: () => connection.close(),
    },
    async *updates(signal) {
      const running = desk.run(signal);
      yield* source.updates(signal);
      await running;
    },
  };
}

/** A server that is away is waited for: a controller may be started before it. @throws CliError */
async function named(api: KubeApi, { log, signal }: Following): Promise<string> {
  for (;;) {
    try {
      return await clusterId(api, signal);
    } catch (e) {
      const passes = e instanceof KubeError && (e.code === "Unreachable" || e.code === "Busy");
      if (!passes || signal.aborted) inWords(e);
      tell(log, e);
      await sleep(e.retryAfterMs ?? AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
const AGAIN_MS = 2_000;

function tell(log: Log, error: unknown): void {
  const remedy = error instanceof KubeError ? `; ${error.remedy}` : "";
  log.warn({ event: "kubernetes", error }, `${error instanceof Error ? error.message : "unknown"}${remedy}`);
}

function portsOf(
  installation: Installation,
  declared: () => Declared | undefined,
  enforces: (object: Kept) => boolean,
): Ports {
  const { store, objects, leases, settings } = installation;
  const ownerOf = async (key: ObjectKey) =>
    declared()?.owner(key) ?? (await ownersOf([key], { installation: settings.installation, objects })).get(key);
  const statusOf = async (key: ObjectKey): Promise<object | undefined> => {
    const owner = await ownerOf(key);
    if (owner === undefined) return undefined;
    return (await store.statusOf([owner])).get(owner) as object | undefined;
  };
  return {
    enforces,
    mayWrite: () => leases.holdsSingleton() && leases.remainingMs() > 0,
    mark: () => store.statusMark(),
    async *changedSince(mark) {
      for await (const rows of store.statusSince(mark))
        yield rows.flatMap(({ owner, status }) => {
          const key = objectKeyOf(owner);
          const now = declared()?.owner(key) ?? owner; // of a former tenant nothing is shown
          return now === owner ? [{ key, status: status as object }] : [];
        });
    },
    statusOf,
    async userOf(profile) {
      const catalog = declared()?.catalog;
      const object = catalog?.get(profile);
      const [user] = object && catalog ? catalog.dependants(object) : [];
      if (user === undefined) return undefined;
      return { name: user.split("/").at(-1) ?? "", status: (await statusOf(user)) as SubscriberStatus | undefined };
    },
    standing: async (keys) => {
      const now = declared();
      if (!now) return new Set(keys);
      return standing(keys, { installation: settings.installation, declared: now, objects, store, now: Date.now() });
    },
  };
}

/** By object: the problems of a source name the document. */
function refusalsOf({ errors }: SourceUpdate, world: World): ReadonlyMap<ObjectKey, readonly Refusal[]> {
  if (errors.length === 0) return new Map(); // as nearly always, and the objects are many
  const keys = new Map([...world.values()].map((k) => [k.document.file, k.key]));
  const named = errors.flatMap((e) => {
    const key = keys.get(e.file);
    return key === undefined ? [] : [{ ...e, key, message: e.toTenant ?? e.message }];
  });
  return Map.groupBy(named, (e) => e.key);
}
