/** The second chapter: a customer's changes while he is online. */
import { expect, test } from "vitest";
import { ONUS, product, USER } from "./story.john.ts";
import type { Tale, Turn } from "./story.telling.ts";

const ADDRESS = "Framed-IP-Address := 10.0.1.100";
const IPV6 = ["Delegated-IPv6-Prefix := 2001:db8:1:200::/56", "Framed-IPv6-Address := 2001:db8::100"] as const;
const FIXED = `${IPV6[0]} | ${ADDRESS} | ${IPV6[1]}`;
const TAGS = "internet 1002.100 voice 444.444 iptv 333.333 OLT1/1/1/1:1 DualStack";
const onu = (services: string): string => `${ONUS.first} olt1 0 ENABLED ACTIVE ${services}`;
const radius = (plan: string, state: string, rate = "100000/50000"): string =>
  `${USER} ${plan} ${rate} 10.0.1.100 bng1 ${state}`;
const online = (id: string): Turn => ({
  status: { sessions: `${id} bng1 10.0.1.100 (Disconnect ACK)` },
  sessions: [id],
});
const FIBER = "fiber-1gbps";
const HOME = "residential-100mbps";

const inService = (plan: string, price: string): Turn => ({
  says: ["Active"],
  radius: [`${USER} | acme:${plan}:mikrotik | ${FIXED}`],
  onus: [`${ONUS.first} 1002.100 333.333 444.444`],
  bill: ["ACC-123 ACTIVE", `ACTIVE ${plan} ${price}`],
});
/** What is limited in RADIUS has its own rows; the telephone stays. */
const suspended = (rows: string, plan: string, price: string, how: "Continue" | "Pause"): Turn => ({
  says: ["Suspended", "InService False Suspended", "Ready True Suspended"],
  radius: [`${USER} | ${rows}`],
  onus: [`${ONUS.first} 1002.100 444.444`],
  bill: [`ACC-123 SUSPENDED ${how}`, `${how === "Pause" ? "PAUSED" : "ACTIVE"} ${plan} ${price}`],
});
const LIMITED = "Simultaneous-Use := 1 | Acct-Interim-Interval := 600";
const SLOW = "Mikrotik-Rate-Limit := 512k/512k";
const out = { network: `${TAGS} Suspended`, onu: onu("internet,voice") };
const back = { network: `${TAGS} Active`, onu: onu("internet,iptv,voice") };

export function service(tale: () => Tale): void {
  test("a fixed address: recorded, given, and the session ends because it cannot change its address", async () => {
    const { world, turn } = tale();
    await world.edit({
      networkProfile: {
        ...{ option82Policy: "Log", circuitId: "OLT1/1/1/1:1", remoteId: "FTTH-CPE-12345" },
        ...{ ipv6WAN: "Address", staticIPv4: "10.0.1.100", staticIPv6: "2001:db8::100" },
      },
    });
    await turn({
      status: {
        profile: "Inline",
        radius: radius(HOME, "Active"),
        addresses: "NetworkProfile 10.0.1.100 2001:db8::100 2001:db8:1:200::/56 via 10.0.1.1",
        network: `${TAGS} Active`,
        sessions: "(Disconnect ACK)",
      },
      radius: [`${USER} | acme:${HOME}:mikrotik | ${FIXED}`],
      netbox: [
        ...["10.0.1.100/32 active", "10.0.1.4/32 deprecated", "2001:db8:0:102::/64 deprecated"],
        ...["2001:db8:1:200::/56 active", "2001:db8::100/128 active"],
      ],
      sessions: [],
      heard: ["Disconnect a1"],
    });
    await world.dial("a2");
    await turn(online("a2"));
  });

  test("not paid for: first slow, which the session is told and stays", async () => {
    const { world, turn } = tale();
    await world.until("2027-03-01T09:00:00Z");
    await world.edit({ serviceState: "Suspended", suspension: { reason: "NonPayment", mode: "Throttle" } });
    await turn({
      ...suspended(`${LIMITED} | ${IPV6[0]} | ${ADDRESS} | ${IPV6[1]} | ${SLOW}`, HOME, "29.90", "Continue"),
      status: { ...out, radius: radius(HOME, "Limited"), sessions: "a2 bng1 10.0.1.100 (CoA ACK)" },
      heard: ["CoA a2 14988/8=512k/512k"],
      letters: ["Your connection is suspended"],
    });
  });

  test("then the garden: IPv6 goes, which takes a Disconnect, and the old addresses have had their time", async () => {
    const { world, turn } = tale();
    await world.until("2027-03-15T09:00:00Z");
    // The very night in which Berlin has no half past two.
    await world.edit({ suspension: { reason: "NonPayment", resumeAt: "2027-03-28T01:30:00Z" } });
    const garden = `${LIMITED} | ${ADDRESS} | Mikrotik-Address-List := unpaid | ${SLOW}`;
    await turn({
      ...suspended(garden, HOME, "29.90", "Continue"),
      status: { schedule: "resumed at 2027-03-28T01:30:00Z", sessions: "(Disconnect ACK)" },
      netbox: ["10.0.1.100/32 active", "2001:db8:1:200::/56 active", "2001:db8::100/128 active"],
      sessions: [],
      heard: ["Disconnect a2"],
    });
    await world.dial("a3");
    await turn(online("a3"));
    await world.restart();
    await world.until("2027-03-28T01:29:00Z");
    await turn({});
  });

  test("resumed by time", async () => {
    const { world, turn } = tale();
    await world.until("2027-03-28T01:30:00Z");
    await turn({
      ...inService(HOME, "29.90"),
      status: {
        ...{ ...back, radius: radius(HOME, "Active"), sessions: "(Disconnect ACK)" },
        schedule: "resumed since 2027-03-28T01:30:00Z;",
      },
      sessions: [],
      heard: ["Disconnect a3"],
      letters: ["Your connection is back in service"],
    });
    await world.edit({ serviceState: "Active", suspension: undefined });
    await world.dial("a4");
    await turn({ status: { schedule: "", sessions: "a4 bng1 10.0.1.100 (Disconnect ACK)" }, sessions: ["a4"] });
  });

  test("a faster plan on the live session, dearer from the next period on", async () => {
    const { world, turn } = tale();
    await world.until("2027-05-20T08:00:00Z");
    await world.edit({ planRef: { name: FIBER } });
    await turn({
      ...inService(FIBER, "59.90"),
      bill: ["ACC-123 ACTIVE", `ACTIVE ${HOME} 29.90`, `ACTIVE ${FIBER} 59.90 from 2027-06-04`],
      status: {
        radius: radius(FIBER, "Active", "1000000/50000"),
        billing: `ACC-123 ${FIBER} ACTIVE since 2027-01-04T09`,
        sessions: "a4 bng1 10.0.1.100 (CoA ACK)",
      },
      heard: ["CoA a4 14988/8=50M/1000M"],
    });
    await world.until("2027-06-05T08:00:00Z");
    await turn({ bill: ["ACC-123 ACTIVE", `ACTIVE ${FIBER} 59.90`] });
  });

  test("what is scheduled: the holidays, in which nothing is charged", async () => {
    const { world, turn } = tale();
    const [from, to, end] = ["2027-07-01T00:00:00+02:00", "2027-08-01T00:00:00+02:00", "2027-09-04T00:00:00Z"];
    const away = { reason: "CustomerRequest", mode: "Reject", billing: "Pause", resumeAt: to } as const;
    await world.edit({
      schedule: [
        { at: end, set: { planRef: { name: HOME } } },
        { at: from, set: { serviceState: "Suspended", suspension: away } },
      ],
    });
    await turn({ status: { schedule: "suspended (CustomerRequest) at 2027-06-30T22:00:00Z" } });
    await world.until("2027-06-30T22:00:00Z");
    await turn({
      ...suspended(`Auth-Type := Reject | ${FIXED}`, FIBER, "59.90", "Pause"),
      status: {
        ...{ ...out, radius: radius(FIBER, "Rejected", "1000000/50000"), sessions: "(Disconnect ACK)" },
        billing: `ACC-123 ${FIBER} PAUSED since 2027-01-04T09`,
        schedule: "suspended (CustomerRequest) since 2027-06-30T22:00:00Z; resumed at 2027-07-31T22:00:00Z",
      },
      sessions: [],
      heard: ["Disconnect a4"],
      letters: ["Your connection is suspended"],
    });
    await world.until("2027-07-31T22:00:00Z");
    await turn({
      ...inService(FIBER, "59.90"),
      status: {
        ...{ ...back, radius: radius(FIBER, "Active", "1000000/50000") },
        billing: `ACC-123 ${FIBER} ACTIVE since 2027-01-04T09`,
        schedule: "resumed since 2027-07-31T22:00:00Z; plan residential-100mbps at 2027-09-04T00:00:00Z",
      },
      letters: ["Your connection is back in service"],
    });
    await world.dial("a5");
    await turn(online("a5"));
  });

  test("and a smaller plan at the end of a period, cheaper from the next on", async () => {
    const { world, turn } = tale();
    await world.until("2027-09-04T00:00:00Z");
    await turn({
      ...inService(HOME, "29.90"),
      bill: ["ACC-123 ACTIVE", `ACTIVE ${FIBER} 59.90`, `ACTIVE ${HOME} 29.90 from 2027-10-04`],
      status: {
        radius: radius(HOME, "Active"),
        billing: `ACC-123 ${HOME} ACTIVE since 2027-01-04T09`,
        ...{ schedule: `plan ${HOME} since 2027-09-04T00:00:00Z;`, sessions: "a5 bng1 10.0.1.100 (CoA ACK)" },
      },
      heard: ["CoA a5 14988/8=50M/100M"],
    });
    await world.edit({ planRef: { name: HOME }, schedule: undefined });
    await turn({ status: { schedule: "" } });
  });

  test("the plan is edited for all: it reaches one of three a day, and he keeps his session", async () => {
    const { world, turn } = tale();
    await world.until("2027-10-10T08:00:00Z");
    await turn({ bill: ["ACC-123 ACTIVE", `ACTIVE ${HOME} 29.90`] });
    const [, fiber] = world.book.plans;
    const served = async () =>
      [...(await world.site.accounts()).values()].filter((a) => a.groups.includes(`acme:${HOME}~2:mikrotik`)).length;
    await world.declare({ plans: [product(HOME, "200Mbps"), fiber!] });
    const steps = [await served()];
    for (const hour of ["11T09", "12T10", "13T11"]) {
      await world.until(`2027-10-${hour}:00:00Z`);
      steps.push(await served());
    }
    expect(steps).toEqual([1, 2, 3, 3]);
    await turn({
      radius: [`${USER} | acme:${HOME}~2:mikrotik | ${FIXED}`],
      status: { radius: radius(HOME, "Active", "200000/50000") },
      heard: ["CoA a5 14988/8=50M/200M"],
    });
  });
}
