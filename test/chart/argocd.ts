/** Objects as the controller leaves them, and the scripts of Argo CD's ConfigMap for them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { lua } from "./lua.ts";
import { CHART } from "./tools.ts";

export const KINDS = ["Tenant", "ExternalSystem", "ServicePlan", "NetworkProfile", "Subscriber", "SiteSurvey"] as const;
type Kind = (typeof KINDS)[number];
interface Actions {
  readonly "discovery.lua": string;
  readonly definitions: readonly { readonly name: string; readonly "action.lua": string }[];
}
export interface Thing {
  readonly kind: Kind;
  readonly metadata: {
    readonly name: string;
    readonly generation: number;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: object;
  readonly status?: object | undefined;
}
const { data } = parse(readFileSync(join(CHART, "argocd/argocd-cm.yaml"), "utf8")) as {
  readonly data: Readonly<Record<string, string>>;
};
export const healthOf = (o: Thing) => lua(data[`resource.customizations.health.lastmile.dev_${o.kind}`] ?? "", o);
export const actionsOf = (kind: Kind): Actions =>
  parse(data[`resource.customizations.actions.lastmile.dev_${kind}`] ?? "") as Actions;

export const GENERATION = 3;
export const thing = (
  status: object | undefined,
  more: Partial<Pick<Thing, "kind" | "spec">> & { readonly annotations?: Readonly<Record<string, string>> } = {},
): Thing => ({
  kind: more.kind ?? "Subscriber",
  metadata: { name: "john", generation: GENERATION, ...(more.annotations && { annotations: more.annotations }) },
  spec: more.spec ?? { serviceState: "Active" },
  status,
});
export const noted = (name: string, value: string) => ({ annotations: { [`lastmile.dev/${name}`]: value } });
