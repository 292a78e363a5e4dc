/** Which field is which attribute in which of FreeRADIUS's tables: the tables that all reading and writing follows. */
import type { FieldTable } from "../../controller/core/model.ts";
import { DEFAULT_OPTION82, type Nas } from "./config.ts";
import { CHECK_OVERRIDES, GROUP_CHECKS, GROUP_REPLIES, PASSWORDS, REPLY_OVERRIDES } from "./overrides.ts";
import { passwordShown, rotatesPassword, samePassword } from "./password.ts";

/** radcheck / radgroupcheck, radreply / radgroupreply, radusergroup. */
export type Table = "check" | "reply" | "member";
export interface Cell {
  readonly table: Table;
  /** The first is written. Rows of the others would defeat the field, so they count as its drift. */
  readonly attributes: readonly [string, ...string[]];
  readonly op: string;
  /** Values are `Attribute value`: which attribute it is belongs to the value. */
  readonly named?: true;
  /** One row for each value; the order says nothing. */
  readonly many?: true;
  /** The value `*` is written with the operator `=*`: whatever the NAS sends, it must send something. */
  readonly any?: true;
  /** Only in the group of a customer who moves; in another one the attribute is what a plan may ask for. */
  readonly moving?: true;
}
export type Cells = Readonly<Record<string, Cell>>;

const cell = (table: Table, op: string, ...attributes: [string, ...string[]]): Cell => ({ table, attributes, op });
/** `==` is a comparison and `:=` an assignment: with `:=` a circuit id is not checked, with `==` a password rejects. */
const check = (...attributes: [string, ...string[]]): Cell => cell("check", ":=", ...attributes);
/** `:=` in a user's reply stands against a group's `=`. */
const reply = (...attributes: [string, ...string[]]): Cell => cell("reply", ":=", ...attributes);
/** A group's `:=` would override the user's own row, so a group gives defaults only. */
const byDefault = (...attributes: [string, ...string[]]): Cell => cell("reply", "=", ...attributes);
const list = (attribute: string): Cell => ({ ...cell("reply", "+=", attribute), many: true });

/** Priorities of our radusergroup rows: only the first group that matches applies. A row of another one is drift of `group`. */
const PRIORITY = "1";
const GUARDS = ["-2", "-1"] as const;
/** Members have no attribute: which field a row belongs to is told by its priority. */
export const memberKey = (priority: string): string =>
  (GUARDS as readonly string[]).includes(priority) ? priority : "";

export function accountCells(nas: readonly Pick<Nas, "option82">[]): Cells {
  const ids = new Set(
    nas.flatMap(({ option82: o }) => [o.circuitAttribute, o.remoteAttribute].map((a) => a.toLowerCase())),
  );
  // A NAS may send its circuit id as NAS-Port-Id or Calling-Station-Id: then the row is ours.
  const [first, ...rest] = CHECK_OVERRIDES.filter((a) => !ids.has(a.toLowerCase()));
  return {
    password: { ...check(...PASSWORDS), named: true },
    authType: check("Auth-Type"),
    circuitId: { ...option82("==", "circuitAttribute", nas), any: true },
    remoteId: { ...option82("==", "remoteAttribute", nas), any: true },
    address: reply("Framed-IP-Address"),
    pool: reply("Framed-Pool"),
    routes: list("Framed-Route"),
    sessionTimeout: reply("Session-Timeout"),
    idleTimeout: reply("Idle-Timeout"),
    ipv6Prefix: reply("Framed-IPv6-Prefix"),
    ipv6Address: reply("Framed-IPv6-Address"),
    delegatedPrefix: reply("Delegated-IPv6-Prefix"),
    delegatedPool: reply("Delegated-IPv6-Prefix-Pool"),
    mikrotikDelegatedPool: reply("Mikrotik-Delegated-IPv6-Pool"),
    juniperDelegatedPool: reply("ERX-IPv6-Delegated-Pool-Name"),
    huaweiDelegatedPool: reply("Huawei-Delegated-IPv6-Prefix-Pool"),
    ipv6Routes: list("Framed-IPv6-Route"),
    tunnelType: reply("Tunnel-Type:0", "Tunnel-Type"),
    tunnelMedium: reply("Tunnel-Medium-Type:0", "Tunnel-Medium-Type"),
    tunnelGroup: reply("Tunnel-Private-Group-Id:0", "Tunnel-Private-Group-Id"),
    group: cell("member", PRIORITY, ""),
    movingCircuit: cell("member", GUARDS[0], GUARDS[0]),
    movingRemote: cell("member", GUARDS[1], GUARDS[1]),
    checkOverrides: { ...check(first!, ...rest), named: true, many: true },
    replyOverrides: { ...reply(...REPLY_OVERRIDES), named: true, many: true },
  };
}

/** Which attribute carries the id depends on the NAS. All that the endpoint's NAS use belong to the field. */
const option82 = (
  op: string,
  which: "circuitAttribute" | "remoteAttribute",
  nas: readonly Pick<Nas, "option82">[],
): Cell => {
  const [first = DEFAULT_OPTION82[which], ...rest] = new Set(nas.map((n) => n.option82[which]));
  return { ...cell("check", op, first, ...rest), named: true };
};

const managed = { authority: "managed" } as const;
/** An address, prefix, route, pool, password or VLAN reaches a session only by ending it (RFC 5176, vendors' matrices). */
const disruptive = { ...managed, disruptive: true } as const;

export const accountFields: FieldTable = {
  password: {
    ...disruptive,
    secret: true,
    equals: samePassword,
    rotates: rotatesPassword,
    secretIn: passwordShown,
  },
  authType: { ...managed, suspends: "Reject" },
  circuitId: managed,
  remoteId: managed,
  address: disruptive,
  pool: disruptive,
  routes: disruptive,
  sessionTimeout: managed,
  idleTimeout: managed,
  ipv6Prefix: disruptive,
  ipv6Address: disruptive,
  delegatedPrefix: disruptive,
  delegatedPool: disruptive,
  mikrotikDelegatedPool: disruptive,
  juniperDelegatedPool: disruptive,
  huaweiDelegatedPool: disruptive,
  ipv6Routes: disruptive,
  tunnelType: disruptive,
  tunnelMedium: disruptive,
  tunnelGroup: disruptive,
  group: managed,
  movingCircuit: managed,
  movingRemote: managed,
  checkOverrides: managed,
  // Nobody's but a suspension's: a speed or a garden of his own.
  replyOverrides: { ...managed, suspends: (value) => value !== null },
};

export const groupCells = (nas: readonly Pick<Nas, "option82">[]): Cells => ({
  simultaneousUse: check("Simultaneous-Use"),
  interimInterval: byDefault("Acct-Interim-Interval"),
  mikrotikRate: byDefault("Mikrotik-Rate-Limit"),
  mikrotikProfile: byDefault("Mikrotik-Group"),
  wisprUp: byDefault("WISPr-Bandwidth-Max-Up"),
  wisprDown: byDefault("WISPr-Bandwidth-Max-Down"),
  filter: byDefault("Filter-Id"),
  huaweiUp: byDefault("Huawei-Input-Average-Rate"),
  huaweiDown: byDefault("Huawei-Output-Average-Rate"),
  huaweiPeakUp: byDefault("Huawei-Input-Peak-Rate"),
  huaweiPeakDown: byDefault("Huawei-Output-Peak-Rate"),
  huaweiProfile: byDefault("Huawei-Qos-Profile-Name"),
  juniperService: byDefault("ERX-Service-Activate:1", "ERX-Service-Activate"),
  ciscoPairs: list("Cisco-AVPair"),
  // A group that accepts would let anybody past option 82: a row there is drift. Only a guard has one, and it rejects.
  authType: check("Auth-Type"),
  circuits: { ...option82("!=", "circuitAttribute", nas), many: true, moving: true },
  remotes: { ...option82("!=", "remoteAttribute", nas), many: true, moving: true },
  // One that works for every account of the plan.
  passwords: { ...check(...PASSWORDS), named: true },
  checkOverrides: { ...check(...GROUP_CHECKS), named: true, many: true },
  replyOverrides: { ...byDefault(...GROUP_REPLIES), named: true, many: true },
});
/** The attributes that an operator asks for beside ours; which they are is remembered beside the group's owner. */
export const EXTRAS = "attributes";

export const groupFields: FieldTable = {
  ...Object.fromEntries(Object.keys(groupCells([])).map((field) => [field, managed])),
  passwords: { ...managed, secret: true },
  [EXTRAS]: managed,
};
