/** The fields of a ticket that the declaration rules; what people and the clock make of it is told as facts. */
import type { FieldTable } from "../../controller/core/model.ts";

const managed = { authority: "managed" } as const;
/** Shown as a digest only: plans and audit rows outlive the erasure of personal data. */
const personal = { ...managed, secret: true } as const;

/** Each is a column of its name. */
const COLUMNS = {
  date: managed,
  priority: managed,
  team: managed,
  skills: managed,
  area: managed,
  plan: managed,
  onu: managed,
  cpe: managed,
  notes: personal,
  name: personal,
  phone: personal,
  address: personal,
} as const satisfies FieldTable;
export type Column = keyof typeof COLUMNS;
export const COLUMN_NAMES = Object.keys(COLUMNS) as readonly Column[];

/** `dispatch`: whether somebody is sent, as far as anybody is free. */
export const fields: FieldTable = { ...COLUMNS, dispatch: managed };
export const DISPATCHED = "done";
export const isPersonal = (field: string): boolean => fields[field]?.secret === true;
