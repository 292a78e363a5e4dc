/** MD4 (RFC 1320), which OpenSSL 3 no longer offers. Only for NT-Password, whose format demands it. */

const ROUNDS = [
  { add: 0, order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], shift: [3, 7, 11, 19] },
  { add: 0x5a827999, order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15], shift: [3, 5, 9, 13] },
  { add: 0x6ed9eba1, order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15], shift: [3, 9, 11, 15] },
] as const;

const mixers = [
  (x: number, y: number, z: number): number => (x & y) | (~x & z),
  (x: number, y: number, z: number): number => (x & y) | (x & z) | (y & z),
  (x: number, y: number, z: number): number => x ^ y ^ z,
] as const;

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** 32 hexadecimal digits, in lower case. */
export function md4(message: Uint8Array): string {
  const bytes = padded(message);
  let state: [number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < bytes.length; at += 64) state = block(state, bytes.subarray(at, at + 64));
  const out = Buffer.alloc(16);
  for (const [n, word] of state.entries()) out.writeInt32LE(word | 0, n * 4);
  return out.toString("hex");
}

/** A single one bit, zeros, and the length in bits as 64 bits, little endian. */
function padded(message: Uint8Array): Buffer {
  const out = Buffer.alloc((((message.length + 8) >> 6) + 1) * 64);
  out.set(message);
  out[message.length] = 0x80;
  out.writeBigUInt64LE(BigInt(message.length) * 8n, out.length - 8);
  return out;
}

function block(state: readonly [number, number, number, number], x: Buffer): [number, number, number, number] {
  let [a, b, c, d] = state;
  for (const [round, { add, order, shift }] of ROUNDS.entries()) {
    const mix = mixers[round]!;
    for (const [step, k] of order.entries()) {
      const next = rotate((a + mix(b, c, d) + x.readInt32LE(k * 4) + add) | 0, shift[step & 3]!);
      [a, b, c, d] = [d, next, b, c];
    }
  }
  return [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0];
}
