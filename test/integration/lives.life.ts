/** What happens to people: they come, change, move, stop paying, leave, come back. Pure; the same seed gives the same lives. */
import type { Subscriber } from "../../controller/api/types.generated.ts";
import { sub, suspended, terminated } from "./objects.ts";

/** One customer as the provider sees it. Two ONUs and two routers are in the house, of which one each is in use. */
export interface Home {
  readonly name: string;
  readonly standing: "None" | "Active" | "Suspended" | "Terminated";
  readonly plan: "basic" | "fast";
  readonly olt: 1 | 2;
  readonly onu: 0 | 1;
  readonly cpe: 0 | 1;
  readonly ssid: string;
  /** Last byte of a fixed address; undefined: one from the pool. */
  readonly pinned: number | undefined;
  readonly userName: string | undefined;
  /** Of a technician; a house move is the next one. */
  readonly visit: number;
  readonly priority: "Normal" | "Urgent";
  readonly later: Later | undefined;
}
/** What was declared for a day to come. */
export interface Later {
  readonly day: number;
  readonly set: { readonly plan: Home["plan"] } | { readonly standing: "Active" | "Suspended" | "Terminated" };
}
export type Random = () => number;

/** Mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
export const one = <T>(from: readonly T[], random: Random): T => from[Math.floor(random() * from.length)] as T;
export const homes = (count: number): readonly Home[] =>
  Array.from({ length: count }, (_, n) => ({
    name: `h${String(n).padStart(3, "0")}`,
    standing: "None",
    plan: "basic",
    olt: n % 3 === 0 ? 2 : 1,
    onu: 0,
    cpe: 0,
    ssid: `Home ${n}`,
    pinned: undefined,
    userName: undefined,
    visit: 1,
    priority: "Normal",
    later: undefined,
  }));

type Act = (home: Home, random: Random, day: number) => Home;
const other = (n: 0 | 1): 0 | 1 => (n === 0 ? 1 : 0);
const become =
  (standing: Home["standing"]): Act =>
  (home) => ({ ...home, standing, later: undefined });
const otherPlan = ({ plan }: Home): Home["plan"] => (plan === "basic" ? "fast" : "basic");
const later =
  (what: (home: Home, random: Random) => Later["set"]): Act =>
  (home, random, day) => ({ ...home, later: { day: day + 1 + Math.floor(random() * 3), set: what(home, random) } });
const served: readonly Act[] = [
  become("Suspended"),
  become("Terminated"),
  become("None"),
  (h) => ({ ...h, plan: otherPlan(h), later: undefined }),
  later((h) => ({ plan: otherPlan(h) })),
  later((_, random) => ({ standing: one(["Suspended", "Terminated"] as const, random) })),
  (h, random) => ({ ...h, priority: one(["Normal", "Urgent"] as const, random) }),
  // A house move: another serving area, and another visit.
  (h) => (h.olt === 2 ? h : { ...h, olt: 2, pinned: undefined, visit: h.visit + 1 }),
  (h) => ({ ...h, onu: other(h.onu) }),
  (h) => ({ ...h, cpe: other(h.cpe) }),
  (h, random) => ({ ...h, ssid: `Net ${Math.floor(random() * 1e6)}` }),
  (h) => ({ ...h, pinned: h.pinned === undefined && h.olt === 1 ? Number(h.name.slice(1)) : undefined }),
  (h, random) => ({ ...h, userName: `${h.name}-${Math.floor(random() * 1e6)}@acme.example` }),
];
const ACTS: Readonly<Record<Home["standing"], readonly Act[]>> = {
  None: [become("Active")],
  Active: served,
  Suspended: [
    become("Active"),
    become("Active"),
    become("Terminated"),
    become("None"),
    later(() => ({ standing: "Active" })), // resumeAt
  ],
  Terminated: [become("Active"), become("None")],
};
/** One day of one customer; on most days nothing is declared anew. */
export const live = (home: Home, random: Random, day: number): Home => {
  if (random() >= 0.5) return home;
  const now = inForce(home, day);
  return one(ACTS[now.standing], random)(now, random, day);
};
/** As it counts on a day. */
export const inForce = (home: Home, day: number): Home =>
  home.later && home.later.day <= day ? { ...home, ...home.later.set, later: undefined } : home;

export const onuSerial = ({ name }: Home, which: 0 | 1): string =>
  `LAKE${(Number(name.slice(1)) * 2 + which + 1).toString(16).padStart(8, "0").toUpperCase()}`;
export const cpeSerial = ({ name }: Home, which: 0 | 1): string => `LR-${name}-${which}`;

/** undefined: not declared. @param timeOf the moment at which a day begins. */
export function declared(home: Home, timeOf: (day: number) => number): Subscriber | undefined {
  if (home.standing === "None") return undefined;
  const made = sub(home.name, {
    planRef: { name: home.plan },
    onu: { olt: `olt${home.olt}`, serial: onuSerial(home, home.onu) },
    cpe: {
      serial: cpeSerial(home, home.cpe),
      wifi: [{ band: "5GHz", ssid: home.ssid, management: "Enforce" }],
    } as NonNullable<Subscriber["spec"]["cpe"]>,
    billing: { account: `ACC-${home.name}` },
    customer: { id: `c-${home.name}`, name: `Zoë ${home.name}`, email: `${home.name}@example.com`, language: "en" },
    installation: { visit: home.visit, priority: home.priority },
    // Forced: whom nobody can reach would wait for his router for ever, and rightly so.
    radius: { passwordScheme: "Cleartext", rotation: "Force", ...(home.userName && { username: home.userName }) },
    ...(home.pinned !== undefined && {
      networkProfile: { option82Policy: "Ignore", staticIPv4: `10.0.4.${home.pinned}` },
    }),
  });
  const standing = { Active: made, Suspended: suspended(made), Terminated: terminated(made) }[home.standing];
  return home.later ? scheduled(standing, home.later.set, new Date(timeOf(home.later.day)).toISOString()) : standing;
}
function scheduled(s: Subscriber, set: Later["set"], at: string): Subscriber {
  const { spec } = s;
  if (spec.suspension) return { ...s, spec: { ...spec, suspension: { ...spec.suspension, resumeAt: at } } };
  const { suspension } = suspended(s).spec;
  const change = "plan" in set ? { planRef: { name: set.plan } } : { serviceState: set.standing };
  const why = "standing" in set && set.standing === "Suspended" && suspension && { suspension };
  return { ...s, spec: { ...spec, schedule: [{ at, set: { ...change, ...why } }] } };
}
