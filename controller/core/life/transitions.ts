/** Every turn that a subscriber's life can take, and who brings it about. docs/lifecycle.md draws exactly these. */
import type { Phase } from "./phase.ts";

type Group = "Coming" | "Ending";
export const GROUPS: Readonly<Record<Group, readonly Phase[]>> = {
  /** Not in service yet. */
  Coming: ["Pending", "Surveying", "Provisioning", "AwaitingInstallation"],
  Ending: ["Terminating", "Terminated"],
};
/** `[*]`: nothing is known of it. */
type Place = Phase | Group | "[*]";
export interface Transition {
  readonly from: Place;
  readonly to: Exclude<Place, "[*]">;
  /** Whose word or act it is. */
  readonly by: "declaration" | "survey" | "systems" | "installation";
  readonly when: string;
}
type By = Transition["by"];
const turn = (from: Place, to: Transition["to"], by: By, when: string): Transition => ({ from, to, by, when });

export const TRANSITIONS: readonly Transition[] = [
  turn("[*]", "Coming", "declaration", "declared"),
  turn("[*]", "Active", "systems", "met in service"),
  turn("[*]", "Suspended", "systems", "met suspended"),
  turn("[*]", "Ending", "declaration", "met while it ends"),
  turn("Pending", "Surveying", "survey", "a survey is missing"),
  turn("Pending", "Provisioning", "systems", "something is made"),
  turn("Pending", "AwaitingInstallation", "installation", "only the visit is missing"),
  turn("Surveying", "Pending", "survey", "serviceable"),
  turn("Surveying", "Provisioning", "survey", "serviceable, something is made"),
  turn("Surveying", "AwaitingInstallation", "survey", "serviceable, only the visit is missing"),
  turn("Provisioning", "Surveying", "survey", "not serviceable after all"),
  turn("Provisioning", "AwaitingInstallation", "installation", "only the visit is missing"),
  turn("AwaitingInstallation", "Surveying", "survey", "not serviceable after all"),
  turn("AwaitingInstallation", "Provisioning", "systems", "the visit was made, the rest follows"),
  turn("Coming", "Active", "systems", "all is in place"),
  turn("Coming", "Suspended", "declaration", "declared suspended, all is in place"),
  turn("Active", "Degraded", "systems", "surely not usable"),
  turn("Degraded", "Active", "systems", "usable again"),
  turn("Active", "Suspended", "declaration", "suspended"),
  turn("Degraded", "Suspended", "declaration", "suspended"),
  turn("Suspended", "Active", "declaration", "resumed"),
  turn("Suspended", "Surveying", "declaration", "resumed before it ever served, a survey is missing"),
  turn("Suspended", "Provisioning", "declaration", "resumed before it ever served"),
  turn("Suspended", "AwaitingInstallation", "declaration", "resumed before it ever served, only the visit is missing"),
  turn("Coming", "Ending", "declaration", "withdrawn or terminated"),
  turn("Active", "Ending", "declaration", "withdrawn or terminated"),
  turn("Degraded", "Ending", "declaration", "withdrawn or terminated"),
  turn("Suspended", "Ending", "declaration", "withdrawn or terminated"),
  turn("Terminating", "Terminated", "systems", "every system is seen out of service"),
  turn("Ending", "Surveying", "declaration", "declared again, a survey is missing"),
  turn("Ending", "Provisioning", "declaration", "declared again"),
  turn("Ending", "AwaitingInstallation", "declaration", "declared again, only the visit is missing"),
  turn("Ending", "Active", "declaration", "declared again, all is in place"),
  turn("Ending", "Suspended", "declaration", "declared again, suspended"),
];

const members = (place: Place): readonly Place[] => (Object.hasOwn(GROUPS, place) ? GROUPS[place as Group] : [place]);
/** `from>to`. */
export const ALLOWED: ReadonlySet<string> = new Set(
  TRANSITIONS.flatMap(({ from, to }) => members(from).flatMap((f) => members(to).map((t) => `${f}>${t}`))),
);
