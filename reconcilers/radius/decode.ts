/** Pure: rows of the tables to what a plan compares. */
import type { Value } from "../../controller/core/model.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import type { Row } from "../postgres.ts";
import type { Edit } from "./encode.ts";
import { type Cell, type Cells, EXTRAS, memberKey, type Table } from "./fields.ts";
import { ANY, isGuard } from "./moving.ts";
import { seenPassword } from "./password.ts";

/** What stands under one name. */
export interface Found {
  token: string | undefined;
  retired: boolean;
  /** Of a group one `table attribute` a line, what an operator asked for beside our fields; of an account a proof. */
  memo: string;
  readonly state: Record<string, Value>;
}
interface Field {
  readonly name: string;
  readonly cell: Cell;
}
/** Field by letter of the table, then attribute; also in lower case, because FreeRADIUS does not tell cases apart. */
export type Index = Readonly<Record<string, ReadonlyMap<string, Field>>>;

const LETTERS: Readonly<Record<Table, string>> = { check: "c", reply: "r", member: "m" };
const TABLES: Readonly<Record<string, Table>> = { c: "check", r: "reply", m: "member" };

export function indexOf(cells: Cells): Index {
  const tables = { c: new Map<string, Field>(), r: new Map<string, Field>(), m: new Map<string, Field>() };
  for (const [name, cell] of Object.entries(cells)) {
    const table = tables[LETTERS[cell.table] as keyof typeof tables];
    for (const a of cell.attributes) table.set(a, { name, cell }).set(a.toLowerCase(), { name, cell });
  }
  return tables;
}
const fieldOf = (index: Index, letter: string, attribute: string): Field | undefined =>
  index[letter]?.get(attribute) ?? index[letter]?.get(attribute.toLowerCase());

/** By name. The rows are those of `sql.read`, in any order. */
export function decode(rows: readonly Row[], index: Index): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  const others: Filled[] = [];
  for (const row of rows as readonly Filled[]) {
    const [letter, name, a, b, c] = row;
    const one = found.get(name) ?? blank(found, name);
    if (letter === "o") mark(one, a, b, c);
    else if (!place(one, row, index)) others.push(row);
  }
  for (const row of others) addIfAsked(found.get(row[1])!, row);
  for (const one of found.values()) hide(one.state, one.memo);
  return found;
}
type Filled = readonly [letter: string, name: string, a: string, b: string, c: string];

function place(one: Found, [letter, name, a, b, c]: Filled, index: Index): boolean {
  const attribute = letter === LETTERS.member ? memberKey(b) : a;
  const field = fieldOf(index, letter, attribute);
  if (field === undefined || (field.cell.moving && !isGuard(name))) return false;
  add(one.state, field, attribute, b, c);
  return true;
}

/** What an edit leaves where nothing stood before. */
export function afterEdit({ lines, memo = "" }: Edit, index: Index): Found["state"] {
  const state: Found["state"] = {};
  for (const { table, attribute, op, value } of lines) {
    const field = fieldOf(index, LETTERS[table], attribute);
    if (field === undefined) addExtra(state, table, attribute, op, value);
    else add(state, field, attribute, op, value);
  }
  hide(state, memo);
  return state;
}

function blank(found: Map<string, Found>, name: string): Found {
  const one: Found = { token: undefined, retired: false, memo: "", state: {} };
  found.set(name, one);
  return one;
}
function mark(one: Found, token: string, retired: string, memo: string): void {
  one.token = token;
  one.retired = retired === "true";
  one.memo = memo;
}

/** A second row, another operator or a sibling attribute is not what we wrote: it must never compare equal. */
function add(state: Record<string, Value>, { name, cell }: Field, attribute: string, op: string, value: string): void {
  const text = spelled(cell, attribute, op, value) ?? odd(`${attribute} ${op} ${value}`);
  const before = state[name] as string | string[] | undefined;
  if (before === undefined) state[name] = cell.many ? [text] : text;
  else if (typeof before === "object") before.push(text);
  else state[name] = odd(`${before} and ${text}`);
}
/** As it is wanted; undefined: not as we would write it. */
function spelled(cell: Cell, attribute: string, op: string, value: string): string | undefined {
  if (cell.any && (op === "=*" || value === ANY)) return op === "=*" ? `${attribute} ${ANY}` : undefined;
  if (op !== cell.op) return undefined;
  if (cell.named) return `${attribute} ${value}`;
  return attribute === cell.attributes[0] ? value : undefined;
}
/** Begins with a quote, which no value of ours may. */
const odd = (text: string): string => `"${text.replaceAll('"', "")}"`;

/** Rows of the attributes that an operator asked for; rows of other attributes are other people's. */
function addIfAsked(one: Found, [letter, , a, b, c]: Filled): void {
  const table = TABLES[letter]!;
  if (one.memo !== "" && one.memo.split("\n").includes(`${table} ${a.toLowerCase()}`))
    addExtra(one.state, table, a, b, c);
}

function hide(state: Record<string, Value>, memo: string): void {
  const { password, passwords } = state;
  if (typeof passwords === "string") state["passwords"] = new Sensitive(passwords);
  if (typeof password === "string") state["password"] = seenPassword(password, memo);
}

function addExtra(state: Found["state"], table: Table, attribute: string, op: string, value: string): void {
  state[EXTRAS] = [...((state[EXTRAS] as readonly string[] | undefined) ?? []), `${table} ${attribute} ${op} ${value}`];
}
