import { describe, expect, test } from "vitest";
import { output, refKey } from "../../controller/core/model.ts";
import type { ResolvedBilling, ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { billed, billing, CUSTOMER } from "../../test/contract/billing.subjects.ts";
import { desired } from "./desired.ts";

const of = (more: Partial<ResolvedSubscriber> = {}) =>
  desired({ ...billed(1), state: "Active", billing: billing(1), ...more }, "billing-1");
const billedAs = (more: Partial<ResolvedBilling>) => of({ billing: billing(1, more) });
const one = (kind: string, all = of()) => all.find((d) => d.ref.resource === kind);
const slots = (all: ReturnType<typeof of>) =>
  all.filter((d) => d.ref.resource === "subscription").map((d) => d.ref.key.split(":")[2]);

describe("nothing is billed", () => {
  test.each([
    ["terminated: what stands is taken away", of({ state: "Terminated" })],
    ["no account is declared", billedAs({ account: undefined })],
  ])("%s", (_, all) => expect(all).toEqual([]));
});

test("one customer, one service, one subscription, one activation, each after what it stands on", () => {
  const [customer, service, subscription, activation] = of();
  expect([customer, service, subscription, activation].map((d) => refKey(d!.ref))).toEqual([
    "billing-1/customer/acme:S-1:ACC-1",
    "billing-1/service/acme:S-1",
    "billing-1/subscription/acme:S-1:plan",
    "billing-1/activation/acme:S-1",
  ]);
  expect(service!.spec["account"]).toMatchObject(output(customer!.ref, "account"));
  for (const d of [subscription!, activation!]) expect(d.spec["service"]).toMatchObject(output(service!.ref, "key"));
});
test("an account may be called anything, and its key holds no separator", () => {
  expect(one("customer", billedAs({ account: "a b:c/ü" }))!.ref.key).toBe("acme:S-1:a%20b%3Ac%2F%C3%BC");
});
test("personal data prints as nothing", () => {
  const text = JSON.stringify(of());
  const { name, email, phone, address } = CUSTOMER(1);
  for (const value of [name, email, phone, address]) expect(text).not.toContain(value);
});

describe("what starts and stops the bill", () => {
  test.each([
    ["active: last of all", of(), { state: "ACTIVE", charges: null }, true],
    ["the survey has passed", billedAs({ surveyPassed: true }), { state: "ACTIVE", charges: null }, true],
    ["the survey has not", billedAs({ surveyPassed: false }), { state: "PENDING", charges: null }, undefined],
    [
      "suspended: at once, whatever else is down",
      of({ state: "Suspended" }),
      { state: "SUSPENDED", charges: "Pause" },
      undefined,
    ],
    [
      "suspended before its survey",
      of({ state: "Suspended", billing: billing(1, { surveyPassed: false, suspended: "ReducedFee" }) }),
      { state: "SUSPENDED", charges: "ReducedFee" },
      undefined,
    ],
  ])("%s", (_, all, spec, last) => {
    const activation = one("activation", all);
    expect(activation).toMatchObject({ spec });
    expect(activation!.last).toBe(last);
    expect(all.filter((d) => d.ref.resource !== "activation").some((d) => d.last)).toBe(false);
  });
});

describe("subscriptions", () => {
  const none = { product: undefined, price: undefined };
  test.each<[string, Partial<ResolvedBilling>, readonly string[]]>([
    ["the plan's product where none is declared", { subscriptions: [] }, ["plan"]],
    ["the plan's product declared is the same one", { subscriptions: [{ product: "res-100", trial: true }] }, ["plan"]],
    [
      "others are beside it",
      {
        subscriptions: [
          { product: "res-100", trial: false },
          { product: "iptv", trial: false },
        ],
      },
      ["plan", "addon.iptv"],
    ],
    ["declared ones are all there is", { subscriptions: [{ product: "iptv", trial: false }] }, ["addon.iptv"]],
    ["neither plan nor list names a product", { ...none, subscriptions: [] }, []],
  ])("%s", (_, more, expected) => expect(slots(billedAs(more))).toEqual(expected));

  test("a plan that is lost ends none of them and makes none, in whatever order they are declared", () => {
    const subscriptions = [
      { product: "iptv", trial: false },
      { product: "res-100", trial: false },
    ];
    const lost = { ...billed(1).plan, speed: { downKbps: 0, upKbps: 0 } };
    const more = { product: undefined, price: undefined, suspended: undefined, subscriptions };
    const all = of({ state: "Suspended", plan: lost, billing: billing(1, more) });
    expect(slots(all)).toEqual(["plan", "addon.iptv", "addon.res-100"]);
    expect(all.map((d) => [d.ref.resource, d.left])).toEqual([
      ["customer", undefined],
      ["service", undefined],
      ["subscription", true],
      ["subscription", true],
      ["subscription", true],
      ["activation", undefined],
    ]);
    expect(one("activation", all)!.spec["charges"]).toMatchObject({ optional: true });
  });
  test("another product of the plan is a change of the same subscription", () => {
    const [before, after] = [
      { product: "res-100", subscriptions: [] },
      { product: "fiber-1g", subscriptions: [] },
    ].map((more) => one("subscription", billedAs(more)));
    expect(after!.ref).toEqual(before!.ref);
    expect(after!.spec["product"]).toBe("fiber-1g");
  });
  test("only the plan's product has the plan's price", () => {
    const subscriptions = [
      { product: "res-100", trial: true },
      { product: "iptv", trial: false },
    ];
    const [plan, addon] = billedAs({ subscriptions }).filter((d) => d.ref.resource === "subscription");
    expect(plan!.spec).toMatchObject({ amount: "29.90", currency: "EUR", period: "Monthly", trial: true });
    expect(addon!.spec).toMatchObject({ amount: null, currency: null, period: null, trial: false });
  });
});

describe("metadata", () => {
  const address = { $output: "netbox-1/address/x", path: "address" };
  const pool = { name: "v4", use: "IPv4", vrf: undefined, prefixes: [], gateway: "None", reserve: [] } as const;
  test("an address that is still to come keeps nobody from being registered", () => {
    const dynamic = { assignment: "Dynamic", address, pool: { ...pool, prefixLength: undefined } } as const;
    expect(one("service", of({ ipv4: dynamic, addressSource: "NetBoxDynamic" }))!.spec).toMatchObject({
      ipv4: { ...address, optional: true },
      addressSource: "NetBoxDynamic",
      allocationMethod: "Dynamic",
    });
  });
  test.each([
    ["None", { assignment: "None" } as const, { ipv4: null, addressSource: null }],
    ["Pool", { assignment: "Pool", pool: "cgn" } as const, { ipv4: null, addressSource: "Pool" }],
  ] as const)("%s", (addressSource, ipv4, expected) =>
    expect(one("service", of({ ipv4, addressSource }))!.spec).toMatchObject(expected),
  );
  test("QinQ is two tags", () => {
    const qinq = (inner: number | undefined) => one("service", of({ vlan: { service: 100, inner } }))!.spec;
    expect([qinq(1000)["qinqEnabled"], qinq(undefined)["qinqEnabled"]]).toEqual([true, false]);
  });
});

test("a character that no database takes is refused by field, without its value", () => {
  const customer = { ...CUSTOMER(1), phone: "12\0" };
  expect(() => billedAs({ customer })).toThrow(
    expect.objectContaining({ code: "BadValue", message: expect.stringMatching(/^the customer's phone number holds/) }),
  );
});
