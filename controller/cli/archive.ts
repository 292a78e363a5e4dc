/** What is declared no longer and kept: with its status as it was seen last, and the network profile that it had. */
import { API_VERSION } from "../api/schema.ts";
import type { KindName, SubscriberStatus } from "../api/types.generated.ts";
import { keyOf, type ObjectKey } from "../core/catalog.ts";
import { GENERATED } from "../core/resolve/profile.ts";
import { rfc3339 } from "../core/status/conditions.ts";
import { profileStatus } from "../core/status/profile.ts";
import type { Installation } from "../main.ts";
import type { Json } from "../store/status.ts";
import { type Ask, asking, type Known } from "./declared-objects.ts";

type Object = Readonly<Record<string, Json>>;

export async function* archived(installation: Installation, kind: KindName): AsyncGenerator<Known> {
  const ask = asking(installation);
  if (kind === "NetworkProfile") yield* profiles(ask, installation);
  else yield* gone(ask, installation, kind);
}

async function* gone(ask: Ask, { objects }: Installation, kind: KindName): AsyncGenerator<Known> {
  for await (const known of ask({ kind, deleted: true })) {
    const { key, deletedAt } = known.row;
    if (deletedAt === undefined) continue;
    const { status = null, erasedAt } = (await objects.archived([key])).get(key) ?? {};
    yield marked(known, deletedAt, status, erasedAt);
  }
}
/** In the terms of Kubernetes. The status is the one of the time when it was declared: what came afterwards is in the history. */
function marked(known: Known, deletedAt: number, status: Json, erasedAt: number | undefined): Known {
  const { status: _, ...object } = known.object;
  const annotations = erasedAt === undefined ? {} : { annotations: { "lastmile.dev/erased-at": rfc3339(erasedAt) } };
  const metadata = { ...(object["metadata"] as Object), deletionTimestamp: rfc3339(deletedAt), ...annotations };
  return { ...known, status, object: { ...object, metadata, ...(status !== null && { status }) } };
}

/** Each subscriber had one: declared, written in place, or made. */
async function* profiles(ask: Ask, installation: Installation): AsyncGenerator<Known> {
  const users = new Map<ObjectKey, Known>();
  for await (const user of gone(ask, installation, "Subscriber")) {
    const { networkProfileRef } = specOf(user) as { networkProfileRef?: { name: string } };
    if (networkProfileRef) users.set(keyOf("NetworkProfile", user.namespace, networkProfileRef.name), user);
    else yield profileOf(user);
  }
  for await (const known of gone(ask, installation, "NetworkProfile")) yield withUser(known, users.get(known.row.key));
}
const specOf = ({ object }: Known): Object => (object["spec"] ?? {}) as Object;

function profileOf(user: Known): Known {
  const { networkProfile = GENERATED as unknown as Json } = specOf(user);
  const metadata = user.object["metadata"] as Object;
  const object = { apiVersion: API_VERSION, kind: "NetworkProfile", metadata, spec: networkProfile };
  return withUser({ ...user, object }, user);
}
function withUser(profile: Known, user: Known | undefined): Known {
  const deletedAt = profile.row.deletedAt ?? 0;
  const seen = user && { name: user.name, status: (user.status ?? undefined) as SubscriberStatus | undefined };
  const { conditions: _, ...status } = profileStatus(seen, {
    generation: undefined,
    now: deletedAt,
    previous: undefined,
  });
  const shown = { ...status, deletedAt: rfc3339(deletedAt) } as unknown as Json;
  return { ...profile, status: shown, object: { ...profile.object, status: shown } };
}
