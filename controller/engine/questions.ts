/** What people ask of a controller: what would happen, what came back, what nobody declares. No system is written to. */
import type { Observed } from "../core/model.ts";
import { type OwnerKey, tenantOf } from "../core/owner.ts";
import { retentionMs } from "../core/policy.ts";
import type { SourceUpdate } from "../sources/source.ts";
import type { Budget } from "../store/budget.ts";
import type { Secrets } from "../store/secrets.ts";
import type { Declared } from "./declared.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Engine } from "./engine.ts";
import { overlay } from "./overlay.ts";
import { policyOf } from "./policy.ts";
import { type Preview, previewAll } from "./preview.ts";
import { type Marked, markedObjects } from "./recovery/marked.ts";
import { type Orphan, orphansOf } from "./recovery/orphans.ts";
import { type Recovered, recover } from "./recovery/recover.ts";
import { unclaimedIn } from "./recovery/unclaimed.ts";
import { firstSteps } from "./rollout-ahead.ts";
import type { Clock } from "./run/knowledge.ts";
import { fill, hold, leftovers, recall, type Stock } from "./stock.ts";
import { giveTags } from "./tags.ts";

export interface Desk extends Stock {
  readonly installation: string;
  readonly declared: Declared;
  readonly endpoints: Endpoints;
  readonly engine: Engine;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly budget: (tenant: (name: string) => ReturnType<Declared["tenant"]>) => Budget;
  /** An empty one, beside that by which the controller acts. */
  readonly draft: () => Declared;
}
export interface PreviewOptions {
  readonly prune: boolean;
  /** Of these owners alone. */
  readonly only?: readonly OwnerKey[];
}
export interface RecoverOptions {
  readonly withdraw: boolean;
  readonly signal: AbortSignal;
}

export async function previewOf(desk: Desk, update: SourceUpdate | undefined, o: PreviewOptions): Promise<Preview> {
  const { store, engine, clock } = desk;
  const { copy, keys: declared, steps } = await draftWith(update, o.prune, desk);
  const tenants = update ? declared.map(tenantOf) : await store.tenants();
  const keys = o.only ?? [...new Set([...declared, ...(await leftovers(copy, new Set(tenants), desk))])];
  const gone = keys.filter((key) => !copy.declares(key));
  await recall(copy, gone, desk);
  await giveTags(keys, copy, { valuesIn: store.valuesIn, claim: undefined });
  if (update) await desk.endpoints.sync(copy.systems());
  await engine.refreshApprovals();
  return previewAll({
    keys,
    steps,
    subject: (key) => copy.subject(key, false),
    deps: engine.looking((key) => policyOf(copy, key, clock.now())),
    store,
    budget: desk.budget((name) => copy.tenant(name)),
  });
}

/** What would be declared, and the owners that the update has a say in. */
async function draftWith(update: SourceUpdate | undefined, prune: boolean, desk: Desk) {
  const copy = desk.draft();
  await fill(copy, desk);
  const keys = update ? (await overlay(update, copy, desk.objects, prune)).keys : [...copy.owners()];
  const back = keys.filter((key) => !desk.declared.declares(key));
  await hold(copy, back, desk); // who comes back has kept his name
  return { copy, keys, steps: await firstSteps(copy, desk) };
}

/** The update itself is left to its source. */
export async function recoverBy(desk: Desk, update: SourceUpdate, o: RecoverOptions): Promise<Recovered> {
  const { store, secrets, clock } = desk;
  const { copy: declared } = await draftWith(update, false, desk);
  await desk.endpoints.sync(declared.systems());
  const marked = await markedAt(desk, declared, [], o.signal);
  const retention = (name: string) => retentionMs(declared.tenant(name));
  return recover({ declared, marked, store, secrets, retentionMs: retention, now: clock.now(), withdraw: o.withdraw });
}

export interface OrphansOptions {
  /** Also of these, though nobody declares them any more. */
  readonly tenants: readonly string[];
  readonly signal: AbortSignal;
}
/** With an update: of what it would leave undeclared. Without one, of what is declared now. */
export async function orphansAt(
  desk: Desk,
  update: SourceUpdate | undefined,
  { tenants, signal }: OrphansOptions,
): Promise<{ readonly marked: readonly Orphan[]; readonly unclaimed: readonly Observed[] }> {
  const { store, clock, engine } = desk;
  const declared = update ? (await draftWith(update, false, desk)).copy : desk.declared;
  if (update) await desk.endpoints.sync(declared.systems());
  const known = [...tenants, ...(await store.tenants())];
  const marked = await orphansOf(await markedAt(desk, declared, known, signal), declared, store, clock.now());
  const sessions = engine.ports.sessions();
  return {
    marked,
    unclaimed: await unclaimedIn({ sessions, declared, store, tenants: known, now: clock.now(), signal }),
  };
}

/** @throws Fault of a system that cannot be read: without it too little would be found. */
async function markedAt(
  { endpoints, engine, installation }: Desk,
  declared: Declared,
  more: readonly string[],
  signal: AbortSignal,
): Promise<readonly Marked[]> {
  for (const { metadata } of declared.systems()) {
    const contact = endpoints.contact(metadata.name);
    if (contact?.ok === false && contact.fault.code !== "NotSupported") throw contact.fault;
  }
  const tenants = new Set([...[...declared.tenants()].map((t) => t.metadata.name), ...more]);
  return markedObjects({ sessions: engine.ports.sessions(), installation, tenants, signal });
}
