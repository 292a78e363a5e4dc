/** Pure: what the access network should hold for a subject. */
import { type Desired, output, type Ref, type RefKey, refKey } from "../../controller/core/model.ts";
import type {
  PlanService,
  ResolvedOnu,
  ResolvedPlan,
  ResolvedSubject,
  ResolvedSubscriber,
  ResolvedTenant,
  UniService,
} from "../../controller/core/resolved.ts";
import { bandwidth, type Direction, profileId } from "./bandwidth.ts";
import { refusals, refused } from "./carried.ts";
import type { VolthaConfig } from "./config.ts";
import { portName } from "./names.ts";
import { ANY_TAG, type Service, spellService, TRAPS, type Trap } from "./service.ts";

/** `Desired.how` of an ONU and of its ports. */
export interface How {
  /** Where it is declared to be. */
  readonly olt: string;
  /** Names of the services that stay while the subscriber is suspended. */
  readonly kept: readonly string[];
  /** PON port on which it is expected; left out where none is. */
  readonly pon?: number;
}
/** Service that RADIUS gates: it stays on the line while the subscriber is suspended. */
const INTERNET = "internet";
export const PUSHED = "pushed";
const DIRECTIONS: readonly Direction[] = ["up", "down"];

/** ONUs of OLTs that are not of this endpoint are another's. */
export function desired(subject: ResolvedSubject, endpoint: string, config: VolthaConfig): readonly Desired[] {
  if (subject.scope === "tenant") return olts(subject, endpoint, config);
  if (subject.scope === "plan") return profiles(subject, endpoint);
  const { onu } = subject;
  if (!onu || subject.state === "Terminated" || !config.olts.some((o) => o.name === onu.olt)) return [];
  return [onuOf(onu, endpoint), ...onu.unis.map((u) => uniOf(subject, onu, u, endpoint, config))];
}

const refTo = (system: string, resource: string, key: string): Ref => ({ system, resource, key });

function olts(tenant: ResolvedTenant, endpoint: string, config: VolthaConfig): readonly Desired[] {
  return config.olts
    .filter((o) => tenant.olts.includes(o.name))
    .map((o) => ({
      ref: refTo(endpoint, "olt", o.name),
      spec: { address: o.address, serial: o.serial, enabled: true, registered: true },
    }));
}

function profiles({ owner, plan, services }: ResolvedPlan, endpoint: string): readonly Desired[] {
  const all = services.flatMap((s) =>
    DIRECTIONS.map((d) => {
      const rates = bandwidth(s, d);
      return {
        ref: refTo(endpoint, "profile", profileId(owner.tenant, plan.name, s.name, d, rates)),
        spec: { ...rates },
      };
    }),
  );
  return [...new Map(all.map((d) => [refKey(d.ref), d])).values()];
}

function onuOf(onu: ResolvedOnu, endpoint: string): Desired {
  const pon = onu.expectedPonPort;
  const how: How = { olt: onu.olt, kept: [], ...(pon !== undefined && { pon }) };
  return {
    ref: refTo(endpoint, "onu", onu.serial),
    spec: { enabled: true, ...(pon !== undefined && { expectedPonPort: pon }) },
    how,
    requires: [refKey(refTo(endpoint, "olt", onu.olt))],
  };
}

function uniOf(
  s: ResolvedSubscriber,
  onu: ResolvedOnu,
  { uni, services }: ResolvedOnu["unis"][number],
  endpoint: string,
  config: VolthaConfig,
): Desired {
  const port = portName(onu.serial, uni);
  const carried = carriedOf(s, port, services, config);
  const lines = carried.map((one) => serviceOf(s, one, config));
  const kept = carried.filter((one) => one.keepWhenSuspended || one.name === INTERNET).map((one) => one.name);
  const how: How = { olt: onu.olt, kept };
  return {
    ref: refTo(endpoint, "uni", port),
    spec: {
      // Its outputs, so that the port comes after its ONU and goes before it.
      onu: output(refTo(endpoint, "onu", onu.serial), "serial", onu.serial),
      services: lines.map(spellService).sort(),
      flows: PUSHED,
      circuitId: s.option82.circuitId ?? null,
      remoteId: s.option82.remoteId ?? null,
      ...(s.state === "Suspended" && { suspended: true }),
    },
    how,
    requires: requirements(lines, onu, endpoint),
  };
}
/** @throws Fault; who is suspended is never refused: what cannot be carried is not sent, and the rest stays. */
function carriedOf(
  { state, plan }: ResolvedSubscriber,
  port: string,
  services: readonly UniService[],
  { controller }: VolthaConfig,
): readonly UniService[] {
  const [first, ...others] = controller.type === "VGC" ? refusals(services) : [];
  if (!first) return services;
  if (state !== "Suspended") throw refused(port, plan.name, first);
  const left = new Set([first, ...others].map((r) => r.service));
  return services.filter((one) => !left.has(one.name));
}
function requirements(lines: readonly Service[], { olt }: ResolvedOnu, endpoint: string): readonly RefKey[] {
  const ids = new Set(lines.flatMap((l) => [l.up, l.down]));
  return [refTo(endpoint, "olt", olt), ...[...ids].map((id) => refTo(endpoint, "profile", id))].map(refKey);
}

/**
 * The line names an IPoE customer by option 82, and ONOS inserts it. VGC 0.1.24 reads no circuit id over REST: as a relay it
 * would insert nothing, and addresses would depend on it. Neither relays where the customer dials or has a fixed address.
 */
const TAKEN: Readonly<Record<Trap, (s: ResolvedSubscriber, one: UniService, config: VolthaConfig) => boolean>> = {
  dhcp: (s, one, { controller }) => controller.type === "ONOS" && s.accessType === "IPoE" && one.name === INTERNET,
  igmp: (_s, one) => one.multicast,
};

function serviceOf(s: ResolvedSubscriber, one: UniService, config: VolthaConfig): Service {
  const { owner, plan } = s;
  const traps = TRAPS.filter((trap) => TAKEN[trap](s, one, config));
  const id = (d: Direction): string =>
    profileId(owner.tenant, plan.name, one.name, d, bandwidth(one as PlanService, d));
  return {
    name: one.name,
    sTag: one.serviceVlan,
    cTag: one.innerVlan ?? ANY_TAG,
    uniTag: one.uniTag,
    technologyProfileId: one.technologyProfileId,
    pbit: one.pbit,
    up: id("up"),
    down: id("down"),
    ...(traps.length > 0 && { traps }),
  };
}
