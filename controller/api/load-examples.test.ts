import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Catalog } from "../core/catalog.ts";
import { resolvePlan } from "../core/resolve/plan.ts";
import { resolveSubscriber } from "../core/resolve/subscriber.ts";
import { Sensitive } from "../core/sensitive.ts";
import { problemText } from "./load-problem.ts";
import { createAssembler } from "./load-snapshot.ts";
import { loadPath } from "./load-tree.ts";
import { createValidator } from "./validate.ts";

const folder = join(import.meta.dirname, "../../examples");
const snapshot = createAssembler(createValidator())(await loadPath(folder));
const catalog = new Catalog(snapshot.declared.map((d) => d.object));
const context = { installation: "lab", secrets: { password: new Sensitive("x") } };
const resolved = [...catalog.ofKind("Subscriber")].map(
  (s) => [s.metadata.name, resolveSubscriber(catalog, s, context)] as const,
);

describe("examples", () => {
  it("are valid, each and together", () => expect(snapshot.problems.map(problemText)).toEqual([]));
  it("are two tenants with 30 subscribers", () => {
    expect(catalog.tenants().map((t) => t.metadata.name)).toEqual(["acme", "nordnetz"]);
    expect(resolved).toHaveLength(30);
  });
  it.each(resolved)("%s resolves", (_, r) => expect(r.blockers).toEqual([]));
  it("resolve every plan without a remark", () => {
    for (const plan of catalog.ofKind("ServicePlan"))
      expect(resolvePlan(catalog, plan, "lab")).toMatchObject({ ok: true, warnings: [] });
  });
  it("warn of older fields in the one file that shows them", () =>
    expect(resolved.filter(([, r]) => r.warnings.length > 0).map(([name]) => name)).toEqual(["mia-older"]));
  it("hold the reference subscriber", () =>
    expect(new Map(resolved).get("john-doe")).toMatchObject({
      subject: {
        userName: "john@acme.example",
        plan: { name: "residential-100mbps", speed: { downKbps: 100_000 } },
        ipv4: { assignment: "Static", address: "10.0.1.100" },
        ipv6: { mode: "DualStack", address: "2001:db8::100", delegatedPrefix: "2001:db8:1::/56" },
        vlan: { service: 100, inner: 1000 },
        option82: { policy: "Log", circuitId: "OLT1/1/1/1:1", remoteId: "FTTH-CPE-12345" },
      },
    }));
});
