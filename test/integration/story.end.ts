/** The fifth chapter: he leaves, comes back as the same customer, leaves for good, and nothing is left of him. */
import { expect, test } from "vitest";
import type { Subscriber } from "../../controller/api/types.generated.ts";
import { openErasing } from "../../controller/store/erasing.ts";
import { JOHN, ONUS, passed, ROUTERS, survey, USER } from "./story.john.ts";
import { passwordOf } from "./story.picture.ts";
import type { Tale, Turn } from "./story.telling.ts";

const TICKET = "TCK-20280323-0001";
const PLAN = "residential-100mbps";
const IPV4 = "Framed-IP-Address := 10.0.8.2";
const ROWS = `Delegated-IPv6-Prefix := 2001:db8:9::/56 | ${IPV4} | Framed-IPv6-Prefix := 2001:db8:8::/64`;
const mine = (state: string): readonly string[] =>
  ["10.0.8.2/32", "2001:db8:8::/64", "2001:db8:9::/56"].map((value) => `${value} ${state}`);
const THIRD = `${ONUS.third} 1000.200 333.333 444.444`;
const OLD = `${ROUTERS[0]} nobody Doe`;
const left: Turn = {
  says: ["Terminated", "InService False Terminated", "Ready True Terminated"],
  radius: [`${USER} | retired | acme:${PLAN}~2:mikrotik | Auth-Type := Reject | ${ROWS}`],
  netbox: mine("deprecated"),
  onus: [ONUS.first, ONUS.second, ONUS.third],
  routers: [OLD, `${ROUTERS[1]} nobody Doe decommissioned-lm lmo`],
  bill: ["ACC-123 CANCELLED", `CANCELLED ${PLAN} 29.90`],
  sessions: [],
  letters: ["Your connection has ended"],
};
const PARTS = [
  "profile",
  "schedule",
  "survey",
  "radius",
  "addresses",
  "network",
  "installation",
  "onu",
  "cpe",
] as const;
const NOTHING = Object.fromEntries([...PARTS, "billing", "sessions"].map((part) => [part, ""]));
const TRACES = ["John Doe", "john@example.com", "+1234567890", "123 Main St", "7 Elm St", "call before", "10.0.1.100"];

export function end(tale: () => Tale): void {
  let gone: Subscriber;
  let password: string | undefined;

  test("terminated when it was scheduled: nothing of his works any more, and everything is kept", async () => {
    const { world, turn } = tale();
    await world.edit({ schedule: [{ at: "2028-07-01T00:00:00+02:00", set: { serviceState: "Terminated" } }] });
    await turn({ status: { schedule: "terminated at 2028-06-30T22:00:00Z" } });
    password = await passwordOf(world, JOHN);
    await world.until("2028-06-30T21:58:00Z");
    await turn({});
    await world.until("2028-06-30T22:00:00Z");
    await turn({
      ...left,
      status: {
        ...{ schedule: "terminated since 2028-06-30T22:00:00Z;", sessions: "(Disconnect ACK)" },
        ...{ network: "DualStack Revoked", billing: `ACC-123 ${PLAN} CANCELLED since 2027-01-04T09` },
        ...{ radius: `${USER} Retired`, addresses: "", installation: "", onu: "", cpe: "", survey: "" },
      },
      heard: ["Disconnect b1"],
    });
  });

  test("taken out of what is declared, he stays in the archive", async () => {
    const { world, turn } = tale();
    gone = world.book.john!;
    await world.declare({ john: undefined, surveys: [] });
    await turn({ status: NOTHING });
    await world.restart();
    await turn({});
    const archived = await world.site.installation.objects.archived(["Subscriber/isp-acme/john-doe"]);
    expect(archived.size).toBe(1);
  });

  test("back within retention he is who he was: address, tags, account, password, ticket and bill", async () => {
    const { world, turn } = tale();
    await world.until("2028-07-20T09:00:00Z");
    const { schedule: _, ...spec } = gone.spec;
    const surveys = [survey(JOHN, "survey-2", passed("2028-03-17T09:00:00Z"))];
    await world.declare({ john: { ...gone, spec }, surveys });
    await turn({
      says: ["Active"],
      radius: [`${USER} | acme:${PLAN}~2:mikrotik | ${ROWS}`],
      netbox: mine("active"),
      onus: [ONUS.first, ONUS.second, THIRD],
      routers: [OLD, `${ROUTERS[1]} ${USER} Doe acme_residential_fiber lm lmo lmw`],
      bill: ["ACC-123 ACTIVE", `ACTIVE ${PLAN} 29.90`],
      letters: ["Your connection is in service"],
      status: {
        ...{ profile: "Inline", survey: "survey-2 Serviceable 2028-03-17T09:00:00Z", sessions: "(Disconnect ACK)" },
        radius: `${USER} ${PLAN} 200000/50000 10.0.8.2 bng1 Active`,
        addresses: "NetBoxDynamic 10.0.8.2 2001:db8:8::/64 2001:db8:9::/56 via 10.0.8.1",
        network: "internet 1000.200 voice 444.444 iptv 333.333 OLT2/1/1/1:1 DualStack Active",
        installation: `${TICKET} Completed ada 2028-03-28T08:00:00Z due 2028-03-28T16:00:00Z`,
        onu: `${ONUS.third} olt2 1 ENABLED ACTIVE internet,iptv,voice`,
        cpe: `${ROUTERS[1]} Rigtech RG181 Completed acme_residential_fiber`,
        billing: `ACC-123 ${PLAN} ACTIVE since 2027-01-04T09`,
      },
    });
    expect(await passwordOf(world, JOHN)).toBe(password);
    await world.dial("b2");
    await turn({ sessions: ["b2"], status: { sessions: "b2 bng1 10.0.8.2 (Disconnect ACK)" } });
  });

  test("deleted this time, which ends alike", async () => {
    const { world, turn } = tale();
    await world.until("2028-10-15T09:00:00Z");
    await turn({});
    await world.declare({ john: undefined, surveys: [] });
    await turn({ ...left, status: NOTHING, heard: ["Disconnect b2"] });
    await world.until("2028-11-13T09:00:00Z");
    await turn({});
  });

  test("when retention is over no system knows him, nor does the store, and his status is gone", async () => {
    const { world, turn } = tale();
    await world.until("2028-11-15T09:00:00Z");
    for (let n = 0; n < 2; n++) await world.pass(); // what only then was free to go
    await turn({
      ...{ says: ["Unknown"], radius: [], netbox: [], tickets: [], bill: [] },
      routers: [OLD, `${ROUTERS[1]} nobody Doe`],
    });
    for (const table of ["inventory", "ledger", "claims", "secrets", "status"])
      expect([table, await world.site.count(table, "owner like '%/john-doe'")]).toEqual([table, 0]);
  });
}

export function erased(tale: () => Tale): void {
  test("what people know of him goes when he asks, and that it went stays", async () => {
    const { world } = tale();
    const traces = async () => {
      const all = await world.site.dumpStore([]);
      return TRACES.filter((t) => all.includes(t));
    };
    expect(await traces()).toContain("John Doe");
    const whom = { key: "Subscriber/isp-acme/john-doe", owner: world.site.subscriber(JOHN) } as const;
    const asked = await openErasing(world.site.installation.calls).ask(whom, "dpo", world.clock.now());
    expect(asked?.left).toBe(0);
    await world.pass();
    expect(await traces()).toEqual([]);
    const [last, before] = await world.site.installation.store.history(whom.owner, { limit: 2 });
    expect([last, before].map((r) => [r?.action, r?.outcome, r?.by?.author])).toEqual([
      ["erase", "Done", undefined],
      ["erase", "Asked", "dpo"],
    ]);
  });
}
