/** Orders as bodies, and what NetBox says against them. */
import { tenantOf } from "../../controller/core/owner.ts";
import { Fault, fault } from "../errors.ts";
import type { Order } from "../system.ts";
import { type Answer, refused, wordsOf } from "./answers.ts";
import type { Http } from "./client.ts";
import type { Body, Kind } from "./kind.ts";
import type { Item } from "./list.ts";
import type { Names } from "./names.ts";

/** What reading and writing of one kind at one endpoint need. */
export interface At {
  readonly http: Http;
  readonly kind: Kind;
  readonly names: Names;
  readonly signal: AbortSignal;
}
export interface Job {
  readonly order: Order;
  readonly body: Body;
}

/** Only what differs, and always the mark: whoever removed it by hand meanwhile has not taken the object away. */
export async function bodyOf({ kind, names, signal }: At, order: Order, item: Item | undefined): Promise<Body> {
  const { patch, owner, token, action, ref } = order;
  const cx = { names, signal, item, patch, tenant: tenantOf(owner) };
  const parts: Body[] = [kind.marking.write({ token, owner, key: ref.key }, action === "retire")];
  for (const [field, value] of Object.entries(patch)) {
    const column = kind.columns[field];
    if (column) parts.push(await column.write(value, cx));
  }
  if (action === "retire" && item) parts.push(kind.retire(item));
  return { ...parts.reduce(merge), changelog_message: `Lastmile: ${action} for ${owner}`.slice(0, 200) };
}
function merge(a: Body, b: Body): Body {
  const fields = [a, b].flatMap((p) => (p["custom_fields"] ? [p["custom_fields"] as Body] : []));
  return { ...a, ...b, ...(fields.length > 0 && { custom_fields: Object.assign({}, ...fields) }) };
}

/** What NetBox says against single objects of a list, by position or by id; everything else of the list was not done. */
export function refusals(body: unknown, count: number): ReadonlyMap<number, string> {
  const words = new Map<number, string>();
  if (Array.isArray(body)) {
    body.forEach((e, n) => {
      if (typeof e !== "object" || e === null || Object.keys(e).length > 0) words.set(n, wordsOf(e));
    });
    return words;
  }
  const errors = (body as { errors?: unknown } | null)?.errors;
  if (Array.isArray(errors)) {
    for (const e of errors as readonly { index?: number; id?: number; errors?: unknown }[])
      words.set(e.index ?? e.id ?? 0, wordsOf(e.errors));
    return words;
  }
  for (let n = 0; n < count; n++) words.set(n, wordsOf(body));
  return words;
}

/** An object that we refer to is gone: it is looked up anew the next time. */
export function faultOf(words: string, names: Names): Fault {
  if (!/Related object not found|does not exist/i.test(words)) return refused(words);
  names.forget();
  return new Fault("Conflict", "Missing", `NetBox lacks what it refers to: ${words.slice(0, 300)}`, {
    remedy: "it is looked up again and tried again",
  });
}

/** An answer on which nobody has decided. */
export function unexpected({ code, body }: Answer): Fault {
  if (code === 412)
    return new Fault("Unknown", "Changed", "somebody changed it meanwhile", { remedy: "it is looked at again" });
  if (code === 409) return fault("InUse", `NetBox refuses it now: ${wordsOf(body).slice(0, 200)}`);
  if (code === 404) return fault("Lost", "it is not there any more");
  return refused(wordsOf(body));
}
