/** Pure: attributes of CoA and Disconnect by the names of FreeRADIUS's dictionaries (a test compares them). */
import ipaddr from "ipaddr.js";
import type { Vendor } from "../config.ts";
import { spoken } from "../values.ts";
import type { Attribute } from "./packet.ts";

interface Known {
  readonly type: number;
  readonly vendor?: number;
  readonly form: "string" | "integer";
}
const MIKROTIK = 14988;
const WISPR = 14122;
const HUAWEI = 2011;
const CISCO = 9;
/** What a running session can be told, in lower case. */
export const TELLABLE: Readonly<Record<string, Known>> = {
  "filter-id": { type: 11, form: "string" },
  "mikrotik-rate-limit": { type: 8, vendor: MIKROTIK, form: "string" },
  "mikrotik-address-list": { type: 19, vendor: MIKROTIK, form: "string" },
  "wispr-bandwidth-max-up": { type: 7, vendor: WISPR, form: "integer" },
  "wispr-bandwidth-max-down": { type: 8, vendor: WISPR, form: "integer" },
  "huawei-input-average-rate": { type: 2, vendor: HUAWEI, form: "integer" },
  "huawei-input-peak-rate": { type: 3, vendor: HUAWEI, form: "integer" },
  "huawei-output-average-rate": { type: 5, vendor: HUAWEI, form: "integer" },
  "huawei-output-peak-rate": { type: 6, vendor: HUAWEI, form: "integer" },
  "huawei-qos-profile-name": { type: 31, vendor: HUAWEI, form: "string" },
  "cisco-avpair": { type: 1, vendor: CISCO, form: "string" },
};
/**
 * What each vendor's NAS reads. A Juniper is told to deactivate the service that runs, and what runs is not in the rows; a
 * MikroTik takes another PPP profile only at the login: such a session begins anew.
 */
const READS: Readonly<Record<Vendor, RegExp>> = {
  MikroTik: /^mikrotik-(rate-limit|address-list)$/,
  Generic: /^(wispr-bandwidth-max-(up|down)|filter-id)$/,
  Huawei: /^huawei-((in|out)put-(average|peak)-rate|qos-profile-name)$/,
  Cisco: /^(cisco-avpair|filter-id)$/,
  Juniper: /^$/,
};

/** One row that FreeRADIUS would send at a login. */
export interface Reply {
  readonly attribute: string;
  readonly value: string;
}
/** What such a NAS reads at a login only. */
const AT_LOGIN: Partial<Readonly<Record<Vendor, string>>> = { MikroTik: "mikrotik-group" };

/** What a session at such a NAS is told. Empty: nothing can be told, so it begins anew. */
export function told(vendor: Vendor, replies: readonly Reply[]): readonly Attribute[] {
  if (replies.some((r) => r.attribute.toLowerCase() === AT_LOGIN[vendor])) return [];
  return replies.flatMap(({ attribute, value }) => {
    const name = attribute.toLowerCase();
    const known = TELLABLE[name];
    const bytes = known && READS[vendor].test(name) ? bytesOf(known, value) : undefined;
    return bytes === undefined ? [] : [{ type: known!.type, value: bytes, vendor: known?.vendor }];
  });
}
function bytesOf({ form }: Known, value: string): Buffer | undefined {
  if (form === "string") return Buffer.from(spoken(value) ?? value);
  const number = Number(value);
  return Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff ? word(number) : undefined;
}
function word(n: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(n);
  return out;
}

/** Which session is meant (RFC 5176, 3), and when that was said, so that an old packet cannot be played again. */
export function naming(
  session: { readonly user: string; readonly id: string; readonly nas: string; readonly address: string | undefined },
  now: number,
): readonly Attribute[] {
  const nas = ipaddr.parse(session.nas);
  return [
    { type: 1, value: Buffer.from(session.user) },
    { type: nas.kind() === "ipv4" ? 4 : 95, value: Buffer.from(nas.toByteArray()) },
    ...(session.address === undefined
      ? []
      : [{ type: 8, value: Buffer.from(ipaddr.parse(session.address).toByteArray()) }]),
    { type: 44, value: Buffer.from(session.id) },
    { type: 55, value: word(Math.floor(now / 1000)) },
  ];
}
