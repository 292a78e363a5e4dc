/** Provisions and presets: what runs on every device with a template's tag. Each is read, judged and put as a whole. */
import { type Observed, type Ref, refKey, type State } from "../../controller/core/model.ts";
import { type OwnerKey, type Token, token as tokenOf } from "../../controller/core/owner.ts";
import { MARKING } from "./desired.ts";
import { at, type Item, textAt } from "./list.ts";
import { decommissioned } from "./tags.ts";

export interface Mark {
  readonly token: Token;
  readonly owner: OwnerKey;
  readonly isRetired: boolean;
}
export interface Kind {
  readonly name: "provision" | "preset";
  readonly collection: "provisions" | "presets";
  readonly reads: readonly string[];
  readonly mark: (item: Item) => Mark | undefined;
  readonly state: (item: Item) => State;
  /** What is put: text is a script. `item`: as it is now; what others wrote into it stays. */
  readonly body: (
    key: string,
    state: State,
    mark: Mark,
    item: Item | undefined,
  ) => string | Readonly<Record<string, unknown>>;
}

/** The first line of the script, a comment, survives (sample 82b). */
const LINE = /^\/\/ Lastmile (lm_[A-Za-z0-9_-]+) (\S+?)( retired)?\n/;
const provision: Kind = {
  name: "provision",
  collection: "provisions",
  reads: ["_id", "script"],
  mark: (item) => {
    const [, token, owner, retired] = LINE.exec(textAt(item, "script") ?? "") ?? [];
    return token === undefined || owner === undefined ? undefined : { token, owner, isRetired: retired !== undefined };
  },
  state: (item) => ({ script: (textAt(item, "script") ?? "").replace(LINE, "") }),
  body: (_key, state, { token, owner, isRetired }) =>
    `// Lastmile ${token} ${owner}${isRetired ? " retired" : ""}\n${state["script"] ?? ""}`,
};

/** Arguments of its provision survive (sample 82); scripts that take none are not disturbed by them. */
const preset: Kind = {
  name: "preset",
  collection: "presets",
  reads: ["_id", "weight", "channel", "events", "precondition", "configurations"],
  mark: (item) => {
    const [token, owner] = argsOf(item);
    if (token === undefined || owner === undefined || !token.startsWith("lm_")) return undefined;
    return { token, owner, isRetired: tagOf(item) === decommissioned(token) };
  },
  state: (item) => {
    const [tag, weight, run] = [tagOf(item), item["weight"], textAt(item, "configurations.0.name")];
    return {
      ...(tag !== undefined && { tag }),
      ...(typeof weight === "number" && { weight }),
      ...(run !== undefined && { provision: run }),
    };
  },
  body: (key, { tag, weight, provision }, { token, owner, isRetired }, item) => ({
    ...(item && Object.fromEntries(Object.entries(item).filter(([field]) => field !== "_id"))),
    weight: weight ?? 0,
    channel: key, // its own: a template that fails holds up no other
    events: item?.["events"] ?? {},
    precondition: JSON.stringify({ _tags: isRetired ? decommissioned(token) : tag }),
    configurations: [{ type: "provision", name: provision, args: [token, owner] }],
  }),
};
export const kinds: readonly Kind[] = [provision, preset];

function argsOf(item: Item): readonly (string | undefined)[] {
  const args = at(item, "configurations.0.args");
  return Array.isArray(args) ? args.map((a) => (typeof a === "string" ? a : undefined)) : [];
}
function tagOf(item: Item): string | undefined {
  try {
    const query: unknown = JSON.parse(textAt(item, "precondition") ?? "");
    return Object.keys(query as object).length === 1 ? textAt(query, "_tags") : undefined;
  } catch {
    return undefined;
  }
}

/** A mark is believed where its owner gives it. */
export const isGiven = ({ token, owner }: Mark, ref: Ref): boolean => tokenOf(owner, refKey(ref)) === token;

export function shownAs(kind: Kind, ref: Ref, item: Item): Observed {
  const mark = kind.mark(item);
  return {
    ref,
    id: item._id,
    token: mark?.token,
    ...(mark && { holder: mark.owner }),
    retired: mark?.isRetired ?? false,
    state: { ...kind.state(item), [MARKING]: mark === undefined || isGiven(mark, ref) },
    outputs: { name: item._id },
  };
}
