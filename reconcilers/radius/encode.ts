/** Pure: a patch to the rows that go and the rows that come. */
import type { State, Value } from "../../controller/core/model.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { fault } from "../errors.ts";
import { type Cell, type Cells, EXTRAS, type Table } from "./fields.ts";
import { ANY } from "./moving.ts";
import { passwordIn, storedPassword } from "./password.ts";
import { proofOf } from "./proof.ts";
import { danger, misformed } from "./values.ts";

/** One row to be written. */
export interface Line {
  readonly table: Table;
  readonly attribute: string;
  readonly op: string;
  readonly value: string;
}
export interface Edit {
  /** Attributes whose rows go. */
  readonly clear: readonly { readonly table: Table; readonly attributes: readonly string[] }[];
  readonly lines: readonly Line[];
  /** What is remembered beside the rows: a group's extras, the proof of an account's password; undefined: as it was. */
  readonly memo: string | undefined;
}

/** @throws Fault `BadValue`, without the value. */
export function encode(patch: State, cells: Cells): Edit {
  const clear: Edit["clear"][number][] = [];
  const lines: Line[] = [];
  for (const [field, value] of Object.entries(patch)) {
    const cell = cells[field];
    if (!cell) continue;
    clear.push({ table: cell.table, attributes: cell.attributes });
    for (const text of texts(value)) lines.push(line(field, cell, text));
  }
  const extras = patch[EXTRAS] === undefined ? undefined : texts(patch[EXTRAS]).map(extraLine);
  if (extras) return { clear, lines: [...lines, ...extras], memo: remembered(extras) };
  return { clear, lines, memo: proofFor(patch["password"]) };
}

function proofFor(password: Value | undefined): string | undefined {
  if (password === undefined) return undefined;
  return password instanceof Sensitive ? proofOf(passwordIn(password)) : "";
}

function texts(value: Value): readonly string[] {
  if (value === null) return [];
  if (value instanceof Sensitive) return [storedPassword(value)];
  return typeof value === "object" ? value.map(String) : [String(value)];
}

function line(field: string, cell: Cell, text: string): Line {
  const { table } = cell;
  const [attribute, given] = cell.named ? split(text) : [cell.attributes[0], text];
  const [op, value] = cell.any && given === ANY ? ["=*", "any"] : [cell.op, given];
  const why = danger(value) ?? misformed(attribute, value);
  if (why !== undefined) throw fault("BadValue", `${field} ${why}`);
  return { table, attribute, op, value };
}

/** `check Name op value`. */
function extraLine(text: string): Line {
  const [table, rest] = split(text);
  const [attribute, assignment] = split(rest);
  const [op, value] = split(assignment);
  return { table: table === "check" ? "check" : "reply", attribute, op, value };
}
const remembered = (lines: readonly Line[]): string =>
  [...new Set(lines.map((l) => `${l.table} ${l.attribute.toLowerCase()}`))].sort().join("\n");

const split = (text: string): readonly [string, string] => {
  const at = text.indexOf(" ");
  return [text.slice(0, at), text.slice(at + 1)];
};
