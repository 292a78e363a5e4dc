import { fc, it as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { NetworkProfileSpec, Subscriber, SubscriberSpec } from "../../api/types.generated.ts";
import { Catalog } from "../catalog.ts";
import { Sensitive } from "../sensitive.ts";
import { type Conversion, conversionsOf } from "./convert.ts";
import { plan, profile, radius, subscriber, tenant } from "./fixture.ts";
import { resolveSubscriber } from "./subscriber.ts";

type Spec = Partial<SubscriberSpec>;
interface World {
  readonly spec: Spec;
  readonly own?: Partial<NetworkProfileSpec>;
  readonly features?: boolean;
}
const POOLS = new Map([
  [12, "v4"],
  [13, "pd"],
  [14, "v4"],
]);
function catalogOf({ own, features = true }: World): Catalog {
  const gates = { networkProfiles: features, staticAudit: true, liveSessions: true };
  const plans = [plan({ aliases: ["basic_100mbps"] }), plan({ speed: { down: "250Mbps", up: "1Mbps" } }, "fast")];
  return new Catalog([tenant({ features: gates }), radius(), ...plans, ...(own ? [profile(own)] : [])]);
}
const declared = ({ spec, own }: World): Subscriber =>
  subscriber({ ...(own && { networkProfileRef: { name: "john" } }), ...spec });
const converted = (world: World): readonly Conversion[] => conversionsOf(catalogOf(world), declared(world), POOLS);
const told = (c: Conversion): string => {
  if (c.is === "idle") return `${c.older} idle: ${c.because}`;
  return c.is === "left"
    ? `${c.older} left: ${c.problem}; ${c.remedy}`
    : `${c.older} ${c.into}: ${c.setting.path.join(".")} = ${c.setting.value}`;
};

const inline = (p: Partial<NetworkProfileSpec>): Spec => ({ networkProfile: { option82Policy: "Ignore", ...p } });
describe("an older input", () => {
  it.each<[string, World, string]>([
    [
      "a VLAN goes into a profile in place",
      { spec: { vlanId: 777 } },
      "vlanId Subscriber: networkProfile.serviceVlan = 777",
    ],
    [
      "or into the one that is named",
      { spec: { vlanId: 777 }, own: { ipv6AssignmentMode: "None" } },
      "vlanId NetworkProfile: serviceVlan = 777",
    ],
    [
      "the profile wins",
      { spec: { vlanId: 777, ...inline({ serviceVlan: 5 }) } },
      "vlanId idle: serviceVlan of networkProfile wins",
    ],
    [
      "a service that is listed has its tag there",
      { spec: { vlanId: 777, ...inline({ services: [{ name: "internet", innerVlan: 5 }] }) } },
      "vlanId left: the profile lists the service internet in services; write serviceVlan: 777 there, and remove vlanId",
    ],
    [
      "an address",
      { spec: { ipv4Address: "10.0.1.50" } },
      "ipv4Address Subscriber: networkProfile.staticIPv4 = 10.0.1.50",
    ],
    [
      "an address that nobody asks for",
      { spec: { ipv4Address: "10.0.1.50" }, own: { ipv4Assignment: "None" } },
      "ipv4Address idle: ipv4Assignment of the NetworkProfile wins",
    ],
    [
      "a tenant without profiles has no other place for it",
      { spec: { vlanId: 777 }, features: false },
      "vlanId left: tenant acme does not use network profiles yet, so there is no other place for it; set features.networkProfiles of the tenant first",
    ],
    [
      "a profile that is lost",
      { spec: { vlanId: 777, networkProfileRef: { name: "gone" } } },
      "vlanId left: NetworkProfile gone does not exist; declare it, or remove networkProfileRef",
    ],
    [
      "a prefix whose pool somebody names",
      { spec: { ipv4PrefixId: 12 } },
      "ipv4PrefixId Subscriber: networkProfile.pools.ipv4 = v4",
    ],
    ["of its own use", { spec: { ipv6PrefixId: 13 } }, "ipv6PrefixId Subscriber: networkProfile.pools.pd = pd"],
    [
      "a pool of another use is none",
      { spec: { ipv6PrefixId: 14 } },
      "ipv6PrefixId left: which pool the prefix 14 of NetBox is, is not written here; add --pool 14=NAME with one of bng-pd, pd",
    ],
    [
      "a prefix where a pool is named",
      { spec: { ipv4PrefixId: 99, ...inline({ pools: { ipv4: "cgn" } }) } },
      "ipv4PrefixId idle: pools.ipv4 of networkProfile wins",
    ],
    [
      "a speed",
      { spec: { planRef: undefined, bandwidth_mbps: 250 } as unknown as Spec },
      "bandwidth_mbps Subscriber: planRef.name = fast",
    ],
    ["a speed beside a plan", { spec: { bandwidth_mbps: 250 } }, "bandwidth_mbps idle: planRef wins"],
    [
      "a speed that no plan has",
      { spec: { planRef: undefined, bandwidth_mbps: 7 } as unknown as Spec },
      "bandwidth_mbps left: no plan has 7 Mbit/s; set planRef",
    ],
    ["an older name of a plan", { spec: { planRef: { name: "basic_100mbps" } } }, " Subscriber: planRef.name = basic"],
    [
      "one that is scheduled",
      { spec: { schedule: [{ at: "2027-01-01T00:00:00Z", set: { planRef: { name: "basic_100mbps" } } }] } },
      " Subscriber: schedule.0.set.planRef.name = basic",
    ],
    [
      "first and last name",
      { spec: { customer: { id: "c", firstName: "Mia", lastName: "Berg", language: "en" } } },
      "customer.firstName,customer.lastName Subscriber: customer.name = Mia Berg",
    ],
    [
      "one of them",
      { spec: { customer: { id: "c", lastName: "Berg", language: "en" } } },
      "customer.lastName Subscriber: customer.name = Berg",
    ],
    [
      "beside the name",
      { spec: { customer: { id: "c", name: "M", lastName: "Berg", language: "en" } } },
      "customer.lastName idle: customer.name wins",
    ],
    [
      "an e-mail address as the user name: the router dials with it",
      {
        spec: {
          customer: { id: "c", email: "a@mail.example", language: "en" },
          radius: { passwordScheme: "Cleartext", rotation: "Force", username: "a@mail.example" },
        },
      },
      "radius.username left: the customer's e-mail address is the user name, and the router dials with it; set radius.username to a name with a realm of the tenant (acme.example); rotation: WithDevice tells the router first",
    ],
  ])("%s", (_, world, words) => expect(converted(world).map(told)).toEqual([words]));
  it("is nothing that is declared as today", () => {
    const username = "john@acme.example";
    const customer = { id: "c", name: "John", email: username, language: "en" };
    const spec = { customer, radius: { passwordScheme: "Cleartext", rotation: "Force", username } } as const;
    expect(converted({ spec: { ...spec, ...inline({ serviceVlan: 5 }) } })).toEqual([]);
  });
});

/** As the files will say it. */
function carriedOut(world: World): { readonly catalog: Catalog; readonly john: Subscriber } {
  const john = structuredClone(declared(world)) as unknown as Tree;
  const own = structuredClone(world.own ?? {}) as Tree;
  for (const c of converted(world)) {
    if (c.is === "left") continue;
    for (const path of c.older) put(john["spec"] as Tree, path.split("."), undefined);
    if (c.is === "moved") put(c.into === "Subscriber" ? (john["spec"] as Tree) : own, c.setting.path, c.setting.value);
  }
  const made = john as unknown as Subscriber;
  const { networkProfile } = made.spec;
  const defaulted = networkProfile && {
    networkProfile: { ...networkProfile, option82Policy: networkProfile.option82Policy ?? "Ignore" },
  };
  const catalog = catalogOf({ ...world, ...(world.own && { own }) });
  return { catalog, john: { ...made, spec: { ...made.spec, ...defaulted } } };
}
type Tree = Record<string | number, unknown>;
function put(tree: Tree, [key = "", ...rest]: readonly (string | number)[], value: unknown): void {
  if (rest.length > 0) {
    tree[key] ??= {};
    put(tree[key] as Tree, rest, value);
  } else if (value === undefined) delete tree[key];
  else tree[key] = value;
}
/** What is written to systems; where a value was declared is another place now, and of no matter to them. */
function outcome(catalog: Catalog, john: Subscriber) {
  const r = resolveSubscriber(catalog, john, { installation: "i", secrets: { password: new Sensitive("p") } });
  if (!r.ok) return { blockers: r.blockers, claims: r.claims };
  const { services, addressSource: _, ...subject } = r.subject;
  return { claims: r.claims, subject: { ...subject, services: services.map(({ source: __, ...s }) => s) } };
}

const maybe = <T>(a: fc.Arbitrary<T>) => fc.option(a, { nil: undefined });
const defined = <T extends object>(o: T): T =>
  Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as T;
const someProfile = fc
  .record({
    serviceVlan: maybe(fc.constant(5)),
    staticIPv4: maybe(fc.constant("10.0.1.9")),
    pools: maybe(fc.constantFrom({ ipv4: "cgn" }, { pd: "pd" })),
    ipv6AssignmentMode: maybe(fc.constant("None" as const)),
  })
  .map((p) => defined({ option82Policy: "Ignore" as const, ...p }) as NetworkProfileSpec);
const world: fc.Arbitrary<World> = fc
  .record({
    spec: fc.record({
      vlanId: maybe(fc.constant(777)),
      ipv4Address: maybe(fc.constant("10.0.1.50")),
      ipv4PrefixId: maybe(fc.constantFrom(12, 99)),
      ipv6PrefixId: maybe(fc.constantFrom(13, 14)),
      bandwidth_mbps: maybe(fc.constantFrom(100, 250, 7)),
      planRef: maybe(fc.constantFrom({ name: "basic" }, { name: "basic_100mbps" }, { name: "gone" })),
      customer: fc
        .record({
          name: maybe(fc.constant("M")),
          firstName: maybe(fc.constant("Mia")),
          lastName: maybe(fc.constant("Berg")),
        })
        .map((names) => defined({ id: "c", language: "en", ...names })),
    }),
    inline: maybe(someProfile),
    own: maybe(someProfile),
    features: fc.boolean(),
  })
  .map(({ spec, inline: networkProfile, own, features }) => {
    const named = own !== undefined;
    return {
      spec: { ...spec, ...(!named && networkProfile && { networkProfile }) } as Spec,
      ...(named && { own }),
      features,
    };
  });

describe("whatever older inputs are mixed", () => {
  // A pool that a prefix id stood for was never used: to name it is what the person asks for with --pool.
  const withoutPools = world.filter(({ spec }) => spec.ipv4PrefixId !== 12 && spec.ipv6PrefixId !== 13);
  property.prop([withoutPools])("exactly the same counts afterwards", (w) => {
    const { catalog, john } = carriedOut(w);
    expect(outcome(catalog, john)).toEqual(outcome(catalogOf(w), declared(w)));
  });
  property.prop([world])("what is converted is not found again, and what is left is", (w) => {
    const { catalog, john } = carriedOut(w);
    const left = (all: readonly Conversion[]) => all.filter((c) => c.is === "left").map(told);
    const again = conversionsOf(catalog, john, POOLS);
    expect(again.filter((c) => c.is !== "left")).toEqual([]);
    expect(left(again)).toEqual(left(converted(w)));
  });
});
