/** InService: whether the customer can use the service, whatever is declared. */
import type { Subscriber } from "../../api/types.generated.ts";
import type { Limited } from "../resolved.ts";
import type { AccountState, Wanted } from "./account.ts";
import type { Cause } from "./causes.ts";
import { told } from "./common.ts";
import { type Draft, plain } from "./conditions.ts";

const type = "InService";

/** @param suspension why it is suspended, where it is. @param awaits whether a device of the customer has never come. */
export function inService(
  wanted: Wanted,
  state: AccountState | undefined,
  causes: readonly Cause[],
  suspension: Subscriber["spec"]["suspension"],
  awaits: boolean,
  limited?: Limited,
): Draft {
  if (wanted === "Active") return active(state, causes, awaits);
  if (state === undefined) return causes.length > 0 ? unknown(causes) : ended(wanted, suspension, limited);
  // Who must be kept out and is not: the service goes on, and that is what has to be said.
  return state === "Active" ? { type, status: "True", ...told(causes) } : ended(wanted, suspension, limited);
}

/** Who waits for a survey was never connected; and nobody is connected before the devices, or the technician, came. */
const NEVER: ReadonlySet<string> = new Set([
  "AwaitingSurvey",
  "NotServiceable",
  "PendingExpansion",
  "RequiresConstruction",
]);
const FIRST: ReadonlySet<string> = new Set(["AwaitingDevice", "AwaitingInstallation"]);
function active(state: AccountState | undefined, causes: readonly Cause[], awaits: boolean): Draft {
  const awaited = awaits ? causes.filter((c) => FIRST.has(c.reason)) : [];
  const never = causes.filter((c) => NEVER.has(c.reason));
  if (never.length > 0 && state !== "Active") return { type, status: "False", ...told(never) };
  if (awaited.length > 0 && state === "Active") return { type, status: "False", ...told(awaited) };
  if (state === "Active") return plain(type, "True", "InService");
  if (state === undefined) return causes.length > 0 ? unknown(causes) : plain(type, "Unknown", "NothingWanted");
  return { type, status: "False", ...told(causes) };
}
const unknown = (causes: readonly Cause[]): Draft => ({ type, status: "Unknown", ...told(causes) });

const WORDS = { Throttle: "the service is slow", WalledGarden: "only the pages of the provider are there" } as const;
function ended(
  wanted: "Suspended" | "Terminated",
  suspension: Subscriber["spec"]["suspension"],
  limited: Limited | undefined,
): Draft {
  const draft = plain(type, "False", wanted);
  if (wanted === "Terminated") return draft;
  const message = limited ? `suspended as declared: ${WORDS[limited.mode]}` : draft.message;
  return { ...draft, message: suspension ? `${message} (${suspension.reason})` : message };
}
