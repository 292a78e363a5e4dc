import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Kind, Schema } from "../schema.ts";

interface PrinterColumn {
  readonly name: string;
  readonly jsonPath: string;
}
/** One kind with what only people see of it. */
export interface Crd extends Kind {
  readonly shortNames: readonly string[];
  readonly columns: readonly PrinterColumn[];
}
interface CrdFile {
  readonly spec: {
    readonly scope: Kind["scope"];
    readonly names: { readonly kind: string; readonly plural: string; readonly shortNames: readonly string[] };
    readonly versions: readonly {
      readonly additionalPrinterColumns: readonly PrinterColumn[];
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

/** The kinds in the order in which people meet them; everything generated keeps it. */
const ORDER = ["Tenant", "ExternalSystem", "ServicePlan", "NetworkProfile", "Subscriber", "SiteSurvey"];

/** Reads every CustomResourceDefinition of a folder. */
export function readCrds(folder: string): readonly Crd[] {
  const files = readdirSync(folder).filter((f) => f.endsWith(".yaml"));
  const crds = files.map((f) => toCrd(parse(readFileSync(join(folder, f), "utf8")) as CrdFile));
  return crds.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

function toCrd({ spec }: CrdFile): Crd {
  const [version, ...others] = spec.versions;
  if (!version || others.length) throw new RangeError(`${spec.names.kind}: exactly one version is expected`);
  return {
    kind: spec.names.kind,
    plural: spec.names.plural,
    shortNames: spec.names.shortNames,
    scope: spec.scope,
    columns: version.additionalPrinterColumns,
    schema: version.schema.openAPIV3Schema,
  };
}
