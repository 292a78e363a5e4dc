/** What came back after the loss of the store, and what did not. Pure. */
import type { Paint } from "../io.ts";
import type { Summary } from "../plan-view.ts";
import { parts } from "./plan.ts";
import { count } from "./problems.ts";
import { table } from "./table.ts";

/** What people are told, and programs. */
export interface RecoverView {
  readonly objects: Readonly<Record<string, number>>;
  /** How many declared objects were found. */
  readonly declared: number;
  readonly retired: readonly string[];
  readonly undeclared: readonly string[];
  readonly withdrawn: boolean;
  readonly passwords: { readonly found: number; readonly lost: readonly string[] };
  readonly tags: { readonly found: number; readonly lost: readonly string[] };
  readonly fallbacks: number;
  readonly conflicts: readonly string[];
  /** What a plan finds to do now. */
  readonly left: Summary;
}

/** Names of a list that are shown without -o wide. */
const SHOWN = 10;

export function recoveredText(v: RecoverView, path: string, wide: boolean, paint: Paint): string {
  const objects = Object.entries(v.objects).map(([where, n]) => [where, String(n)]);
  const list = (title: string, names: readonly string[], remedy: string): readonly string[] => {
    if (names.length === 0) return [];
    const rest = wide ? 0 : names.length - SHOWN;
    const some = (wide ? names : names.slice(0, SHOWN)).map((n) => `  ${n}`);
    return [[paint("yellow", title), ...some, ...(rest > 0 ? [`  … and ${rest} more`] : []), `  ${remedy}`].join("\n")];
  };
  const declared = count(v.declared, "declared object");
  const got = [
    `${declared} found`,
    ...(v.passwords.found > 0 ? [`${count(v.passwords.found, "password")} taken over`] : []),
    ...(v.tags.found > 0 ? [`VLAN tags of ${count(v.tags.found, "subscriber")} told`] : []),
    ...(v.fallbacks > 0 ? [count(v.fallbacks, "fallback address", "fallback addresses")] : []),
  ];
  return [
    objects.length > 0 ? table(["object", "remembered again"], objects) : "Nothing of this installation was found.",
    `${paint("bold", "Recovered")}: ${got.join(", ")}. No system was changed.`,
    ...list(
      "Retired before, and kept: their retention begins anew",
      v.retired,
      "declared again, they come back as they were",
    ),
    ...list(
      v.withdrawn ? "In service, declared by nobody: the next run retires them" : "In service, and declared by nobody",
      v.undeclared,
      v.withdrawn
        ? "declare those again that shall stay; the budget of their tenant holds the rest"
        : `left alone: declare them, or run \`lastmile recover ${path} --withdraw\` to have them retired`,
    ),
    ...list(
      "Passwords that cannot be read",
      v.passwords.lost,
      "they stand as hashes and stay as they are: a new one waits for the router, or for radius.rotation: Force",
    ),
    ...list(
      "VLAN tags that no system tells",
      v.tags.lost,
      "the pool gives new ones: set serviceVlan and innerVlan in the profile to keep the old",
    ),
    ...list("Wanted by two", v.conflicts, "give one of the two another value"),
    "What no system holds did not come back: history, approvals, the use of budgets, and since when each status is as it is.",
    leftText(v, path),
  ].join("\n\n");
}

function leftText({ left }: RecoverView, path: string): string {
  const some = parts(left);
  return some.length === 0
    ? `A plan finds nothing to do. Go on with \`lastmile apply ${path}\`, or start the controller.`
    : `A plan finds ${some.join(", ")}: look at it with \`lastmile plan ${path}\` before anything runs.`;
}
