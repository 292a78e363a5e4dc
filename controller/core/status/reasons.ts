/** Every reason that a condition can carry: what it means to people, what they do, and who moves it on. */
import type { HoldCode } from "../model.ts";

export interface Reason {
  /** Where it comes from; the documentation is ordered by it. */
  readonly group: "state" | "work" | "hold" | "fault" | "blocker" | "warning";
  /** Who must act before it goes away. `device`: what happens at the customer's, a technician's visit too. */
  readonly mover: "nobody" | "lastmile" | "device" | "person";
  readonly means: string;
  readonly remedy: string;
}
const state = (means: string, remedy = ""): Reason => ({ group: "state", mover: "nobody", means, remedy });
const work = (means: string, remedy = ""): Reason => ({ group: "work", mover: "lastmile", means, remedy });
const hold = (means: string, remedy: string): Reason => ({ group: "hold", mover: "person", means, remedy });
const retried = (means: string, remedy: string): Reason => ({ group: "fault", mover: "lastmile", means, remedy });
const refused = (means: string, remedy: string): Reason => ({ group: "fault", mover: "person", means, remedy });
const blocker = (means: string, remedy: string): Reason => ({ group: "blocker", mover: "person", means, remedy });
const warning = (means: string, remedy: string): Reason => ({ group: "warning", mover: "nobody", means, remedy });

const states = {
  Converged: state("everything that is declared is in place and was verified"),
  InService: state("the customer can use the service"),
  Suspended: state("suspended as declared: logins are rejected", "set serviceState: Active to resume"),
  Terminated: state("out of service; kept until retention ends", "declare it again within retention to bring it back"),
  SessionsCurrent: state("open sessions run on what is declared"),
  NothingWanted: state("nothing is wanted in this system"),
  Idle: state("nothing is under way"),
  Accepted: state("it is declared, and whoever uses it sees it"),
  AwaitingPerson: state("nothing is under way until a person acts", "see condition Stalled"),
  Reachable: state("the endpoint answers and can serve"),
  OLTDown: state(
    "an OLT does not answer: what hangs on it is neither judged nor repaired",
    "see to the OLT, its power and its uplink",
  ),
  PortsDown: state(
    "ONUs work, and VOLTHA's core holds their ports down, as after a restart of it: their customers have no service",
    "wait; each is disabled and enabled, which brings its port up",
  ),
  RolledOut: state("the last edit of the plan has reached all of its subscribers"),
  Settling: state(
    "an OLT came back: devices are given time to come back by themselves",
    "wait; what is still wrong afterwards is repaired",
  ),
} satisfies Record<string, Reason>;

const works = {
  RollingOut: work(
    "an edit of the plan reaches its subscribers step by step",
    "wait; policies.rollout of the Tenant says how large a step is and how long the pause",
  ),
  Progressing: work("changes are being made", "wait; look at the backlog when it lasts"),
  NotObserved: work(
    "what is there has not been seen yet",
    "wait; look at the system's own status and the backlog when it lasts",
  ),
  Drifted: work("what is there differs from what is declared", "`lastmile plan` shows the difference"),
} satisfies Record<string, Reason>;

const holds = {
  NotOwned: hold(
    "an object of that name belongs to somebody else",
    "remove or rename it, or allow adoption in the tenant's policies",
  ),
  Blocked: {
    ...hold("it waits for another object", "look at the status of the object that it waits for"),
    mover: "lastmile",
  },
  NeedsApproval: hold(
    "a value that the system chose was changed there by somebody",
    "approve with `lastmile approve` that it is put back, or declare the new value in the profile",
  ),
  DestructiveLimit: hold(
    "more customers would lose service than the tenant's budget allows",
    "approve what status.held of the Tenant names, with `lastmile approve` or its annotation, or take the declaration back; time alone releases nothing",
  ),
  Paused: hold(
    "everything stands still because it is paused",
    "undo it where the message says: spec.paused, or the annotation lastmile.dev/paused",
  ),
  ObserveOnly: hold(
    "the system is in mode Observe: differences are reported and not corrected",
    "set mode: Enforce on the ExternalSystem or on the tenant's binding",
  ),
  OutsideWindow: {
    ...hold(
      "it would interrupt the customer, or touch the system, outside of its maintenance windows",
      "wait for the window that the message names, or change spec.maintenanceWindows of the ExternalSystem",
    ),
    mover: "lastmile",
  },
  IdentityConflict: hold(
    "another object holds a name, address or tag that must be unique",
    "give one of the two another value; the message names the holder",
  ),
  AwaitingDevice: {
    ...hold(
      "it waits for a device at the customer's that has not reported yet, or is switched off",
      "plug the device in; it goes on by itself when the device reports",
    ),
    mover: "device",
  },
  RouterNotManaged: hold(
    "what the customer's router dials with would change, and nothing tells the router",
    "declare the router in cpe, take the change back, or set radius.rotation: Force when the router is changed with it",
  ),
  SessionsOpen: {
    ...hold(
      "an address is kept until the sessions that may use it are seen gone",
      "wait: a session ends with its Stop in radacct, or when nobody has reported on it for three intervals; see SessionsUpdated",
    ),
    mover: "lastmile",
  },
} satisfies Record<HoldCode, Reason>;

const faults = {
  AwaitingInstallation: {
    ...retried(
      "it waits for the technician",
      "it goes on when the ticket is completed: `lastmile ticket show` tells when that is due",
    ),
    mover: "device",
  },
  Unavailable: retried("the system did not answer", "wait: it is tried again; check the endpoint when it lasts"),
  RateLimited: retried("the system asks for fewer requests", "wait, or lower limits.requestsPerSecond"),
  Lost: retried("an answer was lost on the way", "wait: the object is looked at again"),
  OutcomeUnknown: retried(
    "the system failed in an unexpected way",
    "wait: it is tried again; read the system's own log",
  ),
  DeviceFault: refused(
    "the customer's device refused a value, or does not have it",
    "correct the value, or map it in cpe.mappings of the plan to what this model has",
  ),
  SessionsPaced: retried("a NAS takes only so many requests a second", "wait for its turn, or raise coaPerSecond"),
  NASSilent: retried(
    "a NAS does not answer CoA and Disconnect, so it is not known what its sessions run on",
    "check its CoA port, the secret in secretRef, and that it takes requests from here",
  ),
  NASRefused: retried("a NAS refuses to change a session, and says why", "see to the NAS; it is tried again"),
  InUse: retried("something still uses the object", "wait: it is tried again when the user is gone"),
  Conflict: retried("something else changed or occupies the object", "wait: it is looked at and tried again"),
  BadValue: refused("a declared value cannot be written", "correct the value in the declaration"),
  Rejected: refused("the system refused the change", "correct the declaration, or what the message names"),
  Denied: refused("Lastmile's account lacks a right", "grant the right in the system"),
  NotSupported: refused(
    "this version of Lastmile does not serve that",
    "use a version that does, or remove the binding",
  ),
  Misconfigured: refused("the ExternalSystem or its credentials are wrong", "correct the ExternalSystem"),
  NotConverging: refused(
    "the system accepts the change and does not keep it",
    "find what changes it back: another tool, a trigger, or a limit of the system",
  ),
} satisfies Record<string, Reason>;

const blockers = {
  RolloutStopped: blocker(
    "too many subscribers failed after an edit of their plan; the others stay on the plan as it was",
    "see what is wrong with them; then edit the plan, take the edit back, or annotate it with lastmile.dev/rollout: continue",
  ),
  Refused: blocker("the declaration cannot be accepted; what was accepted last stands", "mend what the message names"),
  AwaitingSurvey: {
    ...blocker(
      "it waits for a site survey",
      "declare a SiteSurvey of the subscriber that is Completed and Serviceable",
    ),
    mover: "device",
  },
  NotServiceable: blocker("the place cannot be served", "survey again, or terminate the order"),
  PendingExpansion: blocker("the network does not reach the place yet", "survey again when it does"),
  RequiresConstruction: blocker("something has to be built first", "survey again when it is built"),
  TenantUnknown: blocker("the namespace belongs to no tenant", "declare a Tenant with that namespace"),
  ServiceUnknown: blocker(
    "a port is to carry a service that the plan has not",
    "add it to the plan, or correct onu.unis",
  ),
  VlanUnknown: blocker(
    "a service on an ONU has no VLAN",
    "set services[].vlan in the plan, or serviceVlan in the profile",
  ),
  TemplateRefused: blocker("a template is not the tenant's to use", "name another template"),
  ParameterReserved: blocker("a parameter is written by Lastmile itself", "remove it from cpe.parameters"),
  PlanUnknown: blocker("the service plan does not exist", "declare the plan, or name another in planRef"),
  PlanAmbiguous: blocker("several plans fit", "name one in planRef"),
  ProfileUnknown: blocker("the network profile does not exist", "declare it, or remove networkProfileRef"),
  ServingAreaUnknown: blocker("it is not known where it is connected", "set onu.olt, or add the OLT to a serving area"),
  NoRadiusSystem: blocker("no RADIUS system serves its area and realm", "bind one in the tenant's systems.radius"),
  SystemUnusable: blocker("an ExternalSystem cannot be used", "look at the status of that ExternalSystem"),
  UserNameUnknown: blocker("there is nothing to make a user name from", "add a realm, or set radius.username"),
  UserNameInvalid: blocker("the user name is not allowed", "set radius.username"),
  SecretMissing: blocker("a secret cannot be read", "provide it, or remove passwordSecretRef to have a password made"),
  AddressMissing: blocker("a static address is wanted and none is declared", "set staticIPv4 in the network profile"),
  AddressInvalid: blocker("an address is not well formed", "correct it in the network profile"),
  AddressReserved: blocker("the address is the network's own", "choose another address"),
  AddressOfBngPool: blocker("the BNG hands the address out itself", "choose an address outside of that pool"),
  AllocationUnavailable: blocker(
    "a value would have to be allocated, and nothing can do that yet",
    "declare the value",
  ),
  PoolUnknown: blocker("the address pool does not exist", "declare it in the tenant, or name another"),
  PoolExhausted: {
    ...blocker("nothing in the pool is free", "enlarge the pool; it goes on by itself when there is room"),
    mover: "lastmile", // whoever leaves makes room too
  },
  PoolMismatch: blocker("the address pool is for another use or area", "name another pool"),
  PDSizeMismatch: blocker("the pool gives prefixes of another size", "name another pool, or change ipv6PDSize"),
  PrefixOverlap: blocker(
    "the WAN prefix lies in the delegated prefix",
    "choose prefixes that do not overlap (RFC 3633)",
  ),
  IPv6ModeMismatch: blocker("a declared IPv6 value has no place in the mode", "set ipv6AssignmentMode in the profile"),
  RouteInvalid: blocker("a routed network is not well formed", "correct routedSubnets"),
  CircuitIdUnknown: blocker("option 82 is enforced and no id is known", "set circuitId or remoteId in the profile"),
} satisfies Record<string, Reason>;

const warnings = {
  OlderField: warning("an older field is in use", "use the field that the message names"),
  RealmGone: warning("the realm of the user name is none of the tenant's", "add the realm, or set radius.username"),
  AddressOutsidePools: warning("a static address lies in no pool of the tenant", "declare a pool around it"),
  SuspendedByReject: warning(
    "a suspension is stricter than declared",
    "declare what the message names in the plan's suspension, or suspension.mode: Reject",
  ),
  SessionsNotTold: warning(
    "sessions that run are not told of changes",
    "give the NAS a secretRef in the ExternalSystem, and the tenant features.liveSessions",
  ),
  ServedDespiteSurvey: warning(
    "the newest site survey says that the place cannot be served, and it is",
    "survey again, or move or terminate the subscriber",
  ),
  SLAOverdue: warning(
    "an installation is later than the tenant promises",
    "see to it: `lastmile ticket list --overdue`; complete, reschedule or cancel the ticket",
  ),
  NoTechnician: warning(
    "nobody is free for an installation",
    "`lastmile ticket assign` or `reschedule`, or declare another technician",
  ),
  PonPortUnexpected: warning(
    "an ONU is plugged into another PON port than was expected",
    "correct expectedPonPort, or have the fibre moved",
  ),
  Moving: warning("the account is open at two places", "remove the previous ids when the move is done"),
  Unguarded: warning("the user name alone logs in", "set option82Policy: Enforce"),
  ApprovalUnknown: warning(
    "an approval names nothing that waits for one",
    "name what status.held of the Tenant shows now, or take the annotation lastmile.dev/approve away",
  ),
  IdleTimeoutWithVoice: warning("a quiet voice line would be cut off", "set idleTimeout: 0s in the plan"),
} satisfies Record<string, Reason>;

const table = { ...states, ...works, ...holds, ...faults, ...blockers, ...warnings };
export type ReasonCode = keyof typeof table;
export const REASONS: Readonly<Record<ReasonCode, Reason>> = table;

/** What is not in the table came from a declaration or a system that this version does not know: a person must look. */
const OTHER: Reason = blocker("it cannot go on", "see the message");
export const reasonOf = (code: string): Reason => (Object.hasOwn(REASONS, code) ? REASONS[code as ReasonCode] : OTHER);

/** All that Lastmile can do is done; something is to happen at the customer's. */
export const isToCome = (code: string): boolean => reasonOf(code).mover === "device";

/** The form that metav1.Condition demands of a reason. */
const SHAPE = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;
export const asReason = (code: string): string => (SHAPE.test(code) ? code : "Blocked");
