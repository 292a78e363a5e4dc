/** `lastmile get`: declared objects and their statuses, with the columns of kubectl. */
import { API_VERSION } from "../../api/schema.ts";
import type { Installation } from "../../main.ts";
import { archived } from "../archive.ts";
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
  /** What is declared no longer, and kept. */
  readonly deleted?: boolean;
}

export async function get(cx: Cx, kindName: string, name: string | undefined, options: GetOptions): Promise<Exit> {
  const kind = kindOf(kindName);
  const { namespace, deleted = false, output } = options;
  return withKnowledge(cx, options, async (ask, installation) => {
    const all = deleted ? archived(storeOf(installation), kind.kind) : ask({ kind: kind.kind });
    const found: Known[] = [];
    for await (const known of all) if (matches(known, namespace, name)) found.push(known);
    if (name && found.length === 0) throw unknown(kind, name, deleted);
    const items = found.map((k) => k.object);
    const data = name && items.length === 1 ? items[0] : { apiVersion: API_VERSION, kind: `${kind.kind}List`, items };
    await print(cx.io, output, data, (wide) => objectTable(kind, found, wide, deleted));
    return EXIT.ok;
  });
}
function unknown({ kind, plural }: KindInfo, name: string, deleted: boolean): CliError {
  const [was, flag] = deleted ? ["that is declared no longer is kept", " --deleted"] : ["is declared", ""];
  return new CliError(`no ${kind} ${was} as ${name}`, `\`lastmile get ${plural}${flag}\` lists all of them`);
}

/** A cluster forgets what is deleted. */
function storeOf(installation: Installation | undefined): Installation {
  if (installation) return installation;
  throw new CliError(
    "a cluster keeps nothing that is deleted",
    "leave --source out: the store of the controller is asked, which DATABASE_URL names",
  );
}

function kindOf(text: string): KindInfo {
  const kinds = readCrds();
  const kind = kinds.find((k) => k.names.includes(text.toLowerCase()));
  if (kind) return kind;
  throw new CliError(`there is no kind ${text}`, `it is one of ${kinds.map((k) => k.names.join("|")).join(", ")}`);
}
const matches = (k: Known, namespace: string | undefined, text: string | undefined): boolean =>
  (!namespace || k.namespace === namespace) && (!text || text === k.name || text === `${k.namespace}/${k.name}`);

function objectTable(kind: KindInfo, found: readonly Known[], wide: boolean, deleted: boolean): string {
  if (found.length === 0) return `No ${kind.kind} is ${deleted ? "kept that is declared no longer" : "declared"}.`;
  const place = kind.namespaced ? ["namespace"] : [];
  const more = wide ? ["generation", "source", "declared in"] : [];
  const columns = kind.columns.filter((c) => (wide || !c.priority) && !(deleted && c.name === "Age"));
  const when = deleted ? ["deleted"] : [];
  const rows = found.map(({ namespace, name, object, row }) => [
    ...(kind.namespaced ? [namespace ?? ""] : []),
    name,
    ...when.map(() => String(readJsonPath(object, ".metadata.deletionTimestamp") ?? "")),
    ...columns.map((c) => String(readJsonPath(object, c.jsonPath) ?? "")),
    ...(wide ? [String(row.generation), row.sourceId, `${row.origin.file ?? ""}:${row.origin.line ?? ""}`] : []),
  ]);
  return table([...place, "name", ...when, ...columns.map((c) => c.name), ...more], rows);
}
