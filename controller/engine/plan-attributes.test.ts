/** What a declaration may ask for and what RADIUS writes are one list: a plan that is accepted is never blocked by it later. */
import { fc, test as property } from "@fast-check/vitest";
import { expect } from "vitest";
import { Fault } from "../../reconcilers/errors.ts";
import { parseConfig } from "../../reconcilers/radius/config.ts";
import { desired } from "../../reconcilers/radius/desired.ts";
import { groupCells } from "../../reconcilers/radius/fields.ts";
import type { ServicePlan } from "../api/types.generated.ts";
import { createValidator } from "../api/validate.ts";
import { Catalog } from "../core/catalog.ts";
import { plan, radius, tenant } from "../core/resolve/fixture.ts";
import { resolvePlan } from "../core/resolve/plan.ts";

const validator = createValidator();
const config = parseConfig(radius().spec);

const NAMES = [
  ...Object.values(groupCells).flatMap((c) => c.attributes.filter((a) => !a.includes(":"))),
  ...["Class", "Reply-Message", "Framed-MTU", "Service-Type", "Port-Limit", "Framed-IPv6-Pool", "Exec-Program"],
  ...["Mikrotik-Group", "Mikrotik-X-Password", "ERX-Virtual-Router-Name", "NAS-Identifier", "Calling-Station-Id"],
  ...["Auth-Type", "Fall-Through", "Cleartext-Password", "Alc-Subsc-Prof-Str", "Acct-Interim-Interval"],
];
const attribute = fc.record({
  name: fc.constantFrom(...NAMES).chain((n) => fc.constantFrom(n, n.toLowerCase(), n.toUpperCase())),
  op: fc.constantFrom("=", ":=", "+=", "==", "!=", ">", "=~"),
  value: fc.constantFrom("x", "1492", "a b"),
  target: fc.constantFrom("Reply", "Check"),
});

property.prop([attribute], { numRuns: 500 })("an attribute that validates can be written", (asked) => {
  const declared = plan({ radius: { profiles: {}, attributes: [asked] } } as unknown as Partial<ServicePlan["spec"]>);
  const verdict = validator.validate(declared);
  expect(verdict.ok, verdict.ok ? "" : JSON.stringify(verdict.problems)).toBe(written(declared));
});

function written(declared: ServicePlan): boolean {
  const resolution = resolvePlan(new Catalog([tenant(), declared]), declared, "lab");
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.blockers));
  try {
    return desired(resolution.subject, "radius-1", config).length > 0;
  } catch (e) {
    if (e instanceof Fault) return false;
    throw e;
  }
}
