/** The router of a subscriber and every value that it is to have. */
import type { ServicePlan, SubscriberCpe, Tenant } from "../../api/types.generated.ts";
import { namespaceOf } from "../catalog.ts";
import { refKey, type Told } from "../model.ts";
import type { CpeMapping, CpeSetting, Ipv6, ResolvedCpe } from "../resolved.ts";
import type { Secrets } from "./account.ts";
import type { Facts } from "./facts.ts";
import { acsOf, tenantTemplate } from "./managed.ts";
import { cpeSerial } from "./serial.ts";

/** What the router dials with. */
export interface DialIn {
  readonly userName: string | undefined;
  readonly password: CpeSetting["value"] | undefined;
}
type Setting = CpeSetting;
const enforced = (name: string, value: CpeSetting["value"]): Setting => ({ name, value, management: "Enforce" });

/** Undefined: none is declared, or no GenieACS of the tenant could be told. */
export function resolveCpe(facts: Facts, secrets: Secrets, ipv6: Ipv6, dial: DialIn): ResolvedCpe | undefined {
  const { subscriber, tenant, plan } = facts;
  const { cpe } = subscriber.spec;
  const endpoint = acsOf(tenant, subscriber);
  if (!cpe || endpoint === undefined) return undefined;
  const serial = cpeSerial(cpe.serial);
  const managementUrl = cpe.managementUrl ?? plan?.spec.cpe.managementUrl;
  return {
    ref: { system: endpoint, resource: "device", key: serial },
    serial,
    oui: cpe.oui?.toUpperCase(),
    productClass: cpe.productClass,
    templates: (cpe.templates ?? plan?.spec.cpe.templates ?? []).flatMap((name) => templateTag(facts, name) ?? []),
    settings: [
      ...(managementUrl === undefined ? [] : [enforced("management.url", managementUrl)]),
      ...(dial.userName === undefined ? [] : [enforced("pppoe.username", dial.userName)]),
      ...(dial.password === undefined ? [] : [enforced("pppoe.password", dial.password)]),
      ...(ipv6.mode === "PD" || ipv6.mode === "DualStack" ? [enforced("ipv6.pd", true)] : []),
      ...wifi(facts, cpe, secrets),
      ...parameters(facts, cpe, secrets),
    ],
    mappings: mappingsOf(plan),
    onRetire: tenant.spec.policies.cpe.onRetire,
  };
}

const DIALS = ["pppoe.username", "pppoe.password"];
/** The router, as the account that it dials with has to know it. */
export const toldBy = ({ ref }: ResolvedCpe, keepsFormer: boolean): Told => ({
  ref: refKey(ref),
  fields: DIALS,
  keepsFormer,
});

/** Two tenants of one ACS may call their own templates alike; what people made there keeps its name. */
function templateTag({ tenant, tenants, notes }: Facts, name: string): string | undefined {
  if (declares(tenant, name)) return tenantTemplate(tenant.metadata.name, name);
  const isOwn = (t: Tenant): boolean =>
    t.spec.cpeTemplates.some((c) => tenantTemplate(t.metadata.name, c.name) === name);
  const another = [...tenants()].find((t) => t.metadata.name !== tenant.metadata.name && isOwn(t));
  if (another)
    return notes.block("TemplateRefused", `template ${name} is tenant ${another.metadata.name}'s; name another`);
  if (!MARKS.test(name)) return name;
  return notes.block(
    "TemplateRefused",
    `template ${name} would read as a mark of Lastmile's on the device; name another`,
  );
}
const declares = ({ spec }: Tenant, name: string): boolean => spec.cpeTemplates.some((t) => t.name === name);
/** What stands on a device as its owner, our memory, and the end of it. */
const MARKS = /^(lm[ow]?_|decommissioned-)/;

const mappingsOf = (plan: ServicePlan | undefined): readonly CpeMapping[] =>
  (plan?.spec.cpe.mappings ?? []).map(({ name, path, manufacturer, model }) => ({ name, path, manufacturer, model }));

function wifi(facts: Facts, { wifi = [] }: SubscriberCpe, secrets: Secrets): readonly Setting[] {
  return wifi.flatMap(({ band, instance, ssid, keySecretRef, management }): readonly Setting[] => {
    const of = (part: string): string => `wifi.${band ?? instance}.${part}`;
    const key = keySecretRef && secretAt(facts, secrets, keySecretRef, of("key"));
    return [
      { name: of("enabled"), value: true, management },
      { name: of("ssid"), value: ssid, management },
      ...(key ? [{ name: of("key"), value: key, management }] : []),
    ];
  });
}

const RESERVED: ReadonlySet<string> = new Set([...DIALS, "templates", "marking", "onRetire"]);
/** Of the plan, each overruled by the subscriber's own of the same path. */
function parameters(facts: Facts, { parameters = [] }: SubscriberCpe, secrets: Secrets): readonly Setting[] {
  for (const { path } of [...parameters, ...(facts.plan?.spec.cpe.parameters ?? [])])
    if (RESERVED.has(path))
      facts.notes.block("ParameterReserved", `cpe.parameters names ${path}, which Lastmile writes itself; remove it`);
  const own = parameters.flatMap(({ path, value, valueSecretRef, type, management }): readonly Setting[] => {
    const found = valueSecretRef ? secretAt(facts, secrets, valueSecretRef, path) : value;
    return found === undefined ? [] : [{ name: path, value: found, type, management }];
  });
  const named = new Set(parameters.map((p) => p.path));
  const planned = (facts.plan?.spec.cpe.parameters ?? []).filter((p) => !named.has(p.path));
  return [
    ...planned.map(({ path, value, type, management }): Setting => ({ name: path, value, type, management })),
    ...own,
  ];
}

function secretAt(facts: Facts, secrets: Secrets, ref: { readonly name: string; readonly key: string }, what: string) {
  const found = secrets.device?.(ref);
  if (found) return found;
  return facts.notes.block(
    "SecretMissing",
    `key ${ref.key} of Secret ${namespaceOf(facts.subscriber)}/${ref.name} (${what}) cannot be read; provide it, or remove it from cpe`,
  );
}
