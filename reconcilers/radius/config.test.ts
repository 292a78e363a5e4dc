import { describe, expect, test } from "vitest";
import { areaOf, vendorsKey } from "./area.ts";
import { parseConfig } from "./config.ts";

const address = "postgresql://radius-db.example:5432/radius";
const spec = (nas: unknown, more: object = {}): unknown => ({ type: "RADIUS", address, radius: { nas }, ...more });

test("defaults: a Generic NAS, no VLAN, the attributes of RFC 4679, four connections", () => {
  expect(parseConfig(spec([{ name: "bng1" }]))).toEqual({
    address,
    slots: 4,
    nas: [
      {
        name: "bng1",
        address: undefined,
        dynamic: { port: 3799, perSecond: 20, secret: undefined },
        vendor: "Generic",
        sendVlan: false,
        option82: {
          circuitAttribute: "ADSL-Agent-Circuit-Id",
          remoteAttribute: "ADSL-Agent-Remote-Id",
          encoding: "Text",
        },
      },
    ],
  });
});

describe("a config that cannot work is refused, and the field is named", () => {
  test.each([
    [undefined, "spec"],
    [{ address }, "spec.radius"],
    [{ address, radius: {} }, "spec.radius.nas"],
    [spec([]), "spec.radius.nas"],
    [spec([{ vendor: "MikroTik" }]), "spec.radius.nas[0].name"],
    [spec([{ name: "a" }, { name: "a" }]), "spec.radius.nas names a twice"],
    [spec([{ name: "a", vendor: "Mikrotik" }]), "spec.radius.nas[0].vendor is none of Generic, MikroTik"],
    [spec([{ name: "a", sendVlan: "yes" }]), "spec.radius.nas[0].sendVlan"],
    [spec([{ name: "a", option82: { circuitAttribute: "Circuit Id" } }]), "option82.circuitAttribute"],
    [
      spec([{ name: "a", option82: { remoteAttribute: "ADSL-Agent-Circuit-Id" } }]),
      "for the circuit id and for the remote id",
    ],
    [
      spec([{ name: "a", option82: { remoteAttribute: "adsl-agent-CIRCUIT-id" } }]),
      "for the circuit id and for the remote id",
    ],
    [spec([{ name: "a", option82: { encoding: "Base64" } }]), "option82.encoding is none of Text, Hex"],
    [spec([{ name: "a" }], { address: "mysql://x/y" }), "spec.address"],
    [spec([{ name: "a" }], { address: "postgresql://host" }), "spec.address"],
    [spec([{ name: "a" }], { limits: { concurrency: 0 } }), "spec.limits.concurrency"],
  ])("%j: %s", (raw, message) => {
    expect(() => parseConfig(raw)).toThrow(
      expect.objectContaining({ code: "Misconfigured", message: expect.stringContaining(message) }),
    );
  });
  test.each(["Auth-Type", "cleartext-password", "Expiration", "Post-Auth-Type", "SQL-Group"])(
    "option 82 is not read from %s",
    (circuitAttribute) => {
      const message = expect.stringContaining("option82.circuitAttribute decides who gets in");
      expect(() => parseConfig(spec([{ name: "a", option82: { circuitAttribute } }]))).toThrow(
        expect.objectContaining({ code: "Misconfigured", message }),
      );
    },
  );
  test("the address is never repeated: it may hold a password", () => {
    const bad = spec([{ name: "a" }], { address: "mysql://u:hunter2@h/d" });
    expect(() => parseConfig(bad)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
    );
  });
});

describe("the NAS of an area", () => {
  const config = parseConfig(
    spec([
      { name: "m", vendor: "MikroTik" },
      { name: "c", vendor: "Cisco" },
      { name: "v", vendor: "Cisco", sendVlan: true },
      { name: "h", vendor: "Huawei", option82: { encoding: "Hex" } },
    ]),
  );
  test("vendors are sorted, so that one mix has one name", () => {
    expect(vendorsKey(areaOf(config, ["m", "c"])!.vendors)).toBe("cisco+mikrotik");
    expect(vendorsKey(areaOf(config, ["c", "m"])!.vendors)).toBe("cisco+mikrotik");
  });
  test("NAS of another endpoint are not ours", () => {
    expect(areaOf(config, ["elsewhere"])).toBeUndefined();
    expect(areaOf(config, ["elsewhere", "m"])!.vendors).toEqual(["MikroTik"]);
  });
  test.each([
    [[], "names no NAS"],
    [["c", "v"], "differ in sendVlan"],
    [["m", "h"], "differ in encoding"],
  ])("%j: %s", (names, message) => {
    expect(() => areaOf(config, names)).toThrow(
      expect.objectContaining({ code: "Misconfigured", message: expect.stringContaining(message) }),
    );
  });
});
