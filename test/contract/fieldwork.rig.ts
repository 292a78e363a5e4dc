/** The ticket schema on a real PostgreSQL, with the other hands that write into it. */
import type pg from "pg";
import type { Desired } from "../../controller/core/model.ts";
import { desired } from "../../reconcilers/fieldwork/desired.ts";
import { postgresDriver } from "../../reconcilers/fieldwork/postgres-driver.ts";
import { ticket } from "../../reconcilers/fieldwork/resources.ts";
import { ensureSchema } from "../../reconcilers/fieldwork/schema.ts";
import { type Database, database } from "../../reconcilers/postgres.ts";
import { freshDatabase } from "../lab/database.ts";
import { CUSTOMER, owner } from "./billing.subjects.ts";
import { ENDPOINT, NOTES, visitedAs } from "./fieldwork.subjects.ts";
import { guarded } from "./guarded.ts";
import { signal } from "./hand.ts";
import type { MakeRig, Rig } from "./rig.ts";

const ADA = { name: "ada", team: "field_operations", skills: ["fibre"], areas: undefined, away: [] } as const;
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri"] as const;
const desk = { technicians: [{ ...ADA, days: DAYS }], now: () => Date.now() };

const object = (n: number, edited = false): Desired => {
  const found = desired(visitedAs(n, edited), ENDPOINT).find((d) => d.ref.resource === "ticket");
  if (!found) throw new Error("no ticket");
  return found;
};

const wire = (code: string) => Object.assign(new Error("value hunter2 of a row"), { code });
const wireErrors = [
  { what: "wrong password", error: wire("28P01") },
  { what: "no right to read", error: wire("42501") },
  { what: "no such table", error: wire("42P01") },
  { what: "shut down", error: wire("57P01") },
  { what: "connection refused", error: wire("ECONNREFUSED") },
  { what: "half an answer", error: new Error("Connection terminated unexpectedly") },
];
const failing = (error: Error) => ({ connect: () => Promise.reject(error), end: async () => undefined });

export const ticketRig: MakeRig = async (faults) => {
  const { pool, drop } = await freshDatabase("template1");
  const plain = database(pool);
  await ensureSchema(plain, signal);
  const over = (db: Database) => ticket(postgresDriver(db, desk), ENDPOINT);
  return {
    resource: over(guarded(plain, faults, "tickets")),
    calls: { read: "tickets.read", write: "tickets.write" },
    owner,
    desired: object,
    broken: wireErrors.map(({ what, error }) => ({ what, resource: over(database(failing(error))) })),
    byHand: hands(pool),
    secrets: [CUSTOMER(1).name, CUSTOMER(1).phone, CUSTOMER(1).address, NOTES],
    async reset() {
      await pool.query("delete from lastmile.fieldwork_owner; delete from fieldwork.tickets");
    },
    close: drop,
  };
};

function hands(pool: pg.Pool): Rig["byHand"] {
  const key = (n: number): string => object(n).ref.key;
  const run = (text: string) => async (n: number) => {
    await pool.query(text, [key(n)]);
  };
  const count = (text: string) => async (n: number) => (await pool.query(text, [key(n)])).rowCount ?? 0;
  const set = (text: string) => run(`update fieldwork.tickets set ${text} where key = $1`);
  const noted = count("select from fieldwork.tickets where key = $1 and note = 'by hand' and result = 'half done'");
  return {
    make: run(`insert into fieldwork.tickets (key, number, tenant, subscriber, visit, scheduled_at, sla_due, priority, team, rules)
      values ($1, 'T-' || $1, 'acme', 'S', 1, now(), now(), 'Low', 'x', '{}')`),
    annotate: set("note = 'by hand', result = 'half done'"),
    annotated: async (n) => (await noted(n)) === 1,
    count: count("select from fieldwork.tickets where key = $1"),
    spoil: {
      "another priority": set("priority = 'Low'"),
      "another team": set("team = 'nobody'"),
      "no wish": set("date = null"),
      "other skills": set("skills = '{x,y}'"),
      "no skills": set("skills = null"),
      "another area": set("area = 'nord'"),
      "another device": set("onu = 'X'"),
      "no name": set("name = null"),
      "another address": set("address = 'nowhere'"),
      "another note for the technician": set("notes = 'x'"),
      "nobody is sent": run(
        "delete from fieldwork.bookings where ticket = (select id from fieldwork.tickets where key = $1)",
      ),
      "no row at all": run("delete from fieldwork.tickets where key = $1"),
    },
  };
}
