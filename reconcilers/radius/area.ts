/** Pure: what the NAS of one serving area have in common. A subscriber has one row, whichever of them it comes from. */
import { fault } from "../errors.ts";
import type { Nas, Option82, RadiusConfig, Vendor } from "./config.ts";

export interface Area {
  /** Sorted, each once. */
  readonly vendors: readonly Vendor[];
  readonly sendVlan: boolean;
  readonly option82: Option82;
}

/** The area as this endpoint sees it; undefined: its NAS belong to another endpoint. @throws Fault `Misconfigured`. */
export function areaOf(config: RadiusConfig, names: readonly string[]): Area | undefined {
  if (names.length === 0) throw fault("Misconfigured", "the serving area names no NAS, so the vendor is not known");
  const [first, ...rest] = config.nas.filter((n) => names.includes(n.name));
  if (!first) return undefined;
  for (const other of rest) agree(first, other);
  const vendors = [...new Set([first, ...rest].map((n) => n.vendor))].sort();
  return { vendors, sendVlan: first.sendVlan, option82: first.option82 };
}

/** One row cannot compare two attributes, nor carry a VLAN for one NAS and not for the other. */
function agree(a: Nas, b: Nas): void {
  const differs =
    a.sendVlan !== b.sendVlan
      ? "sendVlan"
      : (["circuitAttribute", "remoteAttribute", "encoding"] as const).find((f) => a.option82[f] !== b.option82[f]);
  if (differs) {
    throw fault(
      "Misconfigured",
      `NAS ${a.name} and ${b.name} serve one area and differ in ${differs}: make them two areas`,
    );
  }
}

/** `mikrotik`, `cisco+mikrotik`: the attributes of every vendor of the area; a NAS skips those of others. */
export const vendorsKey = (vendors: readonly Vendor[]): string => vendors.map((v) => v.toLowerCase()).join("+");
