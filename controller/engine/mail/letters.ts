/** Gathers what a message is made of: the declarations, also of one who is withdrawn, and the customer's Secret. */
import type { ExternalSystem, LastmileObject, Subscriber, Tenant } from "../../api/types.generated.ts";
import { keyOfObject, namespaceOf } from "../../core/catalog.ts";
import { objectKeyOf } from "../../core/compose.ts";
import type { Letter } from "../../core/life/letter.ts";
import { letterFor } from "../../core/life/letter-for.ts";
import { tenantOf } from "../../core/owner.ts";
import { modeOf, pausedBy } from "../../core/policy.ts";
import { planOf } from "../../core/resolve/plan-choice.ts";
import type { SecretSource } from "../../sources/secrets.ts";
import type { Objects } from "../../store/objects.ts";
import type { Mail } from "../../store/outbox.ts";
import type { Declared } from "../declared.ts";

export interface Desk {
  readonly declared: Declared;
  readonly objects: Pick<Objects, "load">;
  readonly secretSource: SecretSource;
}
export type Prepared =
  | { readonly type: "letter"; readonly endpoint: string; readonly letter: Letter }
  | { readonly type: "nobody"; readonly why: string }
  /** Not now. */
  | { readonly type: "held"; readonly why: string };

export async function prepare(mail: Mail, desk: Desk, now: number): Promise<Prepared> {
  const { declared } = desk;
  const tenant = declared.tenant(tenantOf(mail.owner));
  const [binding] = tenant?.spec.systems.mail ?? [];
  const system = binding && declared.system(binding.name);
  if (!tenant || !system) return { type: "held", why: "the tenant binds no mail system" };
  const hold = heldBy(mail, tenant, system, declared, now);
  if (hold !== undefined) return { type: "held", why: hold };
  const found = await subscriberOf(mail, desk);
  const ref = found?.subscriber.spec.customer.secretRef;
  const secret = ref && found ? await desk.secretSource.readAll(namespaceOf(found.subscriber), ref.name) : {};
  const letter = letterFor({
    ...{ mail, tenant, system, secret },
    subscriber: found?.subscriber,
    isDeclared: found?.isDeclared === true,
    plan: found && planOf(declared.catalog, found.subscriber).plan,
  });
  return typeof letter === "string"
    ? { type: "nobody", why: letter }
    : { type: "letter", endpoint: system.metadata.name, letter };
}

function heldBy({ owner }: Mail, tenant: Tenant, system: ExternalSystem, declared: Declared, now: number) {
  const paused = pausedBy(tenant) ?? declared.paused(owner);
  if (paused !== undefined) return paused;
  const { name } = system.metadata;
  const mode = modeOf(tenant, system, name, now);
  if (typeof mode === "object") return mode.gates === "All" ? mode.message : undefined;
  if (mode === "Enforce") return undefined;
  return mode === "Paused" ? pausedBy(system) : `ExternalSystem ${name} is in mode Observe`;
}

async function subscriberOf(
  { owner }: Mail,
  { declared, objects }: Desk,
): Promise<{ readonly subscriber: Subscriber; readonly isDeclared: boolean } | undefined> {
  const key = objectKeyOf(owner);
  const standing = declared.catalog.get(key);
  if (standing?.kind === "Subscriber") return { subscriber: standing, isDeclared: true };
  for await (const page of objects.load({ keys: [key], deleted: true })) {
    const object = page[0]?.object as unknown as LastmileObject | undefined;
    if (object?.kind === "Subscriber" && keyOfObject(object) === key) return { subscriber: object, isDeclared: false };
  }
  return undefined;
}
