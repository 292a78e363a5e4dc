/** What is remembered of the last comparison is what would be worked out anew. */
import { describe, expect, test, vi } from "vitest";
import { Catalog } from "../core/catalog.ts";
import { plan, profile, radius, subscriber, tenant } from "../core/resolve/fixture.ts";
import { rememberClaims } from "./cross-claims.ts";
import type { Document } from "./load.ts";
import type { LastmileObject, ServicePlanService } from "./types.generated.ts";

const source: Document = {
  file: "f.yaml",
  kind: "Tenant",
  object: {},
  line: 1,
  locate: () => ({ line: 1, column: 1 }),
};
const john = subscriber({ networkProfileRef: { name: "john" } });
const INTERNET: ServicePlanService = {
  ...{ name: "internet", vlan: 103, vlanMode: "PerSubscriber", technologyProfileId: 64, pbit: 0 },
  ...{ keepWhenSuspended: false, multicast: false },
};
const first = {
  tenant: tenant(),
  system: radius(),
  plan: plan(),
  profile: profile({ staticIPv4: "10.0.1.7", innerVlan: 7 }),
};

/** Claims of one subscriber, and whether they were worked out for it. */
function asked(claimsIn: ReturnType<typeof rememberClaims>, objects: readonly LastmileObject[], of = john) {
  const catalog = new Catalog(objects);
  const looked = vi.spyOn(catalog, "tenant");
  const declared = [...objects, of].map((object) => ({ object, source }));
  const claims = claimsIn(declared, catalog)(of);
  return { claims, anew: looked.mock.calls.length > 0 };
}

describe("claims of a subscriber", () => {
  test("are not worked out again while nothing differs, nor for what others declare of their own", () => {
    const claimsIn = rememberClaims();
    const { claims, anew } = asked(claimsIn, Object.values(first));
    expect([claims.length > 3, anew]).toEqual([true, true]);
    expect(asked(claimsIn, Object.values(first))).toEqual({ claims, anew: false });
    const more = [...Object.values(first), profile({ staticIPv4: "10.0.1.9" }, "anna"), subscriber({}, "anna")];
    expect(asked(claimsIn, more)).toEqual({ claims, anew: false });
  });
  test.each<[string, Partial<Record<keyof typeof first, LastmileObject>>]>([
    ["the tenant", { tenant: tenant({ realms: ["new.example"] }) }],
    ["the system that must hold the account", { system: radius("radius-1", ["bng9"]) }],
    ["the plan", { plan: plan({ services: [INTERNET] }) }],
    ["the profile", { profile: profile({ staticIPv4: "10.0.1.8" }) }],
  ])("follow %s", (_, edit) => {
    const claimsIn = rememberClaims();
    const before = asked(claimsIn, Object.values(first));
    const now = asked(claimsIn, Object.values({ ...first, ...edit }));
    expect(now).toEqual(asked(rememberClaims(), Object.values({ ...first, ...edit })));
    expect(now.claims).not.toEqual(before.claims);
  });
  test("follow the profile also when it goes", () => {
    const claimsIn = rememberClaims();
    asked(claimsIn, Object.values(first));
    const { profile: _, ...rest } = first;
    expect(asked(claimsIn, Object.values(rest))).toEqual(asked(rememberClaims(), Object.values(rest)));
  });
});
