/** What may be said of an error that others raised: its code, never its text, which may hold a token. */
export function nameOf(e: unknown): string {
  if (!(e instanceof Error)) return "unknown";
  if ("code" in e && typeof e.code === "string") return e.code;
  return e.cause instanceof Error ? nameOf(e.cause) : e.name;
}
export const withoutCredentials = (e: unknown): string => `the kubeconfig's credentials cannot be had (${nameOf(e)})`;
