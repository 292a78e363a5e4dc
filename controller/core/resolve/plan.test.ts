import { describe, expect, it } from "vitest";
import { createValidator } from "../../api/validate.ts";
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
  multicast: false,
} as const;

const validator = createValidator();
describe("a speed", () => {
  it.each([
    ["512kbps", true],
    ["2.5Gbps", true],
    ["1.001Mbps", true],
    ["999999.999Gbps", true],
    // Half a kilobit has no unit in RADIUS.
    ["1.5kbps", false],
    ["0Mbps", false],
    ["1.0001Gbps", false],
  ])("%s validates if, and only if, it can be resolved: %s", (down, ok) => {
    const declared = plan({ speed: { down, up: "1Mbps" } });
    expect(validator.validate(declared).ok).toBe(ok);
    if (ok) expect(resolve(declared).ok).toBe(true);
  });
});

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
