/* Generated from crds/ by `make generate`; do not edit.
 * The types describe objects after defaulting: a field with a default is always there. */
export const API_VERSION = "lastmile.dev/v1alpha1";

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly generation?: number;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
}

/**
 * One internet service provider or brand: its namespace, realms, systems, serving areas, pools and policies. A tenant never sees or touches what another owns.
 */
export interface Tenant {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: "Tenant";
  readonly metadata: ObjectMeta;
  readonly spec: TenantSpec;
  readonly status?: TenantStatus;
}
/**
 * What is wanted.
 */
export interface TenantSpec {
  /**
   * The Kubernetes namespace whose plans, profiles, subscribers and surveys belong to this tenant. Cannot be changed.
   */
  readonly namespace: string;
  /**
   * Stops every effect for this tenant, deletions included.
   */
  readonly paused: boolean;
  /**
   * Time zone of appointments and windows. An IANA name, such as Europe/Berlin.
   */
  readonly timeZone: string;
  /**
   * Realms of user names; the first is the default. Each has a dot, because FreeRADIUS refuses realms without one.
   *
   * Items: One realm, in lower case.
   */
  readonly realms: readonly string[];
  /**
   * How a user name is made where a Subscriber names none. Knows {name}, {number} and {realm}.
   */
  readonly userNameTemplate: string;
  /**
   * How a circuit id is made where a profile names none. Knows {olt}, {port}, {onuId}, {uni}, {serial}, {number}, {name}, {serviceVlan} and {innerVlan}.
   */
  readonly circuitIdTemplate?: string;
  /**
   * Templates of the auto-configuration server. Each runs on every device of the tenant that a plan or a subscriber gives its name.
   */
  readonly cpeTemplates: readonly TenantCpeTemplate[];
  /**
   * Outer VLAN of the internet service where neither profile, subscriber nor plan names one.
   */
  readonly defaultVlan?: number;
  readonly systems: TenantSystems;
  /**
   * What belongs together: the OLTs, NAS and VLAN domain of one area.
   */
  readonly servingAreas: readonly TenantServingArea[];
  /**
   * Typed pools of addresses and prefixes.
   */
  readonly addressPools: readonly TenantAddressPool[];
  /**
   * Pools of VLAN tags.
   */
  readonly vlanPools: readonly TenantVlanPool[];
  readonly features: TenantFeatures;
  readonly policies: TenantPolicies;
}
/**
 * One template.
 */
export interface TenantCpeTemplate {
  /**
   * Name by which plans and subscribers ask for it.
   */
  readonly name: string;
  /**
   * What it does, as the script of a GenieACS provision.
   */
  readonly script: string;
  /**
   * Where two templates set one value, the one with the greater weight has the last word.
   */
  readonly weight: number;
}
/**
 * The external systems that this tenant uses, by type.
 */
export interface TenantSystems {
  /**
   * The RADIUS databases that this tenant uses.
   */
  readonly radius?: readonly RadiusBinding[];
  /**
   * The NetBox instances that this tenant uses.
   */
  readonly netbox?: readonly NetboxBinding[];
  /**
   * The GenieACS instances that this tenant uses.
   */
  readonly genieacs?: readonly SystemBinding[];
  /**
   * The VOLTHA instances that this tenant uses.
   */
  readonly voltha?: readonly VolthaBinding[];
  /**
   * The billing systems that this tenant uses.
   *
   * Items: One binding to an ExternalSystem.
   */
  readonly billing?: readonly SystemBinding[];
  /**
   * The ticket systems that this tenant uses.
   *
   * Items: One binding to an ExternalSystem.
   */
  readonly tickets?: readonly SystemBinding[];
  /**
   * The mail server that tells this tenant's customers what happens to their service; of several the first.
   */
  readonly mail?: readonly TenantSystemsMail[];
}
/**
 * One binding to an ExternalSystem.
 */
export interface RadiusBinding {
  /**
   * Name of the ExternalSystem.
   */
  readonly name: string;
  /**
   * Mode for this tenant; the stricter of this and the mode of the system counts.
   */
  readonly mode?: "Observe" | "Enforce";
  /**
   * Realms kept there. Left out: all realms of the tenant.
   *
   * Items: One realm.
   */
  readonly realms?: readonly string[];
}
/**
 * One binding to an ExternalSystem.
 */
export interface NetboxBinding {
  /**
   * Name of the ExternalSystem.
   */
  readonly name: string;
  /**
   * Mode for this tenant; the stricter of this and the mode of the system counts.
   */
  readonly mode?: "Observe" | "Enforce";
  /**
   * Name of the tenant in NetBox.
   */
  readonly tenant?: string;
  /**
   * VRFs in which this tenant may hold addresses.
   *
   * Items: Name of one VRF.
   */
  readonly vrfs?: readonly string[];
}
/**
 * One binding to an ExternalSystem.
 */
export interface SystemBinding {
  /**
   * Name of the ExternalSystem.
   */
  readonly name: string;
  /**
   * Mode for this tenant; the stricter of this and the mode of the system counts.
   */
  readonly mode?: "Observe" | "Enforce";
}
/**
 * One binding to an ExternalSystem.
 */
export interface VolthaBinding {
  /**
   * Name of the ExternalSystem.
   */
  readonly name: string;
  /**
   * Mode for this tenant; the stricter of this and the mode of the system counts.
   */
  readonly mode?: "Observe" | "Enforce";
  /**
   * OLTs that this tenant may use. Left out: all OLTs of the system.
   *
   * Items: Name of one OLT.
   */
  readonly olts?: readonly string[];
}
/**
 * One binding to an ExternalSystem.
 */
export interface TenantSystemsMail {
  /**
   * Name of the ExternalSystem.
   */
  readonly name: string;
  /**
   * Mode for this tenant; the stricter of this and the mode of the system counts.
   */
  readonly mode?: "Observe" | "Enforce";
  /**
   * The provider, as its customers know it. Left out: the name of the tenant.
   */
  readonly provider?: string;
  /**
   * Sender of the messages. Left out: as the system says.
   */
  readonly from?: string;
  /**
   * Where answers go. Left out: as the system says.
   */
  readonly replyTo?: string;
  /**
   * Texts of the tenant's own in Liquid, in the place of those that come with Lastmile.
   */
  readonly templates?: readonly TenantSystemsMailTemplate[];
}
/**
 * One message in one language.
 */
export interface TenantSystemsMailTemplate {
  /**
   * What it tells.
   */
  readonly notice: "Activated" | "Suspended" | "Resumed" | "Terminated" | "InstallationScheduled";
  /**
   * Its language, a BCP 47 tag; de serves de-AT too.
   */
  readonly language: string;
  /**
   * Its subject.
   */
  readonly subject: string;
  /**
   * Its text.
   */
  readonly text: string;
  /**
   * The same as HTML; values are escaped. Left out: it has none.
   */
  readonly html?: string;
}
/**
 * One serving area.
 */
export interface TenantServingArea {
  /**
   * Name of the area.
   */
  readonly name: string;
  /**
   * OLTs of the area, by their name in the VOLTHA system.
   *
   * Items: Name of one OLT.
   */
  readonly olts: readonly string[];
  /**
   * NAS of the area, by their name in the RADIUS system.
   *
   * Items: Name of one NAS.
   */
  readonly nas: readonly string[];
  /**
   * Pairs of tags are unique within this domain; areas that share an aggregation network share it. Left out: the name of the area.
   */
  readonly vlanDomain?: string;
}
/**
 * One pool.
 */
export interface TenantAddressPool {
  /**
   * Name of the pool.
   */
  readonly name: string;
  /**
   * What is taken from the pool.
   */
  readonly use: "IPv4" | "IPv6Address" | "WANPrefix" | "PD" | "Routed";
  /**
   * Networks of the pool.
   *
   * Items: One network.
   */
  readonly prefixes: readonly string[];
  /**
   * VRF of the addresses.
   */
  readonly vrf: string;
  /**
   * Which address of each network is the gateway; it is never given away.
   */
  readonly gateway: "FirstHost" | "LastHost" | "None";
  /**
   * Networks and addresses that are never given away.
   *
   * Items: One reserved network; a single address ends in /32 or /128.
   */
  readonly reserve?: readonly string[];
  /**
   * Length of what is taken from a pool of prefixes: 64 for WANPrefix, 48 to 64 for PD.
   */
  readonly prefixLength?: number;
  /**
   * Name of the pool on the BNG, where the BNG chooses the address. Left out: the name of this pool.
   */
  readonly nasPool?: string;
  /**
   * Network from which addresses are taken while NetBox cannot be reached. Overlaps no other pool.
   */
  readonly fallback?: string;
  /**
   * Areas that may use the pool. Left out: all.
   *
   * Items: Name of one serving area.
   */
  readonly servingAreas?: readonly string[];
}
/**
 * One pool of tags.
 */
export interface TenantVlanPool {
  /**
   * Name of the pool.
   */
  readonly name: string;
  /**
   * Domain within which the pairs of tags are unique.
   */
  readonly vlanDomain: string;
  /**
   * Outer VLANs (S-tags).
   *
   * Items: One VLAN or a range, such as 100-109.
   */
  readonly serviceVlans: readonly string[];
  /**
   * Inner VLANs (C-tags).
   *
   * Items: One VLAN or a range, such as 1000-3999.
   */
  readonly innerVlans?: readonly string[];
}
/**
 * Switches for a staged rollout.
 */
export interface TenantFeatures {
  /**
   * Whether declared NetworkProfiles are used.
   */
  readonly networkProfiles: boolean;
  /**
   * Whether static addresses are recorded in NetBox.
   */
  readonly staticAudit: boolean;
  /**
   * Whether live sessions are told of changes (CoA, Disconnect).
   */
  readonly liveSessions: boolean;
}
/**
 * Rules of the house.
 */
export interface TenantPolicies {
  /**
   * Whether a completed survey comes before provisioning.
   */
  readonly requireSurvey: boolean;
  /**
   * Whether objects found in a system without an owner may be taken over: never, when they already match, or always.
   */
  readonly adoption: "Never" | "MatchingOnly" | "Always";
  readonly cpe: TenantPoliciesCpe;
  readonly activation: TenantPoliciesActivation;
  readonly retention: TenantPoliciesRetention;
  readonly budgets: TenantPoliciesBudgets;
  readonly rollout?: TenantPoliciesRollout;
  readonly installation: TenantPoliciesInstallation;
}
/**
 * What becomes of routers.
 */
export interface TenantPoliciesCpe {
  /**
   * What a router is told when its subscriber goes, or another one takes its place. Keep: our wireless networks and credentials are taken out. FactoryReset: it forgets everything.
   */
  readonly onRetire: "Keep" | "FactoryReset";
}
/**
 * When billing starts.
 */
export interface TenantPoliciesActivation {
  /**
   * Facts that must be observed first.
   *
   * Items: One fact.
   */
  readonly require: readonly ("SurveyPassed" | "InstallationCompleted" | "RADIUSReady" | "ONUActive" | "CPEOnline")[];
}
/**
 * How long what was retired is kept.
 */
export interface TenantPoliciesRetention {
  /**
   * Until retired accounts, addresses and ONUs are removed for good. Written like 24h, 90m or 1h30m.
   */
  readonly resources: string;
  /**
   * Until personal data in history is erased. Written like 24h, 90m or 1h30m.
   */
  readonly personalData: string;
}
/**
 * How many subscribers may lose service in one window without approval.
 */
export interface TenantPoliciesBudgets {
  /**
   * Share that may be retired.
   */
  readonly retire: string;
  /**
   * Share that may be suspended.
   */
  readonly suspend: string;
  /**
   * Share that may be interrupted.
   */
  readonly disrupt: string;
  /**
   * Number that is always allowed, however small the tenant.
   */
  readonly minimum: number;
  /**
   * Length of the window. Written like 24h, 90m or 1h30m.
   */
  readonly window: string;
}
/**
 * How an edit of a ServicePlan reaches its subscribers. Left out, all of them change at once; {} takes the defaults.
 */
export interface TenantPoliciesRollout {
  /**
   * Subscribers that change in one step, as a number or as a share such as 10%.
   */
  readonly step: string;
  /**
   * Between two steps. Whoever of a step is not Ready again by then has failed. Written like 24h, 90m or 1h30m.
   */
  readonly pause: string;
  /**
   * Fewer subscribers than this change at once.
   */
  readonly from: number;
  /**
   * So many failures stop it, until somebody edits the plan or says that it goes on.
   */
  readonly stopAfter: number;
}
/**
 * How installation tickets are made.
 */
export interface TenantPoliciesInstallation {
  /**
   * Days between order and appointment.
   */
  readonly leadDays: number;
  /**
   * Which days count.
   */
  readonly count: "CalendarDays" | "WorkingDays";
  /**
   * Time of day of the appointment.
   */
  readonly at: string;
  /**
   * Team that gets the ticket.
   */
  readonly team: string;
  /**
   * Days without appointments.
   *
   * Items: One day. Written YYYY-MM-DD.
   */
  readonly holidays: readonly string[];
  readonly sla: TenantPoliciesInstallationSla;
}
/**
 * Time from the appointment to the due date, by priority.
 */
export interface TenantPoliciesInstallationSla {
  /**
   * Priority Low. Written like 24h, 90m or 1h30m.
   */
  readonly Low: string;
  /**
   * Priority Normal. Written like 24h, 90m or 1h30m.
   */
  readonly Normal: string;
  /**
   * Priority High. Written like 24h, 90m or 1h30m.
   */
  readonly High: string;
  /**
   * Priority Urgent. Written like 24h, 90m or 1h30m.
   */
  readonly Urgent: string;
}
/**
 * What is.
 */
export interface TenantStatus {
  /**
   * What is true of this object now, one entry per type, in the form of metav1.Condition.
   */
  readonly conditions?: readonly Condition[];
  /**
   * The metadata.generation that was last acted upon.
   */
  readonly observedGeneration?: number;
  readonly subscribers?: TenantStatusSubscribers;
  /**
   * What waits for an approval. To approve: kubectl annotate tenant NAME lastmile.dev/approve=CHANGESET (several, separated by commas), or lastmile approve CHANGESET.
   */
  readonly held?: readonly TenantStatusHeld[];
}
/**
 * One condition.
 */
export interface Condition {
  /**
   * Name of the condition, such as Ready, InService, Reconciling, Stalled, InSync or one per system.
   */
  readonly type: string;
  /**
   * Whether it holds.
   */
  readonly status: "True" | "False" | "Unknown";
  /**
   * The metadata.generation that this condition speaks about.
   */
  readonly observedGeneration?: number;
  /**
   * When the status last changed. RFC 3339.
   */
  readonly lastTransitionTime: string;
  /**
   * Stable CamelCase code.
   */
  readonly reason: string;
  /**
   * What is wrong, where, and the remedy.
   */
  readonly message: string;
}
/**
 * Number of subscribers by service state.
 */
export interface TenantStatusSubscribers {
  /**
   * Active.
   */
  readonly active?: number;
  /**
   * Suspended.
   */
  readonly suspended?: number;
  /**
   * Terminated.
   */
  readonly terminated?: number;
  /**
   * Of all these, how many wait for an approval.
   */
  readonly held?: number;
}
/**
 * One set, approved as a whole.
 */
export interface TenantStatusHeld {
  /**
   * Names exactly these changes. When any of them becomes another one, so does the name.
   */
  readonly changeSet: string;
  /**
   * Why it waits.
   */
  readonly reason: "DestructiveLimit" | "NeedsApproval";
  /**
   * What it costs the customers at most: service ends, is suspended, or is interrupted.
   */
  readonly impact: "Retire" | "Suspend" | "Disrupt";
  /**
   * Number of subscribers.
   */
  readonly subscribers: number;
  /**
   * Number of changes in all systems.
   */
  readonly changes: number;
  /**
   * Since when the first of them has waited. RFC 3339.
   */
  readonly since: string;
  /**
   * The first of them, by name.
   *
   * Items: A subscriber and what would be done.
   */
  readonly examples: readonly string[];
}

/**
 * One endpoint and what belongs to it: a RADIUS database with its NAS, a VOLTHA with its controller and OLTs, and so on.
 */
export interface ExternalSystem {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: "ExternalSystem";
  readonly metadata: ObjectMeta;
  readonly spec: ExternalSystemSpec;
  readonly status?: ExternalSystemStatus;
}
/**
 * What is wanted.
 */
export interface ExternalSystemSpec {
  /**
   * What kind of system it is. Each type has a block of the same name where it needs more than an address.
   */
  readonly type: "RADIUS" | "NetBox" | "GenieACS" | "VOLTHA" | "Billing" | "Tickets" | "Mail";
  /**
   * Enforce: differences are corrected. Observe: they are only reported.
   */
  readonly mode: "Observe" | "Enforce";
  /**
   * Stops every effect on this system.
   */
  readonly paused: boolean;
  /**
   * Where it is, without credentials: postgresql://host:port/database for RADIUS, Billing and Tickets, host:port for VOLTHA, smtp:// or smtps:// for Mail, http:// or https:// for the others.
   */
  readonly address: string;
  readonly credentialsRef?: ExternalSystemCredentialsRef;
  readonly limits: ExternalSystemLimits;
  /**
   * Outside of these times the gated changes wait.
   */
  readonly maintenanceWindows?: readonly ExternalSystemMaintenanceWindow[];
  readonly radius?: ExternalSystemRadius;
  readonly genieacs?: ExternalSystemGenieacs;
  readonly voltha?: ExternalSystemVoltha;
  readonly tickets?: ExternalSystemTickets;
  readonly mail?: ExternalSystemMail;
}
/**
 * Secret with the credentials: username and password, or token. Its key hosts, where there is one, names the hosts (host, or host:port) that may be sent them: an address elsewhere is refused.
 */
export interface ExternalSystemCredentialsRef {
  /**
   * Namespace of the Secret.
   */
  readonly namespace: string;
  /**
   * Name of the Secret.
   */
  readonly name: string;
}
/**
 * How hard the system may be driven.
 */
export interface ExternalSystemLimits {
  /**
   * Calls at the same time; one of them is kept free for small edits.
   */
  readonly concurrency: number;
  /**
   * Requests per second, of a system that is spoken to over HTTP.
   */
  readonly requestsPerSecond: number;
}
/**
 * One window.
 */
export interface ExternalSystemMaintenanceWindow {
  /**
   * When it opens, as a cron expression of five fields.
   */
  readonly schedule: string;
  /**
   * How long it stays open. Written like 24h, 90m or 1h30m.
   */
  readonly duration: string;
  /**
   * Time zone of the schedule. An IANA name, such as Europe/Berlin.
   */
  readonly timeZone: string;
  /**
   * Which changes wait for it. Disruptive: what interrupts customers who stay; a suspension and the end of service never wait. All: every change at this endpoint.
   *
   * Items: Kind of change.
   */
  readonly gates: readonly ("Disruptive" | "All")[];
}
/**
 * What type RADIUS needs.
 */
export interface ExternalSystemRadius {
  /**
   * The NAS (BNG, BRAS) that ask this RADIUS.
   */
  readonly nas: readonly ExternalSystemNas[];
}
/**
 * One NAS.
 */
export interface ExternalSystemNas {
  /**
   * Name by which serving areas refer to it.
   */
  readonly name: string;
  /**
   * Address from which it asks (NAS-IP-Address).
   */
  readonly address: string;
  /**
   * Whose attributes it understands.
   */
  readonly vendor: "Generic" | "MikroTik" | "Cisco" | "Juniper" | "Huawei";
  /**
   * UDP port for CoA and Disconnect.
   */
  readonly coaPort: number;
  readonly secretRef?: ClusterSecretKeyRef;
  /**
   * Whether replies carry Tunnel-* attributes with the VLAN.
   */
  readonly sendVlan: boolean;
  /**
   * CoA and Disconnect requests per second.
   */
  readonly coaPerSecond: number;
  readonly option82: ExternalSystemNasOption82;
}
/**
 * Shared secret for CoA and Disconnect.
 */
export interface ClusterSecretKeyRef {
  /**
   * Namespace of the Secret.
   */
  readonly namespace: string;
  /**
   * Name of the Secret.
   */
  readonly name: string;
  /**
   * Key inside the Secret.
   */
  readonly key: string;
}
/**
 * How it reports option 82.
 */
export interface ExternalSystemNasOption82 {
  /**
   * Attribute with the circuit id.
   */
  readonly circuitAttribute: string;
  /**
   * Attribute with the remote id.
   */
  readonly remoteAttribute: string;
  /**
   * How the ids are written.
   */
  readonly encoding: "Text" | "Hex";
}
/**
 * How type GenieACS is spoken to.
 */
export interface ExternalSystemGenieacs {
  /**
   * A value that was read longer ago is read from the device again before it is believed. Written like 24h, 90m or 1h30m.
   */
  readonly refreshAfter: string;
  /**
   * How long a task waits for a device that does not report. Written like 24h, 90m or 1h30m.
   */
  readonly taskExpiry: string;
}
/**
 * What type VOLTHA needs.
 */
export interface ExternalSystemVoltha {
  readonly controller: ExternalSystemVolthaController;
  /**
   * How long after an outage repair waits for devices to come back by themselves. Written like 24h, 90m or 1h30m.
   */
  readonly settleAfterRecovery: string;
  /**
   * The OLTs.
   */
  readonly olts: readonly ExternalSystemVolthaOlt[];
}
/**
 * The controller that holds the subscriber services.
 */
export interface ExternalSystemVolthaController {
  /**
   * Which controller.
   */
  readonly type: "VGC" | "ONOS";
  /**
   * Its REST address.
   */
  readonly address: string;
}
/**
 * One OLT.
 */
export interface ExternalSystemVolthaOlt {
  /**
   * Name by which serving areas and subscribers refer to it.
   */
  readonly name: string;
  /**
   * Serial number.
   */
  readonly serial: string;
  /**
   * Address of its agent, host:port.
   */
  readonly address: string;
  /**
   * Number of the uplink port.
   */
  readonly uplinkPort: number;
  /**
   * Numbers of the NNI ports.
   *
   * Items: One port.
   */
  readonly nniPorts: readonly number[];
}
/**
 * What type Tickets needs.
 */
export interface ExternalSystemTickets {
  /**
   * Who is sent to customers. Nobody is given one hour twice.
   */
  readonly technicians: readonly ExternalSystemTicketsTechnician[];
}
/**
 * One technician.
 */
export interface ExternalSystemTicketsTechnician {
  /**
   * Name, or number of the staff.
   */
  readonly name: string;
  /**
   * Team that he works for.
   */
  readonly team: string;
  /**
   * What he can do. A ticket that asks for a skill goes to nobody without it.
   *
   * Items: One skill.
   */
  readonly skills: readonly string[];
  /**
   * Serving areas that he is sent to. Left out: all.
   *
   * Items: Name of a serving area.
   */
  readonly areas?: readonly string[];
  /**
   * Days of the week on which he works.
   *
   * Items: One day.
   */
  readonly days: readonly ("Mon" | "Tue" | "Wed" | "Thu" | "Fri" | "Sat" | "Sun")[];
  /**
   * Days on which he does not.
   */
  readonly away: readonly ExternalSystemTicketsTechnicianAway[];
}
/**
 * From one day to another, both included.
 */
export interface ExternalSystemTicketsTechnicianAway {
  /**
   * First day. Written YYYY-MM-DD.
   */
  readonly from: string;
  /**
   * Last day. Written YYYY-MM-DD.
   */
  readonly to: string;
}
/**
 * What type Mail needs.
 */
export interface ExternalSystemMail {
  /**
   * Sender of the messages.
   */
  readonly from: string;
  /**
   * Where answers go.
   */
  readonly replyTo?: string;
}
/**
 * What is.
 */
export interface ExternalSystemStatus {
  /**
   * What is true of this object now, one entry per type, in the form of metav1.Condition.
   *
   * Items: One condition.
   */
  readonly conditions?: readonly Condition[];
  /**
   * The metadata.generation that was last acted upon.
   */
  readonly observedGeneration?: number;
  /**
   * Version that the endpoint reports.
   */
  readonly version?: string;
  /**
   * Whether calls are let through.
   */
  readonly breaker?: "Closed" | "HalfOpen" | "Open";
  /**
   * Subjects that wait for this system.
   */
  readonly backlog?: number;
  /**
   * Subjects whose state there differs from what is declared.
   */
  readonly drift?: number;
  /**
   * When it was last reached. RFC 3339.
   */
  readonly checkedAt?: string;
}

/**
 * What is sold: speed, access type, services, pools, timeouts, templates, price, and how suspension works.
 */
export interface ServicePlan {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: "ServicePlan";
  readonly metadata: ObjectMeta;
  readonly spec: ServicePlanSpec;
  readonly status?: ServicePlanStatus;
}
/**
 * What is wanted.
 */
export interface ServicePlanSpec {
  /**
   * Older names of the plan, such as fiber_1gbps, which subscribers may use in planRef.
   *
   * Items: One name.
   */
  readonly aliases: readonly string[];
  /**
   * Name for people.
   */
  readonly displayName?: string;
  readonly speed: ServicePlanSpeed;
  /**
   * How subscribers log in. PPPoE: user name and password. IPoE: by the port, without a secret. Static: a fixed address.
   */
  readonly accessType: "PPPoE" | "IPoE" | "Static";
  /**
   * Where IPv4 addresses come from. Static: the declared address. Dynamic: allocated in NetBox for this subscriber. Pool: the BNG chooses from a named pool. None: no IPv4.
   */
  readonly ipv4Assignment: "Static" | "Dynamic" | "Pool" | "None";
  /**
   * How IPv6 is given where the profile does not say. SLAAC gives a WAN prefix, Stateful an address, PD a delegated prefix, DualStack a delegated prefix and a WAN prefix or address.
   */
  readonly ipv6AssignmentMode: "None" | "SLAAC" | "Stateful" | "PD" | "DualStack";
  readonly pools: ServicePlanPools;
  /**
   * Time after which a session is ended (Session-Timeout, spread by 10 % per subscriber). 0s: not sent. Written like 24h, 90m or 1h30m.
   */
  readonly sessionTimeout: string;
  /**
   * Time without traffic after which a session is ended (Idle-Timeout; never sent for IPoE). 0s: not sent. Written like 24h, 90m or 1h30m.
   */
  readonly idleTimeout: string;
  /**
   * Time between accounting updates (Acct-Interim-Interval). 0s: not sent. Written like 24h, 90m or 1h30m.
   */
  readonly interimInterval: string;
  /**
   * Sessions at the same time (Simultaneous-Use); 0: no limit.
   */
  readonly simultaneousUse: number;
  readonly radius: ServicePlanRadius;
  /**
   * Services of the plan: internet, voice, IPTV and so on.
   */
  readonly services: readonly ServicePlanService[];
  readonly cpe: ServicePlanCpe;
  readonly billing?: ServicePlanBilling;
  readonly suspension: ServicePlanSuspension;
}
/**
 * Speed as the subscriber sees it.
 */
export interface ServicePlanSpeed {
  /**
   * Download. Written like 512kbps, 100Mbps or 2.5Gbps.
   */
  readonly down: string;
  /**
   * Upload. Written like 512kbps, 100Mbps or 2.5Gbps.
   */
  readonly up: string;
  /**
   * Download in a burst. Written like 512kbps, 100Mbps or 2.5Gbps.
   */
  readonly burstDown?: string;
  /**
   * Upload in a burst. Written like 512kbps, 100Mbps or 2.5Gbps.
   */
  readonly burstUp?: string;
}
/**
 * Pools of the tenant from which subscribers of this plan are served.
 */
export interface ServicePlanPools {
  /**
   * Pool for IPv4 addresses (use IPv4).
   */
  readonly ipv4?: string;
  /**
   * Pool for single IPv6 addresses (use IPv6Address).
   */
  readonly ipv6?: string;
  /**
   * Pool for WAN prefixes (use WANPrefix).
   */
  readonly wan?: string;
  /**
   * Pool for delegated prefixes (use PD).
   */
  readonly pd?: string;
  /**
   * Pool for routed subnets (use Routed).
   */
  readonly routed?: string;
}
/**
 * What RADIUS sends beside speed and timeouts.
 */
export interface ServicePlanRadius {
  readonly profiles: ServicePlanRadiusProfiles;
  /**
   * Further attributes of the group of this plan. Reply: Class, Reply-Message, Framed-MTU, Framed-Protocol, Framed-IPv6-Pool, Service-Type, Port-Limit, Termination-Action, Cisco-AVPair (with +=) and the attributes of Mikrotik, Huawei, ERX, Juniper, WISPr, Alc and RP, except those for the speed, which Lastmile writes from spec.speed and spec.radius.profiles, and those that open the NAS itself. Names and types are those of FreeRADIUS's dictionaries. Check: NAS-IP-Address, NAS-Identifier, NAS-Port-Id, NAS-Port-Type, Called-Station-Id, Calling-Station-Id, Service-Type and Framed-Protocol. Nothing else: FreeRADIUS runs commands and skips the password for some of its own.
   */
  readonly attributes: readonly ServicePlanRadiusAttribute[];
}
/**
 * Names of profiles that exist on the NAS and carry the speed there, by vendor.
 */
export interface ServicePlanRadiusProfiles {
  /**
   * Filter-Id, instead of the rate.
   */
  readonly generic?: string;
  /**
   * PPP profile (Mikrotik-Group), beside the rate. Not needed for the speed.
   */
  readonly mikrotik?: string;
  /**
   * Policy map of both directions, or UPLOAD/DOWNLOAD (sub-qos-policy-in and -out).
   */
  readonly cisco?: string;
  /**
   * Service to activate (ERX-Service-Activate:1), such as inet(100m,50m).
   */
  readonly juniper?: string;
  /**
   * QoS profile (Huawei-Qos-Profile-Name), instead of the rate.
   */
  readonly huawei?: string;
}
/**
 * One attribute.
 */
export interface ServicePlanRadiusAttribute {
  /**
   * Name in the dictionaries of FreeRADIUS.
   */
  readonly name: string;
  /**
   * Operator of FreeRADIUS.
   */
  readonly op: "=" | ":=" | "+=" | "==" | "!=" | ">" | ">=" | "<" | "<=" | "=~" | "!~";
  /**
   * Value, without quotes around it.
   */
  readonly value: string;
  /**
   * Sent in the reply, or checked in the request.
   */
  readonly target: "Reply" | "Check";
}
/**
 * One service.
 */
export interface ServicePlanService {
  /**
   * Name of the service.
   */
  readonly name: string;
  /**
   * Shared: all subscribers in one VLAN. PerSubscriber: a pair of tags for each.
   */
  readonly vlanMode: "Shared" | "PerSubscriber";
  /**
   * Outer VLAN (S-tag).
   */
  readonly vlan?: number;
  /**
   * Inner VLAN (C-tag) of a Shared service. VOLTHA's own controller (VGC) needs one where there is a uniTag.
   */
  readonly innerVlan?: number;
  /**
   * VLAN pool of the tenant for the tags.
   */
  readonly vlanPool?: string;
  /**
   * Tag that the customer equipment sends; 0 is priority-tagged, 4096 untagged.
   */
  readonly uniTag?: number;
  /**
   * Technology profile on the OLT.
   */
  readonly technologyProfileId: number;
  /**
   * Priority bits (IEEE 802.1p).
   */
  readonly pbit: number;
  readonly speed?: ServicePlanServiceSpeed;
  /**
   * Whether the service stays while the subscriber is suspended, such as emergency voice.
   */
  readonly keepWhenSuspended: boolean;
  /**
   * Whether streams are joined by IGMP, as with IPTV.
   */
  readonly multicast: boolean;
}
/**
 * Speed of this service. Left out: the speed of the plan.
 */
export interface ServicePlanServiceSpeed {
  /**
   * Download. Written like 512kbps, 100Mbps or 2.5Gbps.
   */
  readonly down: string;
  /**
   * Upload. Written like 512kbps, 100Mbps or 2.5Gbps.
   */
  readonly up: string;
}
/**
 * Defaults for the customer equipment.
 */
export interface ServicePlanCpe {
  /**
   * Templates of the auto-configuration server.
   *
   * Items: Name of one template.
   */
  readonly templates: readonly string[];
  /**
   * Address of the auto-configuration server that devices are told.
   */
  readonly managementUrl?: string;
  /**
   * Where a value stands in the data model of devices that are not as the standard has it.
   */
  readonly mappings: readonly ServicePlanCpeMapping[];
  /**
   * Parameters of every device with this plan.
   */
  readonly parameters: readonly ServicePlanCpeParameter[];
}
/**
 * One place. The most specific one counts.
 */
export interface ServicePlanCpeMapping {
  /**
   * Name of the value, such as wifi.5GHz.ssid or ipv6.pd.
   */
  readonly name: string;
  /**
   * Path with its root object, which tells the data model.
   */
  readonly path: string;
  /**
   * Manufacturer as the device reports it; * stands for any text. Left out - every one.
   */
  readonly manufacturer?: string;
  /**
   * Model (ModelName or ProductClass) as the device reports it; * stands for any text. Left out - every one.
   */
  readonly model?: string;
}
/**
 * One parameter.
 */
export interface ServicePlanCpeParameter {
  /**
   * Path without the root object, or a name such as management.informInterval.
   */
  readonly path: string;
  /**
   * Value.
   */
  readonly value: string;
  /**
   * Type on the wire.
   */
  readonly type: "String" | "Int" | "UnsignedInt" | "Boolean" | "DateTime" | "Base64";
  /**
   * Seed: written at installation and after a factory reset, then left to the customer. Enforce: always corrected.
   */
  readonly management: "Seed" | "Enforce";
}
/**
 * How it is billed.
 */
export interface ServicePlanBilling {
  /**
   * Product in the billing system.
   */
  readonly product: string;
  readonly price?: ServicePlanBillingPrice;
}
/**
 * Price for people; the billing system has the last word.
 */
export interface ServicePlanBillingPrice {
  /**
   * Amount with two decimals.
   */
  readonly amount: string;
  /**
   * ISO 4217 code.
   */
  readonly currency: string;
  /**
   * Billing period.
   */
  readonly period: "Weekly" | "Monthly" | "Quarterly" | "Annual";
}
/**
 * What suspension means where the subscriber does not say.
 */
export interface ServicePlanSuspension {
  /**
   * Reject: no login. Throttle: slow. WalledGarden: only the pages of the provider.
   */
  readonly mode: "Reject" | "Throttle" | "WalledGarden";
  /**
   * What happens to the bill meanwhile.
   */
  readonly billing: "Continue" | "Pause" | "ReducedFee";
  /**
   * Address list or filter on the NAS for the walled garden.
   */
  readonly addressList?: string;
  /**
   * Speed while throttled. Written like 512kbps, 100Mbps or 2.5Gbps.
   */
  readonly throttle?: string;
}
/**
 * What is.
 */
export interface ServicePlanStatus {
  /**
   * What is true of this object now, one entry per type, in the form of metav1.Condition.
   *
   * Items: One condition.
   */
  readonly conditions?: readonly Condition[];
  /**
   * The metadata.generation that was last acted upon.
   */
  readonly observedGeneration?: number;
  readonly rollout?: ServicePlanStatusRollout;
  /**
   * Subscribers of this plan.
   */
  readonly subscribers?: number;
}
/**
 * How far the last edit has come, where it reaches the subscribers step by step.
 */
export interface ServicePlanStatusRollout {
  /**
   * Rolling: a step follows. Stopped: too many failed, and a person decides. Done: all were released.
   */
  readonly state: "Rolling" | "Stopped" | "Done";
  /**
   * Number of the revision that subscribers get.
   */
  readonly revision: number;
  /**
   * Subscribers whose turn has come.
   */
  readonly released: number;
  /**
   * Subscribers that the edit has to reach.
   */
  readonly total: number;
  /**
   * Subscribers that were not Ready again in time, or were refused.
   */
  readonly failed: number;
  /**
   * When the next step is due. RFC 3339.
   */
  readonly nextAt?: string;
}

/**
 * Network facts of one subscriber: VLANs, option 82, static addresses, IPv6. A declared profile serves one subscriber; where a Subscriber names none, one is made.
 */
export interface NetworkProfile {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: "NetworkProfile";
  readonly metadata: ObjectMeta;
  readonly spec: NetworkProfileSpec;
  readonly status?: NetworkProfileStatus;
}
/**
 * What is wanted.
 */
export interface NetworkProfileSpec {
  /**
   * How the subscriber logs in. Overrides the plan.
   */
  readonly accessType?: "PPPoE" | "IPoE" | "Static";
  /**
   * Where the IPv4 address comes from. Overrides the plan; a declared staticIPv4 means Static. Static: the declared address. Dynamic: allocated in NetBox for this subscriber. Pool: the BNG chooses from a named pool. None: no IPv4.
   */
  readonly ipv4Assignment?: "Static" | "Dynamic" | "Pool" | "None";
  readonly pools?: NetworkProfilePools;
  /**
   * Outer VLAN (S-tag) of the internet service.
   */
  readonly serviceVlan?: number;
  /**
   * Inner VLAN (C-tag) of the internet service.
   */
  readonly innerVlan?: number;
  /**
   * Whether the internet service carries two tags. Left out: it does when innerVlan is set.
   */
  readonly qinqEnabled?: boolean;
  /**
   * VLAN pool of the tenant from which missing tags are taken.
   */
  readonly vlanPool?: string;
  /**
   * Tags of further services, by the name that the plan gives them.
   */
  readonly services?: readonly NetworkProfileService[];
  /**
   * Circuit id of option 82 as the NAS reports it. Left out: built from the circuitIdTemplate of the tenant.
   */
  readonly circuitId?: string;
  /**
   * Remote id of option 82 as the NAS reports it.
   */
  readonly remoteId?: string;
  /**
   * Circuit id that is accepted too while the customer moves; remove it when the move is done.
   */
  readonly previousCircuitId?: string;
  /**
   * Remote id that is accepted too while the customer moves; remove it when the move is done.
   */
  readonly previousRemoteId?: string;
  /**
   * Enforce: only the declared circuit may log in. Log: a mismatch is reported. Ignore: neither.
   */
  readonly option82Policy: "Enforce" | "Log" | "Ignore";
  /**
   * Static IPv4 address.
   */
  readonly staticIPv4?: string;
  /**
   * Static IPv6 address of the WAN side (Framed-IPv6-Address).
   */
  readonly staticIPv6?: string;
  /**
   * Static WAN prefix (Framed-IPv6-Prefix), a /64 of the subscriber's own.
   */
  readonly wanIPv6Prefix?: string;
  /**
   * With DualStack: whether the WAN side gets a prefix or an address.
   */
  readonly ipv6WAN?: "Prefix" | "Address";
  /**
   * Static delegated prefix (Delegated-IPv6-Prefix), /48 to /64.
   */
  readonly delegatedIPv6Prefix?: string;
  /**
   * Length of the delegated prefix; 56 where neither this nor the prefix says otherwise.
   */
  readonly ipv6PDSize?: number;
  /**
   * How IPv6 is given. Left out: as the plan says. SLAAC gives a WAN prefix, Stateful an address, PD a delegated prefix, DualStack a delegated prefix and a WAN prefix or address.
   */
  readonly ipv6AssignmentMode?: "None" | "SLAAC" | "Stateful" | "PD" | "DualStack";
  /**
   * Networks routed to the subscriber, IPv4 or IPv6 (Framed-Route, Framed-IPv6-Route).
   *
   * Items: One routed network.
   */
  readonly routedSubnets?: readonly string[];
  /**
   * DNS name of the address.
   */
  readonly dnsName?: string;
  /**
   * Free text for people and other tools.
   */
  readonly metadata?: {
    /**
     * One value.
     */
    readonly [key: string]: string;
  };
}
/**
 * Pools of the tenant for this subscriber. Override the pools of the plan.
 */
export interface NetworkProfilePools {
  /**
   * Pool for IPv4 addresses (use IPv4).
   */
  readonly ipv4?: string;
  /**
   * Pool for single IPv6 addresses (use IPv6Address).
   */
  readonly ipv6?: string;
  /**
   * Pool for WAN prefixes (use WANPrefix).
   */
  readonly wan?: string;
  /**
   * Pool for delegated prefixes (use PD).
   */
  readonly pd?: string;
  /**
   * Pool for routed subnets (use Routed).
   */
  readonly routed?: string;
}
/**
 * Tags of one service.
 */
export interface NetworkProfileService {
  /**
   * Name of the service in the plan.
   */
  readonly name: string;
  /**
   * Outer VLAN (S-tag).
   */
  readonly serviceVlan?: number;
  /**
   * Inner VLAN (C-tag).
   */
  readonly innerVlan?: number;
  /**
   * Tag that the customer equipment sends; 0 is priority-tagged, 4096 untagged.
   */
  readonly uniTag?: number;
  /**
   * VLAN pool from which missing tags are taken.
   */
  readonly vlanPool?: string;
}
/**
 * What is.
 */
export interface NetworkProfileStatus {
  /**
   * What is true of this object now, one entry per type, in the form of metav1.Condition.
   *
   * Items: One condition.
   */
  readonly conditions?: readonly Condition[];
  /**
   * The metadata.generation that was last acted upon.
   */
  readonly observedGeneration?: number;
  /**
   * Subscriber that uses the profile.
   */
  readonly subscriber?: string;
  /**
   * Where the profile comes from.
   */
  readonly source?: "Declared" | "Inline" | "Generated";
  /**
   * When it was retired; it is kept until retention ends. RFC 3339.
   */
  readonly deletedAt?: string;
  readonly addresses?: AddressesStatus;
}
/**
 * Addresses as given.
 */
export interface AddressesStatus {
  /**
   * IPv4 address.
   */
  readonly ipv4?: string;
  /**
   * Its network.
   */
  readonly subnet?: string;
  /**
   * Gateway of the network.
   */
  readonly gateway?: string;
  /**
   * IPv6 address.
   */
  readonly ipv6?: string;
  /**
   * WAN prefix.
   */
  readonly wanPrefix?: string;
  /**
   * Delegated prefix.
   */
  readonly delegatedPrefix?: string;
  /**
   * Routed networks.
   *
   * Items: One network.
   */
  readonly routes?: readonly string[];
  /**
   * Where the addresses come from.
   */
  readonly source?: "NetworkProfile" | "Subscriber" | "NetBoxDynamic" | "Pool" | "Fallback" | "None";
  /**
   * Pool from which the BNG chooses.
   */
  readonly pool?: string;
  /**
   * Ids of the objects in NetBox, by what they record.
   */
  readonly netboxIds?: {
    /**
     * One id.
     */
    readonly [key: string]: number;
  };
  /**
   * DNS name.
   */
  readonly dnsName?: string;
  /**
   * Since when this status shows these values without a gap. RFC 3339.
   */
  readonly allocatedAt?: string;
}

/**
 * One customer connection: who, where, which plan, which devices, which account, and whether it is in service.
 */
export interface Subscriber {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: "Subscriber";
  readonly metadata: ObjectMeta;
  readonly spec: SubscriberSpec;
  readonly status?: SubscriberStatus;
}
/**
 * What is wanted.
 */
export interface SubscriberSpec {
  /**
   * Number by which people know the subscriber: unique in the tenant, and the key by which a returning one is recognized. Cannot be changed.
   */
  readonly subscriberNumber: string;
  /**
   * Stops every effect for this subscriber, deletion included.
   */
  readonly paused: boolean;
  readonly customer: SubscriberCustomer;
  readonly serviceAddress?: PostalAddress;
  readonly planRef?: PlanRef;
  /**
   * The declared NetworkProfile. Left out: networkProfile, or one that is made.
   */
  readonly networkProfileRef?: LocalRef;
  /**
   * The network profile in place, instead of an object of its own.
   */
  readonly networkProfile?: NetworkProfileSpec;
  /**
   * Active: in service. Suspended: see suspension. Terminated: ended; the object stays, what belongs to it is retired.
   */
  readonly serviceState: "Active" | "Suspended" | "Terminated";
  readonly suspension?: SubscriberSuspension;
  /**
   * Changes that take effect later. They count in the order of time, one after the other, and stay in force; what is written above them is never rewritten.
   */
  readonly schedule?: readonly SubscriberSchedule[];
  readonly onu?: SubscriberOnu;
  readonly cpe?: SubscriberCpe;
  readonly radius: SubscriberRadius;
  readonly billing?: SubscriberBilling;
  readonly installation?: SubscriberInstallation;
  /**
   * Older field: outer VLAN of the internet service. The profile wins.
   */
  readonly vlanId?: number;
  /**
   * Older field: static IPv4 address. The profile wins.
   */
  readonly ipv4Address?: string;
  /**
   * Older field: id of the NetBox prefix for the IPv4 address. The pool of plan or profile wins.
   */
  readonly ipv4PrefixId?: number;
  /**
   * Older field: id of the NetBox prefix for IPv6. The pool of plan or profile wins.
   */
  readonly ipv6PrefixId?: number;
  /**
   * Older field: speed in Mbit/s, by which the plan is chosen where planRef is left out.
   */
  readonly bandwidth_mbps?: number;
}
/**
 * Who it is. Every field but id is personal data, optional, and may come from a Secret instead.
 */
export interface SubscriberCustomer {
  /**
   * Number of the customer.
   */
  readonly id: string;
  /**
   * Full name.
   */
  readonly name?: string;
  /**
   * Older field: first name; name wins.
   */
  readonly firstName?: string;
  /**
   * Older field: last name; name wins.
   */
  readonly lastName?: string;
  /**
   * E-mail address.
   */
  readonly email?: string;
  /**
   * Phone number.
   */
  readonly phone?: string;
  /**
   * Language of messages, a BCP 47 tag.
   */
  readonly language: string;
  readonly secretRef?: LocalRef;
}
/**
 * Secret whose keys name, email, phone and language are used where the fields are left out.
 */
export interface LocalRef {
  /**
   * Name of the Secret.
   */
  readonly name: string;
}
/**
 * Where the connection is.
 */
export interface PostalAddress {
  /**
   * Street and number.
   */
  readonly line: string;
  /**
   * Flat, floor or building.
   */
  readonly line2?: string;
  /**
   * City.
   */
  readonly city?: string;
  /**
   * Postal code.
   */
  readonly postalCode?: string;
  /**
   * State or region.
   */
  readonly region?: string;
  /**
   * ISO 3166 code of two letters.
   */
  readonly country?: string;
}
/**
 * The plan.
 */
export interface PlanRef {
  /**
   * Name of the ServicePlan, or one of its aliases.
   */
  readonly name: string;
}
/**
 * Why and how the service is suspended.
 */
export interface SubscriberSuspension {
  /**
   * Why.
   */
  readonly reason: "NonPayment" | "Fraud" | "Abuse" | "CustomerRequest" | "Regulatory";
  /**
   * Reject: no login. Throttle: slow. WalledGarden: only the pages of the provider. Left out: as the plan says.
   */
  readonly mode?: "Reject" | "Throttle" | "WalledGarden";
  /**
   * What happens to the bill meanwhile. Left out: as the plan says.
   */
  readonly billing?: "Continue" | "Pause" | "ReducedFee";
  /**
   * When service comes back by itself. RFC 3339.
   */
  readonly resumeAt?: string;
}
/**
 * One change.
 */
export interface SubscriberSchedule {
  /**
   * When. RFC 3339.
   */
  readonly at: string;
  readonly set: SubscriberScheduleSet;
}
/**
 * The fields that take these values.
 */
export interface SubscriberScheduleSet {
  /**
   * New plan.
   */
  readonly planRef?: PlanRef;
  /**
   * New profile.
   */
  readonly networkProfileRef?: LocalRef;
  /**
   * New state.
   */
  readonly serviceState?: "Active" | "Suspended" | "Terminated";
  /**
   * Why and how the service is then suspended.
   */
  readonly suspension?: SubscriberSuspension;
}
/**
 * The optical network unit.
 */
export interface SubscriberOnu {
  /**
   * OLT that it is connected to.
   */
  readonly olt: string;
  /**
   * Serial number: four letters and eight hexadecimal digits, or sixteen hexadecimal digits.
   */
  readonly serial: string;
  /**
   * PON port where it should appear; another one is reported.
   */
  readonly expectedPonPort?: number;
  /**
   * Ports of the ONU and what runs there.
   */
  readonly unis?: readonly SubscriberOnuUni[];
}
/**
 * One port.
 */
export interface SubscriberOnuUni {
  /**
   * Number of the port.
   */
  readonly uni: number;
  /**
   * Services of the plan on this port.
   *
   * Items: Name of one service.
   */
  readonly services: readonly string[];
}
/**
 * The router at home.
 */
export interface SubscriberCpe {
  /**
   * Serial number.
   */
  readonly serial: string;
  /**
   * Organizationally unique identifier, where two manufacturers gave one serial number.
   */
  readonly oui?: string;
  /**
   * Product class, where one manufacturer gave a serial number twice.
   */
  readonly productClass?: string;
  /**
   * Templates of the auto-configuration server, instead of those of the plan.
   *
   * Items: Name of one template.
   */
  readonly templates?: readonly string[];
  /**
   * Address of the auto-configuration server that the device is told.
   */
  readonly managementUrl?: string;
  /**
   * Wireless networks.
   */
  readonly wifi?: readonly SubscriberCpeWifi[];
  /**
   * Further parameters of the device.
   */
  readonly parameters?: readonly SubscriberCpeParameter[];
}
/**
 * One network, by band or by instance.
 */
export interface SubscriberCpeWifi {
  /**
   * Radio band.
   */
  readonly band?: "2.4GHz" | "5GHz" | "6GHz";
  /**
   * Instance in the data model of the device.
   */
  readonly instance?: number;
  /**
   * Name of the network.
   */
  readonly ssid: string;
  readonly keySecretRef?: SecretKeyRef;
  /**
   * Seed: written at installation and after a factory reset, then left to the customer. Enforce: always corrected.
   */
  readonly management: "Seed" | "Enforce";
}
/**
 * Secret with the key of the network.
 */
export interface SecretKeyRef {
  /**
   * Name of the Secret, in the namespace of this object.
   */
  readonly name: string;
  /**
   * Key inside the Secret.
   */
  readonly key: string;
}
/**
 * One parameter.
 */
export interface SubscriberCpeParameter {
  /**
   * Path without the root object.
   */
  readonly path: string;
  /**
   * Value.
   */
  readonly value?: string;
  /**
   * Secret with the value.
   */
  readonly valueSecretRef?: SecretKeyRef;
  /**
   * Type on the wire.
   */
  readonly type: "String" | "Int" | "UnsignedInt" | "Boolean" | "DateTime" | "Base64";
  /**
   * Seed: written at installation and after a factory reset, then left to the customer. Enforce: always corrected.
   */
  readonly management: "Seed" | "Enforce";
}
/**
 * The RADIUS account.
 */
export interface SubscriberRadius {
  /**
   * User name with a realm of the tenant, which has a dot. Left out: made by the template of the tenant. Once given it stays.
   */
  readonly username?: string;
  readonly passwordSecretRef?: SubscriberRadiusPasswordSecretRef;
  /**
   * How the password is stored. CHAP needs Cleartext, MS-CHAP Cleartext or NT.
   */
  readonly passwordScheme: "Cleartext" | "NT" | "SSHA2-512";
  /**
   * A changed user name or password waits until the customer's router is told (WithDevice), or takes effect at once (Force), which locks the router out until it is changed too.
   */
  readonly rotation: "WithDevice" | "Force";
}
/**
 * Secret with the password. Left out: one is generated.
 */
export interface SubscriberRadiusPasswordSecretRef {
  /**
   * Name of the Secret, in the namespace of this object.
   */
  readonly name: string;
  /**
   * Key inside the Secret.
   */
  readonly key: string;
}
/**
 * The billing account.
 */
export interface SubscriberBilling {
  /**
   * Account in the billing system.
   */
  readonly account: string;
  /**
   * What is billed.
   */
  readonly subscriptions?: readonly SubscriberBillingSubscription[];
}
/**
 * One subscription.
 */
export interface SubscriberBillingSubscription {
  /**
   * Product in the billing system.
   */
  readonly product: string;
  /**
   * Whether it starts as a trial.
   */
  readonly trial: boolean;
}
/**
 * Wishes for the installation.
 */
export interface SubscriberInstallation {
  /**
   * Wished day. Left out: by the lead days of the tenant. Written YYYY-MM-DD.
   */
  readonly date?: string;
  /**
   * Priority of the ticket.
   */
  readonly priority: "Low" | "Normal" | "High" | "Urgent";
  /**
   * Team. Left out: as the tenant says.
   */
  readonly team?: string;
  /**
   * Counts the visits of a technician. 1 is the first installation; a house move is the next one, with a ticket of its own and the same account.
   */
  readonly visit: number;
  /**
   * What the technician must be able to do.
   *
   * Items: One skill.
   */
  readonly skills?: readonly string[];
  /**
   * Notes for the technician.
   */
  readonly notes?: string;
}
/**
 * What is, over all systems.
 */
export interface SubscriberStatus {
  /**
   * What is true of this object now, one entry per type, in the form of metav1.Condition.
   *
   * Items: One condition.
   */
  readonly conditions?: readonly Condition[];
  /**
   * The metadata.generation that was last acted upon.
   */
  readonly observedGeneration?: number;
  readonly schedule?: SubscriberStatusSchedule;
  /**
   * Where it stands in its life. Pending: nothing was made yet. Surveying: a site survey must allow it first. Provisioning: a part of it is made. AwaitingInstallation: it waits for a visit or a device at the customer's. Active: in service. Degraded: the customer surely cannot use it. Suspended and Terminated: as declared, and seen to be so. Terminating: its end is under way.
   */
  readonly phase?:
    | "Pending"
    | "Surveying"
    | "Provisioning"
    | "AwaitingInstallation"
    | "Active"
    | "Degraded"
    | "Suspended"
    | "Terminating"
    | "Terminated";
  /**
   * When it was in service for the first time. RFC 3339.
   */
  readonly activatedAt?: string;
  readonly profile?: SubscriberStatusProfile;
  readonly radius?: SubscriberStatusRadius;
  /**
   * Addresses as given.
   */
  readonly addresses?: AddressesStatus;
  readonly network?: SubscriberStatusNetwork;
  readonly cpe?: SubscriberStatusCpe;
  readonly onu?: SubscriberStatusOnu;
  readonly survey?: SubscriberStatusSurvey;
  readonly installation?: SubscriberStatusInstallation;
  readonly billing?: SubscriberStatusBilling;
  readonly sessions?: SubscriberStatusSessions;
}
/**
 * What time has changed of the declaration, and what it changes next.
 */
export interface SubscriberStatusSchedule {
  readonly applied?: SubscriberStatusScheduleApplied;
  /**
   * The next change.
   */
  readonly next?: SubscriberStatusScheduleApplied;
}
/**
 * The last change that counts.
 */
export interface SubscriberStatusScheduleApplied {
  /**
   * When. RFC 3339.
   */
  readonly at: string;
  /**
   * What changes, in words.
   */
  readonly change: string;
}
/**
 * The network profile in effect.
 */
export interface SubscriberStatusProfile {
  /**
   * Name of the profile.
   */
  readonly name?: string;
  /**
   * Where it comes from.
   */
  readonly source?: "Declared" | "Inline" | "Generated";
}
/**
 * The RADIUS account.
 */
export interface SubscriberStatusRadius {
  /**
   * User name.
   */
  readonly username?: string;
  /**
   * Plan in effect.
   */
  readonly plan?: string;
  /**
   * Download in kbit/s.
   */
  readonly downKbps?: number;
  /**
   * Upload in kbit/s.
   */
  readonly upKbps?: number;
  /**
   * Static address in the reply.
   */
  readonly staticAddress?: string;
  /**
   * NAS for which it is written.
   *
   * Items: Name of one NAS.
   */
  readonly nas?: readonly string[];
  /**
   * State of the account. Limited: suspended, and let in slowly or to the provider's pages.
   */
  readonly state?: "Active" | "Limited" | "Rejected" | "Retired" | "Absent";
  /**
   * Why the last login was refused.
   */
  readonly lastRejectReason?: string;
  readonly passwordRef?: SubscriberStatusRadiusPasswordRef;
}
/**
 * Where the password is; never the password.
 */
export interface SubscriberStatusRadiusPasswordRef {
  /**
   * Who made it.
   */
  readonly source: "Secret" | "Generated";
  /**
   * Name of the Secret, or of the generated secret in the store.
   */
  readonly name?: string;
  /**
   * Key inside the Secret.
   */
  readonly key?: string;
}
/**
 * Tags and modes in effect.
 */
export interface SubscriberStatusNetwork {
  /**
   * Tags of the internet service, outer and inner.
   */
  readonly vlan?: string;
  /**
   * Circuit id in effect.
   */
  readonly circuitId?: string;
  /**
   * Tags of each service.
   */
  readonly services?: readonly SubscriberStatusNetworkService[];
  /**
   * IPv6 mode in effect.
   */
  readonly ipv6Mode?: "None" | "SLAAC" | "Stateful" | "PD" | "DualStack";
  /**
   * Life cycle of the IPv6 addresses.
   */
  readonly ipv6State?: "Pending" | "Allocated" | "Active" | "Suspended" | "Revoking" | "Revoked" | "Failed";
  readonly option82?: SubscriberStatusNetworkOption82;
}
/**
 * One service.
 */
export interface SubscriberStatusNetworkService {
  /**
   * Name of the service.
   */
  readonly name: string;
  /**
   * Outer VLAN (S-tag).
   */
  readonly serviceVlan?: number;
  /**
   * Inner VLAN (C-tag).
   */
  readonly innerVlan?: number;
  /**
   * How the tags are shared.
   */
  readonly mode?: "Shared" | "PerSubscriber";
  /**
   * Where the tags come from.
   */
  readonly source?: "NetworkProfile" | "Subscriber" | "Plan" | "Pool" | "Tenant";
}
/**
 * Option 82.
 */
export interface SubscriberStatusNetworkOption82 {
  /**
   * Policy in effect.
   */
  readonly policy?: "Enforce" | "Log" | "Ignore";
  /**
   * Whether the last login came from the declared circuit; Unknown where the NAS or the queries do not tell.
   */
  readonly state?: "Match" | "Mismatch" | "Unknown";
  readonly lastMismatch?: SubscriberStatusNetworkOption82LastMismatch;
}
/**
 * The last login from elsewhere.
 */
export interface SubscriberStatusNetworkOption82LastMismatch {
  /**
   * Circuit id that was seen.
   */
  readonly circuitId?: string;
  /**
   * When. RFC 3339.
   */
  readonly at?: string;
}
/**
 * The router at home.
 */
export interface SubscriberStatusCpe {
  /**
   * Id in the auto-configuration server.
   */
  readonly deviceId?: string;
  /**
   * Serial number.
   */
  readonly serial?: string;
  /**
   * Manufacturer.
   */
  readonly manufacturer?: string;
  /**
   * Model.
   */
  readonly model?: string;
  /**
   * Hardware version.
   */
  readonly hardwareVersion?: string;
  /**
   * Software version.
   */
  readonly softwareVersion?: string;
  /**
   * When it last reported. RFC 3339.
   */
  readonly lastInform?: string;
  /**
   * Templates that are set.
   *
   * Items: One template.
   */
  readonly templates?: readonly string[];
  /**
   * Parameters that were set.
   */
  readonly parametersSet?: number;
  /**
   * Seconds since it was started, when it was last read.
   */
  readonly uptimeSeconds?: number;
  /**
   * Address on its side of the access network.
   */
  readonly wanAddress?: string;
  /**
   * Received optical level in dBm, of a device with its own optics.
   */
  readonly opticalLevelDbm?: string;
  readonly fault?: SubscriberStatusCpeFault;
  /**
   * Whether the wireless networks are set.
   */
  readonly wifiConfigured?: boolean;
  /**
   * Tasks that wait for the device.
   */
  readonly tasksPending?: number;
  /**
   * How far it is.
   */
  readonly provisioning?: "Completed" | "AwaitingDevice" | "Faulted";
}
/**
 * What the device answered to the last task, where it refused it.
 */
export interface SubscriberStatusCpeFault {
  /**
   * CWMP fault code.
   */
  readonly code?: string;
  /**
   * Parameter that it concerns.
   */
  readonly parameter?: string;
  /**
   * Its words.
   */
  readonly message?: string;
}
/**
 * The optical network unit.
 */
export interface SubscriberStatusOnu {
  /**
   * OLT.
   */
  readonly olt?: string;
  /**
   * PON port where it is.
   */
  readonly ponPort?: string;
  /**
   * Serial number.
   */
  readonly serial?: string;
  /**
   * Id in VOLTHA.
   */
  readonly deviceId?: string;
  /**
   * Administrative state.
   */
  readonly adminState?: string;
  /**
   * Operational state.
   */
  readonly operState?: string;
  /**
   * Connection state.
   */
  readonly connectState?: string;
  /**
   * Reason that the device gives.
   */
  readonly reason?: string;
  /**
   * Services that are set.
   *
   * Items: One service.
   */
  readonly services?: readonly string[];
  /**
   * Status of the flows.
   */
  readonly flowStatus?: string;
  /**
   * Received optical level in dBm.
   */
  readonly opticalLevelDbm?: string;
}
/**
 * The site survey.
 */
export interface SubscriberStatusSurvey {
  /**
   * Name of the SiteSurvey.
   */
  readonly name?: string;
  /**
   * When it was completed. RFC 3339.
   */
  readonly completedAt?: string;
  /**
   * Its result.
   */
  readonly serviceability?: string;
  /**
   * Data of the survey.
   */
  readonly data?: {
    /**
     * One value.
     */
    readonly [key: string]: string;
  };
}
/**
 * The installation ticket.
 */
export interface SubscriberStatusInstallation {
  /**
   * Number of the ticket.
   */
  readonly ticket?: string;
  /**
   * State of the ticket.
   */
  readonly state?: string;
  /**
   * Technician.
   */
  readonly technician?: string;
  /**
   * Appointment. RFC 3339.
   */
  readonly scheduledAt?: string;
  /**
   * Priority.
   */
  readonly priority?: "Low" | "Normal" | "High" | "Urgent";
  /**
   * When it must be done. RFC 3339.
   */
  readonly slaDue?: string;
}
/**
 * The billing account.
 */
export interface SubscriberStatusBilling {
  /**
   * Account.
   */
  readonly account?: string;
  /**
   * Id of the service.
   */
  readonly serviceId?: string;
  /**
   * Subscriptions and their states.
   */
  readonly subscriptions?: readonly SubscriberStatusBillingSubscription[];
  /**
   * When it was activated. RFC 3339.
   */
  readonly activatedAt?: string;
  /**
   * Whether billing has started.
   */
  readonly billingStarted?: boolean;
  /**
   * What the tenant's activation policy wants to be observed before billing starts.
   */
  readonly facts?: readonly SubscriberStatusBillingFact[];
}
/**
 * One subscription.
 */
export interface SubscriberStatusBillingSubscription {
  /**
   * Product.
   */
  readonly product: string;
  /**
   * Id in the billing system.
   */
  readonly id?: string;
  /**
   * State.
   */
  readonly state?: string;
}
/**
 * One fact.
 */
export interface SubscriberStatusBillingFact {
  /**
   * Name of the fact.
   */
  readonly fact: "SurveyPassed" | "InstallationCompleted" | "RADIUSReady" | "ONUActive" | "CPEOnline";
  /**
   * Whether it is waited for; a fact that no bound system can show is not.
   */
  readonly required: boolean;
  /**
   * Who shows it, or why nobody can.
   */
  readonly reason?: string;
}
/**
 * Live sessions.
 */
export interface SubscriberStatusSessions {
  /**
   * Sessions that are open.
   */
  readonly active?: readonly SubscriberStatusSessionsActive[];
  /**
   * Why the last session ended.
   */
  readonly lastTerminateCause?: string;
  readonly lastAction?: SubscriberStatusSessionsLastAction;
}
/**
 * One session.
 */
export interface SubscriberStatusSessionsActive {
  /**
   * Accounting session id.
   */
  readonly id: string;
  /**
   * NAS.
   */
  readonly nas?: string;
  /**
   * Port on the NAS.
   */
  readonly port?: string;
  /**
   * Hardware address of the customer.
   */
  readonly mac?: string;
  /**
   * Address.
   */
  readonly address?: string;
  /**
   * Since when. RFC 3339.
   */
  readonly since?: string;
}
/**
 * The last CoA or Disconnect.
 */
export interface SubscriberStatusSessionsLastAction {
  /**
   * What was sent.
   */
  readonly type?: "CoA" | "Disconnect";
  /**
   * What the NAS answered.
   */
  readonly outcome?: string;
  /**
   * When. RFC 3339.
   */
  readonly at?: string;
}

/**
 * A visit before the installation: whether the place can be served, and what it takes.
 */
export interface SiteSurvey {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: "SiteSurvey";
  readonly metadata: ObjectMeta;
  readonly spec: SiteSurveySpec;
  readonly status?: SiteSurveyStatus;
}
/**
 * What is planned and what was found.
 */
export interface SiteSurveySpec {
  /**
   * The subscriber that it is for.
   */
  readonly subscriberRef?: LocalRef;
  readonly lead?: SiteSurveyLead;
  /**
   * How far it is.
   */
  readonly state: "Scheduled" | "InProgress" | "Completed" | "Failed" | "Cancelled";
  /**
   * Appointment. RFC 3339.
   */
  readonly scheduledAt?: string;
  /**
   * When it was completed. RFC 3339.
   */
  readonly completedAt?: string;
  /**
   * Result.
   */
  readonly serviceability?: "Serviceable" | "NotServiceable" | "PendingExpansion" | "RequiresConstruction";
  /**
   * Whether fibre is there.
   */
  readonly fiberAvailability?: "Available" | "Planned" | "NotAvailable";
  /**
   * Distance to the distribution point in metres.
   */
  readonly distanceMeters?: number;
  /**
   * What stands in the way.
   *
   * Items: One obstacle.
   */
  readonly obstacles?: readonly string[];
  readonly installationTime?: SiteSurveyInstallationTime;
  /**
   * Free data of the survey.
   */
  readonly data?: {
    /**
     * One value.
     */
    readonly [key: string]: string;
  };
  /**
   * Notes.
   */
  readonly notes?: string;
}
/**
 * Whom and which place it is for, before there is a subscriber.
 */
export interface SiteSurveyLead {
  /**
   * Name.
   */
  readonly name: string;
  /**
   * Phone number.
   */
  readonly phone?: string;
  /**
   * The place.
   */
  readonly address: PostalAddress;
}
/**
 * Expected duration of the installation.
 */
export interface SiteSurveyInstallationTime {
  /**
   * At least. Written like 24h, 90m or 1h30m.
   */
  readonly min: string;
  /**
   * At most. Written like 24h, 90m or 1h30m.
   */
  readonly max: string;
}
/**
 * What is.
 */
export interface SiteSurveyStatus {
  /**
   * What is true of this object now, one entry per type, in the form of metav1.Condition.
   *
   * Items: One condition.
   */
  readonly conditions?: readonly Condition[];
  /**
   * The metadata.generation that was last acted upon.
   */
  readonly observedGeneration?: number;
  /**
   * What the survey means for provisioning.
   */
  readonly outcome?: "Pending" | "Passed" | "Refused";
}

export type LastmileObject = Tenant | ExternalSystem | ServicePlan | NetworkProfile | Subscriber | SiteSurvey;
export type KindName = LastmileObject["kind"];
