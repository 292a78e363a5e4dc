/** The API server read once: what the controller would take in now, and what it would refuse. */
import { createAssembler, type Snapshot } from "../api/load-snapshot.ts";
import { createValidator } from "../api/validate.ts";
import type { KubeApi } from "../kubernetes/api.ts";
import { type Kept, kept } from "../kubernetes/kept.ts";
import { KINDS } from "../kubernetes/kinds.ts";
import { clusterId, everyObject } from "../kubernetes/reading.ts";
import { toUpdate } from "./directory.ts";
import type { SourceUpdate } from "./source.ts";

export interface ReadOnce {
  readonly snapshot: Snapshot;
  readonly update: SourceUpdate;
}

/** @throws KubeError */
export async function readCluster(api: KubeApi, signal: AbortSignal): Promise<ReadOnce> {
  const found: Kept[] = [];
  for (const kind of KINDS) {
    for await (const object of everyObject(api, kind, signal)) {
      const ours = kept(kind, object);
      if (ours && !ours.deleting) found.push(ours);
    }
  }
  const documents = found.map((k) => k.document);
  const snapshot = createAssembler(createValidator())({
    documents,
    problems: [],
    notes: [],
    complete: true,
    revision: "",
  });
  const update = toUpdate(await clusterId(api, signal), snapshot);
  return { snapshot, update: { ...update, complete: true, standing: snapshot.refused } };
}
