/** A status in lines: one for each part of it, ids and moments of informs aside. Pure. */
import type { SubscriberStatus } from "../../controller/api/types.generated.ts";

const WELL = new Set(["Converged", "InService", "SessionsCurrent"]);
/** Said of everybody to whom nothing happens. */
const QUIET = new Set(["Idle", "NothingWanted"]);
export const conditionsOf = (status: SubscriberStatus | undefined): readonly string[] =>
  (status?.conditions ?? [])
    .filter((c) => !QUIET.has(c.reason) && !(c.status === "True" && WELL.has(c.reason)))
    .map((c) => `${c.type} ${c.status} ${c.reason}`)
    .sort();

type Part = string | number | boolean | undefined;
const line = (...parts: readonly Part[]): string => parts.filter((p) => p !== undefined && p !== "").join(" ");
/** Empty where there is no such part. */
export function partsOf(s: SubscriberStatus | undefined): Readonly<Record<string, string>> {
  const { radius, addresses, network, cpe, onu, installation, billing, sessions, survey, profile, schedule } = s ?? {};
  return {
    profile: line(profile?.source),
    schedule: line(
      schedule?.applied && `${schedule.applied.change} since ${schedule.applied.at};`,
      schedule?.next && `${schedule.next.change} at ${schedule.next.at}`,
    ),
    survey: line(survey?.name, survey?.serviceability, survey?.completedAt),
    radius: line(
      ...[
        radius?.username,
        radius?.plan,
        radius?.downKbps && `${radius.downKbps}/${radius.upKbps}`,
        radius?.staticAddress,
      ],
      ...[radius?.nas?.join(), radius?.state],
    ),
    addresses: line(
      ...[addresses?.source, addresses?.ipv4, addresses?.ipv6, addresses?.wanPrefix, addresses?.delegatedPrefix],
      addresses?.gateway && `via ${addresses.gateway}`,
    ),
    network: line(
      ...(network?.services ?? []).map((v) => `${v.name} ${v.innerVlan}.${v.serviceVlan}`),
      ...[network?.circuitId, network?.ipv6Mode, network?.ipv6State],
    ),
    installation: line(
      ...[installation?.ticket, installation?.state, installation?.technician, installation?.scheduledAt],
      installation?.slaDue && `due ${installation.slaDue}`,
    ),
    onu: line(onu?.serial, onu?.olt, onu?.ponPort, onu?.adminState, onu?.operState, onu?.services?.join()),
    cpe: line(cpe?.serial, cpe?.manufacturer, cpe?.model, cpe?.provisioning, cpe?.templates?.join()),
    billing: line(
      ...[billing?.account, ...(billing?.subscriptions ?? []).map((b) => `${b.product} ${b.state}`)],
      billing?.activatedAt && `since ${billing.activatedAt.slice(0, 13)}`,
    ),
    sessions: line(
      ...(sessions?.active ?? []).map((a) => `${a.id} ${a.nas} ${a.address}`),
      sessions?.lastAction && `(${sessions.lastAction.type} ${sessions.lastAction.outcome})`,
    ),
  };
}
