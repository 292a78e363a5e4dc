/** What `validate` refuses and what it says: the file, the place, what is wrong and what would be right. Needs no system. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { atOlt2, plan, profile, subscriber, tenant } from "./declarations.ts";
import { house } from "./house.ts";
import type { Answer, Provider } from "./provider.ts";
import { yaml } from "./yaml.ts";

let p: Provider;
beforeAll(async () => {
  p = await house();
});
afterAll(() => p?.end());

async function validated(...objects: readonly (object | string)[]): Promise<Answer> {
  await p.declare("wrong.yaml", ...objects);
  return p.lastmile(["validate", p.folder]);
}

/** One run for a whole table: each case in a file with names of its own, and what is said about that file. */
async function saidOfEach(cases: readonly (readonly (object | string)[])[]): Promise<ReadonlyMap<number, string>> {
  for (const [index, objects] of cases.entries()) {
    const text = yaml(objects).replaceAll("anna", `anna${index}`).replaceAll("bert", `bert${index}`);
    await p.declare(`case-${index}.yaml`, text);
  }
  const { code, text } = await p.lastmile(["validate", p.folder]);
  for (const index of cases.keys()) await p.remove(`case-${index}.yaml`);
  expect(code, text).toBe(4);
  expect(text).not.toContain("defect");
  const said = new Map<number, string>();
  let current: number | undefined;
  for (const line of text.split("\n")) {
    const file = /case-(\d+)\.yaml:/.exec(line);
    if (file) current = Number(file[1]);
    else if (!line.startsWith("  ")) current = undefined; // a remedy stands on the next line, indented
    if (current !== undefined) said.set(current, `${said.get(current) ?? ""}${line}\n`);
  }
  return said;
}

const withProfile = (networkProfile: object): object => subscriber("anna", { networkProfile });

describe("one object", () => {
  // As the API server does: unknown fields first, then shapes, then rules.
  it("all errors at once, each with file:line:column, field path, what is wrong, what would be right", async () => {
    const head = `apiVersion: lastmile.dev/v1alpha1
kind: Subscriber
metadata: { name: anna, namespace: isp-acme }
spec:
  subscriberNumber: SUB-1
  customer: { id: c-1 }
  planRef: { name: basic }
`;
    const unknown = await validated(`${head}  sevriceState: Active\n  plan: basic\n`);
    expect(unknown.code).toBe(4);
    expect(unknown.text).toMatch(/wrong\.yaml:8:3 .*spec\.sevriceState: unknown field\s+.*serviceState/);
    expect(unknown.text).toMatch(/wrong\.yaml:9:3 .*spec\.plan: unknown field/);
    const shapes = await validated(`${head}  vlanId: 5000\n  serviceState: Paused\n`);
    expect(shapes.text).toMatch(/wrong\.yaml:8:\d+ .*spec\.vlanId: .*4094/);
    expect(shapes.text).toMatch(/wrong\.yaml:9:\d+ .*spec\.serviceState: .*Active.*Suspended.*Terminated/);
    const rules = await validated(
      `${head}  ipv4Address: 10.0.1.300\n  networkProfile:\n    serviceVlan: 100\n    qinqEnabled: true\n`,
    );
    expect(rules.text).toMatch(/wrong\.yaml:8:\d+ .*spec\.ipv4Address: .*IPv4/);
    expect(rules.text).toMatch(/wrong\.yaml:\d+:\d+ .*spec\.networkProfile\.innerVlan: .*QinQ/i);
  });

  const refused: [why: string, declared: object, told: RegExp][] = [
    ["QinQ needs an inner VLAN", withProfile({ serviceVlan: 100, qinqEnabled: true }), /innerVlan: .*QinQ/i],
    [
      "PD size equals prefix length",
      withProfile({ ipv6AssignmentMode: "PD", delegatedIPv6Prefix: "2001:db8:1::/56", ipv6PDSize: 60 }),
      /delegatedIPv6Prefix: .*ipv6PDSize/,
    ],
    ["VLAN 1–4094", withProfile({ serviceVlan: 0 }), /serviceVlan: /],
    ["families", withProfile({ staticIPv4: "2001:db8::1" }), /staticIPv4: .*IPv4/],
    [
      "WAN prefix and PD never overlap",
      withProfile({
        ipv6AssignmentMode: "DualStack",
        wanIPv6Prefix: "2001:db8:1::/64",
        delegatedIPv6Prefix: "2001:db8:1::/56",
      }),
      /overlap/,
    ],
    [
      "user name shape: realms with a dot",
      subscriber("anna", { radius: { username: "anna@acme" } }),
      /radius\.username: /,
    ],
    [
      "dangerous values: backticks are expanded by FreeRADIUS",
      withProfile({ circuitId: "`%{sql:select 1}`" }),
      /circuitId: /,
    ],
    ["dangerous values: quotes lose themselves", withProfile({ circuitId: '"OLT1"' }), /circuitId: /],
    [
      "Suspension is an object with a reason",
      subscriber("anna", { serviceState: "Suspended" }),
      /suspension: .*reason/i,
    ],
    ["Option 82 Enforce needs an id", withProfile({ option82Policy: "Enforce" }), /circuitId/],
    [
      "IPoE: no secret",
      subscriber("anna", {
        networkProfile: { accessType: "IPoE", option82Policy: "Enforce", circuitId: "x/1" },
        radius: { passwordSecretRef: { name: "x" } },
      }),
      /passwordSecretRef: .*IPoE/,
    ],
    [
      "A group never carries Auth-Type := Accept",
      plan("bad", { radius: { attributes: [{ name: "Auth-Type", op: ":=", value: "Accept", target: "Check" }] } }),
      /compares only what a NAS sends/,
    ],
    [
      "a circuit check with := checks nothing; a reply with == is none",
      plan("bad", { radius: { attributes: [{ name: "Filter-Id", op: "==", value: "x" }] } }),
      /operator/i,
    ],
  ];
  let said: ReadonlyMap<number, string>;
  beforeAll(async () => {
    said = await saidOfEach(refused.map(([, declared]) => [declared]));
  });
  it.each(refused.map(([why, , told], index) => [why, told, index] as const))("%s", (_why, told, index) => {
    expect(said.get(index)).toMatch(told);
  });
});

describe("YAML traps caught", () => {
  const spec = "{ subscriberNumber: S-1, customer: { id: c }, planRef: { name: basic } }";
  const anna = `apiVersion: lastmile.dev/v1alpha1\nkind: Subscriber\nmetadata: { name: anna, namespace: isp-acme }\nspec: ${spec}\n`;
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${"bcdefghij"
    .split("")
    .map((k, i) => `${k}: &${k} [${Array(9).fill(`*${"abcdefghij"[i]}`).join(", ")}]`)
    .join("\n")}\n`;
  const traps: [trap: string, text: string][] = [
    ["duplicate keys", `${anna}spec: ${spec}\n`],
    ["alias bombs", bomb],
    ["tabs", "apiVersion: lastmile.dev/v1alpha1\nkind: Subscriber\nmetadata:\n\tname: anna\n"],
    [
      "NO as a country",
      anna.replace("customer:", "serviceAddress: { line: Storgata 1, country: NO, postalCode: 0150 }, customer:"),
    ],
    ["on as a state", anna.replace("customer:", "serviceState: on, customer:")],
    ["an unknown kind", anna.replace("kind: Subscriber", "kind: Suscriber")],
  ];
  let said: ReadonlyMap<number, string>;
  beforeAll(async () => {
    said = await saidOfEach(traps.map(([, text]) => [text]));
  });
  it.each(traps.map(([trap], index) => [trap, index] as const))("%s", (_trap, index) => {
    expect(said.get(index)).toMatch(/case-\d+\.yaml:\d+:\d+: /);
  });
});

describe("cross-object rules: references exist, claims unique, tenant borders", () => {
  const refused: [why: string, objects: object[], told: RegExp][] = [
    ["unknown plan", [subscriber("anna", { planRef: { name: "no-such-plan" } })], /no-such-plan/],
    ["unknown profile", [subscriber("anna", { networkProfileRef: { name: "no-such-profile" } })], /no-such-profile/],
    [
      "two subscribers with one static address",
      [
        subscriber("anna", { networkProfile: { staticIPv4: "10.0.1.7" } }),
        subscriber("bert", { ...atOlt2("bert"), networkProfile: { staticIPv4: "10.0.1.7" } }),
      ],
      /10\.0\.1\.7[\s\S]*(anna|bert)/,
    ],
    [
      "two subscribers with one user name",
      [subscriber("anna"), subscriber("bert", { radius: { username: "anna@acme.example" } })],
      /anna\d@acme\.example/,
    ],
    [
      "two subscribers with one number",
      [subscriber("anna"), subscriber("bert", { subscriberNumber: "SUB-anna" })],
      /SUB-anna\d/,
    ],
    [
      "A declared profile serves one subscriber",
      [
        profile("shared", { serviceVlan: 100 }),
        subscriber("anna", { networkProfileRef: { name: "shared" } }),
        subscriber("bert", { networkProfileRef: { name: "shared" } }),
      ],
      /shared/,
    ],
    [
      "pairs of tags are unique within a VLAN domain",
      [
        subscriber("anna", { networkProfile: { serviceVlan: 100, innerVlan: 1000 } }),
        subscriber("bert", { networkProfile: { serviceVlan: 100, innerVlan: 1000 } }),
      ],
      /100\.1000|100[^\n]*1000/,
    ],
    ["an alias of two plans", [plan("one", { aliases: ["fast"] }), plan("two", { aliases: ["fast"] })], /fast/],
    [
      "tenant borders: a realm of two tenants",
      [{ ...tenant({ namespace: "isp-b", realms: ["acme.example"] }), metadata: { name: "b" } }],
      /acme\.example/,
    ],
  ];
  let said: ReadonlyMap<number, string>;
  beforeAll(async () => {
    said = await saidOfEach(refused.map(([, objects]) => objects));
  });
  it.each(refused.map(([why, , told], index) => [why, told, index] as const))("%s", (_why, told, index) => {
    expect(said.get(index)).toMatch(told);
  });

  it("what a tenant cannot give is held by the plan, with the reason and the remedy", async () => {
    await validated(
      subscriber("anna", { networkProfile: { staticIPv4: "10.0.1.1" } }),
      subscriber("bert", { networkProfile: { staticIPv4: "10.0.1.255" } }),
      subscriber("carl", { radius: { username: "carl@other.example" } }),
    );
    const { code, out } = await p.plan();
    expect(code).toBe(2);
    expect(out).toMatch(/anna[\s\S]*AddressReserved: 10\.0\.1\.1 is the gateway/);
    expect(out).toMatch(/bert[\s\S]*AddressReserved: 10\.0\.1\.255 is the broadcast address/);
    expect(out).toMatch(/carl[\s\S]*UserNameInvalid: .*other\.example/);
  });

  it("apply of invalid declarations does nothing", async () => {
    await validated(subscriber("anna"), subscriber("bert", { planRef: { name: "no-such-plan" } }));
    const done = await p.apply();
    expect(done.code, done.text).toBe(4);
    expect((await p.radius.query("select 1 from radcheck")).rowCount).toBe(0);
  });
});
