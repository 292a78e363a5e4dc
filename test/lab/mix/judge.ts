/** What every system must show for what is declared, and which reasons of a hold are really there. */

import type { RefKey, State } from "../../../controller/core/model.ts";
import { reasonOf } from "../../../controller/core/status/reasons.ts";
import type { Wish } from "./ground.ts";
import type { World } from "./world.ts";

type Check = readonly [reason: string, isThere: (w: World) => boolean];
const foreign = (w: World): boolean =>
  [...w.wanted()].some((key) => w.systems.rows.get(key) && w.systems.rows.get(key)?.token !== w.token(key));
const CAUSES: ReadonlyMap<string, Check[1]> = new Map<string, Check[1]>([
  ["Unavailable", (w) => w.systems.away.size > 0],
  ["NotObserved", (w) => w.systems.away.size > 0],
  ["NotOwned", foreign],
  ["Paused", (w) => w.paused.size > 0],
  ["DestructiveLimit", (w) => !w.granted],
  ["IdentityConflict", (w) => w.neighbour],
  ["AwaitingSurvey", (w) => !w.surveyed],
  ["AwaitingDevice", (w) => w.systems.present.size < 5],
  ["AwaitingInstallation", (w) => !w.systems.present.has("visit")],
]);

const FOLLOWS: ReadonlySet<string> = new Set(["Blocked", "AwaitingDevice", "SessionsOpen"]);

/** Reasons that nothing stands behind, and what is told without any. */
export function whyHeld(w: World): readonly string[] {
  const wrong: string[] = [];
  const told = (w.status?.conditions ?? []).filter((c) => c.type.endsWith("Ready") && c.status === "False");
  const real = told.filter((c) => CAUSES.get(c.reason)?.(w));
  for (const c of told) {
    // What waits for another object, or for the router to be told, says so; somebody must know what that waits for.
    if (FOLLOWS.has(c.reason) && real.length > 0) continue;
    if (!CAUSES.get(c.reason)?.(w)) wrong.push(`${c.type} ${c.reason}: ${c.message}`);
    if (reasonOf(c.reason).remedy === "") wrong.push(`${c.reason} says nothing to do`);
  }
  if (told.length === 0) wrong.push(...faultsIn(w));
  return wrong;
}

/** Of each of these he who is served has one. */
const SERVED = ["account", "address", "onu", "uni", "device", "service", "subscription", "activation"];

/** Of who is as he is declared, and waits for nobody. */
export function faultsIn(w: World): readonly string[] {
  const { wish, status } = w;
  if (status?.conditions?.some((c) => c.type === "Ready" && c.reason.startsWith("Awaiting"))) return [];
  const out = wish.state === "None" || wish.state === "Terminated";
  const checks: Shown[] = SERVED.map((resource) => [resource, w.live(resource).length, out ? 0 : 1]);
  checks.push(["phase", status?.phase, out ? status && "Terminated" : wish.state]);
  const state = (key: RefKey): State => w.systems.rows.get(key)?.state ?? {};
  for (const key of w.live("account")) checks.push(["access", accessOf(state(key)), ACCESS(wish)]);
  for (const key of w.live("activation")) checks.push(["bill", state(key)["state"], BILL(wish)]);
  const left = [...SERVED, "ticket"].flatMap((r) => w.live(r)).filter((key) => !w.wanted().has(key));
  const wrong = checks.filter(([, is, should]) => is !== should);
  return [
    ...wrong.map(([what, is, should]) => `${what}: ${is} instead of ${should}`),
    ...left.map((k) => `${k} is left`),
  ];
}
type Shown = readonly [what: string, is: unknown, should: unknown];
const accessOf = ({ authType, replyOverrides }: State): string =>
  authType === "Reject" ? "Reject" : replyOverrides == null ? "Open" : "Limited";
const ACCESS = ({ state, mode }: Wish): string =>
  state === "Active" ? "Open" : mode === "Reject" ? "Reject" : "Limited";
const BILL = ({ state }: Wish): string => (state === "Active" ? "ACTIVE" : "SUSPENDED");
