/** Pure: how values appear to people, in plans, audit rows and logs. */
import {
  type FieldChange,
  type FieldTable,
  isOutput,
  type Observed,
  type Output,
  ruleOf,
  type Spec,
  type Value,
} from "./model.ts";
import { Sensitive } from "./sensitive.ts";

/** Keyed: a plan shows that a secret differs, and cannot be used to guess it offline. */
export type Digest = (text: string) => string;

export const UNKNOWN = "(known after apply)";

export function show(rules: FieldTable, have: Observed | null, want: Spec, field: string, digest: Digest): FieldChange {
  const secret = ruleOf(rules, field)?.secret === true;
  return {
    field,
    before: text(have?.state[field] ?? null, secret, digest),
    after: text(want[field] ?? null, secret, digest),
  };
}

function text(v: Value | Output, secret: boolean, digest: Digest): string {
  if (v === null) return "";
  if (isOutput(v)) return UNKNOWN;
  if (v instanceof Sensitive) return `(${v.label ?? "secret"} ${digest(v.reveal())})`;
  if (secret) return `(secret ${digest(JSON.stringify(v))})`;
  return typeof v === "object" ? v.join(", ") : String(v);
}

/** A spelling of a value for hashing: stable, and free of secrets. */
export function fingerprint(v: Value | Output | undefined, secret: boolean, digest: Digest): unknown {
  if (v === undefined || v === null) return null;
  if (v instanceof Sensitive) return v.label ?? digest(v.reveal());
  if (isOutput(v)) return { $output: v.$output, path: v.path };
  return secret ? digest(JSON.stringify(v)) : v;
}
