/** What the process knows that nothing there shows: lost with it, and nothing depends on it but patience. */
import type { Lookup, Order } from "../system.ts";
import type { How } from "./desired.ts";
import { isThere } from "./device.ts";
import { type FirstLooks, firstLooks } from "./first-looks.ts";
import { type Landings, landings } from "./landings.ts";
import { keySerial, serialOf } from "./names.ts";
import type { Plant } from "./plant.ts";
import { type Repairs, repairs } from "./repairs.ts";

/** What is wanted on a port. */
export interface Wanted {
  readonly services: readonly string[];
  readonly suspended: boolean;
  readonly how: How | undefined;
}
export interface Memory {
  /** Of a port; what is not said anew stays as it was said last. */
  want(asked: Pick<Lookup | Order, "ref" | "spec" | "how"> & Partial<Pick<Order, "patch">>): Wanted | undefined;
  /** As it was asked for last. */
  wanted(port: string): Wanted | undefined;
  /** Ports of an ONU of which something was ever wanted. */
  portsOf(serial: string): readonly string[];
  forget(port: string): void;
  /** Its services were seen on the ONU. */
  landed(port: string): void;
  /** Since when its ONU or its services are as they are; a time long ago when they always were. */
  steadySince(port: string, serial: string): number;
  /** Since when the ONU says what it says; a time long ago when it always did. */
  saidSince(serial: string): number;
  /** To be told of every reading. */
  see(plant: Pick<Plant, "all">): void;
  readonly landings: Landings;
  readonly repairs: Repairs;
  readonly firstLooks: FirstLooks;
  /** From which PON port an ONU's device was deleted, by serial: once, until it works again. */
  readonly displaced: Map<string, number | undefined>;
  /** How many ONUs work under an OLT and have their ports down, as was last seen. */
  readonly dark: Map<string, number>;
  /** When an ONU was last disabled and enabled to bring its ports up, by serial. */
  readonly startedAnew: Map<string, number>;
  /** PON ports from which an ONU is sought at this moment. */
  readonly seeking: Set<string>;
}

export function memory(now: () => number): Memory {
  const wanted = new Map<string, Wanted>();
  const ports = new Map<string, Set<string>>();
  const brought = landings(now);
  const looks = new Map<string, { readonly look: string; readonly since: number }>();
  const saidSince = (serial: string): number => looks.get(serial)?.since ?? Number.NEGATIVE_INFINITY;
  const mended = repairs(now);
  const displaced = new Map<string, number | undefined>();
  return {
    landings: brought,
    repairs: mended,
    firstLooks: firstLooks(),
    displaced,
    seeking: new Set(),
    startedAnew: new Map(),
    dark: new Map(),
    want({ ref, spec, how, patch }) {
      const before = wanted.get(ref.key);
      const said = spec ?? patch;
      if (!said || !("services" in { ...before, ...said })) return before;
      const fields = { ...before, ...said };
      const suspended = spec ? spec["suspended"] : fields["suspended"];
      const last: Wanted = {
        services: (fields["services"] ?? []) as readonly string[],
        suspended: suspended === true,
        how: (how as How | undefined) ?? before?.how,
      };
      wanted.set(ref.key, last);
      const serial = serialOf(ref.key);
      ports.set(serial, (ports.get(serial) ?? new Set()).add(ref.key));
      return last;
    },
    wanted: (port) => wanted.get(port),
    portsOf: (serial) => [...(ports.get(serial) ?? [])],
    forget(port) {
      wanted.delete(port);
      brought.forget(port);
      mended.forget(port);
      ports.get(serialOf(port))?.delete(port);
    },
    landed(port) {
      brought.landed(port);
      mended.forget(port);
    },
    steadySince: (port, serial) => Math.max(brought.writtenAt(port), saidSince(serial)),
    saidSince,
    see(plant) {
      for (const { device: d } of plant.all) {
        const look = [d.id, d.adminState, d.operStatus, d.connectStatus, d.reason].join("|");
        const serial = keySerial(d.serialNumber);
        if (isThere(d)) displaced.delete(serial);
        const before = looks.get(serial);
        if (before?.look === look) continue;
        // Seen for the first time it may always have been so, unless it is on its way.
        const since = before || UNDER_WAY.has(d.reason) ? now() : Number.NEGATIVE_INFINITY;
        looks.set(serial, { look, since });
      }
    },
  };
}
const UNDER_WAY: ReadonlySet<string> = new Set([
  "activating-onu",
  "starting-openomci",
  "discovery-mibsync-complete",
  "tech-profile-config-download-success",
]);
