/** Two resources over one set of tables: accounts and the groups of plans. */
import { type Observed, type RefKey, refKey } from "../../controller/core/model.ts";
import type { Database, Row } from "../postgres.ts";
import type { Lookup, Resource, Scanned, ScanScope } from "../system.ts";
import { apply } from "./apply.ts";
import { isLive, type Nas } from "./config.ts";
import { accountCells, accountFields, groupCells, groupFields } from "./fields.ts";
import { observed, type Shape, shapeOf } from "./shape.ts";
import * as sql from "./sql.ts";

/** Objects in one statement; more do not make it faster. */
const LIMIT = 500;
/** Objects in one page of a scan: nobody waits for a single one of them. */
const PAGE = 2000;

export const accounts = (db: Database, endpoint: string, nas: readonly Nas[]): Resource => ({
  ...resource(db, shapeOf("account", endpoint, accountFields, accountCells(nas), isLive({ nas }))),
  serves: "Session",
  claims: ({ observed: { ref } }) => [{ kind: "userName", scope: endpoint, value: ref.key }],
});
export const groups = (db: Database, endpoint: string, nas: readonly Nas[]): Resource =>
  resource(db, shapeOf("group", endpoint, groupFields, groupCells(nas), isLive({ nas })));

function resource(db: Database, shape: Shape): Resource {
  const read = sql.read(shape.kind);
  return {
    name: shape.kind,
    marker: "beside",
    fields: shape.fields,
    limit: LIMIT,
    settleMs: 0, // the transaction is committed before the answer comes
    observe: async (lookups, signal) =>
      byRef(shape, await db.read(read, [lookups.map((l) => l.ref.key)], signal), lookups),
    apply: (orders, signal) => db.transaction((query) => apply(query, shape, orders), signal),
    scan: (scope, signal) => scan(db, shape, scope, signal),
  };
}

function byRef(shape: Shape, rows: readonly Row[], lookups: readonly Lookup[]): ReadonlyMap<RefKey, Observed> {
  const found = shape.decode(rows);
  const out = new Map<RefKey, Observed>();
  for (const { ref } of lookups) {
    const one = found.get(ref.key);
    if (one) out.set(refKey(ref), observed(ref, one));
  }
  return out;
}

/** Names first, then their rows by name: a tenant is read at its own size, however large the database is. */
async function* scan(
  db: Database,
  shape: Shape,
  scope: ScanScope,
  signal: AbortSignal,
): AsyncGenerator<readonly Scanned[]> {
  const [names, rows] = [sql.page(shape.kind), sql.read(shape.kind)];
  for (let after = ""; ; ) {
    const page = await db.read(names, [`${scope.installation}/${scope.tenant}`, after, PAGE], signal);
    if (page.length === 0) return;
    const found = shape.decode(await db.read(rows, [page.map(([name]) => name)], signal));
    yield page.flatMap(([name, owner]): readonly Scanned[] => {
      const one = found.get(name!);
      if (one?.token === undefined) return []; // destroyed since its name was read
      return [{ owner: owner!, observed: observed({ system: shape.endpoint, resource: shape.kind, key: name! }, one) }];
    });
    if (page.length < PAGE) return;
    after = page.at(-1)![0]!;
  }
}
