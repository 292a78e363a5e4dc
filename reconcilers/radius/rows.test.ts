import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { differing } from "../../controller/core/diff.ts";
import type { Observed, Ref, Spec, State } from "../../controller/core/model.ts";
import type { Row } from "../postgres.ts";
import type { Line } from "./encode.ts";
import { accountCells, accountFields, type Cells, groupCells, groupFields } from "./fields.ts";
import { wantedPassword } from "./password.ts";
import { observed, type Shape, shapeOf } from "./shape.ts";
import { danger } from "./values.ts";

const account = shapeOf("account", "r", accountFields, accountCells([]));
const group = shapeOf("group", "r", groupFields, groupCells([]));
const LETTER = { check: "c", reply: "r", member: "m" } as const;
const row = (l: Line, name = "n"): Row => [LETTER[l.table], name, l.attribute, l.op, l.value];
const owned = (extras = ""): Row => ["o", "n", "lm_t", "false", extras];
const ref = (shape: Shape): Ref => ({ system: "r", resource: shape.kind, key: "n" });
const see = (shape: Shape, rows: readonly Row[]): Observed => observed(ref(shape), shape.decode(rows).get("n")!);
/** What a plan says when these rows stand and this is wanted. */
const drift = (shape: Shape, rows: readonly Row[], want: Spec) => differing(shape.fields, see(shape, rows), want);

const text = fc.string({ minLength: 1 }).filter((s) => danger(s) === undefined);
const one = fc.option(text, { nil: null });
const list = fc.option(fc.uniqueArray(text, { minLength: 1, maxLength: 4 }), { nil: null });
const accountSpec = fc.record({
  password: fc.option(
    text.map((p) => wantedPassword(p, "Cleartext")),
    { nil: null },
  ),
  authType: fc.constantFrom(null, "Accept", "Reject"),
  circuitId: fc.option(
    text.map((c) => `ADSL-Agent-Circuit-Id ${c}`),
    { nil: null },
  ),
  address: fc.option(fc.ipV4(), { nil: null }),
  pool: one,
  routes: list,
  ipv6Routes: list,
  tunnelGroup: one,
  group: one,
});

describe("what is written compares equal to what was wanted", () => {
  property.prop([accountSpec])("accounts, read from rows in any order", (spec) => {
    const rows = account.encode(spec as State).lines.map((l) => row(l));
    expect(drift(account, [...rows, owned()].reverse(), spec)).toEqual([]);
  });
  property.prop([accountSpec, fc.integer({ min: 0, max: 9 })])("and a row more, or one less, does not", (spec, at) => {
    const rows = account.encode(spec as State).lines.map((l) => row(l));
    const hit = rows[at];
    if (!hit) return;
    expect(drift(account, [...rows, hit, owned()], spec)).toHaveLength(1);
    expect(drift(account, [...rows.filter((r) => r !== hit), owned()], spec)).toHaveLength(1);
  });
  property.prop([accountSpec])("the outcome of a create is what a read would show", (spec) => {
    const edit = account.encode(spec as State);
    expect(account.afterEdit(edit)).toEqual(see(account, [owned(edit.memo), ...edit.lines.map((l) => row(l))]).state);
  });
  property.prop([list, list])("groups with an operator's attributes", (mtu, pairs) => {
    const attributes = mtu?.map((v) => `reply Framed-MTU = ${v}`) ?? null;
    const edit = group.encode({ attributes, ciscoPairs: pairs });
    expect(
      drift(group, [owned(edit.memo), ...edit.lines.map((l) => row(l))], { attributes, ciscoPairs: pairs }),
    ).toEqual([]);
  });
});

describe("drift that a value alone does not show", () => {
  const address: Row = ["r", "n", "Framed-IP-Address", ":=", "10.0.0.1"];
  const password: Row = ["c", "n", "Cleartext-Password", ":=", "pw"];
  const spec = { address: "10.0.0.1", password: wantedPassword("pw", "Cleartext") };
  test.each<[string, Row, string]>([
    ["the same row twice: two addresses are sent", address, "address"],
    ["another operator", ["r", "n", "Framed-IP-Address", "+=", "10.0.0.1"], "address"],
    ["lower case, which the server takes as well", ["r", "n", "framed-ip-address", ":=", "10.0.0.1"], "address"],
    ["a second password: only the first works", ["c", "n", "NT-Password", ":=", "0x00"], "password"],
    ["a door held open", ["c", "n", "Auth-Type", ":=", "Accept"], "authType"],
    ["a VLAN without its tag", ["r", "n", "Tunnel-Private-Group-Id", ":=", "1"], "tunnelGroup"],
    ["a second group", ["m", "n", "", "0", "free"], "group"],
  ])("%s", (_, more, field) => {
    expect(drift(account, [owned(), address, password], spec)).toEqual([]);
    expect(drift(account, [owned(), address, password, more], spec)).toEqual([field]);
  });
  test("the right value under a sibling of our attribute", () => {
    const untagged: Row = ["r", "n", "Tunnel-Private-Group-Id", ":=", "1"];
    expect(drift(account, [owned(), untagged], { tunnelGroup: "1" })).toEqual(["tunnelGroup"]);
  });
  test("what others wrote is nobody's business", () => {
    const others: readonly Row[] = [
      ["r", "n", "Reply-Message", "=", "hello"],
      ["r", "n", "Class", "=", "them"],
      ["c", "n", "Framed-IP-Address", "==", "10.0.0.1"],
    ];
    expect(drift(account, [owned(), address, password, ...others], spec)).toEqual([]);
  });
  test.each<[string, Row, string]>([
    ["a speed of its own", ["r", "n", "Mikrotik-Rate-Limit", ":=", "1G/1G"], "replyOverrides"],
    ["whatever the spelling", ["r", "n", "wispr-bandwidth-max-up", "=", "1"], "replyOverrides"],
    ["an end", ["c", "n", "Expiration", ":=", "1 Jan 2030"], "checkOverrides"],
    ["more sessions than the plan allows", ["c", "n", "Simultaneous-Use", ":=", "9"], "checkOverrides"],
    ["a lock to one router", ["c", "n", "Calling-Station-Id", "==", "00:11"], "checkOverrides"],
  ])("what changes the service of one subscriber and nobody declares: %s", (_, more, field) => {
    expect(drift(account, [owned(), address, password, more], spec)).toEqual([field]);
    const edit = account.encode({ [field]: null });
    expect(edit.clear.some((c) => c.attributes.some((a) => a.toLowerCase() === more[2]!.toLowerCase()))).toBe(true);
  });
  test("every field of a plan's group is an override on an account", () => {
    const names = (cells: Cells) =>
      Object.values(cells).flatMap((c) => c.attributes.map((a) => `${c.table} ${a.toLowerCase()}`));
    const covered = new Set(names(accountCells([])));
    expect(names(groupCells([])).filter((n) => !covered.has(n))).toEqual([]);
  });
  test("any id is not the id `*`", () => {
    const moving: Spec = { ...spec, circuitId: "ADSL-Agent-Circuit-Id *" };
    const row = (op: string, value: string): Row => ["c", "n", "ADSL-Agent-Circuit-Id", op, value];
    const others = [owned(), address, password];
    expect(drift(account, [...others, row("=*", "any")], moving)).toEqual([]);
    expect(drift(account, [...others, row("==", "*")], moving)).toEqual(["circuitId"]);
    expect(account.encode({ circuitId: "ADSL-Agent-Circuit-Id *" }).lines).toEqual([
      { table: "check", attribute: "ADSL-Agent-Circuit-Id", op: "=*", value: "any" },
    ]);
  });
  test.each(["NAS-Port-Id", "calling-station-id"])("the circuit id may come as %s", (circuitAttribute) => {
    const option82 = { circuitAttribute, remoteAttribute: "ADSL-Agent-Remote-Id", encoding: "Text" } as const;
    const nas = [{ name: "n", vendor: "Cisco", sendVlan: false, option82 }] as const;
    const its = shapeOf("account", "r", accountFields, accountCells(nas));
    const wanted: Spec = { ...spec, circuitId: `${circuitAttribute} Gi0/1` };
    const row: Row = ["c", "n", circuitAttribute, "==", "Gi0/1"];
    expect(drift(its, [owned(), address, password, row], wanted)).toEqual([]);
  });
  test("a guard that somebody left behind", () => {
    expect(drift(account, [owned(), address, password, ["m", "n", "", "-2", "acme:moving-circuits::n"]], spec)).toEqual(
      ["movingCircuit"],
    );
  });
  test.each<[string, Row, string]>([
    ["a password that opens every account", ["c", "n", "Cleartext-Password", ":=", "x"], "passwords"],
    ["a realm that decides elsewhere", ["c", "n", "proxy-to-realm", ":=", "x"], "checkOverrides"],
    ["an address for everybody", ["r", "n", "Framed-IP-Address", ":=", "10.0.0.1"], "replyOverrides"],
    ["further groups", ["r", "n", "Fall-Through", "=", "Yes"], "replyOverrides"],
    ["a command that FreeRADIUS runs", ["r", "n", "Exec-Program-Wait", "=", "/bin/id"], "replyOverrides"],
  ])("what must not hold for all of a plan: %s", (_, more, field) => {
    expect(drift(group, [owned(), more], {})).toEqual([field]);
  });
  test("a password in a group is never told", () => {
    const rows: readonly Row[] = [owned(), ...["S3CRET", "S4CRET"].map((v): Row => ["c", "n", "NT-Password", ":=", v])];
    expect(JSON.stringify(see(group, rows))).not.toMatch(/S[34]CRET/);
  });
  test("a plan that compares what is a circuit id elsewhere; only a guard's rows are ids", () => {
    const option82 = { circuitAttribute: "NAS-Port-Id", remoteAttribute: "R", encoding: "Text" } as const;
    const nas = [{ name: "n", vendor: "Cisco", sendVlan: false, option82 }] as const;
    const its = shapeOf("group", "r", groupFields, groupCells(nas));
    const rows: readonly Row[] = [owned("check nas-port-id"), ["c", "n", "NAS-Port-Id", "!=", "a"]];
    expect(drift(its, rows, { attributes: ["check NAS-Port-Id != a"] })).toEqual([]);
    const guard: readonly Row[] = [
      ["o", "t:moving-circuits::n", "lm_t", "false", ""],
      ["c", "t:moving-circuits::n", "NAS-Port-Id", "!=", "a"],
    ];
    expect(its.decode(guard).get("t:moving-circuits::n")?.state).toEqual({ circuits: ["NAS-Port-Id a"] });
  });
  test("a group that accepts everybody", () => {
    expect(drift(group, [owned(), ["c", "n", "Auth-Type", ":=", "Accept"]], {})).toEqual(["authType"]);
  });
  test("an operator's attribute that is not declared any more is removed, another's stays", () => {
    const rows: readonly Row[] = [
      owned("reply framed-mtu"),
      ["r", "n", "Framed-MTU", "=", "1492"],
      ["r", "n", "Reply-Message", "=", "hello"],
    ];
    expect(see(group, rows).state).toEqual({ attributes: ["reply Framed-MTU = 1492"] });
    expect(drift(group, rows, {})).toEqual(["attributes"]);
  });
});

describe("who it belongs to", () => {
  test("rows without an owner are nobody's", () => {
    expect(see(account, [["c", "n", "Cleartext-Password", ":=", "pw"]]).token).toBeUndefined();
  });
  test.each([
    ["marked and rejected", "true", "Reject", true],
    ["marked, and somebody let them in again", "true", "Accept", false],
    ["rejected and not marked: suspended", "false", "Reject", false],
  ])("%s", (_, retired, authType, gone) => {
    const rows: readonly Row[] = [
      ["o", "n", "lm_t", retired, ""],
      ["c", "n", "Auth-Type", ":=", authType],
    ];
    expect(see(account, rows).retired).toBe(gone);
  });
});

test("no password is in what is seen, however odd its rows are", () => {
  const rows: readonly Row[] = [
    owned(),
    ["c", "n", "Cleartext-Password", "==", "hunter2"],
    ["c", "n", "MD5-Password", ":=", "hunter3"],
  ];
  expect(JSON.stringify(see(account, rows))).not.toMatch(/hunter/);
});

test.each([
  ["address", "`id`"],
  ["circuitId", "ADSL-Agent-Circuit-Id 'x'"],
])("%s %j is refused at the last step too, without the value", (field, value) => {
  expect(() => account.encode({ [field]: value })).toThrow(
    expect.objectContaining({ code: "BadValue", message: expect.not.stringContaining(value) }),
  );
});

test("an address of another system that is none is not written", () => {
  expect(() => account.encode({ address: "10.0.0.1/24" })).toThrow(expect.objectContaining({ code: "BadValue" }));
});
