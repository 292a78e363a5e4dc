/** Columns on their way to `unnest`, spelled faster than the driver does it: it takes every value apart twice. */

export type Cell = string | number | null;
export type Column = readonly Cell[];

/** A literal of PostgreSQL's. JSON spells an array alike but for its brackets, unless a value must be escaped. */
export function literal(column: Column): string | Column {
  const json = JSON.stringify(column);
  return json.includes("\\") ? column : `{${json.slice(1, -1)}}`;
}

const isColumn = (value: unknown): value is Column =>
  Array.isArray(value) && !value.some((cell) => typeof cell === "object" && cell !== null);

/** Parameters of a statement; what is no column stays as it is. */
export const spelled = (values: readonly unknown[]): unknown[] => values.map((v) => (isColumn(v) ? literal(v) : v));
