import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { impactOf } from "../../controller/core/diff.ts";
import type { Spec, Value } from "../../controller/core/model.ts";
import type { EffectivePlan, ExtraAttribute, ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { config, configWith, ENDPOINT, plan, planSubject, subscriber } from "../../test/contract/radius.subjects.ts";
import { parseConfig } from "./config.ts";
import { desired, jitter } from "./desired.ts";
import { accountFields, groupFields } from "./fields.ts";

const account = (more: Partial<ResolvedSubscriber> = {}): Spec =>
  desired(subscriber(1, more), ENDPOINT, config)[0]!.spec;
const group = (more: Partial<EffectivePlan> = {}): Spec => desired(planSubject(more), ENDPOINT, config)[0]!.spec;
const set = (spec: Spec): readonly string[] =>
  Object.keys(spec)
    .filter((f) => (spec[f] ?? null) !== null)
    .sort();
const extra = (name: string, op: string, value: string, target: ExtraAttribute["target"] = "reply") => ({
  name,
  op,
  value,
  target,
});

describe("an account", () => {
  test("is named by its user and waits for the group of its plan and vendors", () => {
    expect(desired(subscriber(1), ENDPOINT, config)).toMatchObject([
      {
        ref: { system: "radius-1", resource: "account", key: "s1@acme.example" },
        requires: ["radius-1/group/acme:residential-100mbps:mikrotik"],
        spec: { group: "acme:residential-100mbps:mikrotik" },
      },
    ]);
  });
  test("PPPoE: password and option 82, no Auth-Type", () => {
    expect(account()).toMatchObject({
      authType: null,
      circuitId: "ADSL-Agent-Circuit-Id OLT1/1/1/1:1",
      address: "10.0.0.1",
    });
    expect((account()["password"] as Sensitive).reveal()).toBe("Cleartext S3CRET-pass-1");
  });
  test("a password that PAP cannot carry is refused, and never told", () => {
    const password = (value: string) => ({ password: { value: new Sensitive(value), scheme: "Cleartext" } }) as const;
    expect(() => account(password("p".repeat(129)))).toThrow(/128 bytes/);
    expect(() => account(password("p".repeat(129)))).not.toThrow(/pppp/);
    expect(account(password("p".repeat(128)))["password"]).toBeInstanceOf(Sensitive);
  });
  test("IPoE: accepted by its circuit alone, and never with an idle timeout", () => {
    const spec = account({ accessType: "IPoE", password: undefined });
    expect(spec).toMatchObject({ authType: "Accept", password: null, idleTimeout: null });
    expect(account()).toMatchObject({ idleTimeout: "900" });
  });
  test.each([
    ["PPPoE", "Active", null],
    ["PPPoE", "Suspended", "Reject"],
    ["IPoE", "Active", "Accept"],
    ["IPoE", "Suspended", "Reject"],
    ["Static", "Active", null],
  ] as const)("%s, %s: Auth-Type %s", (accessType, state, authType) => {
    expect(account({ accessType, state })).toMatchObject({ authType });
  });
  test("who is suspended is in no group: a missing one would hold the rejection, one that accepts undo it", () => {
    const [suspended] = desired(subscriber(1, { state: "Suspended" }), ENDPOINT, config);
    expect(suspended).toMatchObject({ spec: { authType: "Reject", group: null } });
    expect(suspended).not.toHaveProperty("requires");
  });
  describe("suspended, and let in all the same", () => {
    const throttled = {
      state: "Suspended",
      limited: { mode: "Throttle", speed: { downKbps: 512, upKbps: 256 } },
    } as const;
    const walled = { state: "Suspended", limited: { mode: "WalledGarden", list: "unpaid" } } as const;
    test("throttle: a speed of his own, in no group, with what the group would have said beside it", () => {
      expect(account(throttled)).toMatchObject({
        authType: null,
        group: null,
        replyOverrides: ["Mikrotik-Rate-Limit 256k/512k", "Acct-Interim-Interval 600"],
        checkOverrides: ["Simultaneous-Use 1"],
        ipv6Prefix: "2001:db8:0:1::/64",
      });
    });
    test("every vendor of the area in its own words", () => {
      expect(account({ ...throttled, nas: ["bng2"] })["replyOverrides"]).toContain("WISPr-Bandwidth-Max-Up 256000");
      expect(account({ ...walled, nas: ["bng2"] })["replyOverrides"]).toContain("Filter-Id unpaid");
      expect(account(walled)["replyOverrides"]).toContain("Mikrotik-Address-List unpaid");
    });
    test("in the garden there is no IPv6 that leads around it", () => {
      const spec = account({ ...walled, routes: ["203.0.113.0/29", "2001:db8:f::/48"] });
      const gone = {
        ipv6Prefix: null,
        ipv6Address: null,
        delegatedPrefix: null,
        delegatedPool: null,
        ipv6Routes: null,
      };
      expect(spec).toMatchObject({ ...gone, routes: ["203.0.113.0/29 0.0.0.0 1"], address: "10.0.0.1" });
    });
    test("IPoE is accepted by its circuit, as before; a move stays guarded", () => {
      expect(account({ ...throttled, accessType: "IPoE", password: undefined })).toMatchObject({ authType: "Accept" });
      const option82 = { ...subscriber(1).option82, previousCircuitId: "OLT1/1/1/1:99" };
      expect(desired(subscriber(1, { ...throttled, option82 }), ENDPOINT, config).map((d) => d.ref.resource)).toEqual([
        "group",
        "account",
      ]);
    });
    test.each([
      ["a NAS that has no attribute for it", { ...walled, nas: ["juniper1"] }],
      [
        "option 82 that cannot be enforced",
        { ...throttled, option82: { policy: "Enforce", circuitId: undefined, remoteId: undefined } },
      ],
      ["an area that is lost", { ...throttled, nas: [] }],
      ["a list that FreeRADIUS would run", { ...walled, limited: { mode: "WalledGarden", list: "`id`" } }],
    ] as const)("it never opens what it cannot limit: %s", (_, more) => {
      const wide = configWith({ name: "juniper1", vendor: "Juniper" });
      const [found] = desired(subscriber(1, more as Partial<ResolvedSubscriber>), ENDPOINT, wide);
      expect(found?.spec).toMatchObject({ authType: "Reject", group: null });
    });
    test("to be limited counts as a suspension, and to be freed costs nobody", () => {
      const differ = (a: Spec, b: Spec) => impactOf(accountFields, a, b, Object.keys({ ...a, ...b }));
      expect(differ(account(), account(walled))).toBe("suspend");
      expect(differ(account(walled), account())).toBeUndefined();
      expect(differ(account(throttled), account({ state: "Suspended" }))).toBe("suspend");
      expect(differ(account({ state: "Suspended" }), account(throttled))).toBeUndefined();
    });
  });
  describe("its sessions", () => {
    const live = configWith({ name: "live1", vendor: "MikroTik", secretRef: { namespace: "a", name: "b" } });
    const sessionOf = (more: Partial<ResolvedSubscriber>) =>
      desired(subscriber(1, more), ENDPOINT, live).find((d) => d.ref.resource === "session");
    test("are followed under the same name, and hold nothing up", () => {
      expect(sessionOf({})).toMatchObject({ ref: { key: "s1@acme.example" }, apart: true, how: { interim: 600 } });
    });
    test.each([
      ["suspended, his area lost", { state: "Suspended", nas: [] }, true],
      ["terminated", { state: "Terminated" }, false],
      ["the tenant does not want it", { liveSessions: false }, false],
    ] as const)("%s", (_, more, wanted) => {
      expect(sessionOf(more as Partial<ResolvedSubscriber>) !== undefined).toBe(wanted);
    });
    test("where no NAS can be told, nobody follows them", () => {
      expect(desired(subscriber(1), ENDPOINT, config).map((d) => d.ref.resource)).toEqual(["account"]);
    });
  });
  test("terminated: nothing is wanted, so what is there is retired", () => {
    expect(desired(subscriber(1, { state: "Terminated" }), ENDPOINT, config)).toEqual([]);
  });
  describe("while the customer moves", () => {
    const option82 = { policy: "Enforce", circuitId: "new", remoteId: "line", previousCircuitId: "old" } as const;
    const moving = (more: Partial<ResolvedSubscriber> = {}) =>
      desired(subscriber(1, { option82, ...more }), ENDPOINT, config).map((d) => ({ key: d.ref.key, spec: d.spec }));
    test("there is a circuit, and a group of its own rejects whoever comes with neither id", () => {
      const [guard, found] = moving();
      expect(guard).toEqual({
        key: "acme:moving-circuits::s1@acme.example",
        spec: { circuits: ["ADSL-Agent-Circuit-Id new", "ADSL-Agent-Circuit-Id old"], authType: "Reject" },
      });
      expect(found?.spec).toMatchObject({
        circuitId: "ADSL-Agent-Circuit-Id *",
        remoteId: "ADSL-Agent-Remote-Id line",
        movingCircuit: { $output: `radius-1/group/${guard?.key}`, path: "name" },
      });
    });
    test.each<[string, Partial<ResolvedSubscriber>]>([
      ["who is suspended is rejected by his account, and waits for no other row", { state: "Suspended" }],
      ["where nothing is enforced, nothing is compared", { option82: { ...option82, policy: "Log" } }],
      ["who went nowhere needs none", { option82: { ...option82, previousCircuitId: "new" } }],
      ["two ids are two only where there is a new one", { option82: { ...option82, circuitId: undefined } }],
    ])("%s", (_, more) => {
      expect(moving(more).map((d) => d.key)).toEqual(["s1@acme.example"]);
    });
    test("an id that looks like `any` is an id", () => {
      expect(account({ option82: { policy: "Enforce", circuitId: "*", remoteId: undefined } })).toMatchObject({
        circuitId: "ADSL-Agent-Circuit-Id 0x2a",
      });
    });
  });
  test("of another endpoint's NAS: nothing here", () => {
    expect(desired(subscriber(1, { nas: ["elsewhere"] }), ENDPOINT, config)).toEqual([]);
  });
  test.each([
    ["Log", null],
    ["Ignore", null],
    ["Enforce", "ADSL-Agent-Circuit-Id c"],
  ] as const)("option 82 %s compares %s", (policy, circuitId) => {
    expect(account({ option82: { policy, circuitId: "c", remoteId: undefined } })).toMatchObject({
      circuitId,
      remoteId: null,
    });
  });
  test("each NAS has its own attribute and spelling", () => {
    expect(account({ nas: ["bng3"] })).toMatchObject({ circuitId: "Agent-Circuit-Id 0x4f4c54312f312f312f313a31" });
  });
  test("the VLAN goes only to a NAS that declares it", () => {
    expect(set(account()).filter((f) => f.startsWith("tunnel"))).toEqual([]);
    expect(account({ nas: ["bng2"] })).toMatchObject({
      tunnelType: "VLAN",
      tunnelMedium: "IEEE-802",
      tunnelGroup: "100",
    });
    expect(account({ nas: ["bng2"], vlan: { service: undefined, inner: 7 } })["tunnelGroup"] ?? null).toBeNull();
  });
  test("a pool and an address exclude each other", () => {
    expect(account({ ipv4: { assignment: "Pool", pool: "cgnat" } })).toMatchObject({ pool: "cgnat", address: null });
    expect(account({ ipv4: { assignment: "None" } })).toMatchObject({ pool: null, address: null });
  });
  test("a pool of prefixes is named in the words of RFC 6911, and for MikroTik in its own too", () => {
    const ipv6 = { ...subscriber(1).ipv6, delegatedPrefix: undefined, delegatedPool: "pd" };
    expect(account({ ipv6 })).toMatchObject({
      delegatedPool: "pd",
      mikrotikDelegatedPool: "pd",
      delegatedPrefix: null,
    });
    expect(account({ ipv6, nas: ["bng2"] })).toMatchObject({ delegatedPool: "pd", mikrotikDelegatedPool: null });
  });
  test("routes go by family, to the subscriber's own address", () => {
    const routes = ["203.0.113.0/29", "2001:db8:f::/48"];
    expect(account({ routes })).toMatchObject({
      routes: ["203.0.113.0/29 0.0.0.0 1"],
      ipv6Routes: ["2001:db8:f::/48 :: 1"],
    });
    expect(account({ routes: [] })).toMatchObject({ routes: null, ipv6Routes: null });
  });
  test("`0s` is not sent", () => {
    const spec = account({ plan: { ...plan, sessionTimeout: undefined, idleTimeout: undefined } });
    expect(spec).toMatchObject({ sessionTimeout: null, idleTimeout: null });
  });
});

describe("what cannot be written", () => {
  const bad: readonly [string, Partial<ResolvedSubscriber>][] = [
    ["a password in backticks", { password: { value: new Sensitive("`pw`"), scheme: "Cleartext" } }],
    ["an empty password", { password: { value: new Sensitive(""), scheme: "NT" } }],
    ["a quoted circuit id", { option82: { policy: "Enforce", circuitId: "'c'", remoteId: undefined } }],
    ["option 82 without an id", { option82: { policy: "Enforce", circuitId: undefined, remoteId: undefined } }],
    ["a pool with a line break", { ipv4: { assignment: "Pool", pool: "a\nb" } }],
  ];
  test.each(bad)("%s refuses the account, by name and without the value", (_, more) => {
    const message = expect.stringMatching(/of s1@acme\.example: (?!.*pw)/);
    expect(() => account(more)).toThrow(expect.objectContaining({ code: "BadValue", message }));
  });
  test.each(bad)("%s keeps nobody from being suspended", (_, more) => {
    expect(account({ ...more, state: "Suspended" })).toMatchObject({ authType: "Reject" });
  });
  test("nothing that is missing keeps anybody from being suspended", () => {
    const [suspended] = desired(subscriber(1, { state: "Suspended", nas: [] }), ENDPOINT, config);
    expect(suspended).toMatchObject({ spec: { authType: "Reject", group: null } });
    expect(suspended).not.toHaveProperty("requires");
    expect(desired(subscriber(1, { state: "Suspended" }), ENDPOINT, config)[0]).not.toHaveProperty("requires");
    const elsewhere = desired(subscriber(1, { state: "Suspended", nas: ["another-endpoint's"] }), ENDPOINT, config);
    expect(elsewhere[0]?.spec).toMatchObject({ authType: "Reject" });
  });
  test("an area without a NAS", () => {
    expect(() => account({ nas: [] })).toThrow(expect.objectContaining({ code: "Misconfigured" }));
  });
});

describe("a group", () => {
  test("one for each mix of vendors among the areas", () => {
    const subject = { ...planSubject(), areas: [["bng1"], ["bng2"], ["bng3"], ["elsewhere"]] };
    expect(desired(subject, ENDPOINT, config).map((d) => d.ref.key)).toEqual([
      "acme:residential-100mbps:mikrotik",
      "acme:residential-100mbps:generic",
    ]);
  });
  test("carries the plan's values, and never Auth-Type: it would let anybody past option 82", () => {
    expect(group()).toEqual({
      simultaneousUse: "1",
      interimInterval: "600",
      mikrotikRate: "50M/100M",
      attributes: ["reply Framed-MTU = 1492"],
    });
    expect(() => group({ attributes: [extra("auth-type", ":=", "Accept", "check")] })).toThrow(
      expect.objectContaining({ code: "BadValue" }),
    );
  });
  test("attributes of an operator: what a field of ours writes is refused, a list of ours takes them in", () => {
    expect(() => group({ attributes: [extra("Mikrotik-Rate-Limit", "=", "1k/1k")] })).toThrow(/written by Lastmile/);
    expect(group({ attributes: [extra("Cisco-AVPair", "+=", "ip:vrf-id=cust")] })).toMatchObject({
      ciscoPairs: ["ip:vrf-id=cust"],
    });
    expect(() => group({ attributes: [extra("Cisco-AVPair", ":=", "ip:vrf-id=cust")] })).toThrow(/written by Lastmile/);
  });
  test.each([
    // FreeRADIUS would run it, be let past the password, or read further groups.
    extra("Exec-Program-Wait", "=", "/bin/id"),
    extra("EXEC-Program", ":=", "/bin/id"),
    extra("Cleartext-Password", ":=", "x", "check"),
    extra("Proxy-To-Realm", ":=", "x", "check"),
    extra("Fall-Through", "=", "Yes"),
    extra("Post-Auth-Type", ":=", "x", "check"),
    extra("Attr-26", "=", "0x00"),
    extra("Mikrotik-X-Password", "=", "x"),
    extra("Mikrotik-Group", "==", "x", "check"),
    extra("Mikrotik-Group", "=", "full"),
    extra("Mikrotik-Wireless-PSK", "=", "x"),
    extra("Mikrotik-Delegated-IPv6-Pool", ":=", "one-for-all"),
    extra("ERX-LI-Action", "=", "1"),
    extra("Mikrotik-Nonsense", "=", "x"),
    extra("Framed-MTU", "=", "x"),
    extra("Reply-Message", "==", "x"),
    extra("NAS-Identifier", ":=", "x", "check"),
    extra("not a name", "=", "x"),
    extra("Reply-Message", "<>", "x"),
    extra("Reply-Message", "=", "`%{sql:select value from radcheck}`"),
    extra("Reply-Message", "=", "two\nlines"),
  ])("%j is refused", (a) => {
    expect(() => group({ attributes: [a] })).toThrow(expect.objectContaining({ code: "BadValue" }));
  });
});

describe("what a plan may ask for", () => {
  test.each([
    extra("Class", "=", "x"),
    extra("Mikrotik-Address-List", "=", "home"),
    extra("ERX-Virtual-Router-Name", "=", "x"),
    extra("nas-port-type", "==", "Ethernet", "check"),
  ])("%j", (a) => {
    expect(group({ attributes: [a] })["attributes"]).toEqual([`${a.target} ${a.name} ${a.op} ${a.value}`]);
  });
});

describe("always", () => {
  const seconds = fc.integer({ min: 60, max: 1_000_000 });
  property.prop([seconds, fc.string()])(
    "a timeout differs by at most 10 %, and is the same for one owner",
    (base, owner) => {
      const value = jitter(base, owner);
      expect(Math.abs(value - base)).toBeLessThanOrEqual(Math.ceil(base / 10));
      expect(jitter(base, owner)).toBe(value);
    },
  );
  test("a thousand owners do not return in one second", () => {
    const all = new Set(Array.from({ length: 1000 }, (_, n) => jitter(86_400, `owner-${n}`)));
    expect(all.size).toBeGreaterThan(900);
  });
  test("no field is wanted that the tables do not know", () => {
    const specs: readonly (readonly [Spec, Readonly<Record<string, unknown>>])[] = [
      [account({ nas: ["bng2"], ipv4: { assignment: "Pool", pool: "p" } }), accountFields],
      [group(), groupFields],
    ];
    for (const [spec, fields] of specs) expect(Object.keys(spec).filter((f) => !(f in fields))).toEqual([]);
  });
  test("values are texts, as rows are", () => {
    const loose = (v: Value | unknown): boolean => v !== null && typeof v === "number";
    expect(Object.values(account()).filter(loose)).toEqual([]);
    expect(Object.values(group()).filter(loose)).toEqual([]);
  });
});

describe("where a vendor needs a name that the plan does not have", () => {
  const mixed = parseConfig({
    address: "postgresql://radius-db.example/radius",
    radius: {
      nas: [
        { name: "m", vendor: "MikroTik" },
        { name: "j", vendor: "Juniper" },
      ],
    },
  });
  const keys = (areas: readonly (readonly string[])[], more: Partial<EffectivePlan> = {}) =>
    desired({ ...planSubject(more), areas }, ENDPOINT, mixed).map((d) => d.ref.key.split(":")[2]);
  test("the plan is not sold there, and nowhere else held", () => {
    expect(keys([["m"], ["j"], ["m", "j"]])).toEqual(["mikrotik"]);
    expect(keys([["m"], ["j"]], { profiles: { juniper: "svc" } })).toEqual(["mikrotik", "juniper"]);
  });
  test("a plan that can be served nowhere says what it lacks", () => {
    expect(() => keys([["j"]])).toThrow(/Juniper NAS needs.*spec\.radius\.profiles\.juniper/);
  });
  test("a subscriber there is told, and can be suspended", () => {
    const there = (more: Partial<ResolvedSubscriber> = {}) =>
      desired(subscriber(1, { nas: ["j"], ...more }), ENDPOINT, mixed);
    expect(() => there()).toThrow(/spec\.radius\.profiles\.juniper/);
    expect(there({ state: "Suspended" })).toMatchObject([{ spec: { authType: "Reject" } }]);
  });
});
