/** User name and password of the RADIUS account. */
import type { Subscriber, Tenant } from "../../api/types.generated.ts";
import { type Catalog, namespaceOf } from "../catalog.ts";
import type { ResolvedSubscriber } from "../resolved.ts";
import type { Sensitive } from "../sensitive.ts";
import type { Facts } from "./facts.ts";
import { acsOf } from "./managed.ts";
import { planOf } from "./plan-choice.ts";
import { effectiveProfile } from "./profile.ts";
import { realmOf, userNameFrom, userNameProblem } from "./username.ts";

/** Under this name the store keeps the password that Lastmile makes. */
export const MADE_PASSWORD = "radius-password";

/** A secret that must be fetched, or made, before the subscriber can be resolved. */
export type SecretNeed =
  | { readonly use: "password"; readonly from: SecretPlace }
  | { readonly use: "password"; readonly generated: typeof MADE_PASSWORD }
  /** Of the router: the key of a wireless network, or a parameter. */
  | { readonly use: "device"; readonly from: SecretPlace };
export interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}
export interface Secrets {
  readonly password?: Sensitive;
  /** Of the subscriber's namespace. */
  readonly device?: (ref: Pick<SecretPlace, "name" | "key">) => Sensitive | undefined;
}
/** The account that it was given before: the name stays, whatever the template says now. */
export interface Assigned {
  readonly userName: string;
  /** The endpoints where it has an account in service. */
  readonly at: readonly string[];
}
export type AccessType = ResolvedSubscriber["accessType"];

/** `rename`: the declared name, where it waits for the router that dials with the other one. */
export interface UserName {
  readonly userName: string;
  readonly rename?: string;
}

/** A router that dials with the assigned name must hear of another one first. */
export function resolveUserName(catalog: Catalog, facts: Facts, account: Assigned | undefined): UserName | undefined {
  const userName = declaredName(catalog, facts, account?.userName);
  if (userName === undefined || !account || account.userName === userName || account.at.length === 0)
    return userName === undefined ? undefined : { userName };
  // A router that is told gets the new account beside the former one.
  const waits = waitsForDevice(facts) && acsOf(facts.tenant, facts.subscriber) === undefined;
  return waits ? { userName: account.userName, rename: userName } : { userName };
}

/** With PPPoE the router holds user name and password; elsewhere nothing at the customer's does. */
export const waitsForDevice = (facts: Facts): boolean =>
  accessTypeOf(facts) === "PPPoE" && facts.subscriber.spec.radius.rotation === "WithDevice";

/** Explicit > already assigned (once assigned it stays) > the tenant's template. Undefined after a blocker. */
function declaredName(catalog: Catalog, facts: Facts, assigned: string | undefined): string | undefined {
  const { subscriber, tenant, notes } = facts;
  const [realm] = tenant.spec.realms;
  const explicit = subscriber.spec.radius.username;
  const made =
    realm === undefined ? undefined : userNameFrom(tenant.spec.userNameTemplate, { ...names(subscriber), realm });
  const userName = explicit ?? assigned ?? made;
  if (userName === undefined)
    return notes.block(
      "UserNameUnknown",
      `tenant ${tenant.metadata.name} has no realm; add one, or set radius.username`,
    );
  const problem = problemOf(catalog, tenant, userName);
  if (problem === undefined) return userName;
  const message = `the user name ${userName} ${problem}; set radius.username`;
  // The account is there: a realm that went away must neither strand it nor keep it from being suspended.
  const keeps = userName === assigned || subscriber.spec.serviceState === "Suspended";
  if (assigned === undefined || !keeps) return notes.block("UserNameInvalid", message);
  notes.warn("RealmGone", message);
  return assigned;
}

/** Adoption `Always` takes over names of realms that nobody declares, never those of another tenant. */
function problemOf(catalog: Catalog, tenant: Tenant, userName: string): string | undefined {
  const { realms, policies } = tenant.spec;
  if (policies.adoption !== "Always") return userNameProblem(userName, realms);
  const realm = realmOf(userName)?.toLowerCase();
  if (realm === undefined || realms.includes(realm)) return userNameProblem(userName, undefined);
  const holder = catalog
    .tenants()
    .find((t) => t.metadata.name !== tenant.metadata.name && t.spec.realms.includes(realm));
  return holder ? `has a realm of tenant ${holder.metadata.name}` : userNameProblem(userName, undefined);
}
const names = (s: Subscriber): { name: string; number: string } => ({
  name: s.metadata.name,
  number: s.spec.subscriberNumber,
});

export const accessTypeOf = ({ profile, plan }: Pick<Facts, "profile" | "plan">): AccessType =>
  profile.accessType ?? plan?.spec.accessType ?? "PPPoE";

export function resolvePassword(facts: Facts, secrets: Secrets): ResolvedSubscriber["password"] {
  const { subscriber, notes } = facts;
  if (accessTypeOf(facts) !== "PPPoE") return undefined;
  const { passwordScheme, passwordSecretRef: ref } = subscriber.spec.radius;
  if (secrets.password) return { value: secrets.password, scheme: passwordScheme };
  const where = ref ? `key ${ref.key} of Secret ${namespaceOf(subscriber)}/${ref.name}` : "the generated password";
  return notes.block(
    "SecretMissing",
    `${where} cannot be read; provide it, or remove passwordSecretRef to have one made`,
  );
}

/** What `resolveSubscriber` needs to be given; an ended subscriber needs nothing. */
export function secretsOf(catalog: Catalog, subscriber: Subscriber): readonly SecretNeed[] {
  if (subscriber.spec.serviceState === "Terminated") return [];
  return [...passwordOf(catalog, subscriber), ...deviceSecrets(catalog, subscriber)];
}
function deviceSecrets(catalog: Catalog, subscriber: Subscriber): readonly SecretNeed[] {
  const namespace = namespaceOf(subscriber);
  const { wifi = [], parameters = [] } = subscriber.spec.cpe ?? {};
  if ((catalog.tenant(namespace)?.spec.systems.genieacs ?? []).length === 0) return [];
  const refs = [...wifi.map((w) => w.keySecretRef), ...parameters.map((p) => p.valueSecretRef)];
  return refs.flatMap((ref) => (ref ? [{ use: "device" as const, from: { namespace, ...ref } }] : []));
}
/** Only PPPoE has a password. */
function passwordOf(catalog: Catalog, subscriber: Subscriber): readonly SecretNeed[] {
  const { profile } = effectiveProfile(catalog, subscriber);
  if (accessTypeOf({ profile, plan: planOf(catalog, subscriber).plan }) !== "PPPoE") return [];
  const ref = subscriber.spec.radius.passwordSecretRef;
  if (!ref) return [{ use: "password", generated: MADE_PASSWORD }];
  return [{ use: "password", from: { namespace: namespaceOf(subscriber), name: ref.name, key: ref.key } }];
}
