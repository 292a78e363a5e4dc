/** What helm does to a cluster: every manifest taken, installed, upgraded and gone again, and what stays. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  CHART,
  deployment,
  FULL,
  helm,
  kubectl,
  type Manifest,
  NAMESPACE,
  namespaces,
  RELEASE,
  ROOT,
  sure,
  template,
  uninstall,
  upgrade,
} from "./tools.ts";

const KINDS = ["externalsystems", "networkprofiles", "serviceplans", "sitesurveys", "subscribers", "tenants"];

beforeAll(() => namespaces(NAMESPACE, "isp-acme", "isp-nordnetz"));
afterAll(async () => {
  await uninstall();
});

describe("helm lint", () => {
  it.each([
    ["default", []],
    ["full", ["-f", FULL]],
  ])("finds nothing with %s values", async (_name, values) => {
    const { ok, out } = await helm("lint", "--strict", CHART, ...values);
    expect([ok, out.match(/\[(WARNING|ERROR)\].*/g)]).toEqual([true, null]);
  });
});

describe("values that are refused", () => {
  it.each([
    ["a misspelt name", "replicas=3", "replicas"],
    ["a password in place of the name of its Secret", "database.url=postgresql://u:p@h/d", "url"],
    ["a name that is none", "database.existingSecret=Not A Name", "existingSecret"],
    ["a tag that tells nothing", "image.tag=latest", "tag"],
    ["nobody who may approve", "admission.approvers.groups=null", "approvers"],
    ["an account of its own that has no name", "serviceAccount.create=false", "serviceAccount"],
    ["a budget that lets no node be drained", "podDisruptionBudget.maxUnavailable=0", "maxUnavailable"],
    ["an installation that cannot be a mark", "installation=Über", "installation"],
    ["a list of accounts that is none", "admission.estate.users=argocd", "estate"],
    ["one namespace twice", "tenants[0].namespace=isp-acme,tenants[1].namespace=isp-acme", "isp-acme twice"],
    [
      "egress that is restricted, with no word on the API server",
      "networkPolicy.egress[0].cidr=192.0.2.0/24,networkPolicy.egress[0].ports[0]=5432",
      "networkPolicy.apiServer.cidrs",
    ],
  ])("%s", async (_why, value, named) => {
    const { ok, error } = await helm("template", RELEASE, CHART, "--set", value);
    expect(ok).toBe(false);
    expect(error).toContain(named);
  });
  it("a quote that would end an expression of a policy", async () => {
    const { ok, error } = await helm(
      "template",
      RELEASE,
      CHART,
      "--set-json",
      'admission.approvers.users=["x\\"] || true || ["]',
    );
    expect([ok, error.includes("users")]).toEqual([false, true]);
  });
});

describe("what is made", () => {
  it.each([
    ["default", []],
    ["full", ["-f", FULL]],
  ])("of %s values (vitest -u writes it again)", async (name, values) =>
    expect(
      await template("--set", "crds.install=false,metrics.dashboards.enabled=false", ...values),
    ).toMatchFileSnapshot(`snapshots/${name}.yaml`),
  );
  it("labels that are given to pods, under which they are found all the same", async () => {
    const labels = { "app.kubernetes.io/name": "mine", "app.kubernetes.io/instance": "mine", mine: "too" };
    const { spec } = await deployment("--set-json", `podLabels=${JSON.stringify(labels)}`);
    expect(spec.template.metadata).toMatchObject({ labels: { ...spec.selector.matchLabels, mine: "too" } });
  });
  it.each([
    ["what is open", [], "egress is not restricted: name the database"],
    [
      "what is open all the same",
      ["-f", FULL, "--set", "networkPolicy.apiServer.cidrs={::/0}"],
      "names ::/0: on ports",
    ],
    ["which name is for ever", [], "it can never be changed, and no other installation"],
    ["what was meant for one start", ["-f", FULL], "NOTE: takeOver is on"],
    ["what it may read besides", ["--set", `tenants[0].namespace=${NAMESPACE}`], "every Secret of lastmile-system"],
  ])("notes that say %s", async (_what, values, words) => {
    const out = await sure(helm("install", RELEASE, CHART, "-n", NAMESPACE, "--dry-run=client", ...values));
    expect(out.slice(out.indexOf("NOTES:"))).toContain(words);
  });
  it("needs a cluster that has admission policies", async () => {
    const { ok, error } = await helm("template", RELEASE, CHART, "--kube-version", "1.29.0");
    expect([ok, error.includes("1.30")]).toEqual([false, true]);
  });
  it.each([
    ["default", []],
    ["full", ["-f", FULL]],
  ])("is taken by the API server to the last field, with %s values", async (_name, values) => {
    await sure(kubectl(["apply", "-f", join(import.meta.dirname, "operator-crds.yaml")]));
    const manifests = await template(...values);
    await sure(kubectl(["apply", "--dry-run=server", "--validate=strict", "-f", "-"], manifests));
  });
});

/** Names of what a kind of the cluster has that belongs to the release. */
async function ours(kind: string): Promise<readonly string[]> {
  const out = await sure(kubectl(["get", kind, "-A", "-l", `app.kubernetes.io/instance=${RELEASE}`, "-o", "name"]));
  return out.split("\n").filter(Boolean);
}
async function crds(): Promise<readonly Manifest[]> {
  const out = await sure(kubectl(["get", "crd", ...KINDS.map((k) => `${k}.lastmile.dev`), "-o", "yaml"]));
  return (parse(out) as { readonly items: readonly Manifest[] }).items;
}
const schemaOf = ({ spec }: Manifest): unknown =>
  (spec as { readonly versions: readonly { readonly schema: unknown }[] }).versions[0]?.schema;

describe("a release", () => {
  beforeAll(async () => {
    await upgrade();
  });

  it("brings the kinds exactly as they are declared, whatever parsers stand between", async () => {
    const declared = KINDS.map((k) => parse(readFileSync(join(ROOT, `crds/${k}.yaml`), "utf8")) as Manifest);
    expect((await crds()).map(schemaOf)).toEqual(declared.map(schemaOf));
  });
  it("starts pods that the strictest standard admits", async () => {
    await sure(kubectl(["create", "namespace", "strict"]));
    await sure(kubectl(["label", "namespace", "strict", "pod-security.kubernetes.io/enforce=restricted"]));
    const { spec } = await deployment();
    const pod = { ...spec.template, apiVersion: "v1", kind: "Pod", metadata: { name: "one", namespace: "strict" } };
    const bare = {
      ...pod,
      spec: { ...spec.template.spec, serviceAccountName: "default", securityContext: {} },
    };
    await sure(kubectl(["create", "serviceaccount", RELEASE, "-n", "strict"]));
    await sure(kubectl(["create", "-f", "-", "--dry-run=server"], JSON.stringify(pod)));
    expect((await kubectl(["create", "-f", "-", "--dry-run=server"], JSON.stringify(bare))).error).toContain(
      "restricted",
    );
  });
  it("is upgraded: kinds, rights and pods follow", async () => {
    await sure(kubectl(["annotate", "crd", "tenants.lastmile.dev", "example.com/foreign=1"]));
    const before = await checksum();
    await upgrade("--set-json", 'tenants=[{"namespace":"isp-acme","secrets":["a"]}]', "--set", "replicaCount=3");
    expect(await ours("role")).toEqual([`role.rbac.authorization.k8s.io/${NAMESPACE}-${RELEASE}-secrets`]);
    expect(await checksum()).not.toBe(before);
    const [deployment] = await ours("deployment");
    expect(await sure(kubectl(["get", deployment ?? "", "-n", NAMESPACE, "-o", "jsonpath={.spec.replicas}"]))).toBe(
      "3",
    );
    const tenants = (await crds()).find((c) => c.metadata.name === "tenants.lastmile.dev");
    expect(tenants?.metadata.annotations).toMatchObject({
      "example.com/foreign": "1",
      "helm.sh/resource-policy": "keep",
    });
  });
  it("brings a kind that has changed, and takes it back", async () => {
    const chart = join(mkdtempSync(join(tmpdir(), "lastmile-next-")), "lastmile");
    cpSync(CHART, chart, { recursive: true });
    const file = join(chart, "files/crds/subscribers.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("shortNames: [sub]", "shortNames: [sub, customer]"));
    await sure(helm("upgrade", RELEASE, chart, "-n", NAMESPACE));
    expect(await shortNames()).toEqual(["sub", "customer"]);
    await upgrade();
    expect(await shortNames()).toEqual(["sub"]);
    rmSync(chart, { recursive: true });
  });
  it.each([
    ["bring the kinds", "true"],
    ["leave the kinds to others", "false"],
  ])("is the only one of the cluster, beside others that would %s", async (_what, install) => {
    const other = ["install", "second", CHART, "-n", "isp-acme", "--set", `crds.install=${install}`];
    const { ok, error } = await helm(...other);
    expect([ok, error]).toEqual([false, expect.stringContaining(`(ClusterRole ${NAMESPACE}-${RELEASE})`)]);
  });
  it("is rolled back", async () => {
    await sure(helm("rollback", RELEASE, "1", "-n", NAMESPACE));
    expect(await ours("role")).toEqual([]);
  });
  it("goes, and leaves the kinds and all that is declared", async () => {
    await sure(kubectl(["apply", "-f", join(ROOT, "examples/acme/tenant.yaml")]));
    await sure(uninstall());
    expect((await crds()).map((c) => c.metadata.name)).toEqual(KINDS.map((k) => `${k}.lastmile.dev`));
    expect(await sure(kubectl(["get", "tenants", "-o", "name"]))).toBe("tenant.lastmile.dev/acme");
    const left = await Promise.all(EVERYTHING.map(ours));
    expect(left.flat()).toEqual([]);
  });
  it("comes again over the kinds that stayed", async () => {
    await upgrade();
    expect(await ours("validatingadmissionpolicies")).toHaveLength(8);
    await sure(kubectl(["delete", "tenants,externalsystems", "--all"]));
  });
});
const shortNames = async (): Promise<unknown> =>
  JSON.parse(
    await sure(kubectl(["get", "crd", "subscribers.lastmile.dev", "-o", "jsonpath={.spec.names.shortNames}"])),
  );
const EVERYTHING = [
  ...[
    "deployment",
    "service",
    "serviceaccount",
    "networkpolicy",
    "poddisruptionbudget",
    "configmap",
    "role",
    "rolebinding",
  ],
  ...["clusterrole", "clusterrolebinding", "validatingadmissionpolicies", "validatingadmissionpolicybindings"],
];
const checksum = (): Promise<string> =>
  sure(
    kubectl(["get", "deployment", RELEASE, "-n", NAMESPACE, "-o", "jsonpath={.spec.template.metadata.annotations}"]),
  );
