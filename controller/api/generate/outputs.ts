import { join } from "node:path";
import { argocdPatch } from "./argocd.ts";
import { chartCrds } from "./chart.ts";
import { readCrds } from "./crds.ts";
import { editorSchema } from "./editor.ts";
import { reference } from "./reference.ts";
import { typesOf } from "./types.ts";

export interface GeneratedFile {
  /** Relative to the root of the project. */
  readonly path: string;
  readonly text: string;
}

/** Every generated file with the text that it should have. */
export async function generated(root: string): Promise<readonly GeneratedFile[]> {
  const crds = readCrds(join(root, "crds"));
  const kinds = crds.map(({ kind, plural, scope, schema }) => ({ kind, plural, scope, schema }));
  return [
    { path: "controller/api/types.generated.ts", text: await typesOf(kinds) },
    { path: "controller/api/kinds.generated.json", text: `${JSON.stringify(kinds, null, 1)}\n` },
    { path: "crds/schemas/lastmile.json", text: editorSchema(kinds) },
    { path: "docs/reference.md", text: `${reference(crds)}\n` },
    ...chartCrds(join(root, "crds")),
    argocdPatch(join(root, "charts/lastmile/argocd"), crds),
  ];
}
