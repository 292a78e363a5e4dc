/** A ticket database with the built-in driver, a clock that is set by hand, and subscribers declared in it one at a time. */
import type pg from "pg";
import type { Desired, Facts } from "../../controller/core/model.ts";
import { refKey } from "../../controller/core/model.ts";
import { type OwnerKey, ownerKey, parseOwner, token } from "../../controller/core/owner.ts";
import type { ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { Fault } from "../../reconcilers/errors.ts";
import type { Technician } from "../../reconcilers/fieldwork/assign.ts";
import { desired } from "../../reconcilers/fieldwork/desired.ts";
import type { FieldworkDriver } from "../../reconcilers/fieldwork/driver.ts";
import { postgresDriver } from "../../reconcilers/fieldwork/postgres-driver.ts";
import { installation, ticket } from "../../reconcilers/fieldwork/resources.ts";
import { ensureSchema } from "../../reconcilers/fieldwork/schema.ts";
import { database } from "../../reconcilers/postgres.ts";
import type { Order } from "../../reconcilers/system.ts";
import { ENDPOINT } from "../contract/fieldwork.subjects.ts";
import { hand, signal } from "../contract/hand.ts";
import { freshDatabase } from "./database.ts";

export interface Field {
  readonly pool: pg.Pool;
  readonly driver: FieldworkDriver;
  clock: number;
  technicians: readonly Technician[];
  /** As another process has it: connections of its own. */
  another(): FieldworkDriver;
  /** Its ticket as declared; facts of it. */
  declare(s: ResolvedSubscriber): Promise<Facts>;
  retire(s: ResolvedSubscriber): Promise<Facts>;
  /** What is to come of it: `installed`, or the words of the fault. */
  awaited(s: ResolvedSubscriber, action?: Order["action"]): Promise<string>;
  rows(text: string, ...values: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

export async function openField(now: string, technicians: readonly Technician[] = []): Promise<Field> {
  const { pool, url, drop } = await freshDatabase("template1");
  await ensureSchema(database(pool), signal);
  const others: pg.Pool[] = [];
  const desk = {
    get technicians() {
      return field.technicians;
    },
    now: () => field.clock,
  };
  const driver = postgresDriver(database(pool), desk);
  const field: Field = {
    ...{ pool, driver },
    clock: Date.parse(now),
    technicians,
    another: () => {
      const Pool = pool.constructor as typeof pg.Pool;
      const own = new Pool({ connectionString: url, max: 4 });
      others.push(own);
      return postgresDriver(database(own), desk);
    },
    async declare(s) {
      const wanted = part(s, "ticket");
      const seen = await handOf(s, wanted).settle(1, wanted);
      return seen?.facts ?? {};
    },
    async retire(s) {
      const seen = await handOf(s, part(s, "ticket")).settle(1, undefined);
      return seen?.facts ?? {};
    },
    async awaited(s, action = "create") {
      const { ref } = part(s, "installation");
      const owner: OwnerKey = ownerKey(s.owner);
      const order: Order = { ref, action, owner, token: token(owner, refKey(ref)), id: undefined, patch: {} };
      const [outcome] = await installation(driver).apply([order], signal);
      if (outcome instanceof Fault) return `${outcome.kind} ${outcome.code}: ${outcome.message}`;
      return outcome ? (outcome.retired ? "left" : "installed") : "gone";
    },
    rows: async (text, ...values) => (await pool.query(text, [...values])).rows,
    async close() {
      for (const own of others) await own.end();
      await drop();
    },
  };
  const handOf = (s: ResolvedSubscriber, wanted: Desired) =>
    hand({
      resource: ticket(driver, ENDPOINT),
      desired: () => wanted,
      owner: () => parseOwner(ownerKey(s.owner)),
    });
  return field;
}
function part(s: ResolvedSubscriber, resource: string): Desired {
  const found = desired(s, ENDPOINT).find((d) => d.ref.resource === resource);
  if (!found) throw new Error(`no ${resource} is wanted`);
  return found;
}
