/** Presets and provisions, as far as a session needs them: a condition on the document, a script that declares values and tags. */
import vm from "node:vm";
import type { Doc } from "./documents.ts";
import { type Faults, faultId, record, rests } from "./faults.ts";
import { compile, type Query } from "./query.ts";
import type { Value } from "./tree.ts";
import { know, refresh, type Session, setValues } from "./values.ts";

export interface Rules {
  readonly presets: Map<string, Doc>;
  readonly provisions: Map<string, Doc>;
  readonly faults: Faults;
}
export const compileScript = (name: string, script: string): vm.Script =>
  new vm.Script(`(() => {\n${script}\n})();`, { filename: name });

export function runPresets(rules: Rules, session: Session, events: readonly string[]): void {
  const due = [...rules.presets.values()].filter((p) => applies(p, session, events));
  for (const preset of due.toSorted((a, b) => Number(a["weight"]) - Number(b["weight"])))
    for (const { name, args } of preset["configurations"] as readonly { name: string; args?: readonly Value[] }[])
      runProvision(rules, session, String(preset["channel"]), name, args ?? []);
}
function applies(preset: Doc, { doc }: Session, events: readonly string[]): boolean {
  const wanted = Object.entries((preset["events"] ?? {}) as Record<string, boolean>);
  return wanted.every(([event, there]) => events.includes(event) === there) && holds(preset["precondition"], doc);
}
/** A query as JSON; the newer expressions are stored, and hold for nobody. */
function holds(precondition: unknown, doc: Doc): boolean {
  const text = String(precondition ?? "");
  return text === "" || (text.startsWith("{") && compile("devices", JSON.parse(text) as Query)(doc));
}
function runProvision(rules: Rules, session: Session, channel: string, name: string, args: readonly Value[]): void {
  const script = rules.provisions.get(name)?.["script"];
  if (script === undefined || rests(rules.faults, session.device.id, channel, session.now)) return;
  try {
    const declare = (path: string, ask?: Asked, set?: Asked): unknown => declared(session, path, ask, set);
    compileScript(name, String(script)).runInNewContext({ declare, args, log: () => undefined });
    rules.faults.delete(faultId(session.device.id, channel));
  } catch (e) {
    const { name: kind, message, stack } = e as Error;
    const failure = { code: `script.${kind}`, message, detail: { name: kind, message, stack } };
    record(rules.faults, session.device.id, channel, failure, [[name, ...args]], session.now);
  }
}

type Asked = { readonly value?: unknown } | null;
function declared(session: Session, path: string, ask?: Asked, set?: Asked): { readonly value: readonly unknown[] } {
  if (/[*[]/.test(path)) throw new Error(`the stand-in knows no patterns: ${path}`);
  const [root, name = ""] = path.split(".");
  if (root === "DeviceID") return { value: [(session.doc["_deviceId"] as Doc)[`_${name}`], "xsd:string"] };
  if (root === "Tags") return tag(session.doc, name, set?.value);
  const read = Number(ask?.value ?? 0);
  const known = know(session, path)?.["_timestamp"];
  if (read > 1 && known instanceof Date && known.getTime() < read) refresh(session, path);
  const fault = set?.value === undefined ? undefined : setValues(session, [[path, set.value as Value]]);
  if (fault) throw new Error(`${fault.faultCode} ${fault.faultString}`);
  const node = know(session, path);
  return { value: [node?.["_value"], node?.["_type"]] };
}
function tag(doc: Doc, name: string, set: unknown): { readonly value: readonly unknown[] } {
  const tags = (doc["_tags"] ?? []) as readonly string[];
  if (set !== undefined) doc["_tags"] = [...tags.filter((t) => t !== name), ...(set ? [name] : [])];
  return { value: [(doc["_tags"] as readonly string[] | undefined)?.includes(name), "xsd:boolean"] };
}
