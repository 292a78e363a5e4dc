/** Values between three spellings: as declared, as the NBI shows them, and as a task sends them. */
import type { Scalar, Spec, Value } from "../../controller/core/model.ts";
import type { CpeSetting } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { fault } from "../errors.ts";
import type { Leaf } from "./device.ts";

type Type = NonNullable<CpeSetting["type"]>;
interface Setting extends Pick<CpeSetting, "name" | "value"> {
  readonly type?: Type | undefined;
}
const NUMBERS: ReadonlySet<Type | undefined> = new Set(["Int", "UnsignedInt"]);

/** In the JavaScript type of its declared one. @throws Fault `BadValue` */
export function declared({ name, value, type }: Setting): CpeSetting["value"] {
  if (type === undefined || value instanceof Sensitive) return value;
  const text = String(value);
  if (type === "Boolean") return truth(text) ?? wrong(name, "is not true or false");
  if (NUMBERS.has(type)) return whole(text, type === "UnsignedInt") ?? wrong(name, `is no ${type}`);
  if (type === "DateTime") return moment(text) ?? wrong(name, "is not a date and time of RFC 3339");
  return text;
}
function wrong(name: string, what: string): never {
  throw fault("BadValue", `the CPE's parameter ${name} ${what}`);
}
function truth(text: string): boolean | undefined {
  return ({ true: true, "1": true, false: false, "0": false } as Readonly<Record<string, boolean>>)[text.toLowerCase()];
}
function whole(text: string, isUnsigned: boolean): number | undefined {
  const n = Number(text);
  return /^-?\d+$/.test(text) && Number.isSafeInteger(n) && !(isUnsigned && n < 0) ? n : undefined;
}
function moment(text: string): string | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** What is shown, in the spelling of what is wanted: devices say `1` for true, and the NBI milliseconds for a date. */
export function shown(leaf: Leaf | undefined, want: Spec[string] | undefined): Scalar | null {
  const value = leaf?.value;
  if (value === undefined) return null;
  if (leaf?.type === "xsd:dateTime" && typeof value === "number") return new Date(value).toISOString();
  if (typeof want === "boolean") return truth(String(value)) ?? value;
  if (typeof want === "number") return whole(String(value), false) ?? value;
  return typeof want === "string" ? String(value) : value;
}

export const plain = (v: Value | undefined): Scalar | undefined =>
  v instanceof Sensitive ? v.reveal() : typeof v === "object" || v === undefined ? undefined : v;

/** `[path, value, type]`; without a type where the device has not told its own: then GenieACS takes the device's (sample 99). */
export type Pair = readonly [path: string, value: Scalar, type?: string];

/** Typed as the device has it. Never null, never NaN: they kill a worker of the NBI (fact 6). @throws Fault `BadValue` */
export function pairFor(path: string, name: string, value: Value, type: string | undefined): Pair {
  const v = plain(value);
  if (v === undefined || (typeof v === "number" && !Number.isFinite(v))) return wrong(name, "has no value");
  if (type === undefined) return [path, v];
  return [path, typed(name, v, type), type];
}
function typed(name: string, v: Scalar, type: string): Scalar {
  const text = String(v);
  if (type === "xsd:boolean") return truth(text) ?? wrong(name, "is on this device true or false");
  if (/^xsd:(int|unsignedInt|long|unsignedLong)$/.test(type))
    return whole(text, type.startsWith("xsd:unsigned")) ?? wrong(name, "is on this device a whole number");
  if (type === "xsd:dateTime") return moment(text) ?? wrong(name, "is on this device a date and time");
  return text;
}
/** Whether a device that shows the one holds the other. */
export const holds = (leaf: Leaf | undefined, want: Value): boolean => {
  const v = plain(want);
  return v !== undefined && shown(leaf, v) === v;
};
