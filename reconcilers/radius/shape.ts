/** What reading and writing of one kind of object need. */
import type { FieldTable, Observed, Ref, State } from "../../controller/core/model.ts";
import type { Row } from "../postgres.ts";
import { afterEdit, decode, type Found, indexOf } from "./decode.ts";
import { type Edit, encode } from "./encode.ts";
import type { Cells } from "./fields.ts";
import { passwordShown } from "./password.ts";
import { proofOf } from "./proof.ts";
import type { Kind } from "./sql.ts";

export interface Shape {
  readonly kind: Kind;
  readonly endpoint: string;
  readonly fields: FieldTable;
  /** Whether sessions are told of changes. */
  readonly live: boolean;
  decode(rows: readonly Row[]): ReadonlyMap<string, Found>;
  encode(patch: State): Edit;
  afterEdit(edit: Edit): Found["state"];
  /** What would be remembered if we had written what stands there; undefined: it cannot be told. */
  memoOf(state: State): string | undefined;
}

export function shapeOf(kind: Kind, endpoint: string, fields: FieldTable, cells: Cells, live = false): Shape {
  const index = indexOf(cells);
  return {
    kind,
    endpoint,
    fields,
    live,
    decode: (rows) => decode(rows, index),
    encode: (patch) => encode(patch, cells),
    afterEdit: (edit) => afterEdit(edit, index),
    memoOf: ({ password = null }) => {
      const shown = passwordShown(password);
      return shown && proofOf(shown.reveal());
    },
  };
}

/** Retired is what is marked so and what FreeRADIUS rejects: a mark alone keeps nobody out. */
export function observed(ref: Ref, { token, retired, state }: Pick<Found, "token" | "retired" | "state">): Observed {
  const gone = retired && (ref.resource === "group" || state["authType"] === "Reject");
  return { ref, id: ref.key, token, retired: gone, state, outputs: { name: ref.key } };
}
