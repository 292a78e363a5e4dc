/** The visit of a technician that a subscriber wants. */
import type { SubscriberInstallation, Tenant } from "../../api/types.generated.ts";
import type { ResolvedInstallation, TicketPriority } from "../resolved.ts";
import { parseDuration } from "./duration.ts";
import type { Facts } from "./facts.ts";

/** What holds of a subscriber that says nothing of its installation. */
const UNSAID: SubscriberInstallation = { priority: "Normal", visit: 1 };

/**
 * Undefined: nobody is to come. To who was served before there was a ticket system nobody comes; only another visit than
 * the first asks for that.
 * @param held `number:visit` of the visits that it has claimed.
 */
export function resolveInstallation(
  facts: Facts,
  held: readonly string[],
  isServed: boolean,
): ResolvedInstallation | undefined {
  const { tenant, subscriber, area, notes } = facts;
  const [binding] = tenant.spec.systems.tickets ?? [];
  const { subscriberNumber, installation = UNSAID } = subscriber.spec;
  const claim = visitOf(subscriberNumber, installation.visit);
  if (!binding || (isServed && installation.visit === 1 && !held.includes(claim))) return undefined;
  notes.claim("installation", tenant.metadata.name, claim);
  const { policies } = tenant.spec;
  return {
    endpoint: binding.name,
    visit: installation.visit,
    date: installation.date,
    priority: installation.priority,
    team: installation.team ?? policies.installation.team,
    skills: [...(installation.skills ?? [])].sort(),
    notes: installation.notes,
    area: area?.name,
    rules: rulesOf(tenant),
  };
}
const visitOf = (number: string, visit: number): string => `${number}:${visit}`;

const PRIORITIES = ["Low", "Normal", "High", "Urgent"] as const satisfies readonly TicketPriority[];
function rulesOf({ spec }: Tenant): ResolvedInstallation["rules"] {
  const { leadDays, count, at, holidays, sla } = spec.policies.installation;
  const seconds = PRIORITIES.map((p) => [p, parseDuration(sla[p]) ?? 0] as const);
  return {
    ...{ leadDays, count, at, holidays },
    timeZone: spec.timeZone,
    slaSeconds: Object.fromEntries(seconds) as Record<TicketPriority, number>,
  };
}
