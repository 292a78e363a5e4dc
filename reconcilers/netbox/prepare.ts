/** The custom fields that carry our marks: made once, completed where a type is missing, checked at every ping. */
import { Fault, fault } from "../errors.ts";
import { address, prefix } from "./addresses.ts";
import { wordsOf } from "./answers.ts";
import type { Http } from "./client.ts";
import { grounds } from "./ground.ts";
import { type Item, list, textAt } from "./list.ts";
import { FIELD, inFields } from "./marker.ts";

const PATH = "/api/extras/custom-fields/";
const CUSTOMERS = [address.model, prefix.model];
const MARKED = [...new Set([...CUSTOMERS, ...grounds.filter((k) => k.marking === inFields).map((k) => k.model)])];

interface Wanted {
  readonly name: string;
  readonly label: string;
  readonly object_types: readonly string[];
  readonly unique: boolean;
}
const wanted = (name: string, label: string, object_types: readonly string[], unique = false): Wanted => ({
  name,
  label,
  object_types,
  unique,
});
const FIELDS: readonly Wanted[] = [
  wanted(FIELD.marker, "Marker", MARKED, true),
  wanted(FIELD.owner, "Owner", MARKED),
  wanted(FIELD.key, "Key", MARKED),
  wanted(FIELD.subscriber, "Subscriber", CUSTOMERS),
  wanted(FIELD.customer, "Customer", CUSTOMERS),
];
/** People see them and do not edit them. */
const COMMON = { type: "text", filter_logic: "exact", group_name: "Lastmile", ui_editable: "no" } as const;

/** Safe to repeat, and beside another one. */
export async function prepare(http: Http, signal: AbortSignal): Promise<void> {
  for (const field of FIELDS) await ensure(http, field, signal);
}

async function ensure(http: Http, field: Wanted, signal: AbortSignal): Promise<void> {
  const there = await look(http, field.name, signal);
  if (there && lacks(there, field) === undefined) return;
  const types = [...new Set([...typesOf(there), ...field.object_types])];
  const body = { ...(there ? {} : COMMON), ...field, object_types: types };
  const path = there ? `${PATH}${there.id}/` : PATH;
  // Who makes it beside us gives a 400, and sometimes a 500: what counts is what is there then.
  const answer = await http.send(there ? "PATCH" : "POST", path, body, signal).catch(lost);
  const now = await look(http, field.name, signal);
  const lack = now ? lacks(now, field) : "does not exist";
  if (lack) throw fault("Misconfigured", `custom field ${field.name} ${lack}: ${wordsOf(answer?.body).slice(0, 200)}`);
}
function lost(e: unknown): undefined {
  if (!(e instanceof Fault) || e.kind !== "Unknown") throw e;
}

async function look(http: Http, name: string, signal: AbortSignal): Promise<Item | undefined> {
  return (await list(http, PATH, { name }, signal)).find((f) => textAt(f, "name") === name);
}
const typesOf = (field: Item | undefined): readonly string[] =>
  Array.isArray(field?.["object_types"]) ? (field["object_types"] as string[]) : [];

function lacks(have: Item, want: Wanted): string | undefined {
  if (textAt(have, "type", "value") !== "text") return "is not of type text: rename it";
  if (want.unique && have["unique"] !== true) return "is not unique";
  if (textAt(have, "filter_logic", "value") === "disabled") return "cannot be filtered by";
  if ((textAt(have, "status", "value") ?? "active") !== "active") return "is still being made by NetBox";
  return want.object_types.every((t) => typesOf(have).includes(t)) ? undefined : "is not there for all object types";
}

/** Version of NetBox. @throws Fault where it cannot serve us. */
export async function ping(http: Http, signal: AbortSignal): Promise<string> {
  const { code, body } = await http.get("/api/status/", {}, signal);
  const version = textAt(body, "netbox-version");
  if (code !== 200 || version === undefined) throw fault("Misconfigured", "the address answers, and is no NetBox");
  const marker = await look(http, FIELD.marker, signal);
  const lack = marker ? lacks(marker, FIELDS[0]!) : "does not exist";
  if (lack) throw fault("Misconfigured", `custom field ${FIELD.marker} ${lack}: run \`lastmile init\` for this NetBox`);
  return `NetBox ${version}`;
}
