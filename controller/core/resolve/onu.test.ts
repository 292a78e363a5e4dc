import { describe, expect, test } from "vitest";
import type { ServicePlanSpec, SubscriberSpec, TenantSpec } from "../../api/types.generated.ts";
import { Catalog } from "../catalog.ts";
import { Sensitive } from "../sensitive.ts";
import { plan, profile, radius, subscriber, tenant } from "./fixture.ts";
import { resolveSubscriber } from "./subscriber.ts";

const voltha: Partial<TenantSpec> = { systems: { radius: [{ name: "radius-1" }], voltha: [{ name: "voltha-1" }] } };
const service = (name: string, more = {}) => ({
  name,
  vlanMode: "Shared" as const,
  vlan: 400,
  technologyProfileId: 64,
  pbit: 0,
  keepWhenSuspended: false,
  multicast: false,
  ...more,
});
const internet = service("internet", { vlanMode: "PerSubscriber", vlan: 102 });
const voice = service("voice", {
  vlan: 444,
  uniTag: 65,
  technologyProfileId: 65,
  pbit: 7,
  speed: { down: "1Mbps", up: "1Mbps" },
  keepWhenSuspended: true,
  multicast: false,
});

function resolve(
  spec: Partial<SubscriberSpec>,
  planned: Partial<ServicePlanSpec> = {},
  of: Partial<TenantSpec> = voltha,
  own = {},
) {
  const john = subscriber({ networkProfileRef: { name: "john" }, ...spec });
  const catalog = new Catalog([tenant(of), plan(planned), profile(own), john, radius()]);
  return resolveSubscriber(catalog, john, { installation: "i", secrets: { password: new Sensitive("p") } });
}
const onuOf = (r: ReturnType<typeof resolve>) => (r.ok ? r.subject.onu : r.blockers);
const onu = (more = {}) => ({ olt: "olt1", serial: "4857544312345678", ...more });

describe("an ONU and its ports", () => {
  test("serial in one spelling; where no port is named all services run on the first", () => {
    expect(onuOf(resolve({ onu: onu() }, { services: [internet, voice] }))).toMatchObject({
      olt: "olt1",
      serial: "HWTC12345678",
      unis: [
        {
          uni: 1,
          services: [
            {
              name: "internet",
              serviceVlan: 102,
              innerVlan: undefined,
              uniTag: 4096,
              speed: { downKbps: 100_000, upKbps: 50_000 },
            },
            {
              name: "voice",
              serviceVlan: 444,
              uniTag: 65,
              technologyProfileId: 65,
              pbit: 7,
              keepWhenSuspended: true,
              multicast: false,
              speed: { downKbps: 1000 },
            },
          ],
        },
      ],
    });
  });
  test("a plan without services carries internet, on the tenant's VLAN", () => {
    expect(onuOf(resolve({ onu: onu() }))).toMatchObject({
      unis: [{ services: [{ name: "internet", serviceVlan: 110 }] }],
    });
  });
  test("a shared service carries the plan's inner VLAN, unless the profile says another", () => {
    const tagged = { services: [internet, { ...voice, innerVlan: 444 }] };
    const innerOf = (own: object) => {
      const found = onuOf(resolve({ onu: onu() }, tagged, voltha, own));
      return found && "unis" in found ? found.unis[0]?.services.map((s) => s.innerVlan) : found;
    };
    expect(innerOf({})).toEqual([undefined, 444]);
    expect(innerOf({ services: [{ name: "voice", serviceVlan: 444, innerVlan: 7 }] })).toEqual([undefined, 7]);
  });
  test("ports as declared; the profile knows another tag at the customer's", () => {
    const unis = [
      { uni: 1, services: ["internet"] },
      { uni: 2, services: ["voice"] },
    ];
    const own = { services: [{ name: "voice", uniTag: 7 }] };
    expect(onuOf(resolve({ onu: onu({ unis }) }, { services: [internet, voice] }, voltha, own))).toMatchObject({
      unis: [
        { uni: 1, services: [{ name: "internet" }] },
        { uni: 2, services: [{ name: "voice", uniTag: 7 }] },
      ],
    });
  });
  test.each<[string, Parameters<typeof resolve>, string, RegExp]>([
    [
      "a service that the plan has not",
      [{ onu: onu({ unis: [{ uni: 1, services: ["iptv"] }] }) }, { services: [internet] }],
      "ServiceUnknown",
      /iptv.*internet/,
    ],
    [
      "a service without a VLAN",
      [{ onu: onu() }, { services: [internet, service("iptv", { vlanMode: "PerSubscriber", vlan: undefined })] }],
      "VlanUnknown",
      /iptv/,
    ],
  ])("refused: %s", (_, args, reason, message) => {
    expect(onuOf(resolve(...args))).toEqual([{ reason, message: expect.stringMatching(message) }]);
  });
  test("nobody could be told where the tenant binds no VOLTHA", () => {
    expect(onuOf(resolve({ onu: onu() }, {}, {}))).toBeUndefined();
  });
});
