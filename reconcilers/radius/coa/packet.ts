/** Pure: packets of RFC 5176 (CoA, Disconnect), signed and verified. */
import { createHmac, hash, timingSafeEqual } from "node:crypto";

export const CODES = {
  "Disconnect-Request": 40,
  "Disconnect-ACK": 41,
  "Disconnect-NAK": 42,
  "CoA-Request": 43,
  "CoA-ACK": 44,
  "CoA-NAK": 45,
} as const;
export type Code = keyof typeof CODES;
const NAMES = new Map<number, Code>(Object.entries(CODES).map(([name, code]) => [code, name as Code]));

export interface Attribute {
  readonly type: number;
  /** The value; of type 26 what stands behind the vendor's number. */
  readonly value: Buffer;
  /** SMI number: the attribute is the vendor's (RFC 2865, 5.26). */
  readonly vendor?: number | undefined;
}
export interface Packet {
  readonly code: Code;
  readonly identifier: number;
  readonly attributes: readonly Attribute[];
}

const HEADER = 20;
const MOST_BYTES = 4096;
const VENDOR_SPECIFIC = 26;
const MESSAGE_AUTHENTICATOR = 80;
const ERROR_CAUSE = 101;
const DIGEST = 16;

/**
 * `request`: authenticator of the request that this answers. Without it the packet is a request: its own authenticator is a
 * digest, and Message-Authenticator is made over zeros in its place (RFC 5176, 3.4; RFC 3579, 3.2).
 */
export function encode(packet: Packet, secret: string, request: Buffer = Buffer.alloc(DIGEST)): Buffer {
  // First of all attributes, as today's servers want it.
  const parts = [tlv(MESSAGE_AUTHENTICATOR, Buffer.alloc(DIGEST)), ...packet.attributes.map(attributeBytes)];
  const body = Buffer.concat(parts);
  const length = HEADER + body.length;
  if (length > MOST_BYTES) throw new RangeError(`a RADIUS packet has at most ${MOST_BYTES} bytes`);
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(CODES[packet.code], 0);
  header.writeUInt8(packet.identifier, 1);
  header.writeUInt16BE(length, 2);
  request.copy(header, 4);
  const bytes = Buffer.concat([header, body]);
  hmac(bytes, secret).copy(bytes, HEADER + 2);
  authenticator(bytes, secret).copy(bytes, 4);
  return bytes;
}

export const authenticatorOf = (bytes: Buffer): Buffer => bytes.subarray(4, HEADER);

/** Undefined: not well formed, or not signed with this secret (as the answer to `request`). Such a packet is dropped. */
export function decode(bytes: Buffer, secret: string, request: Buffer = Buffer.alloc(DIGEST)): Packet | undefined {
  if (bytes.length < HEADER) return undefined;
  const length = bytes.readUInt16BE(2);
  const code = NAMES.get(bytes.readUInt8(0));
  if (code === undefined || length < HEADER || length > bytes.length || length > MOST_BYTES) return undefined;
  const packet = Buffer.from(bytes.subarray(0, length)); // what is behind it is padding
  const claimed = Buffer.from(authenticatorOf(packet));
  request.copy(packet, 4);
  const attributes = attributesIn(packet.subarray(HEADER));
  if (!attributes || !timingSafeEqual(authenticator(packet, secret), claimed)) return undefined;
  if (!isSigned(packet, secret)) return undefined;
  return { code, identifier: packet.readUInt8(1), attributes };
}

/** Why it was refused (RFC 5176, 3.5); undefined: the NAS does not say. */
export function errorCause({ attributes }: Packet): number | undefined {
  const cause = attributes.find((a) => a.type === ERROR_CAUSE && a.vendor === undefined);
  return cause?.value.length === 4 ? cause.value.readUInt32BE() : undefined;
}

const hmac = (bytes: Buffer, secret: string): Buffer => createHmac("md5", secret).update(bytes).digest();
const authenticator = (bytes: Buffer, secret: string): Buffer =>
  hash("md5", Buffer.concat([bytes, Buffer.from(secret)]), "buffer");

/** `packet` has the request's authenticator, or zeros, in its header. An answer need not carry one. */
function isSigned(packet: Buffer, secret: string): boolean {
  for (let at = HEADER; at < packet.length; at += packet.readUInt8(at + 1)) {
    if (packet.readUInt8(at) !== MESSAGE_AUTHENTICATOR) continue;
    if (packet.readUInt8(at + 1) !== DIGEST + 2) return false;
    const blank = Buffer.from(packet);
    blank.fill(0, at + 2, at + 2 + DIGEST);
    if (!timingSafeEqual(hmac(blank, secret), packet.subarray(at + 2, at + 2 + DIGEST))) return false;
  }
  return true;
}

function attributeBytes({ type, value, vendor }: Attribute): Buffer {
  if (vendor === undefined) return tlv(type, value);
  const number = Buffer.alloc(4);
  number.writeUInt32BE(vendor);
  return tlv(VENDOR_SPECIFIC, Buffer.concat([number, tlv(type, value)]));
}
function tlv(type: number, value: Buffer): Buffer {
  if (value.length + 2 > 255) throw new RangeError("an attribute has at most 253 bytes");
  return Buffer.concat([Buffer.from([type, value.length + 2]), value]);
}

/** Without those that sign the packet. */
function attributesIn(body: Buffer): readonly Attribute[] | undefined {
  const out: Attribute[] = [];
  for (let at = 0; at < body.length; ) {
    const length = at + 1 < body.length ? body.readUInt8(at + 1) : 0;
    if (length < 2 || at + length > body.length) return undefined;
    const type = body.readUInt8(at);
    const value = body.subarray(at + 2, at + length);
    if (type !== MESSAGE_AUTHENTICATOR) out.push(...(type === VENDOR_SPECIFIC ? vendorsOwn(value) : [{ type, value }]));
    at += length;
  }
  return out;
}
/** One that is not of the usual form is left as it is. */
function vendorsOwn(value: Buffer): readonly Attribute[] {
  const whole = [{ type: VENDOR_SPECIFIC, value }];
  if (value.length < 6) return whole;
  const vendor = value.readUInt32BE();
  const inner = attributesIn(value.subarray(4));
  return inner?.map((a) => ({ ...a, vendor })) ?? whole;
}
