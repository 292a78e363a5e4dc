/** Pure: the ticket that a subscriber should have, and what is to come of it. No clock: dates are found when it is made. */
import type { Desired, Spec, Value } from "../../controller/core/model.ts";
import type { ResolvedInstallation, ResolvedSubject, ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { fault } from "../errors.ts";
import { DISPATCHED } from "./fields.ts";
import { keyFor } from "./keys.ts";

/**
 * Nobody is sent to who is suspended, and nothing that stands is taken back. A bill waits for the installation, never for the
 * ticket, and once it has begun for neither: a move holds no resume up.
 * @throws Fault `BadValue` for what no ticket can hold
 */
export function desired(subject: ResolvedSubject, endpoint: string): readonly Desired[] {
  if (subject.scope !== "subscriber" || subject.state === "Terminated") return [];
  const { installation: wanted } = subject;
  if (wanted?.endpoint !== endpoint) return [];
  const key = keyFor(subject.owner.tenant, subject.number, wanted.visit);
  const of = (resource: string) => ({ system: endpoint, resource, key });
  const left = subject.state === "Suspended" && { left: true as const };
  return [
    { ref: of("ticket"), spec: ticket(subject, wanted), how: wanted.rules, apart: true, ...left },
    { ref: of("installation"), spec: {}, ...left },
  ];
}

function ticket({ plan, devices, billing }: ResolvedSubscriber, wanted: ResolvedInstallation): Spec {
  const { name, phone, address } = billing.customer;
  return {
    date: wanted.date ?? null,
    priority: wanted.priority,
    team: wanted.team,
    skills: wanted.skills.length > 0 ? wanted.skills : null,
    area: wanted.area ?? null,
    plan: plan.name,
    onu: devices.onu ?? null,
    cpe: devices.cpe ?? null,
    notes: personal("the notes", wanted.notes),
    name: personal("the customer's name", name),
    phone: personal("the customer's phone number", phone),
    address: personal("the customer's address", address),
    dispatch: DISPATCHED,
  };
}
function personal(what: string, value: string | undefined): Value {
  if (value === undefined) return null;
  // PostgreSQL's text takes every character but this one.
  if (value.includes("\0")) throw fault("BadValue", `${what} hold a character that cannot be stored`);
  return new Sensitive(value);
}
