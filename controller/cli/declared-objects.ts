/** Declared objects with their statuses, straight from the store: no system is asked. */
import type { KindName } from "../api/types.generated.ts";
import type { OwnerKey } from "../core/owner.ts";
import { type Conditioned, NOT_YET, observedAt } from "../core/status/conditions.ts";
import type { Installation } from "../main.ts";
import type { Filter, StoredObject } from "../store/objects.ts";
import type { Json } from "../store/status.ts";
import { CliError } from "./errors.ts";

export interface Known {
  readonly row: StoredObject;
  readonly owner: OwnerKey;
  readonly namespace: string | undefined;
  readonly name: string;
  /** As people may see it: no credentials in addresses. */
  readonly object: Readonly<Record<string, Json>>;
  /** Of an older declaration: not ready, for nobody has looked yet. */
  readonly status: Json | undefined;
}

/** Where it is asked: the store, or a cluster. */
export type Ask = (filter: Filter & { readonly kind: KindName }) => AsyncIterable<Known>;

async function* knownObjects({ objects, store, settings }: Installation, filter: Filter): AsyncGenerator<Known> {
  for await (const page of objects.load(filter)) {
    const owners = page.map((row) => `${settings.installation}/${row.tenant}/${row.key}`);
    const statuses = await store.statusOf(owners);
    for (const [n, row] of page.entries()) {
      const owner = owners[n] ?? "";
      const [, namespace, name = ""] = row.key.split("/");
      const status = statusFor(row, statuses.get(owner));
      const object = inOrder(scrubbed(row.object) as Record<string, Json>, status);
      yield { row, owner, namespace: namespace === "-" ? undefined : namespace, name, object, status };
    }
  }
}

export const asking =
  (installation: Installation): Ask =>
  (filter) =>
    knownObjects(installation, filter);

/** Kinds that have runs of their own. */
const RECONCILED = /^(Subscriber|ServicePlan)\//;
function statusFor({ key, deletedAt, generation }: StoredObject, status: Json | undefined): Json | undefined {
  if (status === undefined)
    return deletedAt === undefined && RECONCILED.test(key)
      ? { conditions: [{ type: "Ready", ...NOT_YET }] }
      : undefined;
  return observedAt(status as Conditioned, generation) as Json;
}

/** As people write it; the store keeps no order. */
const inOrder = ({ apiVersion, kind, metadata, spec, ...rest }: Record<string, Json>, status: Json | undefined) =>
  ({ apiVersion, kind, metadata, spec, ...rest, ...(status !== undefined && { status }) }) as Record<string, Json>;

/** `postgresql://user:password@host` → `postgresql://host`. */
const scrubbed = (json: Json): Json => JSON.parse(JSON.stringify(json).replace(/:\/\/[^/\s@"]*@/g, "://"));

/** By name, namespace/name, subscriber number or declared user name; also one that is withdrawn and still kept. */
export async function findSubscriber(ask: Ask, text: string, namespace?: string): Promise<Known> {
  const found: Known[] = [];
  const keys = text.includes("/") ? { keys: [`Subscriber/${text}`] } : {};
  for await (const known of ask({ kind: "Subscriber", deleted: true, ...keys })) {
    if ((namespace === undefined || known.namespace === namespace) && names(known).includes(text)) found.push(known);
  }
  const [first, ...others] = living(found);
  if (!first) throw new CliError(`no subscriber is known as ${text}`, "`lastmile get subscribers` lists all of them");
  if (others.length === 0) return first;
  const all = [first, ...others].map((k) => `${k.namespace}/${k.name}`).join(", ");
  throw new CliError(`${text} may be one of ${all}`, "write namespace/name, or add -n NAMESPACE");
}
/** Who is withdrawn gives way to who is declared under the same name or number. */
function living(found: readonly Known[]): readonly Known[] {
  const declared = found.filter((k) => k.row.deletedAt === undefined);
  return declared.length > 0 ? declared : found;
}
function names({ name, namespace, row }: Known): readonly unknown[] {
  const { spec } = row.object as { spec?: { subscriberNumber?: string; radius?: { username?: string } } };
  return [name, `${namespace}/${name}`, spec?.subscriberNumber, spec?.radius?.username];
}
