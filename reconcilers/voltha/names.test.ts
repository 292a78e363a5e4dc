import { expect, test } from "vitest";
import { adapterSerial, keySerial, ofDevice, parsePort, ponOf, portName, uniNumber } from "./names.ts";

test("a port is named by the serial of its ONU and its number there", () => {
  expect(portName("BBSM00000001", 1)).toBe("BBSM00000001-1");
  expect(parsePort("BBSM00000001-10")).toEqual({ serial: "BBSM00000001", uni: 10 });
  expect(parsePort("BBSM00000001")).toBeUndefined();
});
test("the adapter writes the hexadecimal digits small, our keys do not", () => {
  expect(adapterSerial("ALCL1234ABCD")).toBe("ALCL1234abcd");
  expect(keySerial("ALCL1234abcd")).toBe("ALCL1234ABCD");
});
test.each([
  [0, 1, 1, 256, "BBSM00000001 as recorded"],
  [1, 3, 1, 66304, "BBSM00000103 as recorded"],
  [1, 4, 2, 66561, "the second port of BBSM00000104"],
])("PON %i, ONU %i, UNI %i is port %i: %s", (pon, onu, uni, number) => {
  expect(uniNumber(pon, onu, uni)).toBe(number);
});
test.each([
  [0x20000000, 0],
  [0x20000001, 1],
  [16777216, undefined],
  [256, undefined],
])("port %i is PON %s", (number, pon) => expect(ponOf(number)).toBe(pon));
test("a logical device as ONOS calls it", () => expect(ofDevice("11038234380800")).toBe("of:00000a0a0a0a0a00"));
