/** Rows to objects, and patches to what the statements take. */
import type { Scalar, State, Value } from "../../controller/core/model.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import type { Row } from "../postgres.ts";
import type { Order } from "../system.ts";
import type { Found } from "./driver.ts";
import { fieldsOf, type Kind, metadataPaths } from "./fields.ts";
import { type Name, parseKey } from "./keys.ts";

export function decode(kind: Kind, rows: readonly Row[]): ReadonlyMap<string, Found> {
  return new Map(
    rows.map(([key, id, token, retired, state, outputs]) => [
      key!,
      {
        id: id!,
        token: token ?? undefined,
        retired: retired === "true",
        state: stateOf(kind, JSON.parse(state!) as Readonly<Record<string, unknown>>),
        outputs: JSON.parse(outputs!) as Readonly<Record<string, Scalar>>,
      },
    ]),
  );
}

const stateOf = (kind: Kind, raw: Readonly<Record<string, unknown>>): State =>
  Object.fromEntries(
    Object.entries(raw).map(([field, v]): [string, Value] => [
      field,
      v !== null && fieldsOf[kind][field]?.secret ? new Sensitive(String(v)) : scalar(v),
    ]),
  );
/** What hands wrote into the metadata may be anything; a value that cannot be ours differs from every one of ours. */
const scalar = (v: unknown): Scalar | null =>
  v === null || typeof v === "string" || typeof v === "number" || typeof v === "boolean" ? v : JSON.stringify(v);

/** The JSON with which every write begins. */
export const jobsOf = (kind: Kind, orders: readonly Order[]): string =>
  JSON.stringify(
    orders.map(({ ref, action, patch }) => {
      const plain = Object.fromEntries(Object.entries(patch).map(([f, v]) => [f, reveal(v)]));
      return {
        ...parseKey(ref.key),
        action,
        patch: plain,
        metadata: kind === "service" ? metadataOf(plain) : {},
      };
    }),
  );
const reveal = (v: Value): unknown => (v instanceof Sensitive ? v.reveal() : v);

type Nested = Record<string, unknown>;
function metadataOf(patch: Readonly<Record<string, unknown>>): Nested {
  const out: Nested = {};
  for (const [field, path] of Object.entries(metadataPaths)) {
    if (!(field in patch)) continue;
    const [outer, inner] = path as readonly [string, string?];
    if (inner === undefined) out[outer] = patch[field];
    else out[outer] = { ...(out[outer] as Nested | undefined), [inner]: patch[field] };
  }
  return out;
}

/** Columns for `unnest`: keys, tenants, numbers, rests. */
export function columns(keys: readonly string[]): readonly (readonly string[])[] {
  const names: readonly Name[] = keys.map(parseKey);
  return [keys, names.map((n) => n.tenant), names.map((n) => n.number), names.map((n) => n.rest)];
}
