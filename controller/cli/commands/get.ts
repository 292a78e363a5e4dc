/** `lastmile get`: declared objects and their statuses, with the columns of kubectl. */
import { API_VERSION } from "../../api/schema.ts";
import { type KindInfo, readCrds, readJsonPath } from "../crds.ts";
import type { Known } from "../declared-objects.ts";
import { CliError } from "../errors.ts";
import { EXIT, type Exit } from "../exit.ts";
import type { Cx } from "../io.ts";
import { type SourceOption, withKnowledge } from "../knowledge.ts";
import { type OutputOption, print } from "../output.ts";
import { table } from "../render/table.ts";

export interface GetOptions extends OutputOption, SourceOption {
  readonly namespace?: string;
}

export async function get(cx: Cx, kindName: string, name: string | undefined, options: GetOptions): Promise<Exit> {
  const kind = kindOf(kindName);
  const { namespace, output } = options;
  return withKnowledge(cx, options, async (ask) => {
    const found: Known[] = [];
    for await (const known of ask({ kind: kind.kind }))
      if ((!namespace || known.namespace === namespace) && (!name || matches(known, name))) found.push(known);
    if (name && found.length === 0)
      throw new CliError(`no ${kind.kind} is declared as ${name}`, `\`lastmile get ${kind.plural}\` lists all of them`);
    const items = found.map((k) => k.object);
    const data = name && items.length === 1 ? items[0] : { apiVersion: API_VERSION, kind: `${kind.kind}List`, items };
    await print(cx.io, output, data, (wide) =>
      found.length > 0 ? objectTable(kind, found, wide) : `No ${kind.kind} is declared.`,
    );
    return EXIT.ok;
  });
}

function kindOf(text: string): KindInfo {
  const kinds = readCrds();
  const kind = kinds.find((k) => k.names.includes(text.toLowerCase()));
  if (kind) return kind;
  throw new CliError(`there is no kind ${text}`, `it is one of ${kinds.map((k) => k.names.join("|")).join(", ")}`);
}
const matches = (k: Known, text: string): boolean => text === k.name || text === `${k.namespace}/${k.name}`;

function objectTable(kind: KindInfo, found: readonly Known[], wide: boolean): string {
  const place = kind.namespaced ? ["namespace"] : [];
  const more = wide ? ["generation", "source", "declared in"] : [];
  const columns = kind.columns.filter((c) => wide || !c.priority);
  const rows = found.map(({ namespace, name, object, row }) => [
    ...(kind.namespaced ? [namespace ?? ""] : []),
    name,
    ...columns.map((c) => String(readJsonPath(object, c.jsonPath) ?? "")),
    ...(wide ? [String(row.generation), row.sourceId, `${row.origin.file ?? ""}:${row.origin.line ?? ""}`] : []),
  ]);
  return table([...place, "name", ...columns.map((c) => c.name), ...more], rows);
}
