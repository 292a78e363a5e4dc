/** The part of NetBox's data model that an address plan uses: fields, their kinds, and how a reference is shown. */
export type Fields = Readonly<Record<string, Field>>;
export type Field =
  | { readonly kind: "text" | "raw" | "flag" | "number"; readonly start: unknown; readonly required?: true }
  | { readonly kind: "choice"; readonly start: string; readonly choices: readonly string[] }
  | { readonly kind: "ref"; readonly to: string; readonly start: null };
export interface Model {
  /** Below `/api/`. */
  readonly path: string;
  readonly type: string;
  /** As in "No IPAddress matches the given query." */
  readonly name: string;
  readonly fields: Fields;
  /** What a reference to it shows beside its id. */
  readonly brief: readonly string[];
  readonly display: (values: Readonly<Record<string, unknown>>, created: string) => string;
  readonly marked: boolean;
}
const text = (start: unknown = ""): Field => ({ kind: "text", start });
const needed: Field = { kind: "text", start: undefined, required: true };
const ref = (to: string): Field => ({ kind: "ref", to, start: null });
const flag = (start = false): Field => ({ kind: "flag", start });
const raw = (start: unknown): Field => ({ kind: "raw", start });
const status = (...choices: readonly string[]): Field => ({ kind: "choice", start: "active", choices });
const prose = { description: text(), comments: text() };

const model = (
  path: string,
  type: string,
  name: string,
  display: string | Model["display"],
  fields: Fields,
  brief: readonly string[] = ["name"],
): Model => ({
  path,
  type,
  name,
  display: typeof display === "string" ? (v) => String(v[display] ?? "") : display,
  fields,
  brief,
  marked: !["extras.tag", "extras.customfield", "core.objectchange"].includes(type),
});
const label = (value: unknown): string => `${String(value).charAt(0).toUpperCase()}${String(value).slice(1)}`;
const journalDisplay: Model["display"] = (v, created) =>
  `${created.slice(0, 16).replace("T", " ")} (${label(v["kind"])})`;
const PLACE = { vrf: ref("ipam/vrfs"), tenant: ref("tenancy/tenants"), role: ref("ipam/roles"), ...prose };

export const models: readonly Model[] = [
  model("tenancy/tenants", "tenancy.tenant", "Tenant", "name", { name: needed, slug: needed, ...prose }, [
    "name",
    "slug",
    "description",
  ]),
  model(
    "ipam/vrfs",
    "ipam.vrf",
    "VRF",
    (v) => `${String(v["name"])}${v["rd"] ? ` (${String(v["rd"])})` : ""}`,
    { name: needed, rd: text(null), tenant: ref("tenancy/tenants"), enforce_unique: flag(true), ...prose },
    ["name", "rd", "description"],
  ),
  model(
    "ipam/roles",
    "ipam.role",
    "Role",
    "name",
    { name: needed, slug: needed, weight: { kind: "number", start: 1000 }, ...prose },
    ["name", "slug", "description"],
  ),
  model(
    "extras/tags",
    "extras.tag",
    "Tag",
    "name",
    { name: needed, slug: needed, color: text("9e9e9e"), description: text(), object_types: raw([]) },
    ["name", "slug", "color"],
  ),
  model(
    "ipam/vlan-groups",
    "ipam.vlangroup",
    "VLANGroup",
    "name",
    { name: needed, slug: needed, vid_ranges: raw([[1, 4094]]), tenant: ref("tenancy/tenants"), ...prose },
    ["name", "slug", "description"],
  ),
  model(
    "ipam/vlans",
    "ipam.vlan",
    "VLAN",
    (v) => `${String(v["name"])} (${String(v["vid"])})`,
    {
      vid: { kind: "number", start: undefined, required: true },
      name: needed,
      group: ref("ipam/vlan-groups"),
      tenant: PLACE.tenant,
      status: status("active", "reserved", "deprecated"),
      role: PLACE.role,
      ...prose,
    },
    ["vid", "name", "description"],
  ),
  model("ipam/prefixes", "ipam.prefix", "Prefix", "prefix", {
    prefix: needed,
    ...PLACE,
    vlan: ref("ipam/vlans"),
    status: status("container", "active", "reserved", "deprecated"),
    is_pool: flag(),
    mark_utilized: flag(),
  }),
  model("ipam/ip-ranges", "ipam.iprange", "IPRange", "start_address", {
    start_address: needed,
    end_address: needed,
    ...PLACE,
    status: status("active", "reserved", "deprecated"),
    mark_populated: flag(),
    mark_utilized: flag(),
  }),
  model("ipam/ip-addresses", "ipam.ipaddress", "IPAddress", "address", {
    address: needed,
    ...PLACE,
    role: text(null),
    status: status("active", "reserved", "deprecated", "dhcp", "slaac"),
    dns_name: text(),
  }),
  model("extras/custom-fields", "extras.customfield", "CustomField", (v) => String(v["label"] || v["name"]), {
    object_types: raw(undefined),
    type: { kind: "choice", start: "text", choices: ["text", "select", "boolean"] },
    name: needed,
    label: text(),
    group_name: text(),
    description: text(),
    required: flag(),
    unique: flag(),
    filter_logic: { kind: "choice", start: "loose", choices: ["disabled", "loose", "exact"] },
    ui_editable: { kind: "choice", start: "yes", choices: ["yes", "no", "hidden"] },
    status: status("active"),
  }),
  model("extras/journal-entries", "extras.journalentry", "JournalEntry", journalDisplay, {
    assigned_object_type: needed,
    assigned_object_id: { kind: "number", start: undefined, required: true },
    kind: { kind: "choice", start: "info", choices: ["info", "success", "warning", "danger"] },
    comments: text(),
  }),
  model("core/object-changes", "core.objectchange", "ObjectChange", "message", {
    time: text(),
    user_name: text("admin"),
    request_id: text(),
    action: { kind: "choice", start: "create", choices: ["create", "update", "delete"] },
    changed_object_type: text(),
    changed_object_id: raw(0),
    message: text(),
  }),
];
/** Deleting one of these while another refers to it is refused. */
export const protectedPaths: ReadonlySet<string> = new Set(["tenancy/tenants", "ipam/vrfs"]);
