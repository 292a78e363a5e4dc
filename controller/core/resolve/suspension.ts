/** How a suspended subscriber is limited; undefined: he is rejected, as everybody is of whom less than all is known. */
import type { ServicePlan, Subscriber } from "../../api/types.generated.ts";
import type { Catalog } from "../catalog.ts";
import type { Limited } from "../resolved.ts";
import type { Facts } from "./facts.ts";
import { parseSpeed } from "./speed.ts";

/** Whose NAS can hold a session to a speed, or in a walled garden, without a profile made for it (reconcilers/radius). */
const CAN = {
  Throttle: new Set(["MikroTik", "Generic", "Huawei"]),
  WalledGarden: new Set(["MikroTik", "Generic", "Cisco"]),
} as const;

const suspensionMode = ({ spec }: Subscriber, plan: ServicePlan | undefined) =>
  spec.suspension?.mode ?? plan?.spec.suspension.mode ?? "Reject";

export function resolveSuspension(catalog: Catalog, facts: Facts): Limited | undefined {
  const { subscriber, plan, notes } = facts;
  const mode = suspensionMode(subscriber, plan);
  if (subscriber.spec.serviceState !== "Suspended" || mode === "Reject") return undefined;
  const { throttle, addressList } = plan?.spec.suspension ?? {};
  const kbps = throttle === undefined ? undefined : parseSpeed(throttle);
  const why = lacking(mode, kbps, addressList) ?? cannot(mode, catalog, facts);
  if (why !== undefined) {
    notes.warn("SuspendedByReject", `suspension mode ${mode} is carried out as Reject: ${why}`);
    return undefined;
  }
  const speed = kbps === undefined ? {} : { speed: { downKbps: kbps, upKbps: kbps } };
  if (mode === "WalledGarden") return { mode, list: addressList!, ...speed };
  return { mode, speed: speed.speed! };
}

function lacking(mode: "Throttle" | "WalledGarden", kbps: number | undefined, list: string | undefined) {
  if (mode === "Throttle") return kbps === undefined ? "the plan's suspension names no throttle" : undefined;
  return list === undefined ? "the plan's suspension names no addressList" : undefined;
}

function cannot(mode: "Throttle" | "WalledGarden", catalog: Catalog, { tenant, area, notes }: Facts) {
  if (notes.blockers.length > 0) return "not everything about the subscriber is known";
  const all = (tenant.spec.systems.radius ?? []).flatMap((b) => catalog.system(b.name)?.spec.radius?.nas ?? []);
  const other = all.find((n) => area?.nas.includes(n.name) && !CAN[mode].has(n.vendor));
  return other && `NAS ${other.name} is a ${other.vendor}, which has no attribute for it`;
}
