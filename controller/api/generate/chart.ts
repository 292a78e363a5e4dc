/** The CustomResourceDefinitions as the Helm chart carries them: upgraded with a release, and never deleted with one. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const chartCrds = (folder: string): readonly { readonly path: string; readonly text: string }[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => ({
      path: `charts/lastmile/files/crds/${file}`,
      text: kept(readFileSync(join(folder, file), "utf8")),
    }));

/** https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource */
function kept(crd: string): string {
  const text = crd.replace(
    /^metadata: \{ name: (\S+) \}$/m,
    "metadata:\n  name: $1\n  annotations: { helm.sh/resource-policy: keep }",
  );
  if (text === crd) throw new RangeError("a CRD begins with metadata that the chart cannot mark as kept");
  return text;
}
