/** Tells of the outages of endpoints in the log: when one begins, and when it ends. */

import type { Log } from "../observe/log.ts";
import type { Breaker } from "../queue/breaker.ts";

/** The first opening is a suspicion, which the ping that follows may clear. */
export function outages(log: Log): (system: string, b: Breaker) => void {
  const down = new Set<string>();
  return (system, b) => {
    const event = { event: "breaker", system, state: b.state };
    if (b.state === "Open" && b.openings > 1 && !down.has(system)) {
      down.add(system);
      log.warn(
        { ...event, error: b.cause },
        `${system} does not answer: until it does, nothing is asked of it but that`,
      );
    }
    if (b.state === "Closed" && down.delete(system)) log.info(event, `${system} is asked again`);
  };
}
