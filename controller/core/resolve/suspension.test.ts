import { describe, expect, test } from "vitest";
import type { ServicePlanSpec, SubscriberSpec } from "../../api/types.generated.ts";
import { Catalog } from "../catalog.ts";
import { Sensitive } from "../sensitive.ts";
import { plan, radius, subscriber, tenant } from "./fixture.ts";
import { resolveSubscriber } from "./subscriber.ts";

type Vendor = "Generic" | "MikroTik" | "Cisco" | "Juniper" | "Huawei";
const BOTH = { mode: "Reject", billing: "Continue", addressList: "unpaid", throttle: "1Mbps" } as const;

function resolved(
  spec: Partial<SubscriberSpec>,
  suspension: ServicePlanSpec["suspension"],
  vendor: Vendor = "MikroTik",
) {
  const made = radius();
  const nas = made.spec.radius!.nas.map((n) => ({ ...n, vendor }));
  const system = { ...made, spec: { ...made.spec, radius: { nas } } };
  const john = subscriber({ serviceState: "Suspended", ...spec });
  const catalog = new Catalog([tenant(), plan({ suspension }), system, john]);
  const found = resolveSubscriber(catalog, john, { installation: "i", secrets: { password: new Sensitive("p") } });
  const warning = found.warnings.find((w) => w.reason === "SuspendedByReject")?.message;
  return { limited: found.ok ? found.subject.limited : undefined, warning };
}
const by = (mode: "Reject" | "Throttle" | "WalledGarden"): Partial<SubscriberSpec> => ({
  suspension: { reason: "NonPayment", mode },
});
const SLOW = { downKbps: 1000, upKbps: 1000 };

describe("how a suspended subscriber is limited", () => {
  test.each([
    ["as the subscriber says", by("Throttle"), BOTH, { mode: "Throttle", speed: SLOW }],
    ["as the plan says where he does not", {}, { ...BOTH, mode: "Throttle" }, { mode: "Throttle", speed: SLOW }],
    ["the subscriber's word counts", by("Reject"), { ...BOTH, mode: "Throttle" }, undefined],
    [
      "a garden, slow where the plan says so",
      by("WalledGarden"),
      BOTH,
      { mode: "WalledGarden", list: "unpaid", speed: SLOW },
    ],
    ["who is active is not", { serviceState: "Active", ...by("Throttle") }, BOTH, undefined],
  ] as const)("%s", (_, spec, suspension, expected) => {
    expect(resolved(spec, suspension)).toEqual({ limited: expected, warning: undefined });
  });
  test.each([
    [
      "no throttle in the plan",
      by("Throttle"),
      { mode: "Reject", billing: "Continue" },
      "MikroTik",
      "names no throttle",
    ],
    ["no list", by("WalledGarden"), { mode: "Reject", billing: "Continue" }, "MikroTik", "names no addressList"],
    ["Cisco has no rate", by("Throttle"), BOTH, "Cisco", "NAS bng1 is a Cisco"],
    ["Juniper has no list", by("WalledGarden"), BOTH, "Juniper", "NAS bng1 is a Juniper"],
    ["Huawei has no list", by("WalledGarden"), BOTH, "Huawei", "NAS bng1 is a Huawei"],
    [
      "not all is known",
      { ...by("Throttle"), networkProfileRef: { name: "lost" } },
      BOTH,
      "MikroTik",
      "not everything",
    ],
  ] as const)("otherwise he is rejected, and it is said why: %s", (_, spec, suspension, vendor, why) => {
    const { limited, warning } = resolved(spec, suspension, vendor);
    expect(limited).toBeUndefined();
    expect(warning).toContain(why);
  });
});
