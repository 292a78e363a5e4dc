/** Compares everything that the systems hold of ours with what is declared, page by page, and names the owners that differ. */
import type { Resource, Scanned } from "../../../reconcilers/system.ts";
import type { Composed } from "../../core/compose.ts";
import { differing } from "../../core/diff.ts";
import { type Desired, type RefKey, refKey, type Spec } from "../../core/model.ts";
import { type OwnerKey, tenantOf, token } from "../../core/owner.ts";
import { asFarAsKnown, needs } from "../../core/plan.ts";
import type { Entry } from "../../store/inventory.ts";
import { ahead } from "../ahead.ts";
import type { Declared } from "../declared.ts";
import type { Verified } from "../run/verified.ts";

export interface ScanInput {
  readonly declared: Declared;
  readonly installation: string;
  /** How it looked when nothing was left to do: what looks so still is not compared. */
  readonly verified: Verified;
  readonly signal: AbortSignal;
  /** What the inventory remembers, one list per owner. */
  readonly entries: (owners: readonly OwnerKey[]) => Promise<readonly (readonly Entry[])[]>;
}
export interface Scan {
  readonly endpoint: string;
  readonly objects: number;
  readonly drifted: readonly OwnerKey[];
}

/** For all tenants that have bound the endpoint, also those that are leaving. @throws Fault when it does not answer. */
export async function scanEndpoint(endpoint: string, resources: readonly Resource[], input: ScanInput): Promise<Scan> {
  const parts: Omit<Scan, "endpoint">[] = [];
  for (const { metadata } of input.declared.tenants()) {
    if (!input.declared.boundSystems(metadata.name).has(endpoint)) continue;
    parts.push(await scanTenant(endpoint, metadata.name, resources, input));
  }
  const objects = parts.reduce((n, p) => n + p.objects, 0);
  return { endpoint, objects, drifted: parts.flatMap((p) => p.drifted) };
}

/** One tenant at one endpoint, as far as it was read. */
interface Reading {
  readonly endpoint: string;
  /** Names of the resources that are read: what cannot be scanned is not missed. */
  readonly scanned: ReadonlySet<string>;
  readonly drifted: Set<OwnerKey>;
  /** Objects of an owner at this endpoint that the scan has not met yet; 0: all were met. */
  readonly open: Map<OwnerKey, number>;
}

async function scanTenant(
  endpoint: string,
  tenant: string,
  resources: readonly Resource[],
  input: ScanInput,
): Promise<Omit<Scan, "endpoint">> {
  const { installation, signal, declared } = input;
  const scanned = new Set(resources.flatMap((r) => (r.scan ? [r.name] : [])));
  const reading: Reading = { endpoint, scanned, drifted: new Set(), open: new Map() };
  const { drifted, open } = reading;
  let objects = 0;
  for (const r of resources) {
    if (!r.scan) continue;
    for await (const page of ahead(r.scan({ installation, tenant }, signal))) {
      objects += page.length;
      await judge(page, r, input, reading);
    }
  }
  for (const key of declared.owners()) {
    if (tenantOf(key) !== tenant) continue;
    if ((open.get(key) ?? expected(key, undefined, reading, input)) > 0) drifted.add(key);
  }
  return { objects, drifted: [...drifted] };
}

async function judge(page: readonly Scanned[], resource: Resource, input: ScanInput, reading: Reading): Promise<void> {
  const { drifted, open } = reading;
  const { declared, verified } = input;
  const others = page.filter((s) => !verified.same(s.owner, s.observed));
  const subjects = await Promise.all(others.map((s) => declared.subject(s.owner, false)));
  const chosen = await chosenFor(others, subjects, resource, input);
  const byOwner = new Map(others.map(({ owner }, n) => [owner, subjects[n]]));
  for (const { owner } of page)
    open.set(owner, (open.get(owner) ?? expected(owner, byOwner.get(owner), reading, input)) - 1);
  others.forEach((s, n) => {
    const subject = subjects[n];
    if (subject && differs(s, subject, resource, chosen.get(s.owner) ?? [])) drifted.add(s.owner);
  });
}

function expected(
  key: OwnerKey,
  subject: Composed | undefined,
  { endpoint, scanned }: Pick<Reading, "endpoint" | "scanned">,
  { declared, verified }: ScanInput,
): number {
  if (!subject && verified.has(key)) return verified.count(key, endpoint, scanned);
  const { desired } = subject ?? declared.outline(key);
  return desired.reduce((n, { ref }) => n + Number(ref.system === endpoint && scanned.has(ref.resource)), 0);
}

/** What systems chose before; asked for only where something of a page depends on it. */
async function chosenFor(
  page: readonly Scanned[],
  subjects: readonly Composed[],
  resource: Resource,
  { entries }: ScanInput,
): Promise<ReadonlyMap<OwnerKey, readonly Entry[]>> {
  const chooses = Object.values(resource.fields).some((f) => f.authority === "allocated");
  const owners = page.flatMap(({ owner, observed }, n) => {
    const want = wanted(subjects[n], refKey(observed.ref));
    return want && (chooses || needs(want.spec).length > 0) ? [owner] : [];
  });
  const found = owners.length > 0 ? await entries(owners) : [];
  return new Map(owners.map((owner, n) => [owner, found[n] ?? []]));
}

function differs(
  { owner, observed }: Scanned,
  subject: Composed,
  resource: Resource,
  chosen: readonly Entry[],
): boolean {
  if (subject.blocked.length > 0) return false; // nothing can be told, so nothing can be called wrong
  const want = wanted(subject, refKey(observed.ref));
  if (want === undefined) return !observed.retired;
  if (want.left) return false;
  if (observed.retired || observed.token !== token(owner, refKey(observed.ref))) return true;
  return differing(resource.fields, observed, judged(want, chosen)).length > 0;
}
/** What is not chosen yet cannot be different. */
function judged({ ref, spec }: Desired, chosen: readonly Entry[]): Spec {
  const outputs = (key: RefKey) => chosen.find((e) => e.ref === key)?.outputs;
  const own = outputs(refKey(ref));
  if (own === undefined && needs(spec).length === 0) return spec;
  return { ...own, ...asFarAsKnown(spec, ({ $output, path, foreseen }) => outputs($output)?.[path] ?? foreseen) };
}
const wanted = (subject: Composed | undefined, key: string): Desired | undefined =>
  subject?.desired.find((d) => refKey(d.ref) === key);
