import { describe, expect, it } from "vitest";
import { Catalog } from "../catalog.ts";
import { plan, radius, tenant } from "./fixture.ts";
import { resolvePlan } from "./plan.ts";

const resolve = (p: ReturnType<typeof plan>) => resolvePlan(new Catalog([tenant(), radius()]), p, "lab");
const voice = {
  name: "voice",
  vlanMode: "Shared",
  vlan: 4,
  technologyProfileId: 64,
  pbit: 7,
  keepWhenSuspended: true,
} as const;

describe("plan", () => {
  it("has every unit in one unit, and the NAS of every area", () => {
    const speed = { down: "1Gbps", up: "500Mbps", burstDown: "1.2Gbps", burstUp: "600Mbps" };
    expect(resolve(plan({ speed, idleTimeout: "0s" }))).toMatchObject({
      ok: true,
      subject: {
        owner: { installation: "lab", tenant: "acme", kind: "ServicePlan", namespace: "isp-acme", name: "basic" },
        areas: [["bng1"], ["bng2"]],
        plan: {
          speed: { downKbps: 1_000_000, upKbps: 500_000, burstDownKbps: 1_200_000, burstUpKbps: 600_000 },
          sessionTimeout: 86_400,
          idleTimeout: undefined,
        },
      },
    });
  });
  it("warns of an idle timeout where there is voice", () => {
    expect(resolve(plan({ services: [voice] })).warnings.map((w) => w.reason)).toEqual(["IdleTimeoutWithVoice"]);
    expect(resolve(plan({ services: [voice], idleTimeout: "0s" })).warnings).toEqual([]);
  });
  it("holds without a tenant", () => expect(resolvePlan(new Catalog([]), plan(), "lab")).toMatchObject({ ok: false }));
});
