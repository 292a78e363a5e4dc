/** Bandwidth profiles: shared by the subscribers of a plan, never changed once they are there. */
import { type Observed, type RefKey, refKey, type Spec, type State } from "../../controller/core/model.ts";
import { Fault, fault } from "../errors.ts";
import type { Lookup, Order, Outcome, Resource } from "../system.ts";
import { type Bandwidth, RATES } from "./bandwidth.ts";
import { profileFields } from "./fields.ts";
import { each } from "./outcomes.ts";
import { sadisProfile } from "./sadis.ts";
import type { Site } from "./site.ts";

export const profile = (site: Site): Resource => ({
  name: "profile",
  marker: "store",
  found: true,
  fields: profileFields,
  limit: 50,
  settleMs: 0, // a second one of the same name is ignored
  observe: (lookups, signal) => observe(site, lookups, signal),
  apply: (orders, signal) => each(orders, (order) => apply(site, order, signal)),
});

/** One that somebody else made is found when ours is to be made: its name says what it is. */
async function observe(
  { controller }: Site,
  lookups: readonly Lookup[],
  signal: AbortSignal,
): Promise<Map<RefKey, Observed>> {
  const ours = lookups.filter((l) => l.id !== undefined || l.spec === undefined);
  const rates = await each(ours, ({ ref }) => controller.profile(ref.key, signal));
  const found = ours.flatMap(({ ref, spec }, n): [RefKey, Observed][] => {
    const have = rates[n];
    if (have instanceof Fault) throw have;
    return have ? [[refKey(ref), observed({ ref }, spec, have)]] : [];
  });
  return new Map(found);
}

/** What a controller does not show is as it was asked for. */
function observed({ ref }: Pick<Lookup, "ref">, want: Spec | undefined, have: Partial<Bandwidth>): Observed {
  const state = Object.fromEntries(RATES.map((r) => [r, have[r] ?? want?.[r] ?? 0])) as State;
  return { ref, id: ref.key, token: undefined, retired: false, state, outputs: {} };
}

/** One that nobody uses does no harm and no good: retired is deleted, and made again it is the same. */
async function apply({ controller }: Site, order: Order, signal: AbortSignal): Promise<Exclude<Outcome, Error>> {
  const { ref, action } = order;
  const have = await controller.profile(ref.key, signal);
  if (action === "retire" || action === "destroy") {
    await controller.removeProfile(ref.key, signal);
    return null;
  }
  const want = { ...have, ...order.patch, ...order.spec } as Spec;
  const isOther = have && RATES.some((r) => have[r] !== undefined && have[r] !== want[r]);
  if (isOther) await controller.removeProfile(ref.key, signal); // a POST would be ignored
  if (!have || isOther) await controller.addProfile(sadisProfile({ ref, spec: want }), signal);
  const now = await controller.profile(ref.key, signal);
  if (!now) throw fault("NotConverging", `the controller took bandwidth profile ${ref.key} and does not have it`);
  return observed({ ref }, want, now);
}
