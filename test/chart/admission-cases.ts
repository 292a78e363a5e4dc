/** What people and accounts try, and which policy of the chart refuses it. */
import { ACCOUNT } from "./tools.ts";

export const OPERATOR = ["--as=olga", "--as-group=operators"];
const APPROVER = ["--as=anna", "--as-group=operators", "--as-group=noc-leads"];
export const ARGOCD = "system:serviceaccount:argocd:argocd-application-controller";
const NAMED = [`--as=${ARGOCD}`, "--as-group=operators"];
export const CONTROLLER = [`--as=${ACCOUNT}`, "--as-group=system:serviceaccounts"];
const COLLECTOR = ["--as=system:serviceaccount:kube-system:generic-garbage-collector", "--as-group=operators"];

export const GENERATED = { "lastmile.dev/generated": "true" };
const object = (kind: string, name: string, spec: object, metadata: object = {}): string =>
  JSON.stringify({ apiVersion: "lastmile.dev/v1alpha1", kind, metadata: { name, ...metadata }, spec });
export const profile = (name: string, labels?: object): string =>
  object("NetworkProfile", name, { serviceVlan: 100 }, { namespace: "isp-acme", ...(labels && { labels }) });
export const olts = object("ExternalSystem", "olts", {
  type: "VOLTHA",
  address: "voltha.example:55555",
  voltha: {
    controller: { type: "VGC", address: "http://vgc.example:8181" },
    olts: [{ name: "olt9", serial: "OLT9", address: "olt9.example:50060", uplinkPort: 16777216, nniPorts: [16777216] }],
  },
});
export const tenant = object("Tenant", "new", { namespace: "isp-new", realms: ["new.example"] });
const system = object("ExternalSystem", "new", { type: "GenieACS", address: "http://acs.example" });

const patch = (kind: string, name: string, body: object): readonly string[] => [
  ...["patch", kind, name, "-n", "isp-acme", "--type=merge", "-p", JSON.stringify(body)],
];
const noted = (annotations: object): object => ({ metadata: { annotations } });
const SUSPENDED = { spec: { serviceState: "Suspended", suspension: { reason: "Fraud" } } };
const approval = noted({ "lastmile.dev/approve": "1a2b" });
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
  ["the account of Argo CD, named as an approver, approves", NAMED, patch("tenant", "acme", approval), "allowed"],
  ["the controller approves its own plan", CONTROLLER, patch("tenant", "acme", approval), "approval|controller"],
  ["an operator purges", OPERATOR, patch("subscriber", "john-doe", noted({ "lastmile.dev/purge": "now" })), "approval"],
  [
    "an operator abandons",
    OPERATOR,
    patch("externalsystem", "radius-acme", noted({ "lastmile.dev/abandon": "yes" })),
    "approval",
  ],
  [
    "a new object brings its approval along",
    OPERATOR,
    CREATE,
    "approval",
    object(
      "ServicePlan",
      "p",
      { speed: { down: "1Gbps", up: "1Gbps" } },
      { namespace: "isp-acme", annotations: { "lastmile.dev/purge": "now" } },
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
    "an operator points a system elsewhere",
    OPERATOR,
    patch("externalsystem", "radius-acme", { spec: { address: "postgresql://evil.example:5432/radius" } }),
    "addresses",
  ],
  [
    "an operator points the second server of a system elsewhere",
    OPERATOR,
    patch("externalsystem", "olts", { spec: { voltha: { controller: { address: "http://evil.example" } } } }),
    "addresses",
  ],
  [
    "an operator gives a system other credentials",
    OPERATOR,
    patch("externalsystem", "radius-acme", { spec: { credentialsRef: { namespace: "isp-acme", name: "mine" } } }),
    "addresses",
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

  ["an operator makes a mirror", OPERATOR, CREATE, "generated", profile("other", GENERATED)],
  [
    "an operator edits a mirror",
    OPERATOR,
    patch("networkprofile", "mirror", { spec: { serviceVlan: 101 } }),
    "generated",
  ],
  [
    "an operator takes the label off",
    OPERATOR,
    patch("networkprofile", "mirror", { metadata: { labels: { "lastmile.dev/generated": null } } }),
    "generated",
  ],
  ["an approver deletes a mirror", APPROVER, remove("networkprofile", "mirror"), "generated"],
  [
    "the garbage collector deletes a mirror whose subscriber is gone",
    COLLECTOR,
    remove("networkprofile", "mirror"),
    "allowed",
  ],
  ["an operator declares a profile", OPERATOR, CREATE, "allowed", profile("other")],
];
