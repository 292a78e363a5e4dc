/** VLAN tags of pools after the loss of the store: the tags with which everything that stands is as it is declared. */
import { differing } from "../../core/diff.ts";
import type { TagWant } from "../../core/holding.ts";
import { refKey } from "../../core/model.ts";
import type { OwnerKey } from "../../core/owner.ts";
import { asFarAsKnown } from "../../core/plan.ts";
import { candidates } from "../../core/resolve/vlan-pool.ts";
import type { StandingClaim } from "../../store/claims.ts";
import type { Declared } from "../declared.ts";
import type { Marked } from "./marked.ts";

/** Combinations that are tried of one owner; beyond that it is not told. */
const TRIES = 500;

/** Empty: none are wanted. undefined: some are, and nothing tells which. `told` are its other claims. */
export function tagsOf(
  owner: OwnerKey,
  kept: readonly Marked[],
  told: readonly StandingClaim[],
  declared: Declared,
): readonly StandingClaim[] | undefined {
  const wants = declared.outline(owner).resolution?.wants ?? [];
  if (wants.length === 0) return [];
  const numbers = numbersIn(kept);
  const claims = (tags: readonly string[]): readonly StandingClaim[] =>
    wants.map((w, n) => ({ owner, kind: "vlan", scope: w.vlanDomain, value: tags[n] ?? "" }));
  const differences = (tags: readonly string[]): number => {
    declared.hold([owner], [...told, ...claims(tags)]);
    return differencesOf(owner, kept, declared);
  };
  const tried = combinations(wants.map((w) => [...seenOf(w, numbers)]));
  const judged = tried.map((tags) => ({ tags, n: differences(tags) })).sort((a, b) => a.n - b.n);
  const [best, second] = judged;
  // A tag that is written nowhere makes no difference, and then nothing is known of it.
  const other = second?.n ?? differences(wants.map((w) => strange(w, numbers)));
  return best && best.n < other ? claims(best.tags) : undefined;
}

/** Whole numbers that stand anywhere in what is there. */
function numbersIn(kept: readonly Marked[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { observed } of kept)
    for (const v of Object.values(observed.state))
      if (typeof v === "number" || (typeof v === "string" && /^[0-9]{1,4}$/.test(v))) found.add(Number(v));
  return found;
}

function* seenOf(want: TagWant, numbers: ReadonlySet<number>): Generator<string> {
  for (const tag of candidates(want)) if (tag.split(".").every((part) => numbers.has(Number(part)))) yield tag;
}
/** One that would do and is not what stands there. */
function strange(want: TagWant, numbers: ReadonlySet<number>): string {
  for (const tag of candidates(want)) if (!tag.split(".").every((part) => numbers.has(Number(part)))) return tag;
  return "";
}

/** One of each, no tag twice. */
function combinations(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  let out: readonly (readonly string[])[] = [[]];
  for (const list of lists)
    out = out.flatMap((head) => list.filter((t) => !head.includes(t)).map((t) => [...head, t])).slice(0, TRIES);
  return out;
}

/** Secrets aside: they are not known here. */
function differencesOf(owner: OwnerKey, kept: readonly Marked[], declared: Declared): number {
  const { desired } = declared.outline(owner);
  if (desired.length === 0) return Number.POSITIVE_INFINITY; // it is blocked: with these tags nothing can be told
  const specs = new Map(desired.map((d) => [refKey(d.ref), d.spec]));
  const outputs = new Map(kept.map(({ observed }) => [refKey(observed.ref), observed.outputs]));
  return kept.reduce((n, { observed, resource }) => {
    const spec = specs.get(refKey(observed.ref));
    if (!spec) return n + 1;
    const want = asFarAsKnown(spec, (o) => outputs.get(o.$output)?.[o.path]);
    return n + differing(resource.fields, observed, want).filter((f) => !resource.fields[f]?.secret).length;
  }, 0);
}
