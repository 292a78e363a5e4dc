import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { fault } from "../../reconcilers/errors.ts";
import type { Session } from "../../reconcilers/system.ts";
import { tenant } from "../core/resolve/fixture.ts";
import { type Counting, Fills } from "./fills.ts";

const signal = new AbortController().signal;
const acme = tenant();
const world = {
  ...acme,
  spec: { ...acme.spec, vlanPools: [{ name: "tags", vlanDomain: "west", serviceVlans: ["1-10"] }] },
};
const declared = {
  tenant: (name: string) => (name === "acme" ? world : undefined),
  catalog: { tenants: () => [world] },
};

function bench() {
  const netbox = { used: 3, isDown: false };
  const session: Session = {
    resources: [],
    slots: 2,
    ping: async () => ({ version: "1" }),
    close: async () => undefined,
    fills: async () => {
      if (netbox.isDown) throw fault("Unavailable", "netbox cannot be reached");
      return [{ pool: "v4", use: "IPv4", used: netbox.used, size: 6 }];
    },
  };
  const tags = ["1", "2"];
  const slow = { store: false };
  const tenants = new Map([["acme", "test/acme/Tenant/-/acme"]]);
  const fills = new Fills({
    declared: declared as unknown as Counting["declared"],
    sessions: () => new Map([["netbox-1", session]]),
    valuesIn: async (kind) => {
      if (slow.store) await setImmediate();
      return kind === "vlan" ? tags : [];
    },
    tenants: () => tenants,
  });
  const used = () => fills.all().map((f) => `${f.tenant} ${f.use} ${f.pool} ${f.used}/${f.size}`);
  return { netbox, tags, slow, tenants, fills, used };
}

it("counts what the endpoints and the store give out, by tenant", async () => {
  const { fills, used } = bench();
  expect(used()).toEqual([]);
  await fills.count(signal);
  expect(used()).toEqual(["acme VLAN tags 2/10", "acme IPv4 v4 3/6"]);
});
it("keeps what an endpoint said last while it does not answer; the others are counted", async () => {
  const { netbox, tags, fills, used } = bench();
  await fills.count(signal);
  netbox.isDown = true;
  tags.push("3");
  await expect(fills.count(signal)).rejects.toThrow("netbox cannot be reached");
  expect(used()).toEqual(["acme VLAN tags 3/10", "acme IPv4 v4 3/6"]);
});
it("hears of an endpoint that fails while the store still counts", async () => {
  const { netbox, fills, used, slow } = bench();
  netbox.isDown = true;
  slow.store = true; // an endpoint whose breaker is open fails at once
  await expect(fills.count(signal)).rejects.toThrow("netbox cannot be reached");
  expect(used()).toEqual(["acme VLAN tags 2/10"]);
});
it("says no more of a tenant that another process looks after", async () => {
  const { tenants, fills, used } = bench();
  await fills.count(signal);
  tenants.clear();
  await fills.count(signal);
  expect(used()).toEqual([]);
});
