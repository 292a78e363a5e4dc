/** The Lua of charts/lastmile/argocd as a patch of Argo CD's own ConfigMap. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Crd } from "./crds.ts";

const EVERYWHERE = ["resync", "pause", "unpause"];
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  Subscriber: [...EVERYWHERE, "suspend", "resume"],
  Tenant: [...EVERYWHERE, "approve"],
};
const HEAD = `# Generated from the Lua beside it by make generate; do not edit. Kustomize takes it as a patch, and so does
# kubectl -n argocd patch configmap argocd-cm --type merge --patch-file argocd-cm.yaml
`;

/** https://argo-cd.readthedocs.io/en/stable/operator-manual/resource_actions/ */
export function argocdPatch(
  folder: string,
  crds: readonly Pick<Crd, "kind">[],
): { readonly path: string; readonly text: string } {
  const lua = (name: string): string => readFileSync(join(folder, `${name}.lua`), "utf8");
  const actionsOf = (kind: string): string =>
    yaml({
      "discovery.lua": lua("discovery"),
      definitions: (ACTIONS[kind] ?? EVERYWHERE).map((name) => ({ name, "action.lua": lua(`actions/${name}`) })),
    });
  const data = crds.flatMap(({ kind }) => [
    [`resource.customizations.health.lastmile.dev_${kind}`, lua("health")],
    [`resource.customizations.actions.lastmile.dev_${kind}`, actionsOf(kind)],
  ]);
  const patch = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "argocd-cm" },
    data: Object.fromEntries(data),
  };
  return { path: "charts/lastmile/argocd/argocd-cm.yaml", text: `${HEAD}${yaml(patch)}` };
}
const yaml = (value: unknown): string => stringify(value, { lineWidth: 0 });
