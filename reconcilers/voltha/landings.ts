/** What was brought to ports, and whether what their ONUs say can already be of it: the reason is the ONU's, not a service's. */

export interface Landings {
  /** Ports to which services were brought, and not yet seen on the ONU. */
  readonly arriving: Set<string>;
  /** A port was written to: its flows are on their way. */
  wrote(port: string): void;
  /** Something was taken off a port of the ONU. */
  took(serial: string): void;
  /** Its services were seen on the ONU. */
  landed(port: string): void;
  forget(port: string): void;
  writtenAt(port: string): number;
  /** Never seen since it was brought; `isKnown`: the inventory has seen it before. */
  isNew(port: string, isKnown: boolean): boolean;
  /** The ONU said the same before something was brought to the port, and that was a moment ago. `saidSince`: it says so. */
  isOldWord(port: string, saidSince: number, momentMs: number): boolean;
  /** Soon after they landed the ONU says that something was taken from it, and it was not by us. */
  isUndone(port: string, serial: string, saidSince: number): boolean;
}
/** rw_core gives up on what it was to add after ten seconds (`rpc_timeout`), takes back what the ONU has of it, and is read every 30 s. */
const UNDONE_MS = 60_000;
const LONG_AGO = Number.NEGATIVE_INFINITY;

export function landings(now: () => number): Landings {
  const arriving = new Set<string>();
  const written = new Map<string, number>();
  const landed = new Map<string, number>();
  const taken = new Map<string, number>();
  const writtenAt = (port: string): number => written.get(port) ?? LONG_AGO;
  const landedAt = (port: string): number => landed.get(port) ?? LONG_AGO;
  return {
    arriving,
    wrote: (port) => void written.set(port, now()),
    took: (serial) => void taken.set(serial, now()),
    landed: (port) => void landed.set(port, arriving.delete(port) ? now() : landedAt(port)),
    forget(port) {
      arriving.delete(port);
      landed.delete(port);
    },
    writtenAt,
    isNew: (port, isKnown) => arriving.has(port) || !(isKnown || landed.has(port)),
    isOldWord(port, saidSince, momentMs) {
      const at = writtenAt(port);
      return arriving.has(port) && saidSince < at && now() - at < momentMs;
    },
    isUndone(port, serial, saidSince) {
      const at = landedAt(port);
      return at < saidSince && saidSince - at < UNDONE_MS && (taken.get(serial) ?? LONG_AGO) < at;
    },
  };
}
