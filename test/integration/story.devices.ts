/** The third chapter: other devices, a system that is away for days, and hands that meddle. */
import { expect, test } from "vitest";
import { JOHN, ONUS, ROUTERS, USER } from "./story.john.ts";
import { passwordOf } from "./story.picture.ts";
import type { Tale } from "./story.telling.ts";

const TEMPLATE = "acme_residential_fiber lm lmo lmw";
const SERVED = "1002.100 333.333 444.444";
const LIVES = `${ROUTERS[1]} ${USER} Doe ${TEMPLATE}`;
const DEGRADED = ["InService False AwaitingDevice", "InSync False Drifted", "Ready True AwaitingDevice"];

export function devices(tale: () => Tale): void {
  test("another router: the new one is told, and the old one forgets him when it is switched on again", async () => {
    const { world, turn } = tale();
    await world.until("2027-10-30T23:58:00Z");
    const { cpe } = world.book.john!.spec;
    await world.edit({ cpe: { ...cpe, serial: ROUTERS[1] } });
    await turn({
      says: ["Degraded", "GenieACSReady False AwaitingDevice", ...DEGRADED],
      status: { cpe: `${ROUTERS[1]} AwaitingDevice` },
    });
    world.cpe(ROUTERS[0]).online = false;
    world.plugCpe(ROUTERS[1]);
    await world.look();
    const told = {
      says: ["Active"],
      status: { cpe: `${ROUTERS[1]} Rigtech RG181 Completed acme_residential_fiber` },
    };
    await turn({ ...told, routers: [`${ROUTERS[0]} ${USER} Doe decommissioned-lm lmo`, LIVES] });
    expect(world.cpe(ROUTERS[1]).get("Device.PPP.Interface.1.Password")).toBe(await passwordOf(world, JOHN));
    world.cpe(ROUTERS[0]).inform(); // at the workshop
    await world.look();
    await turn({ routers: [`${ROUTERS[0]} nobody Doe decommissioned-lm lmo`, LIVES] });
  });

  test("another ONU, in the hour that Berlin has twice: the old one carries nothing any more", async () => {
    const { world, turn } = tale();
    await world.until("2027-10-31T01:30:00Z");
    await world.edit({ onu: { olt: "olt1", serial: ONUS.second } });
    await turn({
      says: ["Degraded", ...DEGRADED, "VOLTHAReady False AwaitingDevice"],
      status: { onu: `${ONUS.second} olt1` },
    });
    world.onu(ONUS.first).unplug();
    await world.plugOnu(ONUS.second, "OLT_1", 0);
    await world.look();
    await turn({
      says: ["Active"],
      status: { onu: `${ONUS.second} olt1 0 ENABLED ACTIVE internet,iptv,voice` },
      onus: [ONUS.first, `${ONUS.second} ${SERVED}`],
    });
  });

  test("NetBox is away for three days: what is to be written there waits and says so, his service does not", async () => {
    const { world, turn } = tale();
    await world.until("2027-11-10T09:00:00Z");
    world.gate.shut = true;
    await world.edit({
      networkProfile: { ...world.book.john!.spec.networkProfile!, dnsName: "customer-123.isp.local" },
    });
    const held = {
      says: [
        ...["Active", "InSync Unknown Unavailable", "NetBoxReady False Unavailable", "Ready False Unavailable"],
        ...["Reconciling True Unavailable", "Stalled False Progressing"],
      ],
    };
    world.gate.shut = false; // for the one who looks
    await turn(held);
    world.gate.shut = true;
    await world.restart();
    await world.until("2027-11-13T09:00:00Z");
    world.gate.shut = false;
    await turn({});
    await world.site.settle(60_000); // what is tried again
    await world.pass();
    await turn({
      says: ["Active"],
      netbox: [
        ...["10.0.1.100/32 active customer-123.isp.local", "2001:db8:1:200::/56 active"],
        "2001:db8::100/128 active customer-123.isp.local",
      ],
    });
  });

  test("whatever hands change in any system is put right, and what is theirs stays", async () => {
    const { world, turn } = tale();
    const { site, books, field } = world;
    await world.until("2027-12-01T09:00:00Z");
    await site.radius.pool.query(`delete from radcheck where username = '${USER}';
      update radreply set value = '10.66.6.6' where username = '${USER}' and attribute = 'Framed-IP-Address'`);
    await books.pool.query(
      "update billing.services set state = 'CANCELLED', note = 'mine' where number = 'SUB-ABC123'",
    );
    await field.pool.query("update fieldwork.tickets set notes = 'nobody is home' where key like '%ABC123%'");
    world.cpe(ROUTERS[1]).set("Device.PPP.Interface.1.Username", "guest");
    const [address] = (await world.netboxList("/api/ipam/ip-addresses/")).filter(
      (a) => a["address"] === "10.0.1.100/32",
    );
    const path = `/api/ipam/ip-addresses/${address?.["id"]}/`;
    await world.netboxEdit(path, { dns_name: "mine.example", status: "deprecated", comments: "mine" });
    world.onu(ONUS.second).reboot();
    await world.until("2027-12-02T09:00:00Z");
    await world.pass();
    await turn({
      // His session began with another password and another address in the rows.
      sessions: [],
      status: { sessions: "(Disconnect ACK)" },
      heard: ["Disconnect a5"],
      routers: [`${ROUTERS[0]} nobody Doe`, LIVES],
    });
    const notes = await books.pool.query("select note from billing.services where number = 'SUB-ABC123'");
    const after = (await world.netboxList("/api/ipam/ip-addresses/")).find((a) => a["id"] === address?.["id"]);
    expect([notes.rows[0]?.note, after?.["comments"]]).toEqual(["mine", "mine"]);
    expect(world.cpe(ROUTERS[1]).get("Device.PPP.Interface.1.Password")).toBe(await passwordOf(world, JOHN));
    await world.dial("a6");
    await turn({ sessions: ["a6"], status: { sessions: "a6 bng1 10.0.1.100 (Disconnect ACK)" } });
  });
}
