/** A NAS that says no, or nothing; and which NAS is asked with which secret. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan } from "./declarations.ts";
import { BILLED, bng1, customer, MITTE, type Office, office } from "./office.ts";
import { condition, controller, eventually } from "./provider.ts";
import { rows } from "./rows.ts";

type Spec = Record<string, unknown>;
const GARDEN = { mode: "WalledGarden", billing: "Continue", addressList: "unpaid", throttle: "1Mbps" };
const basic = (spec: Spec = {}): object => plan("basic", { billing: BILLED, suspension: GARDEN, ...spec });
const fast = plan("fast", { speed: { down: "1Gbps", up: "500Mbps" }, billing: BILLED, suspension: GARDEN });
const suspended = (mode: string): Spec => ({ serviceState: "Suspended", suspension: { reason: "NonPayment", mode } });
const _RATE = "14988/8";

describe("a NAS that does not do it", () => {
  let p: Office;
  beforeAll(async () => {
    p = await office(MITTE, [basic(), fast]);
    for (const name of ["anna", "bert", "cora"]) p.lines[name] = customer(name);
    await p.applied();
  });
  afterAll(() => p?.end());
  const says = async (name: string): Promise<string> => condition(await p.show(name), "SessionsUpdated");
  const messageOf = async (name: string): Promise<string> =>
    (await p.show(name)).conditions.find((c) => c.type === "SessionsUpdated")?.message ?? "";

  it.each([
    ["anna", 501, /prohibited/i],
    ["anna", 401, /unsupported attribute/i],
    ["anna", 506, /resources/i],
    ["anna", 404, /invalid request/i],
  ])("%s: NAK %d is read: NASRefused, in words; RADIUS is ready, the rows reject", async (name, cause, words) => {
    await p.online(name, `s-${cause}`);
    p.lines[name] = customer(name);
    await p.applied();
    p.nas.trouble.of = cause;
    p.lines[name] = customer(name, suspended("Reject"));
    await p.tried("--timeout", "5");
    expect(await says(name)).toBe("False NASRefused");
    expect(await messageOf(name)).toMatch(words);
    const status = await p.show(name);
    expect(condition(status, "RADIUSReady")).toBe("True Converged");
    expect(await rows(p, "radcheck", `${name}@acme.example`)).toContain("Auth-Type := Reject");
    p.nas.trouble.of = undefined;
    await p.applied();
    expect(await says(name)).toBe("True SessionsCurrent");
    expect([...p.nas.up]).not.toContain(`s-${cause}`);
  });

  it("503 means already gone", async () => {
    await p.online("bert", "s-gone");
    p.nas.up.delete("s-gone");
    p.lines["bert"] = customer("bert", suspended("Reject"));
    await p.applied();
    expect(p.nas.heard).toContain("Disconnect s-gone");
    expect(await says("bert")).toBe("True SessionsCurrent");
  });

  it("a wrong secret: NASSilent, the bill follows all the same; mended, a controller that stays finishes by itself", async () => {
    await p.online("cora", "s-cora");
    await p.secret("lastmile-system/nas-bng1/secret", "not-the-secret");
    p.lines["cora"] = customer("cora", suspended("Reject"));
    await p.tried("--timeout", "30");
    expect(await says("cora")).toBe("False NASSilent");
    expect(await p.bill("cora")).toBe("SUSPENDED");
    expect(await p.explain("cora")).toMatch(/NASSilent|does not answer/);
    await p.secret("lastmile-system/nas-bng1/secret", "n4s-s3cret");
    const running = await controller(p);
    await eventually(
      () => says("cora"),
      (said) => said === "True SessionsCurrent",
    );
    expect([...p.nas.up]).not.toContain("s-cora");
    expect(running.log()).not.toContain("n4s-s3cret");
    running.process.kill("SIGTERM");
  });
});

describe("which NAS", () => {
  let p: Office;
  beforeAll(async () => {
    p = await office(MITTE, [basic(), fast]);
    const far = {
      name: "far",
      address: "192.0.2.99",
      vendor: "MikroTik",
      secretRef: { namespace: "lastmile-system", name: "nas-far" },
    };
    await p.secret("lastmile-system/nas-far/secret", "another");
    p.changed["radius-1"] = { radius: { nas: [far, bng1(p.nas.port)] } };
    p.changed["acme"] = {
      servingAreas: [
        { name: "mitte", olts: ["olt1"], nas: ["far"] },
        { name: "nord", olts: ["olt2"], nas: ["bng1"] },
      ],
    };
    for (const name of ["anna", "anna2"]) p.lines[name] = customer(name);
    await p.applied();
  });
  afterAll(() => p?.end());

  it("the one that holds the session, with its own secret, whatever the serving area says", async () => {
    await p.online("anna", "s-anna");
    await p.online("anna2", "s-anna2");
    p.lines["anna"] = customer("anna", suspended("Reject"));
    await p.applied();
    expect(p.nas.heard).toEqual(["Disconnect s-anna"]);
  });
});
