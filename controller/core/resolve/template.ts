/**
 * Puts values into `{placeholders}`. Undefined when a placeholder has no value: half a user name or circuit id is worse
 * than none.
 */
export function fill(template: string, values: Readonly<Record<string, string | undefined>>): string | undefined {
  let complete = true;
  const text = template.replace(/\{([A-Za-z]+)\}/g, (_, key: string) => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (value === undefined || value === "") complete = false;
    return value ?? "";
  });
  return complete ? text : undefined;
}
/** The placeholders that have no value, in order of appearance. */
export const missing = (template: string, values: Readonly<Record<string, string | undefined>>): readonly string[] =>
  [...template.matchAll(/\{([A-Za-z]+)\}/g)]
    .map((m) => m[1] ?? "")
    .filter((key) => !(Object.hasOwn(values, key) && values[key]));
