/** One resource for each kind; all of them read and write alike. */
import { tenantOf } from "../../controller/core/owner.ts";
import { type Fault, fault } from "../errors.ts";
import type { Order, Outcome, Resource } from "../system.ts";
import { address, prefix } from "./addresses.ts";
import type { At } from "./body.ts";
import { change } from "./change.ts";
import { authorOf } from "./changes.ts";
import type { Http } from "./client.ts";
import { create } from "./create.ts";
import { destroy } from "./destroy.ts";
import { observe, scan } from "./find.ts";
import { grounds } from "./ground.ts";
import { fieldsOf, type Kind } from "./kind.ts";
import type { Names } from "./names.ts";
import { guarded, type Verdicts } from "./verdicts.ts";

/** Objects in one call: NetBox makes a hundred in the time of six single ones, and more at once make it no faster. */
const LIMIT = 100;

/** Pools and what is taken out of them first come before those who take. */
export function resources(http: Http, endpoint: string, names: Names): readonly Resource[] {
  return [...grounds, address, prefix].map((kind) => ({
    name: kind.name,
    marker: "inline",
    fields: fieldsOf(kind),
    limit: LIMIT,
    ...(kind === address || kind === prefix ? { outlasts: "Session" as const } : {}),
    settleMs: 0, // a request that lands late is refused: the marker's custom field is unique
    observe: (lookups, signal) => observe(http, kind, lookups, signal),
    apply: (orders, signal) => apply({ http, kind, names, signal }, orders),
    author: (id, signal) => authorOf(http, kind, id, signal),
    scan: (scope, signal) => scan(http, kind, endpoint, scope, signal),
    claims: ({ owner, observed: { state } }) =>
      typeof state["subscriber"] === "string"
        ? [{ kind: "subscriberNumber", scope: tenantOf(owner), value: state["subscriber"] }]
        : [],
  }));
}

async function apply(at: At, orders: readonly Order[]): Promise<readonly Outcome[]> {
  const out: Verdicts = new Map();
  const of = (...actions: readonly Order["action"][]) => orders.filter((o) => actions.includes(o.action));
  const parts: readonly [readonly Order[], typeof create][] = [
    [of("destroy"), destroy],
    [of("adopt", "update", "restore", "retire"), change],
    [of("create"), create],
  ];
  for (const [part, work] of parts) if (part.length > 0) await guarded(out, part, () => work(at, part, out));
  return orders.map((o) => out.get(o) ?? verdictless(at.kind, out.has(o)));
}
const verdictless = (kind: Kind, destroyed: boolean): Fault | null =>
  destroyed ? null : fault("Lost", `NetBox said nothing about this ${kind.name}`);
