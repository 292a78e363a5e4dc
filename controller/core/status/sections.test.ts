import { describe, expect, it } from "vitest";
import type { NetworkProfileSpec, Subscriber } from "../../api/types.generated.ts";
import { type Change, output, refKey } from "../model.ts";
import { account, input, run } from "./fixture.ts";
import { subscriberStatus } from "./subscriber.ts";

const inline = (
  profile: Partial<NetworkProfileSpec>,
  more: Partial<Subscriber["spec"]> = {},
): Partial<Subscriber["spec"]> => ({
  networkProfile: { option82Policy: "Ignore", ...profile },
  ...more,
});
const status = (spec: Partial<Subscriber["spec"]>, changes: readonly Change[] = [account()]) =>
  subscriberStatus(input(run(changes), spec));

describe("addresses", () => {
  it.each([
    [
      "the profile, also where only a prefix is declared",
      inline({ ipv6AssignmentMode: "PD", delegatedIPv6Prefix: "2001:db8:1::/56" }),
      "NetworkProfile",
    ],
    ["the profile, also where only a network is routed", inline({ routedSubnets: ["10.7.0.0/29"] }), "NetworkProfile"],
    ["the older field", inline({}, { ipv4Address: "10.0.1.9" }), "Subscriber"],
    ["a pool of the BNG", inline({ ipv4Assignment: "Pool", pools: { ipv4: "v4" } }), "Pool"],
    ["nowhere", inline({}), "None"],
  ])("come from %s", (_where, spec, source) => expect(status(spec).addresses?.source).toBe(source));
  it("name the pool as the BNG knows it", () =>
    expect(status(inline({ ipv4Assignment: "Pool", pools: { ipv4: "cgn" } })).addresses).toEqual({
      source: "Pool",
      pool: "bng-cgn",
    }));
  it("are not those of who is terminated", () =>
    expect(status({ serviceState: "Terminated" }).addresses).toBeUndefined());
});

describe("the tags", () => {
  const source = (i: ReturnType<typeof input>) => subscriberStatus(i).network?.services?.[0]?.source;
  it("come from the profile, the older field, or the tenant", () => {
    const of = (spec: Partial<Subscriber["spec"]>) => source(input(run([account()]), spec));
    expect([of(inline({ serviceVlan: 7 })), of(inline({}, { vlanId: 8 })), of(inline({}))]).toEqual([
      "NetworkProfile",
      "Subscriber",
      "Tenant",
    ]);
  });
});

describe("IPv6 goes", () => {
  const of = (changes: readonly Change[], spec: Partial<Subscriber["spec"]> = {}) =>
    status(spec, changes).network?.ipv6State;
  const unseen = account({ hold: { code: "Blocked", message: "" } });
  const refused = account({ action: "create", hold: { code: "NotOwned", message: "" } });
  it("from Pending to Revoked", () =>
    expect([
      of([unseen]),
      of([account({ action: "create" })]),
      of([refused]),
      of([account()]),
      of([account()], { serviceState: "Suspended" }),
      of([account({ action: "retire" })], { serviceState: "Terminated" }),
      of([account()], { serviceState: "Terminated" }),
    ]).toEqual(["Pending", "Allocated", "Failed", "Active", "Suspended", "Revoking", "Revoked"]));
  it("nowhere yet while the pool has no prefix left, and goes on by itself", () => {
    const ref = { system: "netbox-1", resource: "prefix", key: "isp-acme/john/delegatedPrefix/pd" };
    const full = { kind: "Conflict", code: "PoolExhausted", message: "nothing is free", remedy: "" } as const;
    const open = { action: "create" as const };
    const i = input(run([account({ ...open, ref }), account(open)], { [refKey(ref)]: full }));
    if (!i.resolution?.ok) throw new Error("not resolved");
    const { subject } = i.resolution;
    const ipv6 = { ...subject.ipv6, delegatedPrefix: output(ref, "prefix") };
    const { network, conditions } = subscriberStatus({
      ...i,
      resolution: { ...i.resolution, subject: { ...subject, ipv6 } },
    });
    expect(network?.ipv6State).toBe("Pending");
    const stalled = conditions?.find((c) => c.type === "Stalled");
    expect(stalled?.status).toBe("False");
  });
  it("nowhere without a mode", () => expect(status(inline({})).network).toMatchObject({ ipv6Mode: "None" }));
});

describe("what must not be claimed", () => {
  it("is a match of option 82 that nobody saw, also where it is ignored", () => {
    expect(status({}).network?.option82).toEqual({ policy: "Log", state: "Unknown" });
    expect(status(inline({})).network?.option82).toEqual({ policy: "Ignore" });
  });
  it("is a speed of a plan that is lost", () => {
    const { radius } = status({ serviceState: "Suspended", planRef: { name: "lost" } });
    expect(radius).toMatchObject({ plan: "lost", state: "Rejected" });
    expect(radius).not.toHaveProperty("downKbps");
  });
  it("is more of a password than where it is", () =>
    expect(
      status({
        radius: { passwordScheme: "Cleartext", rotation: "WithDevice", passwordSecretRef: { name: "s", key: "k" } },
      }).radius?.passwordRef,
    ).toEqual({
      source: "Secret",
      name: "s",
      key: "k",
    }));
});
