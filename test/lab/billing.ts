/** A billing database with the built-in driver, and subscribers brought to their state in it one object at a time. */
import type pg from "pg";
import { type Desired, isOutput, parseRef, refKey, type State } from "../../controller/core/model.ts";
import { ownerKey, token } from "../../controller/core/owner.ts";
import type { ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { desired } from "../../reconcilers/billing/desired.ts";
import type { Kind } from "../../reconcilers/billing/fields.ts";
import { keyFor } from "../../reconcilers/billing/keys.ts";
import { postgresDriver } from "../../reconcilers/billing/postgres-driver.ts";
import { resource } from "../../reconcilers/billing/resources.ts";
import { ensureSchema } from "../../reconcilers/billing/schema.ts";
import { database } from "../../reconcilers/postgres.ts";
import type { Order } from "../../reconcilers/system.ts";
import { hand, signal } from "../contract/hand.ts";
import { freshDatabase } from "./database.ts";

const ENDPOINT = "billing-1";

/** What the parents of an object give it is told by their names. */
function wantedOf(subject: ResolvedSubscriber): readonly Desired[] {
  return desired(subject, ENDPOINT).map((d) => {
    const spec = Object.entries(d.spec).map(([field, v]) => {
      if (!isOutput(v)) return [field, v];
      const { key } = parseRef(v.$output);
      return [field, v.path === "account" ? decodeURIComponent(key.split(":")[2]!) : key];
    });
    return { ...d, spec: Object.fromEntries(spec) };
  });
}

/** An order that nobody planned. */
export function orderFor(
  { owner, number }: ResolvedSubscriber,
  kind: Kind,
  action: Order["action"],
  patch: State,
  slot?: string,
): Order {
  const ref = { system: ENDPOINT, resource: kind, key: keyFor(owner.tenant, number, slot) };
  const key = ownerKey(owner);
  return { ref, action, owner: key, token: token(key, refKey(ref)), id: undefined, patch };
}

export interface Ledger {
  readonly pool: pg.Pool;
  /** Everything that it should have, and nothing else that it had. */
  declare(subject: ResolvedSubscriber): Promise<void>;
  /** As far as it goes while something else of the subscriber is not in place. */
  register(subject: ResolvedSubscriber): Promise<void>;
  retire(subject: ResolvedSubscriber): Promise<void>;
  /** Retention is over. */
  purge(subject: ResolvedSubscriber): Promise<void>;
  /** As text: `kind slot before>after`. */
  events(): Promise<readonly string[]>;
  rows(text: string, ...values: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function openLedger(): Promise<Ledger> {
  const { pool, drop } = await freshDatabase("template1");
  const db = database(pool);
  await ensureSchema(db, signal);
  const had = new Map<string, readonly Desired[]>();
  const settle = (s: ResolvedSubscriber, d: Desired, wanted: Desired | undefined, due = false): Promise<unknown> => {
    const of = resource(postgresDriver(db), ENDPOINT, d.ref.resource as Kind);
    return hand({ resource: of, desired: () => d, owner: () => s.owner }).settle(1, wanted, due);
  };
  const end = async (s: ResolvedSubscriber, all: readonly Desired[], due: boolean): Promise<void> => {
    for (const d of all.toReversed()) await settle(s, d, undefined, due);
  };
  const bring = async (s: ResolvedSubscriber, all: readonly Desired[]): Promise<void> => {
    for (const d of all) await settle(s, d, d);
    const kept = new Set(all.map((d) => refKey(d.ref)));
    const gone = (had.get(s.number) ?? []).filter((d) => !kept.has(refKey(d.ref)));
    await end(s, gone, false);
    had.set(s.number, [...all, ...gone]);
  };
  const rows: Ledger["rows"] = async (text, ...values) => (await pool.query(text, [...values])).rows;
  return {
    pool,
    rows,
    declare: (s) => bring(s, wantedOf(s)),
    register: (s) =>
      bring(
        s,
        wantedOf(s).filter((d) => !d.last),
      ),
    retire: (s) => end(s, had.get(s.number) ?? [], false),
    purge: (s) => end(s, had.get(s.number) ?? [], true),
    events: async () =>
      (await rows("select kind, slot, before, after from billing.events order by id")).map(
        (e) => `${[e["kind"], e["slot"]].filter(Boolean).join(" ")} ${e["before"] ?? ""}>${e["after"] ?? ""}`,
      ),
    close: drop,
  };
}
