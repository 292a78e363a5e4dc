/** What NetBox refuses, in its own words. */
import { addressValue, type Prefix, parsePrefix, within } from "../../../controller/core/resolve/address.ts";
import type { Field, Model } from "./models.ts";
import type { Errors, Row, Tables } from "./tables.ts";

export type Draft = Pick<Row, "values" | "tags" | "custom">;
type Body = Readonly<Record<string, unknown>>;

/** The row as it would be; unknown fields of the body are left out without a word. */
export function draft(db: Tables, model: Model, body: Body, row: Row | undefined): { draft: Draft; errors: Errors } {
  const errors: Errors = {};
  const values: Record<string, unknown> = { ...row?.values };
  for (const [name, field] of Object.entries(model.fields)) {
    if (name in body) values[name] = take(db, field, name, body[name], errors);
    else if (!row && "required" in field && field.required) errors[name] = ["This field is required."];
    else if (!row) values[name] = field.start;
  }
  const custom = { ...row?.custom };
  const known = db.customFields(model.type).map((f) => f.values["name"]);
  for (const [name, value] of Object.entries((body["custom_fields"] ?? {}) as Body)) {
    if (known.includes(name)) custom[name] = value;
    else errors["custom_fields"] = { [name]: `Custom field '${name}' does not exist for this object type.` };
  }
  return { draft: { values, tags: tagsOf(db, body, row, errors), custom }, errors };
}

function take(db: Tables, field: Field, name: string, value: unknown, errors: Errors): unknown {
  if (field.kind === "choice" && !field.choices.includes(String(value)))
    errors[name] = [`${String(value)} is not a valid choice.`];
  if (field.kind === "ref" && value !== null) return reference(db, field.to, name, value, errors);
  if (name === "dns_name" && /[^A-Za-z0-9*.\-_]/.test(String(value)))
    errors[name] = [
      "Only alphanumeric characters, asterisks, hyphens, periods, and underscores are allowed in DNS names",
    ];
  return name === "dns_name" ? String(value).toLowerCase() : value;
}
function reference(db: Tables, path: string, name: string, value: unknown, errors: Errors): number | null {
  if (typeof value === "object") {
    const wanted = Object.entries(value as Body);
    const found = db.rows(path).find((r) => wanted.every(([f, v]) => r.values[f] === v));
    const said = wanted.map(([f, v]) => `'${f}': '${String(v)}'`).join(", ");
    if (!found) errors[name] = [`Related object not found using the provided attributes: {${said}}`];
    return found?.id ?? null;
  }
  if (!db.row(path, value)) errors[name] = [`Related object not found using the provided numeric ID: ${String(value)}`];
  return Number(value);
}
function tagsOf(db: Tables, body: Body, row: Row | undefined, errors: Errors): number[] {
  const ids = (field: string): number[] =>
    ((body[field] ?? []) as unknown[]).flatMap((t) => reference(db, "extras/tags", field, t, errors) ?? []);
  if ("tags" in body) return ids("tags");
  const removed = ids("remove_tags");
  return [...new Set([...(row?.tags ?? []), ...ids("add_tags")])].filter((t) => !removed.includes(t));
}

/** After the fields: rules between rows. */
export function clean(db: Tables, model: Model, d: Draft, row: Row | undefined): Errors | undefined {
  for (const f of db.customFields(model.type)) {
    const name = String(f.values["name"]);
    const value = d.custom[name];
    if (!f.values["unique"] || value === null || value === undefined || value === "") continue;
    if (db.rows(model.path).some((r) => r !== row && r.custom[name] === value))
      return { __all__: [`Custom field '${name}' must have a unique value.`] };
  }
  return RULES[model.path]?.(db, d.values, row);
}
type Values = Readonly<Record<string, unknown>>;
type Rule = (db: Tables, v: Values, row: Row | undefined) => Errors | undefined;

const others = (db: Tables, path: string, row: Row | undefined) => db.rows(path).filter((r) => r !== row);
const table = (db: Tables, vrf: unknown): { unique: boolean; name: string } => {
  const found = vrf === null ? undefined : db.row("ipam/vrfs", vrf);
  if (!found) return { unique: db.enforceGlobalUnique, name: "global table" };
  const rd = found.values["rd"] ? ` (${String(found.values["rd"])})` : "";
  return { unique: found.values["enforce_unique"] === true, name: `VRF ${String(found.values["name"])}${rd}` };
};
/** Host bits and all; undefined: no network of that spelling. */
export function network(text: string): Prefix | undefined {
  const [address = "", bits = ""] = text.split("/");
  const at = addressValue(address);
  const width = at?.family === 4 ? 32 : 128;
  if (!at || !(Number(bits || width) <= width)) return undefined;
  const size = 1n << BigInt(width - Number(bits || width));
  return {
    family: at.family,
    text,
    length: Number(bits || width),
    first: at.value - (at.value % size),
    last: at.value - (at.value % size) + size - 1n,
  };
}
export const host = (text: unknown): string => String(text).split("/")[0]!;
const number = (text: unknown): bigint => addressValue(host(text))?.value ?? -1n;
const family = (text: unknown): boolean => String(text).includes(":");

const unique =
  (path: string, ...sets: readonly (readonly [fields: readonly string[], words: string])[]): Rule =>
  (db, v, row) => {
    const said = sets.flatMap(([fields, words]) =>
      others(db, path, row).some((r) => fields.every((f) => v[f] !== null && r.values[f] === v[f])) ? [words] : [],
    );
    return said.length > 0 ? { __all__: said } : undefined;
  };
const single =
  (path: string, name: string): Rule =>
  (db, v, row) => {
    const taken = ["name", "slug"].filter((f) => others(db, path, row).some((r) => r.values[f] === v[f]));
    if (taken.length === 0) return undefined;
    return Object.fromEntries(taken.map((f) => [f, [`${name} with this ${f} already exists.`]]));
  };

const RULES: Readonly<Record<string, Rule>> = {
  "tenancy/tenants": unique(
    "tenancy/tenants",
    [["name"], "Tenant name must be unique per group."],
    [["slug"], "Tenant slug must be unique per group."],
  ),
  "extras/tags": single("extras/tags", "tag"),
  "ipam/vlan-groups": single("ipam/vlan-groups", "VLAN group"),
  "ipam/vlans": (db, v, row) => {
    const group = v["group"] === null ? undefined : db.row("ipam/vlan-groups", v["group"]);
    const ranges = (group?.values["vid_ranges"] ?? []) as number[][];
    if (group && !ranges.some(([a, b]) => a! <= Number(v["vid"]) && Number(v["vid"]) <= b!))
      return {
        vid: [
          `VID must be in ranges ${ranges.map((r) => r.join("-")).join(", ")} for VLANs in group ${String(group.values["name"])}`,
        ],
      };
    return unique(
      "ipam/vlans",
      [["group", "vid"], "VLAN with this Group and VLAN ID already exists."],
      [["group", "name"], "VLAN with this Group and Name already exists."],
    )(db, v, row);
  },
  "ipam/prefixes": (db, v, row) => {
    const text = String(v["prefix"]);
    const net = network(text);
    if (!net) return { prefix: [`Invalid IP prefix format: ${text}`] };
    if (!parsePrefix(text))
      return {
        prefix: [`${text} is not a valid prefix. Did you mean ${host(text).replace(/\d+$/, "0")}/${net.length}?`],
      };
    const { unique: must, name } = table(db, v["vrf"]);
    const twin = others(db, "ipam/prefixes", row).find(
      (r) => r.values["vrf"] === v["vrf"] && r.values["prefix"] === text,
    );
    return must && twin ? { prefix: [`Duplicate prefix found in ${name}: ${text}`] } : undefined;
  },
  "ipam/ip-ranges": (db, v, row) => {
    const bad = ["start_address", "end_address"].filter((f) => !network(String(v[f])));
    if (bad.length > 0) return Object.fromEntries(bad.map((f) => [f, [`Invalid IP address format: ${String(v[f])}`]]));
    const [first, last] = [number(v["start_address"]), number(v["end_address"])];
    const over = others(db, "ipam/ip-ranges", row).find(
      (r) =>
        r.values["vrf"] === v["vrf"] &&
        family(r.values["start_address"]) === family(v["start_address"]) &&
        number(r.values["start_address"]) <= last &&
        first <= number(r.values["end_address"]),
    );
    return over
      ? {
          __all__: [
            `Defined addresses overlap with range ${String(over.values["start_address"])} in VRF ${table(db, v["vrf"]).name}`,
          ],
        }
      : undefined;
  },
  "ipam/ip-addresses": (db, v, row) => {
    const text = String(v["address"]);
    if (!network(text)) return { address: [`Invalid IP address format: ${text}`] };
    const { unique: must, name } = table(db, v["vrf"]);
    const twin = others(db, "ipam/ip-addresses", row).find(
      (r) => r.values["vrf"] === v["vrf"] && host(r.values["address"]) === host(text),
    );
    if (must && twin) return { address: [`Duplicate IP address found in ${name}: ${String(twin.values["address"])}`] };
    const closed = row ? undefined : closedRanges(db, v["vrf"]).find((r) => within(r, host(text)));
    return closed ? { address: [`Cannot create IP address ${text} inside range ${closed.text}.`] } : undefined;
  },
  "extras/journal-entries": (db, v) => {
    const path = { "ipam.ipaddress": "ipam/ip-addresses", "ipam.prefix": "ipam/prefixes" }[
      String(v["assigned_object_type"])
    ];
    if (path && db.row(path, v["assigned_object_id"])) return undefined;
    return { __all__: [`Invalid assigned_object: IPAM > IP Address ID ${String(v["assigned_object_id"])}`] };
  },
  "extras/custom-fields": (db, v, row) =>
    others(db, "extras/custom-fields", row).some((r) => r.values["name"] === v["name"])
      ? { name: ["custom field with this name already exists."] }
      : undefined,
};

export function closedRanges(db: Tables, vrf: unknown): readonly Prefix[] {
  return db
    .rows("ipam/ip-ranges")
    .filter((r) => r.values["vrf"] === vrf && r.values["mark_populated"] === true)
    .map(({ values: v }) => ({
      family: family(v["start_address"]) ? 6 : 4,
      text: `${host(v["start_address"])}-${host(v["end_address"])}`,
      length: 0,
      first: number(v["start_address"]),
      last: number(v["end_address"]),
    }));
}
/** NetBox's own spelling: an address without a mask is a host. */
export function spelled(model: Model, values: Record<string, unknown>): void {
  if (model.path !== "ipam/ip-addresses" || !addressValue(String(values["address"]))) return;
  values["address"] = `${String(values["address"])}/${family(values["address"]) ? 128 : 32}`;
}
