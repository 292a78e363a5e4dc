/** The fourth chapter: another house, at another OLT in another area, with the same account. */
import { expect, test } from "vitest";
import { JOHN, ONUS, passed, survey, USER } from "./story.john.ts";
import { passwordOf } from "./story.picture.ts";
import type { Tale } from "./story.telling.ts";

const [FIRST, SECOND] = ["TCK-20261222-0001", "TCK-20280323-0001"];
const DONE = `${FIRST} Completed ada 2027-01-04 10:00`;
const TAGS = "internet 1000.200 voice 444.444 iptv 333.333 OLT2/1/1/1:1 DualStack Active";

export function move(tale: () => Tale): void {
  test("declared: a survey and a visit of their own, addresses and tags of the other area", async () => {
    const { world, turn } = tale();
    await world.until("2028-03-23T09:00:00Z");
    await turn({});
    const before = await passwordOf(world, JOHN);
    const { spec } = world.book.john!;
    await world.declare({
      surveys: [...world.book.surveys, survey(JOHN, "survey-2", passed("2028-03-17T09:00:00Z"))],
      john: {
        ...world.book.john!,
        spec: {
          ...spec,
          serviceAddress: { line: "7 Elm St", city: "Springfield", postalCode: "12399" },
          onu: { olt: "olt2", serial: ONUS.third },
          networkProfile: { option82Policy: "Log", circuitId: "OLT2/1/1/1:1", vlanPool: "home-nord" },
          installation: { priority: "High", visit: 2 },
        },
      },
    });
    await turn({
      says: [
        ...["Degraded", "InService False AwaitingInstallation", "InSync False Drifted"],
        ...[
          "Ready True AwaitingInstallation",
          "TicketsReady False AwaitingInstallation",
          "VOLTHAReady False AwaitingDevice",
        ],
      ],
      status: {
        survey: "survey-2 Serviceable 2028-03-17T09:00:00Z",
        radius: `${USER} residential-100mbps 200000/50000 10.0.8.2 bng1 Active`,
        addresses: "NetBoxDynamic 10.0.8.2 2001:db8:8::/64 2001:db8:9::/56 via 10.0.8.1",
        network: TAGS,
        onu: `${ONUS.third} olt2`,
        // Over the weekend in which the clocks go forward: ten o'clock is an hour earlier.
        installation: `${SECOND} Scheduled ada 2028-03-28T08:00:00Z due 2028-03-28T16:00:00Z`,
        sessions: "(Disconnect ACK)",
      },
      radius: [
        `${USER} | acme:residential-100mbps~2:mikrotik | Delegated-IPv6-Prefix := 2001:db8:9::/56 | Framed-IP-Address := 10.0.8.2 | Framed-IPv6-Prefix := 2001:db8:8::/64`,
      ],
      netbox: [
        ...["10.0.1.100/32 deprecated customer-123.isp.local", "10.0.8.2/32 active"],
        ...["2001:db8:1:200::/56 deprecated", "2001:db8:8::/64 active", "2001:db8:9::/56 active"],
        "2001:db8::100/128 deprecated customer-123.isp.local",
      ],
      tickets: [DONE, `${SECOND} Scheduled ada 2028-03-28 10:00`],
      sessions: [],
      heard: ["Disconnect a6"],
      letters: ["Your installation on 28 March 2028"],
    });
    expect(await passwordOf(world, JOHN)).toBe(before);
    await world.restart();
    await turn({});
  });

  test("wired: the new place works, and the old one is taken down by its old name; the bill went on all the time", async () => {
    const { world, turn } = tale();
    await world.until("2028-03-28T08:15:00Z");
    world.onu(ONUS.second).unplug();
    await world.plugOnu(ONUS.third, "OLT_2", 1);
    await world.look();
    await turn({
      says: [
        ...["Active", "InSync False Drifted", "Ready True AwaitingInstallation"],
        "TicketsReady False AwaitingInstallation",
      ],
      status: { onu: `${ONUS.third} olt2 1 ENABLED ACTIVE internet,iptv,voice` },
      onus: [ONUS.first, ONUS.second, `${ONUS.third} 1000.200 333.333 444.444`],
    });
    await world.complete(SECOND);
    await turn({
      says: ["Active"],
      status: { installation: `${SECOND} Completed ada 2028-03-28T08:00:00Z due 2028-03-28T16:00:00Z` },
      tickets: [DONE, `${SECOND} Completed ada 2028-03-28 10:00`],
    });
    await world.dial("b1");
    await turn({ sessions: ["b1"], status: { sessions: "b1 bng1 10.0.8.2 (Disconnect ACK)" } });
  });

  test("what was his at the old place is free when its retention is over", async () => {
    const { world, turn } = tale();
    await world.until("2028-05-02T09:00:00Z");
    await turn({
      tickets: [`${SECOND} Completed ada 2028-03-28 10:00`],
      netbox: ["10.0.8.2/32 active", "2001:db8:8::/64 active", "2001:db8:9::/56 active"],
    });
  });
}
