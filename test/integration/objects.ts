/** Declared objects of a small provider, and updates as a source sends them. */
import { createHash } from "node:crypto";
import type {
  ExternalSystem,
  LastmileObject,
  Subscriber,
  SubscriberSpec,
  Tenant,
  TenantSpec,
} from "../../controller/api/types.generated.ts";
import { keyOfObject } from "../../controller/core/catalog.ts";
import * as fixture from "../../controller/core/resolve/fixture.ts";
import type { SourceUpdate } from "../../controller/sources/source.ts";

export const TENANT = "acme";
export const NAMESPACE = "isp-acme";
/** Namespace of the credentials of systems. */
export const SYSTEM = "lastmile-system";
export const ENDPOINT = "radius-1";

/** Number and serial follow from the name, so that no two subscribers share one. */
export function sub(name: string, spec: Partial<SubscriberSpec> = {}): Subscriber {
  const digest = createHash("sha256").update(name).digest("hex").toUpperCase();
  const onu = { olt: "olt1", serial: `ALCL${digest.slice(0, 8)}` };
  return fixture.subscriber({ subscriberNumber: `SUB-${name}`, onu, ...spec }, name);
}
export const subs = (count: number, prefix = "s"): readonly Subscriber[] =>
  Array.from({ length: count }, (_, n) => sub(`${prefix}${String(n).padStart(4, "0")}`));

export const suspended = (s: Subscriber): Subscriber => ({
  ...s,
  spec: {
    ...s.spec,
    serviceState: "Suspended",
    suspension: { reason: "NonPayment", mode: "Reject", billing: "Continue" },
  },
});
export const terminated = (s: Subscriber): Subscriber => ({ ...s, spec: { ...s.spec, serviceState: "Terminated" } });
export const annotated = <T extends LastmileObject>(o: T, annotations: Readonly<Record<string, string>>): T => ({
  ...o,
  metadata: { ...o.metadata, annotations },
});

export function tenant(spec: Partial<TenantSpec> = {}, policies: Partial<TenantSpec["policies"]> = {}): Tenant {
  const made = fixture.tenant(spec);
  return { ...made, spec: { ...made.spec, policies: { ...made.spec.policies, ...policies } } };
}
/** Each customer has a pair of tags of his own, from the pool `home`. */
export const PER_SUBSCRIBER = {
  name: "internet",
  vlanMode: "PerSubscriber",
  vlanPool: "home",
  technologyProfileId: 64,
  pbit: 0,
  keepWhenSuspended: false,
  multicast: false,
} as const;
export const system = (
  name: string,
  spec: Pick<ExternalSystem["spec"], "type" | "address"> & Partial<ExternalSystem["spec"]>,
): ExternalSystem => ({
  apiVersion: "lastmile.dev/v1alpha1",
  kind: "ExternalSystem",
  metadata: { name },
  spec: { mode: "Enforce", paused: false, limits: { concurrency: 4, requestsPerSecond: 10_000 }, ...spec },
});
/** Its user and password are in the Secret of its name. */
export function radius(url: string, name = ENDPOINT): ExternalSystem {
  const made = fixture.radius(name);
  const address = new URL(url);
  address.username = "";
  address.password = "";
  return { ...made, spec: { ...made.spec, address: address.href, credentialsRef: { namespace: SYSTEM, name } } };
}

let revisions = 0;
/** Everything that a source declares: what is not among them is gone. */
export const snapshot = (objects: readonly LastmileObject[], more: Partial<SourceUpdate> = {}): SourceUpdate => ({
  sourceId: "dir:/test",
  revision: `r${++revisions}`,
  complete: true,
  upserts: objects.map((object, n) => ({
    key: keyOfObject(object),
    object,
    origin: { file: "all.yaml", line: n + 1 },
  })),
  deletes: [],
  errors: [],
  ...more,
});
