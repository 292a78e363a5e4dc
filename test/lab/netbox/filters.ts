/** Which rows a list shows. A filter that is not known is no filter. */
import { parsePrefix, within } from "../../../controller/core/resolve/address.ts";
import type { Model } from "./models.ts";
import { host, network } from "./rules.ts";
import type { Errors, Row, Tables } from "./tables.ts";

type Test = (row: Row, values: readonly string[]) => boolean;
const PAGING = new Set(["limit", "offset", "start", "fields", "ordering", "brief"]);

export function filtered(db: Tables, model: Model, query: URLSearchParams): readonly Row[] | Errors {
  let rows = db.rows(model.path);
  for (const name of new Set(query.keys())) {
    if (PAGING.has(name)) continue;
    const values = query.getAll(name);
    const bad = unknownChoice(db, model, name, values);
    if (bad !== undefined) return { [name]: [`Select a valid choice. ${bad} is not one of the available choices.`] };
    const test = name.startsWith("cf_") ? custom(db, model, name) : plain(db, model, name);
    if (test) rows = rows.filter((r) => test(r, values));
  }
  return rows;
}

function unknownChoice(db: Tables, model: Model, name: string, values: readonly string[]): string | undefined {
  const status = model.fields["status"];
  if (name === "status" && status?.kind === "choice") return values.find((v) => !status.choices.includes(v));
  const [path, by] =
    {
      tag: ["extras/tags", "slug"],
      tenant_id: ["tenancy/tenants", "id"],
      vrf_id: ["ipam/vrfs", "id"],
      group: ["ipam/vlan-groups", "slug"],
    }[name] ?? [];
  if (!path || !by) return undefined;
  return values.find(
    (v) => v !== "null" && !db.rows(path).some((r) => String(by === "id" ? r.id : r.values[by]) === v),
  );
}

function custom(db: Tables, model: Model, name: string): Test | undefined {
  const [, field = "", look = ""] = /^cf_(.+?)(?:__(isw|ic|empty))?$/.exec(name) ?? [];
  if (!db.customFields(model.type).some((f) => f.values["name"] === field)) return undefined;
  return (row, values) => compare(String(row.custom[field] ?? ""), look, values);
}
function compare(have: string, look: string, values: readonly string[]): boolean {
  if (look === "empty") return (have === "") === (values[0] === "true");
  const low = have.toLowerCase();
  if (look === "isw") return values.some((v) => low.startsWith(v.toLowerCase()));
  return values.some((v) => (look === "ic" ? low.includes(v.toLowerCase()) : have === v));
}

function plain(db: Tables, model: Model, name: string): Test | undefined {
  const special = SPECIAL[name];
  if (special && (name === "id" || name === "tag" || model.path.startsWith("ipam/")))
    return (row, values) => special(db, row, values);
  const [field = "", look = ""] = name.split("__");
  if (name === "modified_by_request") return (row, [id]) => changedBy(db, model, id).has(row.id);
  if (name === "last_updated__gte") return (row, [since = ""]) => Date.parse(row.last_updated) >= Date.parse(since);
  return field in model.fields ? (row, values) => compare(String(row.values[field] ?? ""), look, values) : undefined;
}
const changedBy = (db: Tables, { type }: Model, request: string | undefined): ReadonlySet<unknown> => {
  const rows = db.rows("core/object-changes").map((r) => r.values);
  return new Set(
    rows
      .filter((v) => v["request_id"] === request && v["changed_object_type"] === type)
      .map((v) => v["changed_object_id"]),
  );
};
const inside = (outer: string, inner: unknown, self: boolean): boolean => {
  const [o, i] = [parsePrefix(outer), network(String(inner))];
  return o !== undefined && i !== undefined && within(o, i) && (self || o.length < i.length);
};
const ref = (db: Tables, path: string, id: unknown, field: string): string =>
  String(db.row(path, id ?? 0)?.values[field] ?? "null");

const SPECIAL: Readonly<Record<string, (db: Tables, row: Row, values: readonly string[]) => boolean>> = {
  id: (_db, r, values) => values.includes(String(r.id)),
  tag: (db, r, values) => r.tags.some((t) => values.includes(ref(db, "extras/tags", t, "slug"))),
  address: (_db, r, values) =>
    values.some((v) => (v.includes("/") ? v === r.values["address"] : v === host(r.values["address"]))),
  start_address: (_db, r, values) => values.some((v) => host(v) === host(r.values["start_address"])),
  prefix: (_db, r, values) => values.some((v) => v === r.values["prefix"]),
  parent: (_db, r, [v = ""]) => inside(v, r.values["address"], true),
  within: (_db, r, [v = ""]) => inside(v, r.values["prefix"], false),
  vrf_id: (_db, r, values) => values.includes(String(r.values["vrf"])),
  group_id: (_db, r, values) => values.includes(String(r.values["group"])),
  tenant_id: (_db, r, values) => values.includes(String(r.values["tenant"])),
  tenant: (db, r, values) => values.includes(ref(db, "tenancy/tenants", r.values["tenant"], "slug")),
  group: (db, r, values) => values.includes(ref(db, "ipam/vlan-groups", r.values["group"], "slug")),
};
