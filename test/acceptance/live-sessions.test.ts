/** "A changed row is not a changed session": what an open session hears of each change, and what becomes of it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan } from "./declarations.ts";
import { BILLED, customer, MITTE, type Office, office } from "./office.ts";
import { condition } from "./provider.ts";

type Spec = Record<string, unknown>;
const GARDEN = { mode: "WalledGarden", billing: "Continue", addressList: "unpaid", throttle: "1Mbps" };
const basic = (spec: Spec = {}): object => plan("basic", { billing: BILLED, suspension: GARDEN, ...spec });
const fast = plan("fast", { speed: { down: "1Gbps", up: "500Mbps" }, billing: BILLED, suspension: GARDEN });
const suspended = (mode: string): Spec => ({ serviceState: "Suspended", suspension: { reason: "NonPayment", mode } });
const RATE = "14988/8";

describe("what an open session hears", () => {
  let p: Office;
  const before: Record<string, Spec> = {
    "was-slow": suspended("Throttle"),
    "was-walled": suspended("WalledGarden"),
    "was-out": suspended("Reject"),
    moving: { networkProfile: { staticIPv4: "10.0.1.30" } },
    routed: { networkProfile: { staticIPv4: "10.0.1.31" } },
  };
  const CHANGES: readonly (readonly [name: string, after: Spec, heard: RegExp | undefined, why: string])[] = [
    [
      "upgraded",
      { planRef: { name: "fast" } },
      /^CoA \S+ 14988\/8=500M\/1G|^CoA \S+ 14988\/8=500M\/1000M/,
      "another rate is a CoA, and nobody is thrown out",
    ],
    ["rejected", suspended("Reject"), /^Disconnect /, "who is kept out has no session"],
    ["slow", suspended("Throttle"), new RegExp(`^CoA \\S+ ${RATE}=1M/1M`), "a throttle is a rate"],
    ["walled", suspended("WalledGarden"), /^CoA .*14988\/\d+=unpaid/, "a list is a CoA where no IPv6 is taken away"],
    ["was-slow", {}, new RegExp(`^CoA \\S+ ${RATE}=50M/100M`), "the old speed again, without a new login"],
    ["was-walled", {}, /^Disconnect /, "no vendor takes a list off a session"],
    ["was-out", {}, undefined, "there is no session of it"],
    ["moving", { networkProfile: { staticIPv4: "10.0.1.40" } }, /^Disconnect /, "another address needs another login"],
    [
      "routed",
      { networkProfile: { staticIPv4: "10.0.1.31", routedSubnets: ["203.0.113.8/29"] } },
      /^Disconnect /,
      "a route too",
    ],
    ["ended", { serviceState: "Terminated" }, /^Disconnect /, "rejected, then disconnected"],
    ["told", { customer: { id: "cust-told", name: "Somebody Else" } }, undefined, "a name is nothing to a session"],
    ["quiet", {}, undefined, "nothing changed"],
  ];
  const heardBy = (name: string): readonly string[] => p.nas.heard.filter((line) => line.split(" ")[1] === `s-${name}`);
  beforeAll(async () => {
    p = await office(MITTE, [basic(), fast]);
    for (const [name] of CHANGES) p.lines[name] = customer(name, before[name]);
    await p.applied();
    for (const [name] of CHANGES) if (name !== "was-out") await p.online(name, `s-${name}`);
    await p.online("rejected", "s-old");
    await p.radius.query(
      "update radacct set acctupdatetime = now() - interval '2 days', acctstarttime = now() - interval '3 days' where acctsessionid = 's-old'",
    );
    await p.applied();
    p.nas.heard.length = 0;
    for (const [name, after] of CHANGES) p.lines[name] = customer(name, after);
    await p.applied();
  });
  afterAll(() => p?.end());

  it.each(CHANGES)("%s (%o) hears %s: %s", (name, _, wanted) => {
    const heard = heardBy(name);
    if (wanted === undefined) expect(heard).toEqual([]);
    else {
      expect(heard, heard.join()).toHaveLength(1);
      expect(heard[0]).toMatch(wanted);
    }
  });

  it("CoA drops nobody; a Disconnect ends the session in radacct", async () => {
    expect([...p.nas.up].filter((id) => /upgraded|slow|walled|quiet|told/.test(id)).sort()).toEqual([
      "s-quiet",
      "s-slow",
      "s-told",
      "s-upgraded",
      "s-walled",
      "s-was-slow",
    ]);
    const { rows: open } = await p.radius.query(
      "select count(*)::int as n from radacct where acctstoptime is null and acctsessionid = 's-rejected'",
    );
    expect(open).toEqual([{ n: 0 }]);
  });

  it("a stale session, told apart by its interim updates, is left alone", () => {
    expect(p.nas.heard.filter((line) => line.includes("s-old"))).toEqual([]);
  });

  it("the outcome is a condition of its own, and status shows session and last request", async () => {
    const status = await p.show("upgraded");
    expect(condition(status, "SessionsUpdated")).toBe("True SessionsCurrent");
    expect(status["sessions"]).toMatchObject({
      active: [
        {
          id: "s-upgraded",
          nas: expect.stringMatching(/bng1|127\.0\.0\.1/),
          address: "10.0.0.1",
          since: expect.any(String),
        },
      ],
      lastAction: { type: "CoA", outcome: "ACK" },
    });
    expect((await p.show("rejected"))["sessions"]).toMatchObject({
      lastTerminateCause: "Admin-Reset",
      lastAction: { type: "Disconnect", outcome: "ACK" },
    });
  });

  it("nothing is said twice: another apply tells nobody anything", async () => {
    p.nas.heard.length = 0;
    await p.applied();
    expect(p.nas.heard).toEqual([]);
  });

  it("a plan edited: every session on it hears the new rate, and none is lost", async () => {
    const up = [...p.nas.up];
    p.changed["basic"] = { speed: { down: "200Mbps", up: "80Mbps" } };
    await p.applied();
    const heard = p.nas.heard.map((line) => line.split(" ").slice(0, 2).join(" ")).sort();
    for (const name of ["quiet", "told", "was-slow"])
      expect(
        heard.filter((line) => line === `CoA s-${name}`),
        name,
      ).toHaveLength(1);
    expect(p.nas.heard.filter((line) => line.includes("s-quiet"))[0]).toContain(`${RATE}=80M/200M`);
    expect([...p.nas.up]).toEqual(up);
  });
});
