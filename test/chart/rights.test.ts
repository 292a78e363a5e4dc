/** What the controller's account may do, and above all what it may not, asked of a real API server. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACCOUNT, kubectl, namespaces, parsed, template, uninstall, upgrade } from "./tools.ts";

beforeAll(async () => {
  await namespaces("isp-acme", "isp-nordnetz", "isp-other");
  const tenants = [{ namespace: "isp-acme", secrets: ["radius"] }, { namespace: "isp-nordnetz" }];
  await upgrade("--set-json", `tenants=${JSON.stringify(tenants)}`);
});
afterAll(async () => {
  await uninstall();
});

const KINDS = ["tenants", "externalsystems", "serviceplans", "networkprofiles", "subscribers", "sitesurveys"];
const ours = (kind: string): string => `${kind}.lastmile.dev`;
/** `verb resource [-n namespace]`, as `kubectl auth can-i` takes it. */
const MAY = [
  ...KINDS.flatMap((k) => ["get", "list", "watch", "patch"].map((verb) => `${verb} ${ours(k)}`)),
  ...KINDS.map((k) => `patch ${ours(k)} --subresource=status`),
  "create networkprofiles.lastmile.dev",
  "delete networkprofiles.lastmile.dev",
  "create events.events.k8s.io",
  "patch events.events.k8s.io -n default",
  "get namespaces/kube-system",
  "get secrets/radius -n isp-acme",
  "get secrets/anything -n isp-nordnetz",
];
const MAY_NOT = [
  ...KINDS.flatMap((k) => ["update", "deletecollection"].map((verb) => `${verb} ${ours(k)}`)),
  ...KINDS.filter((k) => k !== "networkprofiles").flatMap((k) => [`create ${ours(k)}`, `delete ${ours(k)}`]),
  ...KINDS.map((k) => `update ${ours(k)} --subresource=status`),
  "get secrets/other -n isp-acme",
  "get secrets/radius -n isp-other",
  "get secrets/lastmile-key -n lastmile-system",
  ...["isp-acme", "isp-nordnetz", "isp-other", "lastmile-system", "kube-system"].flatMap((n) =>
    ["list", "watch", "create", "patch", "delete"].map((verb) => `${verb} secrets -n ${n}`),
  ),
  "list secrets -A",
  "get namespaces/default",
  "list namespaces",
  "list pods -n lastmile-system",
  "create pods -n lastmile-system",
  "create pods --subresource=exec -n lastmile-system",
  "get configmaps -n kube-system",
  "get leases.coordination.k8s.io -n lastmile-system",
  "create serviceaccounts --subresource=token -n lastmile-system",
  "list events.events.k8s.io",
  "delete events.events.k8s.io",
  "patch clusterroles.rbac.authorization.k8s.io",
  "escalate clusterroles.rbac.authorization.k8s.io",
  "impersonate users",
  "patch customresourcedefinitions.apiextensions.k8s.io",
  "patch validatingadmissionpolicies.admissionregistration.k8s.io",
];

const can = async (asked: string): Promise<string> => {
  const { out } = await kubectl([
    "auth",
    "can-i",
    ...asked.split(" "),
    `--as=${ACCOUNT}`,
    "--as-group=system:serviceaccounts",
  ]);
  return out.split("\n").at(-1) ?? "";
};

describe("the account of the controller", () => {
  it.each(MAY)("may %s", async (asked) => expect(await can(asked)).toBe("yes"));
  it.each(MAY_NOT)("may not %s", async (asked) => expect(await can(asked)).toBe("no"));
  it("is given no wildcard", async () => {
    const rules = parsed(await template()).flatMap((m) => (m["rules"] ?? []) as readonly object[]);
    expect(rules.length).toBeGreaterThan(0);
    expect(JSON.stringify(rules)).not.toContain("*");
  });
});
