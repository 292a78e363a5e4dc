/** A generated tenant: one RADIUS, two plans, any number of PPPoE subscribers with a fixed address behind a MikroTik. */
import { createValidator } from "../../controller/api/validate.ts";
import { keyOfObject } from "../../controller/core/catalog.ts";
import type { SourceObject, SourceUpdate } from "../../controller/sources/source.ts";

/** Where the credentials of the RADIUS database lie. */
export const CREDENTIALS = { namespace: "lastmile-system", name: "radius-bench" } as const;
/** A Secret that holds passwords of subscribers. */
export const PASSWORDS = { namespace: "isp-bench", name: "passwords" } as const;
export const INSTALLATION = "bench";
const TENANT = "bench";
export const NAMESPACE = "isp-bench";
const REALM = "bench.example";
const apiVersion = "lastmile.dev/v1alpha1";
const validator = createValidator();

/** As a source hands it on: valid, with its defaults. */
export function declared(raw: {
  readonly kind: string;
  readonly metadata: object;
  readonly spec: object;
}): SourceObject {
  const verdict = validator.validate({ apiVersion, ...raw });
  if (!verdict.ok) throw new Error(JSON.stringify(verdict.problems, null, 1));
  return { key: keyOfObject(verdict.object), object: verdict.object, origin: { file: "bench.yaml", line: 1 } };
}

/** Limits of the destructive budget stay out of the way: what is measured is the work, not its refusal. */
export const tenant = (more: Readonly<Record<string, readonly { readonly name: string }[]>> = {}): SourceObject =>
  declared({
    kind: "Tenant",
    metadata: { name: TENANT },
    spec: {
      namespace: NAMESPACE,
      timeZone: "Europe/Berlin",
      realms: [REALM],
      systems: { radius: [{ name: CREDENTIALS.name }], ...more },
      servingAreas: [{ name: "mitte", olts: ["olt1"], nas: ["bng1"] }],
      addressPools: [{ name: "v4", use: "IPv4", prefixes: ["10.0.0.0/8"], vrf: "internet" }],
      policies: { budgets: { retire: "100%", suspend: "100%", disrupt: "100%", minimum: 100_000 } },
    },
  });

/** @param address of the RADIUS database, without credentials. */
export const system = (address: string): SourceObject =>
  declared({
    kind: "ExternalSystem",
    metadata: { name: CREDENTIALS.name },
    spec: {
      type: "RADIUS",
      address,
      credentialsRef: CREDENTIALS,
      radius: { nas: [{ name: "bng1", address: "192.0.2.10", vendor: "MikroTik" }] },
    },
  });

export type PlanName = "home" | "fast" | "floating";
export const plan = (name: PlanName, down = "100Mbps", ipv4Assignment = "Static"): SourceObject =>
  declared({
    kind: "ServicePlan",
    metadata: { name, namespace: NAMESPACE },
    spec: {
      speed: { down, up: "50Mbps" },
      accessType: "PPPoE",
      ipv4Assignment,
      idleTimeout: "15m",
      services: [{ name: "internet", vlan: 100 }],
    },
  });

export interface SubscriberOptions {
  readonly plan?: PlanName;
  /** Another value is another fixed address. */
  readonly shift?: number;
  /** Passwords out of the Secret instead of generated ones. */
  readonly byReference?: boolean;
  /** An address out of the pool instead of a fixed one. */
  readonly dynamic?: boolean;
  /** A router that GenieACS is to tell something. */
  readonly cpe?: boolean;
}
export function subscriber(n: number, o: SubscriberOptions = {}): SourceObject {
  const at = n + (o.shift ?? 0) * 200_000;
  return declared({
    kind: "Subscriber",
    metadata: { name: `s${n}`, namespace: NAMESPACE },
    spec: {
      subscriberNumber: `B-${n}`,
      customer: { id: `C-${n}`, name: `Customer ${n}`, email: `customer${n}@example.com`, language: "de" },
      serviceAddress: { line: `Main St ${n}`, city: "Berlin", postalCode: "10115", country: "DE" },
      planRef: { name: o.plan ?? "home" },
      ...(!o.dynamic && { networkProfile: { staticIPv4: `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}` } }),
      onu: { olt: "olt1", serial: onuSerialOf(n) },
      ...(o.cpe && { cpe: cpe(n) }),
      ...(o.byReference && { radius: { passwordSecretRef: { name: PASSWORDS.name, key: `p${n}` } } }),
    },
  });
}
/** Each with its name and password of PPPoE. */
const cpe = (n: number): object => ({
  serial: cpeSerialOf(n),
  wifi: [
    { band: "2.4GHz", ssid: `Home ${n}` },
    { band: "5GHz", ssid: `Home ${n} 5` },
  ],
  parameters: [{ path: "ManagementServer.PeriodicInformInterval", value: `${INFORM_SECONDS}`, type: "UnsignedInt" }],
});
export const INFORM_SECONDS = 600;
export const onuSerialOf = (n: number): string => `ALCL${n.toString(16).toUpperCase().padStart(8, "0")}`;
export const cpeSerialOf = (n: number): string => `BR-${n}`;
/** Numbered from 1. */
export const subscribers = (count: number, o: SubscriberOptions = {}): readonly SourceObject[] =>
  Array.from({ length: count }, (_, n) => subscriber(n + 1, o));
export const userNameOf = (n: number): string => `s${n}@${REALM}`;
export const ownerOf = (n: number): string => `${INSTALLATION}/${TENANT}/Subscriber/${NAMESPACE}/s${n}`;

let revision = 0;
export const update = (upserts: readonly SourceObject[], complete: boolean): SourceUpdate => ({
  sourceId: "dir:bench",
  revision: `r${++revision}`,
  complete,
  upserts,
  deletes: [],
  errors: [],
});
