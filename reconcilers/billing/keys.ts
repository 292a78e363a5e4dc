/** How billing's objects are named: tenant and number first, so that no two subscribers ever share an object. */

/** What a key says. `rest`: the account of a customer, the slot of a subscription, nothing otherwise. */
export interface Name {
  readonly key: string;
  readonly tenant: string;
  readonly number: string;
  readonly rest: string;
}

/** Neither a tenant nor a subscriber number holds a colon; an account may hold anything, so it is encoded. */
export const keyFor = (tenant: string, number: string, rest?: string): string =>
  [tenant, number, ...(rest === undefined ? [] : [encodeURIComponent(rest)])].join(":");

export function parseKey(key: string): Name {
  const [tenant = "", number = "", rest = ""] = key.split(":");
  return { key, tenant, number, rest: decoded(rest) };
}
/** A key that a hand wrote names nothing of ours, and keeps nobody else's from being read. */
function decoded(rest: string): string {
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest;
  }
}

/** The subscription that the plan stands for: its product may change, and it stays the same subscription. */
export const PLAN_SLOT = "plan";
export const addonSlot = (product: string): string => `addon.${product}`;
