/** From a row of the outbox to a message: to whom, from whom, and what it may say. Pure. */
import { createHash } from "node:crypto";
import type { ExternalSystem, ServicePlan, Subscriber, Tenant } from "../../api/types.generated.ts";
import type { OwnerKey } from "../owner.ts";
import { Sensitive } from "../sensitive.ts";
import { rfc3339 } from "../status/conditions.ts";
import type { Letter, Words } from "./letter.ts";
import type { Notice } from "./notices.ts";

export interface Addressing {
  readonly mail: Notice & { readonly owner: OwnerKey; readonly seq: number; readonly messageId: string | null };
  readonly tenant: Tenant;
  readonly system: ExternalSystem;
  /** As declared now, or as it was last. */
  readonly subscriber: Subscriber | undefined;
  readonly isDeclared: boolean;
  readonly plan: ServicePlan | undefined;
  /** Of the Secret that the customer names. */
  readonly secret: Readonly<Record<string, Sensitive>>;
}

/** A text says why there is nobody to write to. */
export function letterFor(a: Addressing): Letter | string {
  const { mail, tenant, system, subscriber, secret } = a;
  if (!subscriber || !isSame(a, subscriber)) return "whom it is about is not known any more";
  const { customer } = subscriber.spec;
  const address = customer.email ?? secret["email"]?.reveal();
  if (address === undefined) return "the customer has no mail address";
  const binding = tenant.spec.systems.mail?.find((b) => b.name === system.metadata.name);
  const from = binding?.from ?? system.spec.mail?.from ?? "";
  const replyTo = binding?.replyTo ?? system.spec.mail?.replyTo;
  const words = wordsOf(a, subscriber);
  return {
    messageId: mail.messageId ?? messageIdOf(mail, from),
    to: new Sensitive(address),
    from: { name: words.provider.name, address: from },
    replyTo,
    language: secret["language"]?.reveal() ?? customer.language,
    timeZone: tenant.spec.timeZone,
    templates: binding?.templates ?? [],
    words: { ...words, provider: { ...words.provider, replyTo: replyTo ?? "" } },
  };
}

/** Another customer may have the name by now, or the line. */
function isSame({ mail: { facts }, isDeclared }: Addressing, { spec }: Subscriber): boolean {
  if (facts.number === undefined) return !isDeclared;
  return facts.number === spec.subscriberNumber && facts.customer === spec.customer.id;
}

/** The same for every attempt, also after a restore: who gets it twice sees it once. */
function messageIdOf({ owner, seq, notice, at }: Addressing["mail"], from: string): string {
  const token = createHash("sha256").update(`${owner}|${seq}|${notice}|${at}`).digest("hex").slice(0, 32);
  return `<${token}@${from.split("@")[1] ?? "localhost"}>`;
}

/** What people may see of an address: whom it is, for those who know. */
export function masked(address: string): string {
  const at = address.lastIndexOf("@");
  return at < 1 || /\p{Cc}|\p{Cs}/u.test(address) ? "…" : `${address.slice(0, 1)}…${address.slice(at)}`;
}

function wordsOf(
  { mail: { notice, at, facts }, tenant, system, plan, secret }: Addressing,
  { spec }: Subscriber,
): Words {
  const binding = tenant.spec.systems.mail?.find((b) => b.name === system.metadata.name);
  const { customer, serviceAddress: where } = spec;
  const older = [customer.firstName, customer.lastName].filter(Boolean).join(" ");
  return {
    notice,
    at: rfc3339(at),
    provider: { name: binding?.provider ?? tenant.metadata.name, replyTo: "" },
    customer: { name: (customer.name ?? secret["name"]?.reveal() ?? older) as string, id: customer.id },
    subscriber: { number: spec.subscriberNumber },
    plan: {
      name: plan?.spec.displayName ?? facts.plan ?? plan?.metadata.name ?? "",
      down: plan?.spec.speed.down ?? "",
      up: plan?.spec.speed.up ?? "",
    },
    address: {
      line: where?.line ?? "",
      line2: where?.line2 ?? "",
      postalCode: where?.postalCode ?? "",
      city: where?.city ?? "",
    },
    suspension: { reason: facts.reason ?? "", resumeAt: facts.resumeAt ?? "" },
    installation: { ticket: facts.ticket ?? "", scheduledAt: facts.scheduledAt ?? "" },
  };
}
