import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpeSerial, onuSerial } from "./serial.ts";

describe("serial numbers", () => {
  it.each([
    ["HWTC12345678", "HWTC12345678"],
    ["4857544312345678", "HWTC12345678"],
    ["hwtc1234abcd", "HWTC1234ABCD"],
    // The first four bytes are no letters: the sixteen digits are all there is.
    ["0000000012345678", "0000000012345678"],
  ])("ONU %s is %s", (text, normal) => expect(onuSerial(text)).toBe(normal));
  it("has one form for both spellings of any ONU", () =>
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Z]{4}$/),
        fc.stringMatching(/^[0-9a-fA-F]{8}$/),
        (vendor, rest) => onuSerial(Buffer.from(vendor).toString("hex") + rest) === onuSerial(vendor + rest),
      ),
    ));
  it("ignores case and space of a CPE", () => expect(cpeSerial(" hw-12ab ")).toBe("HW-12AB"));
});
