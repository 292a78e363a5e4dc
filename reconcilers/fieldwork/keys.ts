/** How tickets are named before they have a number: by tenant, subscriber and visit. */

export interface Name {
  readonly tenant: string;
  /** Of the subscriber. */
  readonly subscriber: string;
  readonly visit: number;
}
/** Neither a tenant nor a subscriber number holds a colon. */
export const keyFor = (tenant: string, subscriber: string, visit: number): string =>
  [tenant, subscriber, "installation", ...(visit === 1 ? [] : [visit])].join(":");

export function parseKey(key: string): Name {
  const [tenant = "", subscriber = "", , visit = "1"] = key.split(":");
  return { tenant, subscriber, visit: Number(visit) };
}
