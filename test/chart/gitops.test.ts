/** The examples for Argo CD and Flux: what of them helm and kustomize can judge. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHART, helm, kubectl, type Manifest, namespaces, parsed, RELEASE, ROOT, sure } from "./tools.ts";

const EXAMPLES = join(ROOT, "examples/gitops");
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "lastmile-gitops-"));
});
afterAll(() => rm(dir, { recursive: true }));

const read = async (path: string): Promise<readonly Manifest[]> => parsed(await readFile(join(EXAMPLES, path), "utf8"));
const at = (of: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((o, key) => (o as Readonly<Record<string, unknown>> | undefined)?.[key], of);

describe("the example for", () => {
  it.each([
    [
      "Argo CD",
      "argocd/lastmile.yaml",
      ["spec", "source", "helm", "valuesObject"],
      "system:serviceaccount:argocd:argocd-application-controller",
    ],
    ["Flux", "flux/lastmile.yaml", ["spec", "values"], "system:serviceaccount:flux-system:isp-acme"],
  ])(
    "%s gives the chart values that it takes, and whoever syncs approves nothing",
    async (_name, path, where, sync) => {
      const values = (await read(path)).map((m) => at(m, ...where)).find(Boolean);
      const file = join(dir, "values.json");
      await writeFile(file, JSON.stringify(values));
      const { ok, error } = await helm("template", RELEASE, CHART, "-f", file);
      expect([ok, error]).toEqual([true, ""]);
      const { estate, approvers } = at(values, "admission") as Readonly<Record<string, { readonly users?: string[] }>>;
      expect(approvers?.users ?? []).not.toContain(sync);
      expect(estate).toEqual({ users: [sync] });
    },
  );
  it("Argo CD brings systems before plans, and plans before subscribers", async () => {
    const folder = join(dir, "isp");
    await cp(join(ROOT, "examples/acme"), folder, { recursive: true });
    await cp(join(EXAMPLES, "argocd/isp/kustomization.yaml"), join(folder, "kustomization.yaml"));
    const names = (await readdir(join(folder, "subscribers"))).sort();
    const resources = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources: names };
    await writeFile(join(folder, "subscribers/kustomization.yaml"), JSON.stringify(resources));
    const made = parsed(await sure(kubectl(["kustomize", folder])));
    const waves = Map.groupBy(made, (m) => m.kind);
    const found = [...waves].map(([kind, all]) => [
      kind,
      [...new Set(all.map((m) => m.metadata.annotations?.["argocd.argoproj.io/sync-wave"]))],
    ]);
    expect(Object.fromEntries(found)).toEqual({
      ExternalSystem: ["0"],
      Tenant: ["0"],
      ServicePlan: ["1"],
      SiteSurvey: ["1"],
      NetworkProfile: ["2"],
      Subscriber: ["3"],
    });
  });
  it("Argo CD takes the scripts as a patch of its ConfigMap", async () => {
    await sure(kubectl(["create", "namespace", "argocd"]));
    await sure(
      kubectl(["create", "configmap", "argocd-cm", "-n", "argocd", "--from-literal=url=https://argocd.example"]),
    );
    const file = join(CHART, "argocd/argocd-cm.yaml");
    await sure(kubectl(["patch", "configmap", "argocd-cm", "-n", "argocd", "--type=merge", "--patch-file", file]));
    const kept = await sure(kubectl(["get", "configmap", "argocd-cm", "-n", "argocd", "-o", "json"]));
    const { data } = JSON.parse(kept) as { readonly data: Readonly<Record<string, string>> };
    expect(Object.keys(data)).toHaveLength(13);
    expect(data["url"]).toBe("https://argocd.example");
  });
  it("Flux syncs with an account that may bring declarations, and neither rights nor pods", async () => {
    await namespaces("flux-system", "isp-acme");
    const made = (await read("flux/network.yaml")).filter((m) => !m.apiVersion.includes("fluxcd"));
    await sure(kubectl(["apply", "-f", "-"], made.map((m) => JSON.stringify(m)).join("\n---\n")));
    const as = "--as=system:serviceaccount:flux-system:isp-acme";
    const can = async (...what: readonly string[]) => (await kubectl(["auth", "can-i", ...what, as])).out;
    const tried = [
      can("create", "tenants.lastmile.dev"),
      can("patch", "subscribers.lastmile.dev", "-n", "isp-acme"),
      can("create", "subscribers.lastmile.dev", "-n", "lastmile-system"),
      can("create", "rolebindings", "-n", "isp-acme"),
      can("create", "pods", "-n", "isp-acme"),
      can("get", "secrets", "-n", "isp-acme"),
    ];
    expect(await Promise.all(tried)).toEqual(["yes", "yes", "no", "no", "no", "no"]);
    const kustomization = (await read("flux/network.yaml")).find((m) => m.kind === "Kustomization");
    expect(at(kustomization, "spec", "serviceAccountName")).toBe("isp-acme");
  });
  it("Argo CD brings nothing but declarations", async () => {
    const [project, application] = await read("argocd/network.yaml");
    const named = ["clusterResourceWhitelist", "namespaceResourceWhitelist"].flatMap((list) =>
      (at(project, "spec", list) as readonly { readonly group: string }[]).map((l) => l.group),
    );
    expect(new Set(named)).toEqual(new Set(["lastmile.dev"]));
    expect(at(application, "spec", "project")).toBe(project?.metadata.name);
  });
  it.each(["argocd/network.yaml", "flux/network.yaml"])("%s is well formed", async (path) => {
    for (const m of await read(path)) expect([m.apiVersion, m.kind, m.metadata.name]).not.toContain(undefined);
  });
});
