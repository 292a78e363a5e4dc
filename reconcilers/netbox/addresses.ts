/** Addresses and networks of customers, gateways, and the networks that are reserved in pools of prefixes. */
import { addressValue, parsePrefix } from "../../controller/core/resolve/address.ts";
import { DEFAULT_VRF } from "../../controller/core/resolve/pools.ts";
import {
  type Column,
  customer,
  deprecate,
  hint,
  isDeprecated,
  type Kind,
  status,
  subscriber,
  tags,
  tenant,
  text,
  vrf,
} from "./kind.ts";
import { type Item, maskOf, textAt } from "./list.ts";
import { inFields } from "./marker.ts";

const COMMON = "id,status,vrf,tenant,tags,custom_fields,last_updated,description".split(",");
/** Chosen by NetBox, unless it is declared; a session learns of another one only by ending. */
const chosen = { authority: "allocated", disruptive: true } as const;

/** Keys of what a pool stands on are `-/tenant/what/vrf/value`; what a customer declares stands in the spec alone. */
const KEY = /^[^/]+\/[^/]+\/[^/]+\/(.+?)\/([0-9a-f.:]+(?:\/[0-9]+)?)$/;
const natural =
  (filter: "address" | "prefix", valid: (value: string) => boolean): Kind["natural"] =>
  (key, spec) => {
    const [, inKey, ofKey] = KEY.exec(key) ?? [];
    const [inVrf, value] = spec?.[filter] ? [spec["vrf"] ?? DEFAULT_VRF, String(spec[filter])] : [inKey, ofKey];
    if (inVrf === undefined || value === undefined || !valid(value)) return undefined;
    return { filter, value, whole: `${inVrf}/${value}` };
  };
export const whole = (item: Item, value: string): string => `${textAt(item, "vrf", "name") ?? DEFAULT_VRF}/${value}`;

const HOST = { 4: 32, 6: 128 } as const;
export const hostLength = (address: string): number => HOST[address.includes(":") ? 6 : 4];
const addressOf = (item: Item): string => (textAt(item, "address") ?? "").split("/")[0]!;

const dnsName: Column = {
  ...text("dns_name", { authority: "managed", normalize: (v) => String(v).toLowerCase() }),
};

export const address: Kind = {
  name: "address",
  path: "/api/ipam/ip-addresses/",
  model: "ipam.ipaddress",
  marking: inFields,
  columns: {
    address: {
      rule: chosen,
      read: (item) => addressOf(item) || undefined,
      write: (v, { patch, item }) => ({
        address: `${v}/${patch["length"] ?? maskOf(item, "address") ?? hostLength(String(v))}`,
      }),
    },
    from: hint,
    length: hint,
    parent: hint,
    vrf,
    status,
    tenant,
    dnsName,
    description: text("description"),
    tags,
    subscriber,
    customer,
  },
  reads: [...COMMON, "address", "dns_name"],
  natural: natural("address", (v) => addressValue(v) !== undefined),
  naturalOf: (item) => whole(item, addressOf(item)),
  outputs: (item) => ({ address: addressOf(item) }),
  retired: isDeprecated,
  retire: deprecate,
  races: true,
  journal: true,
  taking: { path: "available-ips", field: "address" },
};

export const prefix: Kind = {
  name: "prefix",
  path: "/api/ipam/prefixes/",
  model: "ipam.prefix",
  marking: inFields,
  columns: {
    prefix: { ...text("prefix"), rule: chosen },
    from: hint,
    length: hint,
    parent: hint,
    vrf,
    status,
    tenant,
    description: text("description"),
    tags,
    subscriber,
    customer,
  },
  reads: [...COMMON, "prefix"],
  natural: natural("prefix", (v) => parsePrefix(v) !== undefined),
  naturalOf: (item) => whole(item, textAt(item, "prefix") ?? ""),
  outputs: (item) => ({ prefix: textAt(item, "prefix") ?? "" }),
  retired: isDeprecated,
  retire: deprecate,
  races: true,
  journal: true,
  taking: { path: "available-prefixes", field: "prefix" },
};
