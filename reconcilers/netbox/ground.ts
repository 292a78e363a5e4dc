/** What a tenant stands on: pools, reserved ranges, VLANs and the tags of its plans. Shared with people: little is managed. */
import type { Value } from "../../controller/core/model.ts";
import { prefix, whole } from "./addresses.ts";
import { type Column, deprecate, hint, isDeprecated, type Kind, status, TAG, tenant, text, vrf } from "./kind.ts";
import { type Item, maskOf, textAt } from "./list.ts";
import { inDescription, inFields, isRetired } from "./marker.ts";

const managed = { authority: "managed" } as const;
const seeded = (column: Column): Column => ({ ...column, rule: { authority: "seeded" }, read: () => undefined });
/** False is the absence of it. */
const flag = (field: string): Column => ({
  rule: managed,
  read: (item) => item[field] === true || undefined,
  write: (value) => ({ [field]: value === true }),
});
const idOf = (item: Item, field: string): string => String((item[field] as { id?: unknown } | null)?.id ?? "null");

/** A prefix that values are taken from. Where people made it, their role, site and description stay. */
const pool: Kind = {
  name: "pool",
  path: prefix.path,
  model: prefix.model,
  marking: inFields,
  columns: {
    prefix: text("prefix"),
    vrf,
    status,
    isPool: flag("is_pool"),
    tenant: seeded(tenant),
    description: seeded(text("description")),
  },
  reads: [...prefix.reads, "is_pool"],
  natural: prefix.natural,
  naturalOf: prefix.naturalOf,
  outputs: prefix.outputs,
  retired: isDeprecated,
  retire: deprecate,
  races: true,
  within: (item) => [
    ["/api/ipam/ip-addresses/", { parent: textAt(item, "prefix") ?? "", vrf_id: idOf(item, "vrf") }],
    ["/api/ipam/prefixes/", { within: textAt(item, "prefix") ?? "", vrf_id: idOf(item, "vrf") }],
  ],
};

const end = (field: "start_address" | "end_address"): Column => ({
  rule: managed,
  read: (item) => textAt(item, field)?.split("/")[0],
  write: (value, { patch, item }) => ({ [field]: `${value}/${patch["length"] ?? maskOf(item, field)}` }),
});
const firstOf = (item: Item): string => textAt(item, "start_address")?.split("/")[0] ?? "";

/** Addresses of which none is ever given away: `mark_populated` keeps NetBox from taking one. */
const range: Kind = {
  name: "range",
  path: "/api/ipam/ip-ranges/",
  model: "ipam.iprange",
  marking: inFields,
  columns: {
    first: end("start_address"),
    last: end("end_address"),
    length: hint,
    parent: hint,
    gateway: hint,
    populated: flag("mark_populated"),
    vrf,
    status,
    tenant,
    description: text("description"),
  },
  reads: "id,start_address,end_address,mark_populated,status,vrf,tenant,description,custom_fields,last_updated".split(
    ",",
  ),
  natural: (key) => {
    const [, , , inVrf = "", ends = ""] = key.split("/");
    return { filter: "start_address", value: ends.split("-")[0]!, whole: `${inVrf}/${ends}` };
  },
  naturalOf: (item) => whole(item, `${firstOf(item)}-${textAt(item, "end_address")?.split("/")[0]}`),
  outputs: (item) => ({ first: firstOf(item) }),
  retired: isDeprecated,
  retire: deprecate,
  races: true,
};

const RETIRED = "Retired by Lastmile";
/** `100-109`, as declarations spell it. */
const ranges: Column = {
  rule: managed,
  read: (item) =>
    Array.isArray(item["vid_ranges"]) ? (item["vid_ranges"] as number[][]).map((r) => r.join("-")) : undefined,
  write: (value) => ({ vid_ranges: ((value ?? []) as readonly string[]).map((r) => r.split("-").map(Number)) }),
};

const vlanGroup: Kind = {
  name: "vlan-group",
  path: "/api/ipam/vlan-groups/",
  model: "ipam.vlangroup",
  marking: inFields,
  columns: { name: text("name"), slug: text("slug"), ranges, description: text("description") },
  reads: "id,name,slug,vid_ranges,description,custom_fields,last_updated".split(","),
  natural: (key) => ({ filter: "slug", value: key, whole: key }),
  naturalOf: (item) => textAt(item, "slug") ?? "",
  outputs: (item) => ({ slug: textAt(item, "slug") ?? "" }),
  retired: (item) => textAt(item, "description") === RETIRED,
  retire: () => ({ description: RETIRED }),
  within: (item) => [["/api/ipam/vlans/", { group_id: item.id }]],
};

const number = (field: string): Column => ({
  rule: managed,
  read: (item) => item[field] as Value | undefined,
  write: (value) => ({ [field]: value }),
});
const vlan: Kind = {
  name: "vlan",
  path: "/api/ipam/vlans/",
  model: "ipam.vlan",
  marking: inFields,
  columns: {
    vid: number("vid"),
    parent: hint,
    group: {
      rule: managed,
      read: (item) => textAt(item, "group", "slug"),
      write: (value) => ({ group: value === null ? null : { slug: value } }),
    },
    name: text("name"),
    status,
    tenant: seeded(tenant),
  },
  reads: "id,vid,group,name,status,tenant,custom_fields,last_updated".split(","),
  natural: (key) => ({ filter: "vid", value: key.split("/")[1] ?? "", whole: key }),
  naturalOf: (item) => `${textAt(item, "group", "slug")}/${item["vid"]}`,
  outputs: (item) => ({ vid: Number(item["vid"]) }),
  retired: isDeprecated,
  retire: deprecate,
};

/** Of what the tag may stand on. */
const objectTypes: Column = {
  rule: managed,
  // NetBox keeps no order of them.
  read: ({ object_types: types }) =>
    Array.isArray(types) && types.length > 0 ? (types as string[]).toSorted() : undefined,
  write: (value) => ({ object_types: value ?? [] }),
};
/** A plan, as a tag on what its customers hold. Tags have no custom fields: the mark is the description. */
const tag: Kind = {
  name: "tag",
  path: "/api/extras/tags/",
  model: "extras.tag",
  marking: inDescription,
  columns: { name: text("name"), slug: text("slug"), objectTypes },
  reads: "id,name,slug,object_types,description,last_updated".split(","),
  natural: (key) => (key.startsWith(TAG) ? { filter: "slug", value: key, whole: key } : undefined),
  naturalOf: (item) => textAt(item, "slug") ?? "",
  outputs: (item) => ({ slug: textAt(item, "slug") ?? "" }),
  retired: isRetired,
  retire: () => ({}),
};

export const grounds: readonly Kind[] = [pool, range, vlanGroup, vlan, tag];
