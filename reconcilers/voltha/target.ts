/** Pure: what should stand on a port, what does, and what a port that lacks some of it looks like. */

import type { Wanted } from "./memory.ts";
import { readService, type Service } from "./service.ts";

/** While suspended only what RADIUS gates, and what must stay. */
export function target({
  services,
  suspended,
  how,
}: Pick<Wanted, "services" | "suspended" | "how">): readonly string[] {
  return suspended ? services.filter((line) => isKept(line, how?.kept ?? [])) : services;
}
const isKept = (line: string, kept: readonly string[]): boolean => kept.includes(readService(line)?.name ?? "");

export interface Look {
  readonly services: readonly string[];
  readonly suspended: boolean;
}
/**
 * The port has no flag: that all services are gone which a suspension takes, and no others, is how a suspended one looks.
 * Then those that are gone are shown as there, so that a resumption is one change of one field.
 */
export function look(there: readonly string[], wanted: Wanted | undefined): Look {
  if (!wanted) return { services: there, suspended: false };
  const kept = target({ ...wanted, suspended: true });
  const taken = wanted.services.filter((line) => !kept.includes(line));
  // Nothing to be taken: nobody sees whether it is suspended, and nothing is to be done.
  if (taken.length === 0) return { services: there, suspended: wanted.suspended };
  const isGone = !taken.some((line) => there.includes(line));
  const onlyThat = kept.length === there.length && kept.every((line) => there.includes(line));
  const suspended = isGone && (wanted.suspended || onlyThat);
  return { services: suspended ? [...there, ...taken].sort() : there, suspended };
}

export interface Step {
  readonly service: Service;
  readonly act: "remove" | "add" | "activate" | "deactivate";
}
/** As a controller holds it. */
export interface Held {
  readonly service: Service;
  readonly line: string;
  readonly active: boolean;
}
/**
 * On a port there is one service per technology profile, so what replaces another one follows right after it, and nothing else
 * is touched. Deactivated first, then removed: two active ones that are removed leave a flow behind.
 */
export function stepsTo(wanted: readonly string[], held: readonly Held[]): readonly Step[] {
  const goes = held.filter((h) => !wanted.includes(h.line));
  const stays = new Set(held.filter((h) => wanted.includes(h.line)).map((h) => h.line));
  const comes = wanted.filter((line) => !stays.has(line)).flatMap((line) => readService(line) ?? []);
  const rest = [...comes];
  const steps: Step[] = [];
  for (const { service, active } of goes) {
    if (active) steps.push({ service, act: "deactivate" });
    steps.push({ service, act: "remove" });
    const at = rest.findIndex((s) => s.technologyProfileId === service.technologyProfileId);
    if (at >= 0) steps.push(...making(rest.splice(at, 1)[0]!));
  }
  const asleep = held.filter((h) => stays.has(h.line) && !h.active);
  return [...steps, ...rest.flatMap(making), ...asleep.map(({ service }): Step => ({ service, act: "activate" }))];
}
const making = (service: Service): readonly Step[] => [
  { service, act: "add" },
  { service, act: "activate" },
];
