/** What tells one kind of object from another; everything else reads and writes all kinds alike. */
import type { FieldRule, FieldTable, Observed, Ref, Scalar, Spec, State, Value } from "../../controller/core/model.ts";
import type { Query } from "./client.ts";
import { type Item, slugsOf, textAt } from "./list.ts";
import { FIELD, isWhole, type Marking } from "./marker.ts";
import type { Names } from "./names.ts";

export type Body = Readonly<Record<string, unknown>>;
/** What people call the object, where its key says it: by this an object without a mark is found. */
export interface Natural {
  /** Filter of the list, and its value. */
  readonly filter: string;
  readonly value: string;
  /** With what else tells two apart, such as the VRF; `naturalOf` says it of an item. */
  readonly whole: string;
}
export interface Writing {
  readonly names: Names;
  readonly signal: AbortSignal;
  /** As it is there now; undefined: it is being made. */
  readonly item: Item | undefined;
  /** The whole of what is being written. */
  readonly patch: State;
  /** Lastmile's own name of the tenant. */
  readonly tenant: string;
}
/** Writes one field of a patch. */
export type Write = (value: Value, cx: Writing) => Promise<Body> | Body;
/** Reads one field; undefined: not there. */
export type Read = (item: Item) => Value | undefined;
export interface Column {
  readonly rule: FieldRule;
  readonly read: Read;
  readonly write: Write;
}
/** Where values are taken: below the parent, under this path, by bodies with a prefix length. */
export interface Taking {
  readonly path: "available-ips" | "available-prefixes";
  /** The field that holds what was taken. */
  readonly field: "address" | "prefix";
}
export interface Kind {
  readonly name: string;
  readonly path: string;
  /** As `assigned_object_type` says it. */
  readonly model: string;
  readonly marking: Marking;
  readonly columns: Readonly<Record<string, Column>>;
  /** Names of NetBox's fields that are read. */
  readonly reads: readonly string[];
  /** `spec`: what is wanted or written, which knows what the key may not say. */
  readonly natural: (key: string, spec?: Spec) => Natural | undefined;
  readonly naturalOf: (item: Item) => string;
  /** NetBox lets in two of one name that arrive together: looked at again after every create. */
  readonly races?: true;
  readonly outputs: (item: Item) => Readonly<Record<string, Scalar>>;
  readonly retired: (item: Item) => boolean;
  /** The body that takes it out of service. */
  readonly retire: (item: Item) => Body;
  readonly taking?: Taking;
  /** Of a customer's object that was declared: why it is there stands in its journal too. */
  readonly journal?: true;
  /** A list and a filter of what may still lie in it; then it is not destroyed. */
  readonly within?: (item: Item) => readonly (readonly [path: string, query: Query])[];
}

/** Whether owner and key stand beside the marker as they should. */
export const MARKING = "marking";
const managed: FieldRule = { authority: "managed" };
export const fieldsOf = (kind: Kind): FieldTable => ({
  ...Object.fromEntries(Object.entries(kind.columns).map(([name, c]) => [name, c.rule])),
  [MARKING]: managed,
});

export function observed(kind: Kind, ref: Ref, item: Item): Observed {
  const mark = kind.marking.read(item);
  const entries = Object.entries(kind.columns).flatMap(([name, { read }]): [string, Value][] => {
    const value = read(item);
    return value === undefined ? [] : [[name, value]];
  });
  const state: State = { ...Object.fromEntries(entries), [MARKING]: mark.token === undefined || isWhole(mark, ref) };
  const outputs = kind.outputs(item);
  return { ref, id: String(item.id), token: mark.token, retired: kind.retired(item), state, outputs };
}

/** Columns that several kinds have. */
export const status: Column = {
  rule: managed,
  read: (item) => textAt(item, "status", "value"),
  write: (value) => ({ status: value }),
};
export const isDeprecated = (item: Item): boolean => textAt(item, "status", "value") === "deprecated";
export const deprecate = (): Body => ({ status: "deprecated" });

export const text = (field: string, rule: FieldRule = managed): Column => ({
  rule,
  read: (item) => textAt(item, field),
  write: (value) => ({ [field]: value ?? "" }),
});
const custom = (field: string): Column => ({
  rule: managed,
  read: (item) => textAt(item, "custom_fields", field),
  write: (value) => ({ custom_fields: { [field]: value } }),
});
export const subscriber = custom(FIELD.subscriber);
export const customer = custom(FIELD.customer);

/** The tenant in NetBox has a name and a slug, and people declare either. */
const slug = (v: Scalar): string =>
  String(v)
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-");
export const tenant: Column = {
  rule: { ...managed, normalize: slug },
  read: (item) => textAt(item, "tenant", "name"),
  write: async (value, { names, tenant: own, signal }) => ({
    tenant: value === null ? null : await names.tenant(String(value), own, signal),
  }),
};
export const vrf: Column = {
  rule: managed,
  read: (item) => textAt(item, "vrf", "name"),
  write: async (value, { names, signal }) => ({ vrf: value === null ? null : await names.vrf(String(value), signal) }),
};

/** Ours begin with this; what others put beside them stays. */
export const TAG = "lm-";
export const tags: Column = {
  rule: managed,
  read: (item) => {
    const own = slugsOf(item).filter((s) => s.startsWith(TAG));
    return own.length > 0 ? own.sort() : undefined;
  },
  write: (value, { item }) => {
    const want = (value ?? []) as readonly string[];
    if (!item) return { tags: want.map((s) => ({ slug: s })) };
    const have = slugsOf(item).filter((s) => s.startsWith(TAG));
    const only = (a: readonly string[], b: readonly string[]) =>
      a.filter((s) => !b.includes(s)).map((s) => ({ slug: s }));
    return { add_tags: only(want, have), remove_tags: only(have, want) };
  },
};
/** Written when it is made and never read: it says where to take from, or what must be there first. */
export const hint: Column = { rule: { authority: "seeded" }, read: () => undefined, write: () => ({}) };
