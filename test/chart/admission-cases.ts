/** What people and accounts try, and which policy of the chart refuses it. */
import { ACCOUNT } from "./tools.ts";

export const OPERATOR = ["--as=olga", "--as-group=operators"];
const APPROVER = ["--as=anna", "--as-group=operators", "--as-group=noc-leads"];
export const ARGOCD = "system:serviceaccount:argocd:argocd-application-controller";
export const BUTTONS = "system:serviceaccount:argocd:argocd-server";
/** What syncs, and what its buttons are pressed with: RBAC lets both do everything. */
const SYNC = [`--as=${ARGOCD}`, "--as-group=operators"];
const SERVER = [`--as=${BUTTONS}`, "--as-group=operators"];
const CONTROLLER = [`--as=${ACCOUNT}`, "--as-group=system:serviceaccounts"];

export const GENERATED = { "lastmile.dev/generated": "true" };
const object = (kind: string, name: string, spec: object, metadata: object = {}): string =>
  JSON.stringify({ apiVersion: "lastmile.dev/v1alpha1", kind, metadata: { name, ...metadata }, spec });
export const profile = (name: string, labels?: object): string =>
  object("NetworkProfile", name, { serviceVlan: 100 }, { namespace: "isp-acme", ...(labels && { labels }) });
export const olts = object("ExternalSystem", "olts", {
  type: "VOLTHA",
  mode: "Observe",
  address: "voltha.example:55555",
  voltha: {
    controller: { type: "VGC", address: "http://vgc.example:8181" },
    olts: [{ name: "olt9", serial: "OLT9", address: "olt9.example:50060", uplinkPort: 16777216, nniPorts: [16777216] }],
  },
});
const house = (namespace: string, policies: object = {}, metadata: object = {}): string =>
  object("Tenant", "new", { namespace, realms: ["new.example"], policies }, metadata);
export const tenant = house("isp-new");
const system = object("ExternalSystem", "new", { type: "GenieACS", address: "http://acs.example" });

const patch = (kind: string, name: string, body: object): readonly string[] => [
  ...["patch", kind, name, "-n", "isp-acme", "--type=merge", "-p", JSON.stringify(body)],
];
const noted = (annotations: object): object => ({ metadata: { annotations } });
const SUSPENDED = { spec: { serviceState: "Suspended", suspension: { reason: "Fraud" } } };
const approval = noted({ "lastmile.dev/approve": "1a2b" });
const tracked = noted({ "argocd.argoproj.io/tracking-id": "isp-acme:lastmile.dev/Tenant:/acme" });
const budgets = { retire: "10%", suspend: "25%", disrupt: "20%", minimum: 5, window: "24h" };
const policies = (of: object): object => ({ spec: { policies: of } });
const letGo = { metadata: { finalizers: [] } };
const remove = (kind: string, name: string): readonly string[] => [
  "delete",
  kind,
  name,
  "-n",
  "isp-acme",
  "--wait=false",
];

type Case = readonly [why: string, as: readonly string[], args: readonly string[], verdict: string, input?: string];
const CREATE = ["create", "-f", "-"];
export const CASES: readonly Case[] = [
  ["an operator approves what the budget held", OPERATOR, patch("tenant", "acme", approval), "approval"],
  [
    "an operator takes an approval back",
    OPERATOR,
    patch("tenant", "acme", noted({ "lastmile.dev/approve": null })),
    "approval",
  ],
  ["an approver approves", APPROVER, patch("tenant", "acme", approval), "allowed"],
  ["Argo CD's server, an approver for its button, approves", SERVER, patch("tenant", "acme", approval), "allowed"],
  ["the controller approves its own plan", CONTROLLER, patch("tenant", "acme", approval), "approval|controller"],
  [
    "a new object brings its approval along",
    OPERATOR,
    CREATE,
    "approval",
    object(
      "ServicePlan",
      "p",
      { speed: { down: "1Gbps", up: "1Gbps" } },
      { namespace: "isp-acme", annotations: { "lastmile.dev/approve": "1a2b" } },
    ),
  ],
  [
    "an operator pauses",
    OPERATOR,
    patch("subscriber", "john-doe", noted({ "lastmile.dev/paused": "true" })),
    "allowed",
  ],
  [
    "an operator suspends",
    OPERATOR,
    patch("subscriber", "john-doe", noted({ "lastmile.dev/suspend": "Fraud" })),
    "allowed",
  ],
  [
    "an operator asks for a look",
    OPERATOR,
    patch("subscriber", "john-doe", noted({ "lastmile.dev/reconcile-requested-at": "now" })),
    "allowed",
  ],
  ["an operator edits a subscriber", OPERATOR, patch("subscriber", "john-doe", SUSPENDED), "allowed"],

  ["an operator makes a tenant", OPERATOR, CREATE, "estate", tenant],
  ["an approver makes a tenant", APPROVER, CREATE, "allowed", tenant],
  ["an operator makes a system", OPERATOR, CREATE, "estate", system],
  ["an approver makes a system", APPROVER, CREATE, "allowed", system],
  [
    "an approver makes a tenant of the namespace with the systems' credentials",
    APPROVER,
    CREATE,
    "home",
    house("lastmile-system"),
  ],
  ["an operator deletes a tenant", OPERATOR, remove("tenant", "acme"), "estate"],
  ["an operator deletes a system", OPERATOR, remove("externalsystem", "radius-acme"), "estate"],
  ["an approver deletes a tenant", APPROVER, remove("tenant", "acme"), "allowed"],
  [
    "an operator raises the budget",
    OPERATOR,
    patch("tenant", "acme", { spec: { policies: { budgets: { retire: "100%" } } } }),
    "budgets",
  ],
  [
    "an operator ends retention",
    OPERATOR,
    patch("tenant", "acme", { spec: { policies: { retention: { resources: "1s" } } } }),
    "budgets",
  ],
  [
    "an approver raises the budget",
    APPROVER,
    patch("tenant", "acme", { spec: { policies: { budgets: { retire: "100%" } } } }),
    "allowed",
  ],
  [
    "an operator edits the rest of a tenant",
    OPERATOR,
    patch("tenant", "acme", { spec: { defaultVlan: 111 } }),
    "allowed",
  ],
  [
    "an operator gives a tenant another's customers",
    OPERATOR,
    patch("tenant", "acme", { spec: { realms: ["acme.example", "nordnetz.example"] } }),
    "tenants",
  ],
  [
    "an operator gives a tenant another system",
    OPERATOR,
    patch("tenant", "acme", { spec: { systems: { radius: [{ name: "radius-mine" }] } } }),
    "tenants",
  ],
  [
    "an operator takes a tenant's systems away",
    OPERATOR,
    patch("tenant", "acme", { spec: { systems: null } }),
    "tenants",
  ],
  [
    "an operator lets objects that nobody owns be taken over",
    OPERATOR,
    patch("tenant", "acme", policies({ adoption: "Always" })),
    "tenants",
  ],
  [
    "an approver lets them be taken over",
    APPROVER,
    patch("tenant", "acme", policies({ adoption: "Always" })),
    "allowed",
  ],
  [
    "an operator points a system elsewhere",
    OPERATOR,
    patch("externalsystem", "radius-acme", { spec: { address: "postgresql://evil.example:5432/radius" } }),
    "systems",
  ],
  [
    "an operator points the second server of a system elsewhere",
    OPERATOR,
    patch("externalsystem", "olts", { spec: { voltha: { controller: { address: "http://evil.example" } } } }),
    "systems",
  ],
  [
    "an operator gives a system other credentials",
    OPERATOR,
    patch("externalsystem", "radius-acme", { spec: { credentialsRef: { namespace: "isp-acme", name: "mine" } } }),
    "systems",
  ],
  [
    "an operator names another NAS, which is told whom to disconnect",
    OPERATOR,
    patch("externalsystem", "radius-acme", { spec: { radius: { nas: [{ name: "bng1", address: "198.51.100.1" }] } } }),
    "systems",
  ],
  [
    "an operator lets a system be driven harder",
    OPERATOR,
    patch("externalsystem", "radius-acme", { spec: { limits: { concurrency: 32 } } }),
    "systems",
  ],
  [
    "an operator only lets a system be looked at",
    OPERATOR,
    patch("externalsystem", "radius-acme", { spec: { mode: "Observe" } }),
    "allowed",
  ],
  [
    "an operator lets a system be changed again that was only looked at",
    OPERATOR,
    patch("externalsystem", "olts", { spec: { mode: "Enforce" } }),
    "systems",
  ],
  [
    "an operator pauses a system",
    OPERATOR,
    patch("externalsystem", "radius-acme", { spec: { paused: true } }),
    "allowed",
  ],
  ["an operator deletes a subscriber, which retires it", OPERATOR, remove("subscriber", "john-doe"), "allowed"],

  ["an operator takes our finalizer away", OPERATOR, patch("subscriber", "john-doe", letGo), "finalizer"],
  [
    "an approver takes it away, for an uninstall without the controller",
    APPROVER,
    patch("subscriber", "john-doe", letGo),
    "allowed",
  ],
  ["the controller takes it away", CONTROLLER, patch("subscriber", "john-doe", letGo), "allowed"],
  [
    "an operator adds one of another tool",
    OPERATOR,
    patch("subscriber", "john-doe", { metadata: { finalizers: ["lastmile.dev/deprovision", "example.com/x"] } }),
    "allowed",
  ],

  ["the controller changes a spec", CONTROLLER, patch("subscriber", "john-doe", SUSPENDED), "controller"],
  [
    "the controller changes an annotation",
    CONTROLLER,
    patch("subscriber", "john-doe", noted({ "lastmile.dev/paused": "true" })),
    "controller",
  ],
  [
    "the controller makes a declared profile its own",
    CONTROLLER,
    patch("networkprofile", "declared", { metadata: { labels: GENERATED } }),
    "controller",
  ],
  ["the controller declares a profile", CONTROLLER, CREATE, "controller", profile("other")],
  ["the controller deletes a declared profile", CONTROLLER, remove("networkprofile", "declared"), "controller"],
  ["the controller mirrors a profile", CONTROLLER, CREATE, "allowed", profile("other", GENERATED)],
  [
    "the controller renews a mirror",
    CONTROLLER,
    patch("networkprofile", "mirror", { spec: { serviceVlan: 101 } }),
    "allowed",
  ],
  ["the controller deletes a mirror", CONTROLLER, remove("networkprofile", "mirror"), "allowed"],

  [
    "an operator declares the profile of a mirror",
    OPERATOR,
    patch("networkprofile", "mirror", { spec: { serviceVlan: 101 } }),
    "allowed",
  ],
  ["an operator deletes a mirror, which is made again", OPERATOR, remove("networkprofile", "mirror"), "allowed"],
  ["an operator declares a profile", OPERATOR, CREATE, "allowed", profile("other")],

  ["a sync makes a tenant", SYNC, CREATE, "allowed", tenant],
  [
    "a sync makes a tenant with budgets: it has no customers yet",
    SYNC,
    CREATE,
    "allowed",
    house("isp-new", { budgets: { retire: "50%" } }),
  ],
  [
    "a sync makes a tenant that brings its approval along",
    SYNC,
    CREATE,
    "approval",
    house("isp-new", {}, { annotations: { "lastmile.dev/approve": "1a2b" } }),
  ],
  ["a sync makes a system", SYNC, CREATE, "allowed", system],
  ["a sync makes a tenant of our own namespace", SYNC, CREATE, "home", house("lastmile-system")],
  ["a sync prunes a tenant, which stays while it has customers", SYNC, remove("tenant", "acme"), "allowed"],
  ["a sync notes what it tracks", SYNC, patch("tenant", "acme", tracked), "allowed"],
  ["a sync brings budgets as they are", SYNC, patch("tenant", "acme", policies({ budgets })), "allowed"],
  [
    "a sync binds another system",
    SYNC,
    patch("tenant", "acme", { spec: { systems: { radius: [{ name: "radius-new" }] } } }),
    "allowed",
  ],
  [
    "a sync moves a system",
    SYNC,
    patch("externalsystem", "radius-acme", { spec: { address: "postgresql://new.example:5432/radius" } }),
    "allowed",
  ],
  ["a sync edits a subscriber", SYNC, patch("subscriber", "john-doe", SUSPENDED), "allowed"],
  ["a sync approves", SYNC, patch("tenant", "acme", approval), "approval"],
  ["a sync takes an approval back", SYNC, patch("tenant", "acme", noted({ "lastmile.dev/approve": null })), "approval"],
  ...Object.entries({ retire: "100%", suspend: "100%", disrupt: "100%", minimum: 100_000, window: "1m" }).map(
    ([field, value]): Case => [
      `a sync changes the budget's ${field}`,
      SYNC,
      patch("tenant", "acme", policies({ budgets: { [field]: value } })),
      "budgets",
    ],
  ),
  ["a sync leaves the budgets to the defaults", SYNC, patch("tenant", "acme", policies({ budgets: null })), "budgets"],
  ...["resources", "personalData"].map(
    (field): Case => [
      `a sync ends retention of ${field}`,
      SYNC,
      patch("tenant", "acme", policies({ retention: { [field]: "1s" } })),
      "budgets",
    ],
  ),
  ["a sync takes our finalizer away", SYNC, patch("subscriber", "john-doe", letGo), "finalizer"],
  ["a sync takes the finalizer of a tenant away", SYNC, patch("tenant", "acme", letGo), "finalizer"],
];
