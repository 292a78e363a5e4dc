/** Each NAS receives the speed of a plan in its vendor's words. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EffectivePlan } from "../../controller/core/resolved.ts";
import { subscriber } from "../contract/radius.subjects.ts";
import { businessPlan, circuitOf, fastPlan, openProvider, PASSWORD, plan } from "./provider.ts";

let isp: Awaited<ReturnType<typeof openProvider>>;
beforeAll(async () => {
  isp = await openProvider();
});
afterAll(() => isp.close());

/** Attributes that depend on plan and vendor alone. */
const ofPlan = (attributes: readonly string[]): readonly string[] =>
  attributes.filter((a) => /^(WISPr|Mikrotik|Huawei|ERX|Cisco|Filter-Id|Acct-Interim)/.test(a)).sort();
const NONE: readonly string[] = [];

describe("the speed of a plan", () => {
  const cases: readonly (readonly [string, readonly string[], EffectivePlan, readonly string[]])[] = [
    ["MikroTik: upload first", ["bng1"], plan, ['Mikrotik-Rate-Limit = "50M/100M"']],
    [
      "MikroTik: burst and PPP profile",
      ["bng1"],
      businessPlan,
      ['Mikrotik-Group = "office"', 'Mikrotik-Rate-Limit = "250500k/500M 300M/600M 200400k/400M 10/10"'],
    ],
    ["MikroTik: a text has no 32 bits", ["bng1"], fastPlan, ['Mikrotik-Rate-Limit = "10000M/10000M"']],
    ["Generic: bit/s", ["bng2"], plan, ["WISPr-Bandwidth-Max-Down = 100000000", "WISPr-Bandwidth-Max-Up = 50000000"]],
    ["Generic: by name", ["bng2"], fastPlan, ['Filter-Id = "gold"']],
    [
      "Huawei: bit/s, input is the upload",
      ["huawei1"],
      plan,
      ["Huawei-Input-Average-Rate = 50000000", "Huawei-Output-Average-Rate = 100000000"],
    ],
    [
      "Huawei: burst is the peak",
      ["huawei1"],
      businessPlan,
      [
        "Huawei-Input-Average-Rate = 250500000",
        "Huawei-Input-Peak-Rate = 300000000",
        "Huawei-Output-Average-Rate = 500000000",
        "Huawei-Output-Peak-Rate = 600000000",
      ],
    ],
    ["Huawei: by name", ["huawei1"], fastPlan, ['Huawei-Qos-Profile-Name = "10g"']],
    ["Juniper: a tagged service", ["juniper1"], plan, ['ERX-Service-Activate:1 = "svc-inet(100m,50m)"']],
    [
      "Cisco: a policy each way",
      ["cisco1"],
      plan,
      ['Cisco-AVPair = "subscriber:sub-qos-policy-in=UP50"', 'Cisco-AVPair = "subscriber:sub-qos-policy-out=DOWN100"'],
    ],
    [
      "Cisco: one policy for both",
      ["cisco1"],
      fastPlan,
      ['Cisco-AVPair = "subscriber:sub-qos-policy-in=P10G"', 'Cisco-AVPair = "subscriber:sub-qos-policy-out=P10G"'],
    ],
    [
      "two vendors in one area: each finds its own",
      ["bng1", "huawei1"],
      plan,
      [
        "Huawei-Input-Average-Rate = 50000000",
        "Huawei-Output-Average-Rate = 100000000",
        'Mikrotik-Rate-Limit = "50M/100M"',
      ],
    ],
  ];
  test.each(cases)("%s", async (_, nas, sold, speed) => {
    await isp.declare(1, { nas, plan: sold });
    const { code, attributes } = await isp.login(1, { pap: PASSWORD(1), circuit: circuitOf(1) });
    const interim = `Acct-Interim-Interval = ${sold.interimInterval}`;
    expect([code, ofPlan(attributes)]).toEqual(["Access-Accept", [interim, ...speed].sort()]);
  });
});

describe("pools of the BNG", () => {
  test.each<[string, string, readonly string[]]>([
    ["MikroTik", "bng1", ['Mikrotik-Delegated-IPv6-Pool = "pd-1"']],
    ["Juniper", "juniper1", ['ERX-IPv6-Delegated-Pool-Name = "pd-1"']],
    ["Huawei", "huawei1", ['Huawei-Delegated-IPv6-Prefix-Pool = "pd-1"']],
    ["Cisco", "cisco1", NONE],
    ["Generic", "bng2", NONE],
  ])("%s", async (_, nas, own) => {
    const ipv6 = { ...subscriber(2).ipv6, delegatedPrefix: undefined, delegatedPool: "pd-1" };
    await isp.declare(2, { nas: [nas], ipv4: { assignment: "Pool", pool: "cgnat-1" }, ipv6 });
    const { attributes } = await isp.login(2, { pap: PASSWORD(2), circuit: circuitOf(2) });
    const pools = attributes.filter((a) => a.includes("Pool")).sort();
    expect(pools).toEqual(['Delegated-IPv6-Prefix-Pool = "pd-1"', 'Framed-Pool = "cgnat-1"', ...own].sort());
  });
});

test("sessions at the same time: one of one, the second of two, none beyond", async () => {
  const login = async (n: number): Promise<string> =>
    (await isp.login(n, { pap: PASSWORD(n), circuit: circuitOf(n) })).code;
  await isp.declare(3);
  await isp.declare(4, { plan: businessPlan });
  await isp.online(3, "a");
  await isp.online(4, "b");
  expect([await login(3), await login(4)]).toEqual(["Access-Reject", "Access-Accept"]);
  await isp.online(4, "c");
  expect(await login(4)).toBe("Access-Reject");
});
