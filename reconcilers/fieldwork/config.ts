/** The part of an ExternalSystem's spec that field work reads, checked. */
import { parsePostgresAddress, parseSlots, record, text, wrong } from "../spec.ts";
import type { Technician } from "./assign.ts";
import type { Weekday } from "./calendar.ts";

export interface FieldworkConfig {
  /** `postgresql://host:port/database`; may hold credentials, so it is never printed. */
  readonly address: string;
  /** Connections, and calls at the same time. */
  readonly slots: number;
  readonly technicians: readonly Technician[];
}

/** `raw`: ExternalSystem.spec. @throws Fault `Misconfigured`, naming the field and what it takes. */
export function parseConfig(raw: unknown): FieldworkConfig {
  const spec = record(raw, "spec");
  const { technicians = [] } = spec["tickets"] === undefined ? {} : record(spec["tickets"], "spec.tickets");
  return {
    address: parsePostgresAddress(spec["address"]),
    slots: parseSlots(spec["limits"]),
    technicians: list(technicians, "spec.tickets.technicians").map(technician),
  };
}

const WORKING: readonly Weekday[] = ["Mon", "Tue", "Wed", "Thu", "Fri"];
function technician(raw: unknown, n: number): Technician {
  const at = `spec.tickets.technicians[${n}]`;
  const { name, team = "field_operations", skills = [], areas, days = WORKING, away = [] } = record(raw, at);
  return {
    name: text(name, `${at}.name`),
    team: text(team, `${at}.team`),
    skills: texts(skills, `${at}.skills`),
    areas: areas === undefined ? undefined : texts(areas, `${at}.areas`),
    days: texts(days, `${at}.days`) as readonly Weekday[],
    away: list(away, `${at}.away`).map((a, i) => {
      const { from, to } = record(a, `${at}.away[${i}]`);
      return { from: text(from, `${at}.away[${i}].from`), to: text(to, `${at}.away[${i}].to`) };
    }),
  };
}
function list(raw: unknown, path: string): readonly unknown[] {
  if (Array.isArray(raw)) return raw;
  throw wrong(path, "is no list");
}
const texts = (raw: unknown, path: string): readonly string[] =>
  list(raw, path).map((t, n) => text(t, `${path}[${n}]`));
