/** Survey and installation in the words of a support engineer. Pure. */
import type { SubscriberStatus } from "../../api/types.generated.ts";

export function visits({ survey, installation }: SubscriberStatus): readonly string[] {
  return [
    ...(survey?.name ? [`Survey ${survey.name}: ${survey.serviceability}, of ${survey.completedAt}.`] : []),
    ...(installation?.ticket ? [ticketLine(installation)] : []),
  ];
}
type Installation = NonNullable<SubscriberStatus["installation"]>;
function ticketLine({ ticket, state = "", technician, scheduledAt, slaDue, priority }: Installation): string {
  if (state !== "Scheduled") return `Ticket ${ticket}: ${state.toLowerCase()}.`;
  const who = technician ?? "nobody yet";
  return `Ticket ${ticket}: ${who} comes at ${scheduledAt}; due by ${slaDue} (${priority}).`;
}
