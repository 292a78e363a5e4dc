/** The first chapter: from the order, over survey, visit and devices, to a session that is paid for. */
import { expect, test } from "vitest";
import { JOHN, john, ONUS, passed, ROUTERS, survey, USER } from "./story.john.ts";
import { passwordOf } from "./story.picture.ts";
import type { Tale } from "./story.telling.ts";

const TICKET = "TCK-20261222-0001";
const INTERNET = "1002.100";
const SERVED = `${INTERNET} 333.333 444.444`;
const WAITS = [
  "BillingReady",
  "GenieACSReady",
  "MailReady",
  "NetBoxReady",
  "RADIUSReady",
  "TicketsReady",
  "VOLTHAReady",
];
const visit = (state: string, day: string): string => `${TICKET} ${state} ada ${day} 10:00`;

export function arrival(tale: () => Tale): void {
  test("ordered: nothing is made before somebody has seen the place", async () => {
    const { world, turn } = tale();
    await world.declare({
      john: john(),
      surveys: [survey(JOHN, "survey-1", { scheduledAt: "2026-12-22T08:00:00Z" })],
    });
    await turn({
      says: [
        "Surveying",
        ...[...WAITS.map((w) => `${w} False AwaitingSurvey`), "InService False AwaitingSurvey"],
        ...["InSync Unknown AwaitingSurvey", "Ready True AwaitingSurvey"],
      ].toSorted((a, b) => Number(b === "Surveying") - Number(a === "Surveying") || (a < b ? -1 : 1)),
    });
  });

  test("the survey is passed: addresses, tags, account and ticket; nothing is billed, and the date skips Christmas", async () => {
    const { world, turn } = tale();
    await world.until("2026-12-22T09:00:00Z");
    await world.declare({ surveys: [survey(JOHN, "survey-1", passed("2026-12-22T09:00:00Z"))] });
    await turn({
      says: [
        "AwaitingInstallation",
        ...["GenieACSReady False AwaitingDevice", "InService False AwaitingDevice", "InSync False Drifted"],
        ...["Ready True AwaitingDevice", "TicketsReady False AwaitingInstallation", "VOLTHAReady False AwaitingDevice"],
      ],
      status: {
        profile: "Generated",
        survey: "survey-1 Serviceable 2026-12-22T09:00:00Z",
        radius: `${USER} residential-100mbps 100000/50000 10.0.1.4 bng1 Active`,
        addresses: "NetBoxDynamic 10.0.1.4 2001:db8:0:102::/64 2001:db8:1:200::/56 via 10.0.1.1",
        network: `internet ${INTERNET} voice 444.444 iptv 333.333 DualStack Active`,
        // Three working days, of which the 24th and the 25th are none; 10:00 in Berlin.
        installation: `${TICKET} Scheduled ada 2026-12-29T09:00:00Z due 2026-12-30T09:00:00Z`,
        onu: `${ONUS.first} olt1`,
        cpe: `${ROUTERS[0]} AwaitingDevice`,
        billing: "ACC-123 residential-100mbps PENDING",
      },
      radius: [
        `${USER} | acme:residential-100mbps:mikrotik | Delegated-IPv6-Prefix := 2001:db8:1:200::/56 | Framed-IP-Address := 10.0.1.4 | Framed-IPv6-Prefix := 2001:db8:0:102::/64`,
      ],
      netbox: ["10.0.1.4/32 active", "2001:db8:0:102::/64 active", "2001:db8:1:200::/56 active"],
      tickets: [visit("Scheduled", "2026-12-29")],
      bill: ["ACC-123 PENDING", "PENDING residential-100mbps 29.90"],
      letters: ["Your installation on 29 December 2026"],
    });
  });

  test("rescheduled into the next year, and carried on by another process", async () => {
    const { world, turn } = tale();
    await world.until("2026-12-23T09:00:00Z");
    await world.edit({ installation: { priority: "Normal", visit: 1, notes: "call before", date: "2027-01-04" } });
    await turn({
      status: { installation: `${TICKET} Scheduled ada 2027-01-04T09:00:00Z due 2027-01-05T09:00:00Z` },
      tickets: [visit("Scheduled", "2027-01-04")],
      letters: ["Your installation on 4 January 2027"],
    });
    await world.restart();
    await turn({});
  });

  test("the technician plugs the ONU in: it is discovered and claimed", async () => {
    const { world, turn } = tale();
    await world.until("2027-01-04T09:10:00Z");
    await turn({});
    await world.plugOnu(ONUS.first, "OLT_1", 0);
    await world.look();
    await turn({
      says: [
        "AwaitingInstallation",
        ...["GenieACSReady False AwaitingDevice", "InService False AwaitingDevice", "InSync False Drifted"],
        ...["Ready True AwaitingDevice", "TicketsReady False AwaitingInstallation"],
      ],
      status: { onu: `${ONUS.first} olt1 0 ENABLED ACTIVE internet,iptv,voice` },
      onus: [`${ONUS.first} ${SERVED}`],
    });
  });

  test("the router reports and is told: everything works, and still nobody pays", async () => {
    const { world, turn } = tale();
    world.plugCpe(ROUTERS[0]);
    await world.look();
    await turn({
      says: [
        "AwaitingInstallation",
        ...["InService False AwaitingInstallation", "InSync False Drifted", "Ready True AwaitingInstallation"],
        "TicketsReady False AwaitingInstallation",
      ],
      status: { cpe: `${ROUTERS[0]} Huawei HG8546M Completed acme_residential_fiber` },
      routers: [`${ROUTERS[0]} ${USER} Doe acme_residential_fiber lm lmo lmw`],
    });
    const path = "InternetGatewayDevice.WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.Password";
    const password = await passwordOf(world, JOHN);
    expect([password?.length, world.cpe(ROUTERS[0]).get(path)]).toEqual([24, password]);
  });

  test("the ticket is completed: the bill begins and he is told, once", async () => {
    const { world, turn } = tale();
    await world.until("2027-01-04T09:30:00Z");
    await turn({});
    await world.complete(TICKET);
    await turn({
      says: ["Active"],
      status: {
        installation: `${TICKET} Completed ada 2027-01-04T09:00:00Z due 2027-01-05T09:00:00Z`,
        billing: "ACC-123 residential-100mbps ACTIVE since 2027-01-04T09",
      },
      tickets: [visit("Completed", "2027-01-04")],
      bill: ["ACC-123 ACTIVE", "ACTIVE residential-100mbps 29.90"],
      letters: ["Your connection is in service"],
    });
    await world.restart();
    await turn({});
  });

  test("he is online, and the status says where", async () => {
    const { world, turn } = tale();
    await world.dial("a1");
    await turn({ status: { sessions: "a1 bng1 10.0.1.4" }, sessions: ["a1"] });
    await world.until("2027-02-10T09:30:00Z");
    await turn({});
  });
}
