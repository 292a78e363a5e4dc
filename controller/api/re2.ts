import { RE2JS } from "@bufbuild/re2";

const compiled = new Map<string, RE2JS>();

/** The engine of Go: linear time, no lookahead, unanchored. Throws where Go refuses the pattern. */
export function re2(pattern: string): RE2JS {
  let expression = compiled.get(pattern);
  if (!expression) {
    expression = RE2JS.compile(pattern);
    compiled.set(pattern, expression);
  }
  return expression;
}
export const matches = (pattern: string, text: string): boolean => re2(pattern).test(text);
