/** Pure: what of a subscriber goes after what serves it, when it is wanted no more. */
import { type Hold, parseRef, type Ref, type RefKey, refKey, type Seen } from "./model.ts";

/** What serves a customer by what other systems gave: his sessions, his router. */
export type Part = "Session" | "Router";
export interface Lasting {
  /** What its objects are part of. */
  readonly serves?: Part;
  /** Its objects are in use as long as these are: they go afterwards. */
  readonly outlasts?: Part;
  readonly follows?: string;
}
export interface EndInput {
  readonly desired: readonly { readonly ref: Ref }[];
  readonly remembered: readonly { readonly ref: RefKey }[];
  readonly seen: Seen;
  readonly traits?: (ref: Ref) => Lasting;
  /** The router was waited for long enough. */
  readonly impatient?: true;
}
export interface Outlasting {
  readonly after: readonly RefKey[];
  /** Who only records it, such as billing an address, does not keep it. */
  readonly alone: boolean;
  readonly hold?: Hold;
}

/** undefined: it goes when nothing uses it. */
export function outlasting(ref: Ref, input: EndInput): Outlasting | undefined {
  switch (input.traits?.(ref).outlasts) {
    case "Session":
      return afterSessions(input);
    case "Router":
      // An ONU that is replaced is not what its router waits for.
      return input.desired.length > 0 || input.impatient ? undefined : { alone: false, after: gone("Router", input) };
    default:
      return undefined;
  }
}

function afterSessions(input: EndInput): Outlasting {
  const wanted = input.desired.map((d) => d.ref).filter((r) => input.traits?.(r).serves === "Session");
  const after = [...wanted.map(refKey), ...gone("Session", input).filter((key) => !isLeft(parseRef(key), input))];
  const open = after.find((key) => input.seen.get(key)?.inUse);
  const alone = true;
  if (open !== undefined) return { alone, after, hold: kept(`${open}: a session that is open may use it`) };
  const unknown = after.find((key) => input.seen.get(key) === undefined);
  if (unknown === undefined) return { alone, after };
  return { alone, after, hold: kept(`whether a session still uses it is not known: see ${unknown}`) };
}
const kept = (message: string): Hold => ({ code: "SessionsOpen", message });

function gone(part: Part, { desired, remembered, traits }: EndInput): readonly RefKey[] {
  const wanted = new Set(desired.map((d) => refKey(d.ref)));
  return remembered.map((r) => r.ref).filter((key) => !wanted.has(key) && traits?.(parseRef(key)).serves === part);
}
/** Nobody wants to know of its sessions any more, while the account serves on: there is no end of them to wait for. */
export function isLeft(ref: Ref, { desired, traits }: Pick<EndInput, "desired" | "traits">): boolean {
  const { follows } = traits?.(ref) ?? {};
  return follows !== undefined && desired.some((d) => refKey(d.ref) === refKey({ ...ref, resource: follows }));
}
