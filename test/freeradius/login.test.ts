import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownerKey } from "../../controller/core/owner.ts";
import type { PasswordScheme, ResolvedSubscriber } from "../../controller/core/resolved.ts";
import { Sensitive } from "../../controller/core/sensitive.ts";
import { jitter } from "../../reconcilers/radius/desired.ts";
import { subscriber } from "../contract/radius.subjects.ts";
import { businessPlan, circuitOf, openProvider, PASSWORD } from "./provider.ts";

let isp: Awaited<ReturnType<typeof openProvider>>;
beforeAll(async () => {
  isp = await openProvider();
});
afterAll(() => isp.close());

const ACCEPT = "Access-Accept";
const REJECT = "Access-Reject";
const timeout = (n: number): string => `Session-Timeout = ${jitter(86_400, ownerKey(subscriber(n).owner))}`;

describe("every promised reply arrives", () => {
  const mikrotik = [
    "Framed-IP-Address = 10.0.0.1",
    'Framed-Route = "203.0.113.8/29 0.0.0.0 1"',
    timeout(1),
    "Idle-Timeout = 900",
    "Framed-IPv6-Prefix = 2001:db8:0:1::/64",
    "Delegated-IPv6-Prefix = 2001:db8:1:100::/56",
    "Acct-Interim-Interval = 600",
    'Mikrotik-Rate-Limit = "50M/100M"',
    "Framed-MTU = 1492",
  ].sort();
  test.each(["pap", "chap"] as const)("MikroTik, by %s", async (way) => {
    await isp.declare(1);
    const { code, attributes } = await isp.login(1, { [way]: PASSWORD(1), circuit: circuitOf(1) });
    expect(code).toBe(ACCEPT);
    expect([...attributes].sort()).toEqual(mikrotik);
  });
  test("Generic with VLAN, pools and IPv6 routes", async () => {
    const { ipv6 } = subscriber(2);
    const more: Partial<ResolvedSubscriber> = {
      nas: ["bng2"],
      ipv4: { assignment: "Pool", pool: "cgnat-1" },
      ipv6: {
        ...ipv6,
        wanPrefix: undefined,
        address: "2001:db8::2",
        delegatedPrefix: undefined,
        delegatedPool: "pd-1",
      },
      routes: ["203.0.113.0/29", "203.0.113.8/29", "2001:db8:f::/48"],
    };
    await isp.declare(2, more);
    const { code, attributes } = await isp.login(2, { pap: PASSWORD(2), circuit: circuitOf(2) });
    expect(code).toBe(ACCEPT);
    expect([...attributes].sort()).toEqual(
      [
        'Framed-Pool = "cgnat-1"',
        'Framed-Route = "203.0.113.0/29 0.0.0.0 1"',
        'Framed-Route = "203.0.113.8/29 0.0.0.0 1"',
        'Framed-IPv6-Route = "2001:db8:f::/48 :: 1"',
        timeout(2),
        "Idle-Timeout = 900",
        "Framed-IPv6-Address = 2001:db8::2",
        'Delegated-IPv6-Prefix-Pool = "pd-1"',
        "Tunnel-Type:0 = VLAN",
        "Tunnel-Medium-Type:0 = IEEE-802",
        'Tunnel-Private-Group-Id:0 = "100"',
        "Acct-Interim-Interval = 600",
        "WISPr-Bandwidth-Max-Up = 50000000",
        "WISPr-Bandwidth-Max-Down = 100000000",
        "Framed-MTU = 1492",
      ].sort(),
    );
  });
  test("a pool of prefixes on MikroTik", async () => {
    const ipv6 = { ...subscriber(14).ipv6, delegatedPrefix: undefined, delegatedPool: "pd-1" };
    await isp.declare(14, { ipv6 });
    const { attributes } = await isp.login(14, { pap: PASSWORD(14), circuit: circuitOf(14) });
    expect(attributes).toContain('Mikrotik-Delegated-IPv6-Pool = "pd-1"');
    expect(attributes).toContain('Delegated-IPv6-Prefix-Pool = "pd-1"');
  });
  test("a plan with burst", async () => {
    await isp.declare(3, { plan: businessPlan });
    const { attributes } = await isp.login(3, { pap: PASSWORD(3), circuit: circuitOf(3) });
    expect(attributes).toContain('Mikrotik-Rate-Limit = "250500k/500M 300M/600M 200400k/400M 10/10"');
  });
});

describe("who may not, may not", () => {
  test("suspended, and resumed", async () => {
    await isp.declare(4);
    await isp.declare(4, { state: "Suspended" });
    expect((await isp.login(4, { pap: PASSWORD(4), circuit: circuitOf(4) })).code).toBe(REJECT);
    await isp.declare(4);
    expect((await isp.login(4, { pap: PASSWORD(4), circuit: circuitOf(4) })).code).toBe(ACCEPT);
  });
  test.each([
    ["wrong circuit", { pap: PASSWORD(5), circuit: circuitOf(6) }],
    ["no circuit", { pap: PASSWORD(5) }],
    ["wrong password", { pap: "guess", circuit: circuitOf(5) }],
  ])("%s", async (_, how) => {
    await isp.declare(5);
    expect((await isp.login(5, how)).code).toBe(REJECT);
  });
  test("deleted: rejected while it is kept and when it is gone; restored: the same password", async () => {
    const how = { pap: PASSWORD(7), circuit: circuitOf(7) };
    await isp.declare(7);
    await isp.retire(7);
    expect((await isp.login(7, how)).code).toBe(REJECT);
    await isp.declare(7);
    expect((await isp.login(7, how)).code).toBe(ACCEPT);
    await isp.retire(7);
    await isp.destroy(7);
    expect((await isp.login(7, how)).code).toBe(REJECT);
  });
});

describe("option 82", () => {
  test("IPoE: the circuit alone opens, and only the right one", async () => {
    await isp.declare(8, { accessType: "IPoE", password: undefined });
    expect((await isp.login(8, { circuit: circuitOf(8) })).code).toBe(ACCEPT);
    expect((await isp.login(8, { circuit: circuitOf(9) })).code).toBe(REJECT);
    expect((await isp.login(8, {})).code).toBe(REJECT);
  });
  test("IPoE, suspended: the right circuit opens nothing, and no idle timeout is sent otherwise", async () => {
    await isp.declare(8, { accessType: "IPoE", password: undefined });
    expect((await isp.login(8, { circuit: circuitOf(8) })).attributes.join()).not.toContain("Idle-Timeout");
    await isp.declare(8, { accessType: "IPoE", password: undefined, state: "Suspended" });
    expect((await isp.login(8, { circuit: circuitOf(8) })).code).toBe(REJECT);
  });
  test("the attribute and encoding of another NAS", async () => {
    await isp.declare(10, { nas: ["bng3"] });
    expect((await isp.login(10, { pap: PASSWORD(10), circuit: 'Agent-Circuit-Id = "OLT1/1/1/1:10"' })).code).toBe(
      ACCEPT,
    );
    expect((await isp.login(10, { pap: PASSWORD(10), circuit: circuitOf(10) })).code).toBe(REJECT);
  });
  test.each<[string, Partial<ResolvedSubscriber["option82"]>, readonly string[]]>([
    ["one port", {}, ["Gi0/1.7"]],
    ["two ports during a move", { previousCircuitId: "Gi0/2.7" }, ["Gi0/1.7", "Gi0/2.7"]],
  ])("an attribute of type string: %s", async (_, more, ports) => {
    const option82 = { policy: "Enforce", circuitId: "Gi0/1.7", remoteId: undefined, ...more } as const;
    await isp.declare(18, { nas: ["cisco2"], option82 });
    for (const port of ["Gi0/1.7", "Gi0/2.7", "Gi0/3.7", "Gi0/1.77"]) {
      const { code } = await isp.login(18, { pap: PASSWORD(18), circuit: `NAS-Port-Id = "${port}"` });
      expect(code).toBe(ports.includes(port) ? ACCEPT : REJECT);
    }
  });
  test.each(["Log", "Ignore"] as const)("%s compares nothing", async (policy) => {
    await isp.declare(11, { option82: { policy, circuitId: "OLT1/1/1/1:11", remoteId: undefined } });
    expect((await isp.login(11, { pap: PASSWORD(11), circuit: circuitOf(12) })).code).toBe(ACCEPT);
  });
  test("both ids are compared", async () => {
    await isp.declare(12, { option82: { policy: "Enforce", circuitId: "c 12", remoteId: "0xcafe" } });
    const ids = (remote: string) => ({ pap: PASSWORD(12), circuit: `ADSL-Agent-Circuit-Id = "c 12"\n${remote}` });
    expect((await isp.login(12, ids("ADSL-Agent-Remote-Id = 0xcafe"))).code).toBe(ACCEPT);
    expect((await isp.login(12, ids("ADSL-Agent-Remote-Id = 0xcaff"))).code).toBe(REJECT);
  });
  describe("while the customer moves", () => {
    const circuit = (id: string): string => `ADSL-Agent-Circuit-Id = "${id}"`;
    const both = { policy: "Enforce", circuitId: "new", remoteId: undefined, previousCircuitId: "old" } as const;
    const login = async (n: number, how: object, more: Partial<ResolvedSubscriber> = {}): Promise<string> => {
      await isp.declare(n, { option82: both, ...more });
      return (await isp.login(n, how)).code;
    };
    test.each([
      ["where he comes from", circuit("old"), ACCEPT],
      ["where he goes to", circuit("new"), ACCEPT],
      ["anywhere else", circuit("else"), REJECT],
      ["at two places", `${circuit("new")}\n${circuit("else")}`, REJECT],
      ["nowhere", undefined, REJECT],
    ])("%s: by PAP, by CHAP and as IPoE", async (_, place, code) => {
      const at = place === undefined ? {} : { circuit: place };
      expect(await login(15, { pap: PASSWORD(15), ...at })).toBe(code);
      expect(await login(15, { chap: PASSWORD(15), ...at })).toBe(code);
      expect(await login(15, at, { accessType: "IPoE", password: undefined })).toBe(code);
    });
    test("the speed of the plan stays", async () => {
      await isp.declare(15, { option82: both });
      const { attributes } = await isp.login(15, { pap: PASSWORD(15), circuit: circuit("old") });
      expect(attributes).toContain('Mikrotik-Rate-Limit = "50M/100M"');
    });
    test("the password is asked for as ever", async () => {
      expect(await login(15, { pap: "guess", circuit: circuit("old") })).toBe(REJECT);
    });
    test("when it is over, and when he is suspended, nothing is open any more", async () => {
      const over = { option82: { policy: "Enforce", circuitId: "new", remoteId: undefined } } as const;
      expect(await login(15, { pap: PASSWORD(15), circuit: circuit("new") }, { state: "Suspended" })).toBe(REJECT);
      expect(await login(15, { pap: PASSWORD(15), circuit: circuit("old") })).toBe(ACCEPT);
      expect(await login(15, { pap: PASSWORD(15), circuit: circuit("old") }, over)).toBe(REJECT);
      expect(await login(15, { pap: PASSWORD(15), circuit: circuit("new") }, over)).toBe(ACCEPT);
    });
    test.each([
      ["old", "other", ACCEPT],
      ["new", "line", ACCEPT],
      ["new", "else", REJECT],
      ["else", "line", REJECT],
    ])("both ids move: circuit %s and remote id %s", async (c, r, code) => {
      const option82 = { ...both, remoteId: "line", previousRemoteId: "other" };
      const how = { pap: PASSWORD(16), circuit: `${circuit(c)}\nADSL-Agent-Remote-Id = "${r}"` };
      expect(await login(16, how, { option82 })).toBe(code);
    });
    test("in the attribute and encoding of another NAS", async () => {
      const at = (id: string) => ({ pap: PASSWORD(17), circuit: `Agent-Circuit-Id = "${id}"` });
      expect(await login(17, at("old"), { nas: ["bng3"] })).toBe(ACCEPT);
      expect(await login(17, at("new"), { nas: ["bng3"] })).toBe(ACCEPT);
      expect(await login(17, at("else"), { nas: ["bng3"] })).toBe(REJECT);
    });
  });
  test.each(["*", "0x1", "0xzz", 'a\\tb"c', "it's"])("an id that FreeRADIUS could misread: %s", async (circuitId) => {
    const bytes = `ADSL-Agent-Circuit-Id = 0x${Buffer.from(circuitId).toString("hex")}`;
    await isp.declare(13, { option82: { policy: "Enforce", circuitId, remoteId: undefined } });
    expect((await isp.login(13, { pap: PASSWORD(13), circuit: bytes })).code).toBe(ACCEPT);
  });
});

describe("passwords", () => {
  const declare = (n: number, value: string, scheme: PasswordScheme) =>
    isp.declare(n, { password: { value: new Sensitive(value), scheme } });
  test.each(["Cleartext", "NT", "SSHA2-512"] as const)("%s by PAP, and no other password", async (scheme) => {
    await declare(20, "right-one", scheme);
    expect((await isp.login(20, { pap: "right-one", circuit: circuitOf(20) })).code).toBe(ACCEPT);
    expect((await isp.login(20, { pap: "wrong-one", circuit: circuitOf(20) })).code).toBe(REJECT);
  });
  // radclient reads its input twice as FreeRADIUS reads a row, so each backslash has to be sent as four.
  test.each([
    ["ends in a backslash", "ends\\", "ends\\\\\\\\"],
    ["looks like a tab", "a\\tb", "a\\\\\\\\tb"],
    ["looks like an octal number", "a\\101b", "a\\\\\\\\101b"],
    ["quotes inside", "a'b`c", "a'b`c"],
    ["an expansion", "a%{User-Name}", "a%{User-Name}"],
    ["not ASCII", "grüße", "grüße"],
    ["looks like a header", "{nt}0123", "{nt}0123"],
    ["looks like hex", "0x616263", "0x616263"],
  ])("%s", async (_, value, sent) => {
    await declare(21, value, "Cleartext");
    expect((await isp.login(21, { pap: sent, circuit: circuitOf(21) })).code).toBe(ACCEPT);
  });
});
