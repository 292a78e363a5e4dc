import { createHash, createHmac } from "node:crypto";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { type Attribute, authenticatorOf, CODES, type Code, decode, encode, errorCause } from "./packet.ts";

const SECRET = "testing123";
const text = (type: number, value: string): Attribute => ({ type, value: Buffer.from(value) });
const plain = (a: Attribute) => ({ type: a.type, vendor: a.vendor, value: a.value.toString("hex") });

describe("a request on the wire", () => {
  const bytes = encode(
    { code: "Disconnect-Request", identifier: 7, attributes: [text(1, "ann"), { ...text(8, "1M/2M"), vendor: 14988 }] },
    SECRET,
  );
  test("code, identifier, length, then Message-Authenticator first of all attributes", () => {
    expect([bytes[0], bytes[1], bytes.readUInt16BE(2)]).toEqual([40, 7, bytes.length]);
    expect([bytes[20], bytes[21]]).toEqual([80, 18]);
  });
  test("a vendor's attribute stands in type 26 behind its number (RFC 2865, 5.26)", () => {
    expect(bytes.subarray(-13).toString("hex")).toBe(`1a0d00003a8c0807${Buffer.from("1M/2M").toString("hex")}`);
  });
  test("Message-Authenticator is made over zeros in the place of both (RFC 5176, 3.4)", () => {
    const blank = Buffer.from(bytes);
    blank.fill(0, 4, 20).fill(0, 22, 38);
    expect(bytes.subarray(22, 38)).toEqual(createHmac("md5", SECRET).update(blank).digest());
  });
  test("the Request Authenticator is the digest with zeros in its own place, and Message-Authenticator in place", () => {
    const blank = Buffer.from(bytes);
    blank.fill(0, 4, 20);
    expect(authenticatorOf(bytes)).toEqual(createHash("md5").update(blank).update(SECRET).digest());
  });
});

describe("what does not verify is nothing", () => {
  const request = encode({ code: "CoA-Request", identifier: 9, attributes: [text(1, "ann")] }, SECRET);
  const answer = encode({ code: "CoA-ACK", identifier: 9, attributes: [] }, SECRET, authenticatorOf(request));
  test("the answer to this request", () => {
    expect(decode(answer, SECRET, authenticatorOf(request))).toMatchObject({ code: "CoA-ACK", identifier: 9 });
  });
  test.each([
    ["another secret", answer, "other"],
    ["half a packet", answer.subarray(0, 21), SECRET],
    ["less than a header", answer.subarray(0, 3), SECRET],
    ["nothing", Buffer.alloc(0), SECRET],
  ])("%s", (_, bytes, secret) => expect(decode(bytes, secret, authenticatorOf(request))).toBeUndefined());
  test("the answer to another request", () => expect(decode(answer, SECRET, Buffer.alloc(16, 1))).toBeUndefined());
  test("a code of no RFC 5176 packet", () => {
    const access = Buffer.from(request);
    access[0] = 1;
    expect(decode(access, SECRET)).toBeUndefined();
  });
  property.prop([fc.nat(request.length - 1), fc.integer({ min: 1, max: 255 })])(
    "any byte that is another",
    (at, by) => {
      const bytes = Buffer.from(request);
      bytes[at] = bytes[at]! ^ by;
      // The identifier and everything else is signed; no change passes.
      expect(decode(bytes, SECRET)).toBeUndefined();
    },
  );
  property.prop([fc.uint8Array({ maxLength: 200 })])("noise never throws", (noise) => {
    expect(decode(Buffer.from(noise), SECRET)).toBeUndefined();
  });
});

test("padding behind the length is not the packet's (RFC 2865, 3)", () => {
  const request = encode({ code: "CoA-Request", identifier: 1, attributes: [text(1, "ann")] }, SECRET);
  expect(decode(Buffer.concat([request, Buffer.alloc(5)]), SECRET)?.attributes.map(plain)).toEqual([
    plain(text(1, "ann")),
  ]);
});
test("an answer need not carry a Message-Authenticator: its own authenticator tells", () => {
  const request = encode({ code: "CoA-Request", identifier: 1, attributes: [] }, SECRET);
  const bare = Buffer.concat([Buffer.from([44, 1, 0, 20]), authenticatorOf(request)]);
  createHash("md5").update(bare).update(SECRET).digest().copy(bare, 4);
  expect(decode(bare, SECRET, authenticatorOf(request))?.code).toBe("CoA-ACK");
});
test("why it was refused", () => {
  const cause = Buffer.from([0, 0, 1, 247]);
  expect(errorCause({ code: "CoA-NAK", identifier: 1, attributes: [{ type: 101, value: cause }] })).toBe(503);
  expect(errorCause({ code: "CoA-NAK", identifier: 1, attributes: [] })).toBeUndefined();
});
test.each([
  ["an attribute", [{ type: 1, value: Buffer.alloc(254) }]],
  ["a packet", Array.from({ length: 20 }, () => ({ type: 1, value: Buffer.alloc(253) }))],
])("%s that is too long is never sent", (_, attributes) => {
  expect(() => encode({ code: "CoA-Request", identifier: 1, attributes }, SECRET)).toThrow(RangeError);
});

const attribute = fc.record({
  type: fc.integer({ min: 1, max: 255 }).filter((t) => t !== 26 && t !== 80),
  vendor: fc.option(fc.integer({ min: 1, max: 0xff_ffff }), { nil: undefined }),
  value: fc.uint8Array({ maxLength: 120 }).map((b) => Buffer.from(b)),
});
property.prop([
  fc.constantFrom(...(Object.keys(CODES) as Code[])),
  fc.nat(255),
  fc.array(attribute, { maxLength: 20 }),
  fc.string({ minLength: 1 }),
])("what is written is read", (code, identifier, attributes, secret) => {
  const packet = decode(encode({ code, identifier, attributes }, secret), secret);
  expect({ code: packet?.code, identifier: packet?.identifier }).toEqual({ code, identifier });
  expect(packet?.attributes.map(plain)).toEqual(attributes.map(plain));
});
