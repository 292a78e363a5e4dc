/** What a declaration may ask for and what RADIUS writes are one list: a plan that is accepted is never blocked by it later. */
import { expect, test } from "vitest";
import { Fault } from "../../reconcilers/errors.ts";
import { parseConfig } from "../../reconcilers/radius/config.ts";
import { desired } from "../../reconcilers/radius/desired.ts";
import { accountCells, groupCells } from "../../reconcilers/radius/fields.ts";
import { crossCheck } from "../api/cross.ts";
import type { Document } from "../api/load.ts";
import type { LastmileObject, ServicePlan } from "../api/types.generated.ts";
import { createValidator } from "../api/validate.ts";
import { Catalog } from "../core/catalog.ts";
import { DICTIONARY } from "../core/radius-dictionary.generated.ts";
import { plan, radius, tenant } from "../core/resolve/fixture.ts";
import { resolvePlan } from "../core/resolve/plan.ts";

const validator = createValidator();
const config = parseConfig(radius().spec);
type Asked = ServicePlan["spec"]["radius"]["attributes"][number];

const OPERATORS = ["=", ":=", "+=", "==", "!=", ">", ">=", "<", "<=", "=~", "!~"] as const;
const NAMES = [
  ...[...Object.values(groupCells([])), ...Object.values(accountCells([]))].flatMap((c) => c.attributes),
  ...oneOfEachType(),
  ...["Exec-Program", "exec-program-wait", "Auth-Type", "Fall-Through", "Proxy-To-Realm", "Huntgroup-Name"],
  ...["Mikrotik-Group", "MIKROTIK-WIRELESS-PSK", "Mikrotik-X-Password", "Huawei-Exec-Privilege", "Huawei-LI-ID"],
  ...["Juniper-Allow-Commands", "ERX-Cli-Initial-Access-Level", "ERX-LI-Action", "Alc-LI-Action", "Alc-BGP-Auth-Key"],
  ...["ALC-SUBSC-PROF-STR", "class", "FRAMED-MTU", "nas-identifier", "Mikrotik-Nonsense", "Attr-26", "X_Y.Z"],
].filter((n) => n !== "" && !n.includes(":"));
const VALUES = ["1492", "Framed-User", "0x1", "2001:db8::1"];

/** Of each vendor one name a type: the others differ in nothing that is judged. */
function oneOfEachType(): readonly string[] {
  const kinds = Map.groupBy(
    Object.entries(DICTIONARY),
    ([name, type]) => `${name.split("-")[0]} ${type.split(" ")[0]}`,
  );
  return [...kinds.values()].map(([first]) => first![0]);
}

/** Every operator, for every one of some names. */
const asked = (names: readonly string[], target: Asked["target"], value: string): readonly Asked[] =>
  names.flatMap((name) => OPERATORS.map((op) => ({ name, op, value, target })));

test.each(VALUES)("an attribute with the value %s that validates can be written, and no other", (value) => {
  for (const target of ["Reply", "Check"] as const) {
    for (const some of chunks([...new Set(NAMES)], 2)) {
      const all = asked(some, target, value);
      const declared = plan({ radius: { profiles: {}, attributes: all } });
      const refused = refusals(declared);
      const differs = all.filter((a, i) => refused.has(i) === written(a));
      expect(differs).toEqual([]);
    }
  }
});

function refusals(declared: ServicePlan): ReadonlySet<number> {
  const verdict = validator.validate(declared);
  const locate = () => ({ line: 1, column: 1 });
  const source: Document = { file: "f", kind: "ServicePlan", object: {}, line: 1, locate };
  const objects: readonly LastmileObject[] = [tenant(), radius(), declared];
  const findings = crossCheck(
    objects.map((object) => ({ object, source })),
    new Set(),
  );
  const paths = [...(verdict.ok ? [] : verdict.problems), ...findings].map((p) => p.path);
  return new Set(paths.map((p) => Number(/^spec\.radius\.attributes\[(\d+)\]/.exec(p)?.[1])));
}

function written(asks: Asked): boolean {
  const declared = plan({ radius: { profiles: {}, attributes: [asks] } });
  const resolution = resolvePlan(new Catalog([tenant(), declared]), declared, "lab");
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.blockers));
  try {
    return desired(resolution.subject, "radius-1", config).length > 0;
  } catch (e) {
    if (e instanceof Fault) return false;
    throw e;
  }
}

const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
