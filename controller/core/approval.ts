/** Pure: the word of a person at a Tenant that something held may go on. It asks nothing of any system. */
import { isDeepStrictEqual } from "node:util";
import type { LastmileObject, Tenant } from "../api/types.generated.ts";

/** Its value: the change sets that are approved, separated by commas. */
export const APPROVE = "lastmile.dev/approve";
/** More than anybody types; an annotation may hold much more. */
const MOST = 100;
const LONGEST = 64;

/** Each once. */
export function approvalsAsked({ metadata }: Tenant): readonly string[] {
  const words = (metadata.annotations?.[APPROVE] ?? "").split(/[\s,]+/).filter((word) => word !== "");
  return [...new Set(words.map((word) => word.slice(0, LONGEST)))].slice(0, MOST);
}

/** Nothing else is declared otherwise: who stands on the tenant need not be looked at again. */
export const onlyApprovalDiffers = (a: LastmileObject, b: LastmileObject): boolean =>
  wordOf(a) !== wordOf(b) && isDeepStrictEqual(withoutApproval(a), withoutApproval(b));
const wordOf = ({ metadata }: LastmileObject): string | undefined => metadata.annotations?.[APPROVE];
function withoutApproval({ metadata, ...rest }: LastmileObject): object {
  const { [APPROVE]: _, ...annotations } = metadata.annotations ?? {};
  return { ...rest, metadata: { ...metadata, annotations } };
}
