/** Where a subscriber stands in its life: from what is declared, what is surely seen, and where it stood before. Pure. */
import type { SubscriberStatus } from "../../api/types.generated.ts";

export type Phase = NonNullable<SubscriberStatus["phase"]>;

/** What of the systems decides. */
export interface Sight {
  readonly wanted: "Active" | "Suspended" | "Terminated";
  /** Whether the customer can use the service; undefined: nobody can say. */
  readonly service: "In" | "Out" | undefined;
  /** It is not to be provisioned before a survey allows it. */
  readonly surveying: boolean;
  /** Somebody must come to the customer first, or a device of the customer that has never come. */
  readonly awaited: boolean;
  /** Nothing is left to do, held or at fault. */
  readonly done: boolean;
  /** The rest waits for devices at most: a router that was unplugged holds no end up. */
  readonly over: boolean;
  /** Whatever is not as declared was seen to be so: nothing is merely slow, unreachable or not looked at. */
  readonly sure: boolean;
  /** Something of it was made. */
  readonly begun: boolean;
  /** It has been in service before. */
  readonly served: boolean;
}

const SERVED: ReadonlySet<Phase | undefined> = new Set<Phase>(["Active", "Degraded", "Suspended"]);

/** What is not known leaves a subscriber where it stands: an outage of a system is no turn in a customer's life. */
export function phaseOf(before: Phase | undefined, sight: Sight): Phase {
  if (sight.wanted === "Terminated") return before === "Terminated" || sight.over ? "Terminated" : "Terminating";
  if (sight.wanted === "Suspended") return suspending(before, sight);
  // Who was declared suspended before he was ever in service still has the way there before him.
  const isServed = SERVED.has(before) && (before !== "Suspended" || sight.served);
  return isServed ? serving(before as Phase, sight) : coming(before, sight);
}

function serving(before: Phase, { service, sure }: Sight): Phase {
  if (service === "In") return before === "Degraded" && !sure ? before : "Active";
  return service === "Out" && before !== "Suspended" ? "Degraded" : before;
}

/** Who still gets in is not suspended, whatever is declared. */
function suspending(before: Phase | undefined, sight: Sight): Phase {
  if (sight.service === "In") return before ?? "Active";
  if (SERVED.has(before) || before === "Terminating") return sight.service === "Out" ? "Suspended" : (before as Phase);
  return sight.service === "Out" && sight.done ? "Suspended" : coming(before, sight);
}

/** Active for the first time, or again after an end, is who has all that is declared; before that, who has a part of it. */
function coming(before: Phase | undefined, { service, surveying, awaited, done, sure, begun }: Sight): Phase {
  if (service === "In" && (done || before === "Terminating")) return "Active";
  if (surveying) return "Surveying";
  if (awaited) return "AwaitingInstallation";
  if (!sure && before !== undefined && before !== "Surveying") return before;
  return begun || (before !== undefined && before !== "Pending" && before !== "Surveying") ? "Provisioning" : "Pending";
}
