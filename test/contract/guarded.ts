/** A database of which every statement is a call that can be refused, lost or be the last one. */
import type { Database } from "../../reconcilers/postgres.ts";
import type { Faults } from "../lab/faults.ts";

/** @param name of the calls: `name.read`, `name.write` of a transaction, `name.statement` of each in it. */
export function guarded(db: Database, faults: Faults, name: string): Database {
  return {
    read: (...args) => faults.guard(`${name}.read`, () => db.read(...args)),
    transaction: (body, stop) =>
      faults.guard(`${name}.write`, () =>
        db.transaction(
          (query) => body((text, values) => faults.guard(`${name}.statement`, () => query(text, values))),
          stop,
        ),
      ),
    close: () => db.close(),
  };
}
