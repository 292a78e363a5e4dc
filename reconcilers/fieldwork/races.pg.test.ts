/** Several processes at once, each with connections of its own: the database decides. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { refKey, type State } from "../../controller/core/model.ts";
import { ownerKey, token } from "../../controller/core/owner.ts";
import { ENDPOINT, technician, visited } from "../../test/contract/fieldwork.subjects.ts";
import { signal } from "../../test/contract/hand.ts";
import { type Field, openField } from "../../test/lab/fieldwork.ts";
import { Fault } from "../errors.ts";
import type { Order } from "../system.ts";
import { desired } from "./desired.ts";
import type { FieldworkDriver } from "./driver.ts";

let field: Field;
const NAMES = ["ada", "ben", "cleo", "dan", "eve"];
beforeEach(async () => {
  field = await openField(
    "2026-11-24T12:00:00Z",
    NAMES.map((n) => technician(n)),
  );
});
afterEach(() => field.close());

function create(n: number): Order {
  const s = visited(n);
  const [d] = desired(s, ENDPOINT);
  const owner = ownerKey(s.owner);
  return {
    ref: d!.ref,
    action: "create",
    owner,
    token: token(owner, refKey(d!.ref)),
    id: undefined,
    patch: d!.spec as State,
    how: d!.how,
  };
}
/** A deadlock or a lock that was waited for too long is a transient Fault: the engine asks again. */
async function insist(driver: FieldworkDriver, orders: readonly Order[]): Promise<void> {
  for (;;) {
    const failed = await driver.apply(orders, signal).then(
      () => undefined,
      (e: unknown) => e,
    );
    if (failed === undefined) return;
    if (!(failed instanceof Fault) || failed.kind !== "Transient") throw failed;
  }
}

const THREE_PARTS = (orders: readonly Order[]) => [orders.slice(0, 3), orders.slice(3, 4), orders.slice(4)];
/** Six processes with ten customers each. */
function sixAtOnce(order: (n: number) => Order): Promise<unknown> {
  const calls = Array.from({ length: 6 }, (_, p) => {
    const driver = field.another();
    const mine = Array.from({ length: 10 }, (_x, i) => order(p * 10 + i + 1));
    return THREE_PARTS(mine).map((orders) => insist(driver, orders));
  });
  return Promise.all(calls.flat());
}
const booked = async () =>
  (await field.rows("select technician from fieldwork.bookings order by 1")).map((r) => r["technician"]);

test("six processes make sixty tickets for one hour of five technicians: no number and no hour is given twice", async () => {
  await sixAtOnce(create);
  expect(await booked()).toEqual(NAMES);
  const numbers = (await field.rows("select number from fieldwork.tickets order by 1")).map((r) => r["number"]);
  expect(numbers).toEqual(Array.from({ length: 60 }, (_, i) => `TCK-20261124-${String(i + 1).padStart(4, "0")}`));
});

test("six processes look for somebody for sixty tickets that wait: each technician is sent once", async () => {
  field.technicians = [];
  await sixAtOnce(create);
  expect(await booked()).toEqual([]);
  field.technicians = NAMES.map((n) => technician(n));
  await sixAtOnce((n) => ({ ...create(n), action: "update", patch: { dispatch: "done" } }));
  expect(await booked()).toEqual(NAMES);
});

test("one ticket made by two at once is one", async () => {
  const drivers = [field.another(), field.another(), field.another()];
  await Promise.all(drivers.map((d) => insist(d, [create(1)])));
  expect(
    await field.rows("select number, technician from fieldwork.tickets t join fieldwork.bookings on ticket = t.id"),
  ).toHaveLength(1);
});

test("two people who send the same technician in one hour: one is told that he is busy", async () => {
  field.technicians = [];
  for (const n of [1, 2]) await field.declare(visited(n));
  field.technicians = [technician("ada")];
  const [a, b] = [field.another().desk, field.another().desk];
  const answers = await Promise.allSettled([
    a.assign("TCK-20261124-0001", "ada", "x", signal),
    b.assign("TCK-20261124-0002", "ada", "y", signal),
  ]);
  expect(answers.map((r) => (r.status === "fulfilled" ? r.value.technician : r.reason.code)).sort()).toEqual([
    "TechnicianBusy",
    "ada",
  ]);
});

test("a hand that books an hour twice is refused by the database itself", async () => {
  await field.declare(visited(1));
  const [{ hour } = {}] = await field.rows("select hour from fieldwork.bookings");
  await field.declare(visited(2));
  await field.rows("delete from fieldwork.bookings where technician = 'ben'");
  const twice = field.rows(
    "insert into fieldwork.bookings (technician, hour, day, ticket) select 'ada', $1, '2026-11-27', id from fieldwork.tickets where number = 'TCK-20261124-0002'",
    hour,
  );
  await expect(twice).rejects.toThrow(/duplicate key/);
});
