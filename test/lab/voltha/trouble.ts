/** What goes wrong on demand, and what was asked. */
export type Way =
  /** Refused before it takes effect. */
  | "refuse"
  /** The connection ends before it takes effect. */
  | "drop-before"
  /** It takes effect, and nobody hears of it. */
  | "lose-reply"
  /** Never answered, without effect. */
  | "stall";
/** Happens once, to the next request that fits: `POST /vgc/v1/…` of REST, `GetDevice <id>` of gRPC. */
export interface Trouble {
  readonly on: RegExp;
  readonly what: Way;
}
export function nextTrouble(all: Trouble[], line: string): Way | undefined {
  const at = all.findIndex((t) => t.on.test(line));
  return at < 0 ? undefined : all.splice(at, 1)[0]?.what;
}
